//! How a program is put together: from the root, through everything that is deployed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syntax::{Document, Language};

use super::registry;
use super::{
    Assigned, At, Caller, Expansion, Instance, InstanceId, MAXIMUM_STEPS, Origin, Program, Scenario,
};
use crate::cases::Case;
use crate::evaluate::Evaluator;
use crate::files::{File, Files, resolve};
use crate::model::{
    Link, LinkKind, Module, ModuleId, ModuleSource, ParameterFile, Repetition, Template,
};
use crate::value::Value;

/// How many instances a program may have before templates that it has already are opaque.
const MANY_INSTANCES: usize = 1_000;
/// How many instances a program may have in all. Beyond, modules are opaque.
const MAXIMUM_INSTANCES: usize = 4_000;
/// How deep modules are followed. Azure takes [five levels][limit] of nested deployments in ARM
/// JSON; chains of modules beyond this are opaque.
///
/// [limit]: https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates
const MAXIMUM_NESTING: u32 = 100;
/// How many instances of a loop are told apart.
const MAXIMUM_ITEMS: usize = 64;
/// How many parameter files may extend one another.
const MAXIMUM_EXTENDS: usize = 16;

impl Program {
    /// A document by itself, all other files being out of sight; none if it is no template.
    #[must_use]
    pub fn alone(path: &Path, document: Arc<Document>) -> Option<Self> {
        let files = Arc::new(Files::new(Box::new(BTreeMap::new())));
        files.set(path, document);
        let root = files.get(path)?;
        Self::new(&files, &root, &[])
    }

    /// A template and everything that it deploys, with the parameter files that it is deployed
    /// with; none if the root is no template.
    #[must_use]
    pub fn new(files: &Arc<Files>, root: &Arc<File>, scenarios: &[Arc<File>]) -> Option<Self> {
        Self::build(files, root, scenarios, false)
    }

    /// A template that others deploy, with any arguments that its parameters allow.
    #[must_use]
    pub fn contract(files: &Arc<Files>, root: &Arc<File>) -> Option<Self> {
        Self::build(files, root, &[], true)
    }

    fn build(
        files: &Arc<Files>,
        root: &Arc<File>,
        scenarios: &[Arc<File>],
        is_contract: bool,
    ) -> Option<Self> {
        let template = Arc::clone(root.template()?);
        let mut build = Build {
            program: Self {
                files: Arc::clone(files),
                instances: Vec::new(),
                deployed: 0,
                is_contract,
                scenarios: Vec::new(),
                by_type: HashMap::new(),
                cycles: Vec::new(),
                inputs: RefCell::default(),
                loaded: RefCell::default(),
                steps: Cell::default(),
                allowed: Cell::new(MAXIMUM_STEPS),
                judging: Cell::default(),
                unanswered: RefCell::default(),
            },
            nesting: Vec::new(),
            templates: BTreeSet::new(),
            libraries: HashMap::new(),
        };
        build.add(template, Arc::clone(root), Origin::Root, 0);
        build.deploy();
        build.program.deployed = build.program.instances.len() as u32;
        build.index();
        for file in scenarios {
            build.scenario(file);
        }
        build.layers();
        build.import();
        Some(build.program)
    }
}

struct Build {
    program: Program,
    /// How many modules are around each instance.
    nesting: Vec<u32>,
    /// The templates that have an instance.
    templates: BTreeSet<*const Template>,
    /// The files that others take values from, by path.
    libraries: HashMap<PathBuf, InstanceId>,
}

/// What a module deploys, where it can be seen.
struct Target {
    template: Arc<Template>,
    file: Arc<File>,
    is_outer_scope: bool,
}

impl Build {
    fn add(
        &mut self,
        template: Arc<Template>,
        file: Arc<File>,
        origin: Origin,
        nesting: u32,
    ) -> InstanceId {
        let id = InstanceId(self.program.instances.len() as u32);
        self.input(&file.path);
        self.program.instances.push(Instance {
            modules: vec![Expansion::Opaque; template.modules.len()],
            imports: vec![None; template.imports.len()],
            bases: Vec::new(),
            template,
            file,
            origin,
        });
        self.nesting.push(nesting);
        id
    }

