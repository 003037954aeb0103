//! What a change costs: files that are lowered and programs that are judged, counted.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may panic like the tests themselves"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rules::{Analysis, Finding};
use syntax::{Document, Language};
use template::files::{FileSystem, Files};
use template::workspace::Workspace;

/// A disk that others write to.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<BTreeMap<PathBuf, String>>>);

impl FileSystem for Disk {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let files = self.0.lock().unwrap();
        files.get(path).map(|text| text.clone().into_bytes())
    }
}

/// A workspace that is judged again and again.
struct Bench {
    disk: Disk,
    workspace: Workspace,
    analysis: Analysis,
}

/// What a change cost, and what was found then.
struct Cost {
    lowered: usize,
    judged: usize,
    findings: Vec<Finding>,
}

impl Bench {
    fn new(files: &[(String, String)]) -> Self {
        let disk = Disk::default();
        let workspace = Workspace::new(Arc::new(Files::new(Box::new(disk.clone()))));
        let mut bench = Self {
            disk,
            workspace,
            analysis: Analysis::default(),
        };
        for (name, text) in files {
            bench.save(name, text);
        }
        bench
    }

    /// A file is written to disk, and the workspace is told of it.
    fn save(&mut self, name: &str, text: &str) {
        let path = path(name);
        let mut files = self.disk.0.lock().unwrap();
        files.insert(path.clone(), text.to_owned());
        drop(files);
        self.workspace.files().forget(&path);
        if Language::of_path(&path).is_some() {
            self.workspace.add(path);
        }
    }

    /// A file is edited where it is open.
    fn edit(&self, name: &str, text: &str) {
        let path = path(name);
        let document = Document::new(Language::of_path(&path).unwrap(), text);
        self.workspace.files().set(&path, Arc::new(document));
    }

    fn judge(&mut self) -> Cost {
        let (lowered, judged) = (self.workspace.files().lowered(), self.analysis.judged());
        let findings = self.analysis.findings(&self.workspace);
        // What was edited was lowered before.
        let cost = Cost {
            lowered: self.workspace.files().lowered() - lowered,
            judged: self.analysis.judged() - judged,
            findings,
        };
        let mut fresh = Workspace::new(Arc::clone(self.workspace.files()));
        for member in self.workspace.members() {
            fresh.add(member.to_owned());
        }
        assert_eq!(cost.findings, Analysis::default().findings(&fresh));
        cost
    }

    #[track_caller]
    fn costs(&mut self, lowered: usize, judged: usize) -> Vec<Finding> {
        let cost = self.judge();
        assert_eq!(
            (cost.lowered, cost.judged),
            (lowered, judged),
            "lowered, judged"
        );
        cost.findings
    }
}

fn path(name: &str) -> PathBuf {
    Path::new("/w").join(name)
}

fn module(symbol: &str, path: &str, arguments: &str) -> String {
    format!("module {symbol} '{path}' = {{\n  name: '{symbol}'\n  params: {{ {arguments} }}\n}}\n")
}

/// A service whose identity is a parameter.
const SERVICE: &str = "param name string
param kind string = 'SystemAssigned'
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: 'westeurope'
  identity: { type: kind }
}
";

const ROOTS: usize = 20;
/// How many roots reach the shared leaf, each through its first module.
const SHARING: usize = 3;

fn root(number: usize) -> String {
    (0..modules_of(number))
        .map(|index| {
            let file = format!("modules/{number}_{index}.bicep");
            module(&format!("m{index}"), &file, &format!("name: 'a{index}'"))
        })
        .collect()
}

/// The last root has one module less, so that with the shared leaf there are 200 files.
const fn modules_of(root: usize) -> usize {
    if root == ROOTS - 1 { 8 } else { 9 }
}

fn project() -> Vec<(String, String)> {
    let mut files = vec![("shared/leaf.bicep".to_owned(), SERVICE.to_owned())];
    for number in 0..ROOTS {
        files.push((format!("root{number}.bicep"), root(number)));
        for index in 0..modules_of(number) {
            let text = if number < SHARING && index == 0 {
                "param name string\n".to_owned()
                    + &module("leaf", "../shared/leaf.bicep", "name: name")
            } else {
                SERVICE.to_owned()
            };
            files.push((format!("modules/{number}_{index}.bicep"), text));
        }
    }
    assert_eq!(files.len(), 200);
    files
}

