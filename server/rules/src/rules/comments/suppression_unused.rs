//! `suppression-unused`
//!
//! Which suppressions are of use shows when all programs that a file is part of are judged. So it is
//! [`Suppressions`](crate::suppression::Suppressions) that asks for these findings, not the
//! judgement of one program.

use std::collections::BTreeMap;

use syntax::TextRange;
use syntax::suppression::Suppression;
use template::edit::remove_names;
use template::files::{File, Place};

use crate::repair::fix;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, Related, RuleId};

pub(crate) const RULE: Rule = Rule {
    id: RuleId("suppression-unused"),
    levels: "warning",
    summary: "A comment suppresses a rule that has nothing to report there",
    fix: Some("safe: remove it"),
    documentation: include_str!("suppression_unused.md"),
    is_about_absence: false,
    check: |_, _| {},
};

/// The findings about a file; `is_used` tells whether a suppression has something to silence.
///
/// Names that are no rule of ours are for other tools. Whoever silences this rule wants no advice
/// about it.
pub(crate) fn findings(file: &File, is_used: impl Fn(&Suppression) -> bool) -> Vec<Finding> {
    let mut unused: BTreeMap<TextRange, Vec<&Suppression>> = BTreeMap::new();
    for it in &file.suppressions {
        if Rule::named(&it.rule).is_some() && *it.rule != *RULE.id.0 && !is_used(it) {
            unused.entry(it.list).or_default().push(it);
        }
    }
    let lists = unused.into_values();
    lists.filter_map(|unused| finding(file, &unused)).collect()
}

fn finding(file: &File, unused: &[&Suppression]) -> Option<Finding> {
    let place = |range| Place {
        file: file.path.clone(),
        range,
    };
    let (first, others) = unused.split_first()?;
    let names: Vec<_> = unused.iter().map(|it| format!("`{}`", it.rule)).collect();
    let has = if others.is_empty() { "has" } else { "have" };
    Some(Finding {
        rule: RULE.id,
        level: Level::Warning,
        place: place(first.name),
        subject: place(first.list),
        message: format!(
            "{} {has} nothing to report here: this suppression would only hide what goes wrong later",
            names.join(" and ")
        ),
        related: others
            .iter()
            .map(|other| Related {
                place: place(other.name),
                message: format!("`{}` is suppressed here", other.rule),
            })
            .collect(),
        fixes: removal(file, unused).into_iter().collect(),
    })
}

fn removal(file: &File, unused: &[&Suppression]) -> Option<Fix> {
    let names = unused.iter().flat_map(|it| [Some(it.name), it.restored]);
    let names: Vec<_> = names.flatten().collect();
    fix(
        file,
        "Remove what suppresses nothing",
        Applicability::Safe,
        remove_names(&file.document, &names),
    )
}
