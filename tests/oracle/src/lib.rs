//! Compares Bicep programs with the ARM JSON that the Bicep compiler made of them.
//!
//! Both mean the same, so both must give the same: every deployment, every resource, what the rules
//! look at, what waits for what, and the findings. What differs is a fault of the model or of
//! evaluation.

mod cases;
mod disk;
mod facts;
mod findings;
mod order;
mod pairing;
mod registry;
mod unknowns;

use std::path::Path;
use std::sync::Arc;

use template::files::Files;
use template::program::Program;

use self::cases::Cases;
pub use self::disk::Disk;
use self::pairing::Pairing;
pub use self::unknowns::Unknowns;

/// What a comparison found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How many deployments were compared, the root among them.
    pub instances: usize,
    /// How many resources were compared.
    pub resources: usize,
    /// How many values were compared.
    pub values: usize,
    /// How many values fall into too many cases in both languages, or into cases that cannot be told
    /// apart.
    pub untold: usize,
    /// The modules that cannot be seen into in one of the languages, as they are written.
    pub not_compared: Vec<String>,
    /// How many findings there are in Bicep.
    pub findings: usize,
    /// What differs.
    pub disagreements: Vec<Disagreement>,
}

/// Something that the two programs do not agree on.
#[derive(Debug)]
pub struct Disagreement {
    /// The resource or module, by its type and name.
    pub subject: String,
    /// What of it.
    pub aspect: &'static str,
    /// What it is in Bicep.
    pub bicep: String,
    /// What it is in ARM JSON.
    pub json: String,
}

/// A program of each language.
struct Sides {
    bicep: Program,
    json: Program,
}

/// Compares the files at two paths. A module of a registry is what the ARM JSON holds in its place.
#[must_use]
pub fn compare(disk: Disk, bicep: &Path, json: &Path) -> Verdict {
    let cache = disk.clone();
    let files = Arc::new(Files::new(Box::new(disk)).with_home(Some(registry::HOME.into())));
    let mut verdict = Verdict::default();
    let program = |path: &Path| Program::new(&files, &files.get(path)?, &[]);
    let Some(mut json) = program(json) else {
        verdict
            .disagreements
            .push(no_template("a template", "not a template"));
        return verdict;
    };
    // What a module of a registry holds may name further ones.
    let mut pass = 0;
    let (sides, pairing) = loop {
        let Some(bicep) = program(bicep) else {
            verdict
                .disagreements
                .push(no_template("not a template", "a template"));
            return verdict;
        };
        let sides = Sides { bicep, json };
        let pairing = Pairing::of(&sides);
        pass += 1;
        let restored = registry::restore(&sides, &pairing, &cache);
        if restored.is_empty() || pass > 8 {
            break (sides, pairing);
        }
        for path in restored {
            files.forget(&path);
        }
        json = sides.json;
    };
    pairing.report(&sides, &mut verdict);
    facts::compare(&sides, &pairing, &mut verdict);
    order::compare(&sides, &pairing, &mut verdict);
    findings::compare(&sides, &mut verdict);
    verdict
}

fn no_template(bicep: &str, json: &str) -> Disagreement {
    Disagreement {
        subject: String::new(),
        aspect: "template",
        bicep: bicep.to_owned(),
        json: json.to_owned(),
    }
}

impl Verdict {
    /// Notes a value of each language.
    fn compare(&mut self, subject: &str, aspect: &'static str, bicep: &str, json: &str) {
        self.values += 1;
        if bicep != json {
            self.disagree(subject, aspect, bicep, json);
        }
    }

    /// Notes what a value is in every case of each language.
    fn compare_cases(&mut self, subject: &str, aspect: &'static str, bicep: &Cases, json: &Cases) {
        self.values += 1;
        self.untold += usize::from(!bicep.is_told(json));
        if let Some((bicep, json)) = bicep.difference(json) {
            self.disagree(subject, aspect, &bicep, &json);
        }
    }

    fn disagree(&mut self, subject: &str, aspect: &'static str, bicep: &str, json: &str) {
        self.disagreements.push(Disagreement {
            subject: subject.to_owned(),
            aspect,
            bicep: bicep.to_owned(),
            json: json.to_owned(),
        });
    }
}
