//! What is judged wrongly today. Each `FIXME` says what is right; the case itself holds the right
//! expectation, so that a test which fails here can move to `regressions.rs` as it is.

use crate::regressions::read;
use crate::twins::{Case, case, judge_today};

/// FIXME: `error vault-access-missing`. The services of a loop read as one service does.
#[test]
fn services_in_a_loop_read_nothing() {
    let Case { bicep, arm, .. } = read("base", "", "", ("", ""));
    judge_today(
        &case(
            "loop",
            "error vault-access-missing",
            bicep
                .replace("service@2024-05-01' = {", "service@2024-05-01' = [for i in range(0, 2): {")
                .replace("name: 'gateway'", "name: 'gateway${i}'")
                .replace("identity: { type: 'SystemAssigned' }\n}", "identity: { type: 'SystemAssigned' }\n}]")
                .replace("parent: apim", "parent: apim[0]"),
            arm.replace(
                r#""name": "gateway","#,
                r#""name": "[format('gateway{0}', copyIndex())]", "copy": { "name": "apim", "count": 2 },"#,
            )
            .replace("gateway/nv", "gateway0/nv"),
        ),
        "",
        "",
    );
}