#[test]
fn a_shared_leaf_costs_those_that_contain_it() {
    let mut bench = Bench::new(&project());
    // Every file once; a module is a program for its callers, and a contract by itself.
    assert!(bench.costs(200, 200).is_empty());
    bench.costs(0, 0);
    let lowered = bench.workspace.files().lowered();
    bench.edit(
        "shared/leaf.bicep",
        &SERVICE.replace("'SystemAssigned'", "'None'"),
    );
    assert_eq!(bench.workspace.files().lowered() - lowered, 1);
    // Three roots, and the contracts of the leaf and of the modules between.
    let findings = bench.costs(0, SHARING + SHARING + 1);
    assert_eq!(findings.len(), 1);
    assert_eq!(*findings[0].place.file, path("shared/leaf.bicep"));
}

#[test]
fn a_comment_that_suppresses_costs_as_any_other_text() {
    let mut bench = Bench::new(&project());
    let wrong = SERVICE.replace("'SystemAssigned'", "'None'");
    bench.save("shared/leaf.bicep", &wrong);
    assert_eq!(bench.judge().findings.len(), 1);
    let all = SHARING + SHARING + 1;
    let comment = "#disable-next-line identity-missing\nparam kind";
    bench.edit("shared/leaf.bicep", &wrong.replace("param kind", comment));
    assert!(bench.costs(0, all).is_empty());
    // What is not judged again stays silent.
    bench.edit("root7.bicep", &(root(7) + "\n"));
    assert!(bench.costs(0, 1).is_empty());
    bench.edit("shared/leaf.bicep", &wrong);
    assert_eq!(bench.costs(0, all).len(), 1);
}

#[test]
fn who_deploys_a_file_decides_whether_its_comments_are_of_use() {
    let mut bench = Bench::new(&[]);
    let with = |value: &str| module("m", "service.bicep", &format!("withIdentity: {value}"));
    let service = SERVICE
        .replace(
            "param kind string = 'SystemAssigned'",
            "param withIdentity bool",
        )
        .replace(
            "{ type: kind }",
            "withIdentity ? { type: 'SystemAssigned' } : null",
        )
        .replace(
            "resource",
            "#disable-diagnostics identity-missing\nresource",
        )
        .replace("param name string\n", "param name string = 'a'\n");
    bench.save("service.bicep", &service);
    bench.save("a.bicep", &with("true"));
    bench.save("b.bicep", &with("true"));
    let is_unused = |findings: &[Finding]| {
        let rules: Vec<_> = findings.iter().map(|it| it.rule.0).collect();
        assert!(
            rules.is_empty() || rules == ["suppression-unused"],
            "{rules:?}"
        );
        !rules.is_empty()
    };
    assert!(is_unused(&bench.costs(3, 3)));
    bench.edit("b.bicep", &with("false"));
    assert!(!is_unused(&bench.costs(0, 1)));
    bench.edit("b.bicep", &with("true"));
    assert!(is_unused(&bench.costs(0, 1)));
    // A module that is not there may need it.
    bench.edit("a.bicep", &(with("true") + &module("n", "late.bicep", "")));
    assert!(!is_unused(&bench.costs(0, 1)));
    bench.save("late.bicep", "");
    assert!(is_unused(&bench.costs(1, 2)));
    let without = service.replace("#disable-diagnostics identity-missing\n", "");
    bench.edit("service.bicep", &without);
    assert!(!is_unused(&bench.costs(0, 3)));
}

#[test]
fn a_root_costs_itself() {
    let mut bench = Bench::new(&project());
    bench.judge();
    let wrong = root(7).replace("name: 'a3'", "name: 'a3', kind: 'SystemAsigned'");
    bench.edit("root7.bicep", &wrong);
    assert_eq!(bench.costs(0, 1).len(), 1);
    bench.edit("root7.bicep", &root(7));
    assert!(bench.costs(0, 1).is_empty());
}