    fn input(&self, path: &Path) {
        self.program.inputs.borrow_mut().insert(path.to_owned());
    }

    /// Follows the modules of every instance, those of the root first, so that it is the deep ones
    /// that remain opaque where there are too many.
    fn deploy(&mut self) {
        let mut next = 0;
        while next < self.program.instances.len() {
            let instance = InstanceId(next as u32);
            let template = Arc::clone(&self.program.instance(instance).template);
            for (id, module) in template.modules() {
                let expansion = self.expand(instance.at(id), module);
                self.program.instances[next].modules[id.index()] = expansion;
            }
            next += 1;
        }
    }

    fn expand(&mut self, at: At<ModuleId>, module: &Module) -> Expansion {
        let nesting = self.nesting[at.instance.index()] + 1;
        let Some(target) = self.target(at.instance, module) else {
            return Expansion::Opaque;
        };
        if self.is_around(at.instance, &target.template) {
            self.program.cycles.push(at);
            return Expansion::Opaque;
        }
        let items = module
            .repetition
            .map(|loops| self.items(at.instance, loops));
        let count = items.flatten().unwrap_or(1);
        let sum = self.program.instances.len() + count;
        let is_too_much = nesting > MAXIMUM_NESTING
            || sum > MAXIMUM_INSTANCES
            || sum > MANY_INSTANCES && !self.templates.insert(Arc::as_ptr(&target.template));
        if is_too_much {
            return Expansion::Opaque;
        }
        self.templates.insert(Arc::as_ptr(&target.template));
        let mut deployed = |item| {
            let origin = Origin::Deployed(Caller {
                module: at,
                item,
                is_outer_scope: target.is_outer_scope,
            });
            let template = Arc::clone(&target.template);
            self.add(template, Arc::clone(&target.file), origin, nesting)
        };
        match items {
            None => Expansion::One(deployed(None)),
            Some(None) => {
                deployed(None);
                Expansion::Each
            }
            Some(Some(count)) => {
                Expansion::Items((0..count as u32).map(|item| deployed(Some(item))).collect())
            }
        }
    }

    /// How many items a loop has, where that is known whatever the parameters are.
    fn items(&self, instance: InstanceId, repetition: Repetition) -> Option<usize> {
        let evaluator = Evaluator::new(&self.program, Case::default());
        let list = evaluator.evaluate(instance.at(repetition.iterable)).ok()?;
        match list.value {
            Value::Array(list) if !list.is_open() && list.items.len() <= MAXIMUM_ITEMS => {
                Some(list.items.len())
            }
            _ => None,
        }
    }

    fn target(&self, from: InstanceId, module: &Module) -> Option<Target> {
        let file = &self.program.instance(from).file;
        match &module.source {
            ModuleSource::Inline {
                template,
                is_inner_scope,
            } => Some(Target {
                template: Arc::clone(template),
                file: Arc::clone(file),
                is_outer_scope: !is_inner_scope,
            }),
            ModuleSource::Linked(link) => {
                let file = self.linked(file, link)?;
                Some(Target {
                    template: Arc::clone(file.template()?),
                    file,
                    is_outer_scope: false,
                })
            }
            ModuleSource::Unknown => None,
        }
    }

    /// The file that another one names.
    fn linked(&self, from: &File, link: &Link) -> Option<Arc<File>> {
        match link.kind {
            LinkKind::File | LinkKind::RelativePath | LinkKind::RelativeToDeployment => {
                let path = resolve(&from.path, &link.text)?;
                self.input(&path);
                self.program.files.get(&path)
            }
            LinkKind::Registry => {
                let look = &mut |path: &Path| self.input(path);
                registry::file(&self.program.files, &from.path, &link.text, look)
            }
            LinkKind::Uri | LinkKind::TemplateSpec => None,
        }
    }

    /// Whether a template is being deployed where an instance is.
    fn is_around(&self, instance: InstanceId, template: &Arc<Template>) -> bool {
        let mut next = Some(instance);
        while let Some(id) = next {
            if Arc::ptr_eq(&self.program.instance(id).template, template) {
                return true;
            }
            next = self.program.caller(id).map(|module| module.instance);
        }
        false
    }

