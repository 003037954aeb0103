//! Whether the same is found in two texts that mean the same.

use std::collections::BTreeMap;

use rules::Finding;

/// What is found in one of two texts and not in the other, one a line. The excerpts in messages, which
/// differ with the layout, do not count.
#[must_use]
pub fn differences(before: &[Finding], after: &[Finding]) -> Vec<String> {
    let mut times: BTreeMap<_, (i64, &Finding)> = BTreeMap::new();
    for (findings, each) in [(before, -1), (after, 1)] {
        for finding in findings {
            let key = (
                finding.rule,
                finding.level,
                without_excerpts(&finding.message),
            );
            times.entry(key).or_insert((0, finding)).0 += each;
        }
    }
    let differing = times.into_values().filter(|(times, _)| *times != 0);
    differing
        .map(|(times, finding)| {
            let what = if times < 0 { "no longer" } else { "new" };
            let (level, rule) = (finding.level.name(), finding.rule);
            format!("{what}: {level} {rule}: {}", finding.message)
        })
        .collect()
}

/// A message without what is between quotes in it.
fn without_excerpts(message: &str) -> String {
    let parts = message.split(['`', '\'', '"']);
    let outside = parts.enumerate().filter(|(index, _)| index % 2 == 0);
    outside.map(|(_, part)| part).collect()
}
