//! What waits for what.

use std::collections::BTreeSet;

use template::dependencies::{Dependencies, Deployed};
use template::program::{InstanceId, Program};

use crate::pairing::{Node, Pairing};
use crate::{Sides, Verdict};

/// Compares what each resource and module waits for, through whatever others.
pub(crate) fn compare(sides: &Sides, pairing: &Pairing, verdict: &mut Verdict) {
    for (nodes, (bicep, json)) in pairing.nodes.iter().zip(&pairing.instances) {
        let (own, others): (Vec<&Node>, Vec<&Node>) = nodes.iter().map(|(a, b)| (a, b)).unzip();
        let a = Waits::new(&sides.bicep, *bicep, &own);
        let b = Waits::new(&sides.json, *json, &others);
        for (number, node) in own.iter().enumerate() {
            let text = |waits: &Waits<'_>| {
                let found = waits.of(number);
                // Two of a name, of which conditions choose one, are one to those who wait.
                let labels: BTreeSet<_> = found.iter().map(|it| own[*it].label.as_str()).collect();
                labels.into_iter().collect::<Vec<_>>().join(", ")
            };
            verdict.compare(&node.label, "dependencies", &text(&a), &text(&b));
        }
    }
}

/// What the nodes of an instance wait for.
struct Waits<'n> {
    dependencies: Dependencies,
    nodes: &'n [&'n Node],
}

impl<'n> Waits<'n> {
    fn new(program: &Program, instance: InstanceId, nodes: &'n [&'n Node]) -> Self {
        program.renew_budget();
        Self {
            dependencies: Dependencies::of(program, instance),
            nodes,
        }
    }

    /// The numbers of the nodes that one waits for, through others.
    fn of(&self, number: usize) -> BTreeSet<usize> {
        let start = self.nodes[number].of;
        let mut seen = BTreeSet::from([start]);
        let mut pending = vec![start];
        while let Some(next) = pending.pop() {
            pending.extend(self.dependencies.direct(next).filter(|it| seen.insert(*it)));
        }
        seen.remove(&start);
        seen.iter().filter_map(|it| self.number(*it)).collect()
    }

    /// The number of a node; none of what only one language declares, as `existing` resources.
    fn number(&self, of: Deployed) -> Option<usize> {
        self.nodes.iter().position(|node| node.of == of)
    }
}
