//! The rules, so that a bug in one program costs the findings of that one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rules::{Analysis, Finding, Job, Judged, check};
use template::workspace::Workspace;

use super::guard::Panicked;

/// The findings of a workspace. A program whose judgement breaks off has none, is told of, and is
/// judged again the next time.
pub fn findings(
    analysis: &mut Analysis,
    workspace: &Workspace,
    failed: &mut dyn FnMut(String),
) -> Vec<Finding> {
    analysis.findings_by(workspace, |jobs| {
        let mut judge = |job: &Job| {
            catch_unwind(AssertUnwindSafe(|| judge(job, workspace))).unwrap_or_else(|payload| {
                let Panicked(text) = payload.into();
                failed(format!("{}: {text}", job.path().display()));
                None
            })
        };
        jobs.iter().map(&mut judge).collect()
    })
}

fn judge(job: &Job, workspace: &Workspace) -> Option<Judged> {
    let program = job.program(workspace)?;
    Some(job.judged(&program, check(&program)))
}