    fn index(&mut self) {
        let mut by_type: HashMap<String, Vec<_>> = HashMap::new();
        for (at, resource) in self.program.resources() {
            let resource_type = resource.resource_type.to_ascii_lowercase();
            by_type.entry(resource_type).or_default().push(at);
        }
        self.program.by_type = by_type;
    }

    /// The instance of a file that others take values from.
    fn library(&mut self, file: &Arc<File>) -> Option<InstanceId> {
        if let Some(known) = self.libraries.get(&*file.path) {
            return Some(*known);
        }
        let template = match (file.template(), file.parameters()) {
            (Some(template), _) => Arc::clone(template),
            (None, Some(parameters)) => Arc::clone(&parameters.template),
            (None, None) => return None,
        };
        let id = self.add(template, Arc::clone(file), Origin::Library, 0);
        self.libraries.insert(file.path.to_path_buf(), id);
        Some(id)
    }

    /// Resolves the imports of every instance, and of what they import.
    fn import(&mut self) {
        let mut next = 0;
        while next < self.program.instances.len() {
            let instance = &self.program.instances[next];
            let (template, file) = (Arc::clone(&instance.template), Arc::clone(&instance.file));
            for (number, import) in template.imports.iter().enumerate() {
                let imported = self.linked(&file, &import.source);
                let imported = imported.and_then(|file| self.library(&file));
                self.program.instances[next].imports[number] = imported;
            }
            next += 1;
        }
    }

    /// Where one JSON parameter file alone deploys nothing, several are given one after the other, and
    /// of each it is not known which others come with it.
    fn layers(&mut self) {
        let scenarios = &mut self.program.scenarios;
        if scenarios.iter().any(|scenario| scenario.is_layer) {
            for scenario in scenarios {
                let extension = scenario.path.extension();
                scenario.is_complete &= extension.is_none_or(|it| !it.eq_ignore_ascii_case("json"));
            }
        }
    }

    /// Whether a parameter file gives no value for a parameter that needs one.
    fn lacks_required(&self, scenario: &Scenario) -> bool {
        let root = self.program.template(InstanceId::ROOT);
        root.parameters.iter().any(|parameter| {
            let name = parameter.name.text.to_lowercase();
            parameter.default.is_none() && !scenario.assignments.contains_key(&name)
        })
    }

    /// Adds a parameter file, with those that it extends.
    fn scenario(&mut self, file: &Arc<File>) {
        let mut scenario = Scenario {
            path: Arc::clone(&file.path),
            assignments: HashMap::new(),
            is_complete: true,
            is_layer: false,
        };
        let mut pending = vec![Arc::clone(file)];
        let mut seen = BTreeSet::new();
        while let Some(file) = pending.pop() {
            let Some(parameters) = file.parameters() else {
                scenario.is_complete = false;
                continue;
            };
            if !seen.insert(Arc::clone(&file.path)) {
                continue;
            }
            if seen.len() > MAXIMUM_EXTENDS {
                scenario.is_complete = false;
                break;
            }
            let Some(instance) = self.library(&file) else {
                continue;
            };
            scenario.is_complete &= parameters.is_complete;
            scenario.assign(instance, parameters);
            for link in &parameters.extends {
                let Some(base) = self.linked(&file, link) else {
                    scenario.is_complete = false;
                    continue;
                };
                if let Some(base) = self.library(&base) {
                    self.program.instances[instance.index()].bases.push(base);
                }
                pending.push(base);
            }
        }
        let is_json = file.document.language() == Language::Json;
        scenario.is_layer = is_json && self.lacks_required(&scenario);
        self.program.scenarios.push(scenario);
    }
}

impl Scenario {
    /// Takes over the assignments of a parameter file, unless there are some already.
    fn assign(&mut self, instance: InstanceId, parameters: &ParameterFile) {
        for assignment in &parameters.assignments {
            let name = assignment.name.text.to_lowercase();
            let value = Assigned::Value(instance.at(assignment.value));
            self.assignments.entry(name).or_insert(value);
        }
    }
}