#[test]
fn what_nobody_deploys_costs_nobody_else() {
    let mut bench = Bench::new(&project());
    bench.judge();
    bench.save("alone.bicep", SERVICE);
    bench.costs(1, 1);
    bench.edit(
        "alone.bicep",
        &SERVICE.replace("'SystemAssigned'", "'None'"),
    );
    assert_eq!(bench.costs(0, 1).len(), 1);
    bench.save("data.json", "{}");
    bench.costs(1, 0);
    bench.edit("data.json", r#"{ "a": 1 }"#);
    bench.costs(0, 0);
}

#[test]
fn a_missing_module_costs_those_that_name_it() {
    let mut bench = Bench::new(&project());
    let names = module("late", "late.bicep", "name: 'x', kind: 'SystemAsigned'");
    for root in ["names1.bicep", "names2.bicep"] {
        bench.save(root, &names);
    }
    assert!(bench.costs(202, 202).is_empty());
    bench.save("late.bicep", SERVICE);
    // Two roots, and the contract of the new module.
    assert_eq!(bench.costs(1, 3).len(), 2);
}

#[test]
fn a_parameter_file_costs_its_root() {
    let mut bench = Bench::new(&project());
    bench.save("main.bicep", SERVICE);
    let using =
        |kind: &str| format!("using 'main.bicep'\nparam name = 'x'\nparam kind = '{kind}'\n");
    bench.save("main.bicepparam", &using("SystemAssigned"));
    assert!(bench.costs(202, 201).is_empty());
    bench.edit("main.bicepparam", &using("SystemAsigned"));
    assert_eq!(bench.costs(0, 1).len(), 1);
    bench.save("main.dev.bicepparam", &using("SystemAssigned"));
    bench.costs(1, 1);
}

#[test]
fn a_loaded_file_costs_who_loads_it() {
    let mut bench = Bench::new(&project());
    let loads = SERVICE.replace("{ type: kind }", "loadJsonContent('identity.json')");
    bench.save("loads.bicep", &loads);
    let write = |bench: &mut Bench, kind: &str| {
        let path = path("identity.json");
        let text = format!(r#"{{ "type": "{kind}" }}"#);
        bench.disk.0.lock().unwrap().insert(path.clone(), text);
        bench.workspace.files().forget(&path);
    };
    write(&mut bench, "SystemAssigned");
    assert!(bench.costs(201, 201).is_empty());
    write(&mut bench, "None");
    assert_eq!(bench.costs(0, 1).len(), 1);
    write(&mut bench, "SystemAssigned");
    assert!(bench.costs(0, 1).is_empty());
}

#[test]
fn a_level_costs_nothing() {
    let mut bench = Bench::new(&[]);
    let wrong = SERVICE.replace("SystemAssigned", "SystemAsigned");
    // A contract, too: nobody in sight passes the name that it does not allow.
    let leaf = SERVICE.replace(
        "param kind",
        "@allowed(['SystemAssigned', 'SystemAsigned'])\nparam kind",
    );
    bench.save("a/main.bicep", &wrong);
    bench.save("b/main.bicep", &module("leaf", "leaf.bicep", "name: 'x'"));
    bench.save("b/leaf.bicep", &leaf);
    let comment = format!("#disable-diagnostics identity-invalid\n{wrong}");
    bench.save("b/silenced.bicep", &comment);
    let configure = |bench: &mut Bench, folder: &str, ours: &str| {
        let path = path(folder).join("bicepconfig.json");
        let text = format!(r#"{{ "analyzers": {{ "apim": {ours} }} }}"#);
        bench.disk.0.lock().unwrap().insert(path.clone(), text);
        bench.workspace.files().forget(&path);
    };
    let levels = |findings: &[Finding]| {
        let findings = findings.iter();
        let levels = findings.map(|it| {
            let file = it.place.file.strip_prefix("/w").unwrap();
            format!("{} {} {}", file.display(), it.level.name(), it.rule)
        });
        levels.collect::<Vec<_>>()
    };
    let level =
        |level| format!(r#"{{ "rules": {{ "identity-invalid": {{ "level": "{level}" }} }} }}"#);

    let findings = bench.judge().findings;
    assert_eq!(
        levels(&findings),
        [
            "a/main.bicep error identity-invalid",
            "b/leaf.bicep warning identity-invalid"
        ]
    );
    // What no deployment comes to is one level below what one does.
    for (given, of_root, of_contract) in [
        ("error", "error", "warning"),
        ("warning", "warning", "info"),
        ("info", "info", "info"),
        ("loud", "error", "warning"),
    ] {
        configure(&mut bench, "", &level(given));
        let expected = [
            format!("a/main.bicep {of_root} identity-invalid"),
            format!("b/leaf.bicep {of_contract} identity-invalid"),
        ];
        assert_eq!(levels(&bench.costs(0, 0)), expected);
    }
    // The nearest file counts, for the file that the finding is in. What a comment silences is still
    // there to be silenced.
    configure(&mut bench, "b", &level("off"));
    let of_a = ["a/main.bicep error identity-invalid"];
    assert_eq!(levels(&bench.costs(0, 0)), of_a);
    configure(&mut bench, "a", r#"{ "enabled": false }"#);
    assert!(bench.costs(0, 0).is_empty());
}

#[test]
fn what_suppresses_nothing_has_a_level_as_well() {
    let mut bench = Bench::new(&[]);
    bench.save(
        "main.bicep",
        "#disable-next-line identity-missing\nvar a = 1\n",
    );
    assert_eq!(bench.judge().findings[0].rule.0, "suppression-unused");
    let path = path("bicepconfig.json");
    let text =
        r#"{ "analyzers": { "apim": { "rules": { "suppression-unused": { "level": "off" } } } } }"#;
    bench
        .disk
        .0
        .lock()
        .unwrap()
        .insert(path.clone(), text.to_owned());
    bench.workspace.files().forget(&path);
    assert!(bench.costs(0, 0).is_empty());
}
