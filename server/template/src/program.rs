//! Programs: a template and everything that it deploys.
//!
//! A file that several others deploy means something else for each of them. An [`Instance`] is one
//! template as one caller deploys it; what belongs to a template is therefore named by instance and
//! id, [`At`]. The instances of a program are a tree, the root first.

mod build;
pub mod configuration;
pub mod module_reference;
mod registry;
pub mod summaries;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use syntax::TextRange;

use crate::files::{File, Files, Place};
use crate::model::{
    ExpressionId, ImportId, Module, ModuleId, Parameter, ParameterId, Resource, ResourceId,
    Template,
};

/// How many expressions may be evaluated for one program. What is judged beyond has no answer.
const MAXIMUM_STEPS: u64 = 20_000_000;

/// Which part of what is left one rule may take, so that none takes it from all others.
const SHARE: u64 = 8;

/// An [`Instance`] of a [`Program`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId(u32);

impl InstanceId {
    /// The root of a program.
    pub const ROOT: Self = Self(0);

    /// Something of the instance's template.
    #[must_use]
    pub const fn at<T>(self, id: T) -> At<T> {
        At { instance: self, id }
    }

    /// Its number in the program, from 0.
    pub(crate) const fn number(self) -> u32 {
        self.0
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A parameter file that a [`Program`] is deployed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScenarioId(u32);

/// Something of a template, in one of its instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At<T> {
    /// The instance.
    pub instance: InstanceId,
    /// What it is of the instance's template.
    pub id: T,
}

/// A template as one caller deploys it.
#[derive(Debug)]
pub struct Instance {
    /// The template.
    pub template: Arc<Template>,
    /// The file that it is written in, in whole or as a nested deployment.
    pub file: Arc<File>,
    /// How it came into the program.
    pub(crate) origin: Origin,
    /// What its modules are, by their ids.
    pub(crate) modules: Vec<Expansion>,
    /// The files that it imports from, by the ids of its imports.
    pub(crate) imports: Vec<Option<InstanceId>>,
    /// The parameter files that it extends, if it is one.
    pub(crate) bases: Vec<InstanceId>,
}

/// How an instance came into its program.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// It is the root.
    Root,
    /// A module deploys it.
    Deployed(Caller),
    /// Nothing deploys it; others take values from it: a file that is imported from, or parameters.
    Library,
}

/// The module that deploys an instance.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The module.
    pub(crate) module: At<ModuleId>,
    /// Which one of the module's loop, where the list is known.
    pub(crate) item: Option<u32>,
    /// Whether its parameters and variables are those of the caller.
    pub(crate) is_outer_scope: bool,
}

/// What a module is in a program.
#[derive(Clone, Debug)]
pub(crate) enum Expansion {
    /// It cannot be seen into.
    Opaque,
    /// It is not repeated.
    One(InstanceId),
    /// It is repeated for each item of a known list.
    Items(Vec<InstanceId>),
    /// It is repeated for each item of a list that is not known; one instance stands for all.
    Each,
}

/// A template and everything that it deploys.
pub struct Program {
    files: Arc<Files>,
    /// The deployed ones, then the libraries.
    instances: Vec<Instance>,
    deployed: u32,
    /// Whether the root's parameters may have any value that their types allow, instead of their
    /// defaults.
    is_contract: bool,
    scenarios: Vec<Scenario>,
    by_type: HashMap<String, Vec<At<ResourceId>>>,
    /// The modules that deploy a template which is being deployed already.
    cycles: Vec<At<ModuleId>>,
    /// Every path that was asked for, whether there was a file or not.
    inputs: RefCell<BTreeSet<PathBuf>>,
    loaded: RefCell<HashMap<PathBuf, Option<Rc<[u8]>>>>,
    /// How many expressions were evaluated so far.
    steps: Cell<u64>,
    /// How many there may be.
    allowed: Cell<u64>,
    /// The rule that judges.
    judging: Cell<Option<&'static str>>,
    /// The rules that have no answer to something.
    unanswered: RefCell<BTreeSet<&'static str>>,
}

/// The parameters that a program is deployed with.
#[derive(Debug)]
struct Scenario {
    path: Arc<Path>,
    /// By the parameter's name in lower case.
    assignments: HashMap<String, Assigned>,
    /// Whether the parameters without an assignment have none.
    is_complete: bool,
    /// Whether it lacks a value that the template needs.
    is_layer: bool,
}

/// What a parameter file gives for a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Assigned {
    /// A value.
    Value(At<ExpressionId>),
    /// Something that cannot be told.
    Unknown,
}

impl Program {
    /// An instance.
    #[must_use]
    pub fn instance(&self, id: InstanceId) -> &Instance {
        &self.instances[id.index()]
    }

    /// The files that the program is made of, each as often as it is in it: those that are deployed,
    /// and those that others take values from.
    pub fn files(&self) -> impl Iterator<Item = &Arc<File>> {
        self.instances.iter().map(|instance| &instance.file)
    }

    /// The template of an instance.
    #[must_use]
    pub fn template(&self, id: InstanceId) -> &Template {
        &self.instance(id).template
    }

    /// The instances that are deployed, a caller before what it deploys.
    pub fn instances(&self) -> impl Iterator<Item = InstanceId> + use<> {
        (0..self.deployed).map(InstanceId)
    }

    /// Whether everything in sight could be read. Where it is false, the absence of a declaration
    /// means nothing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.instances()
            .all(|instance| self.template(instance).is_complete)
    }

    /// Whether nothing is out of sight that might make a difference to what is found: all modules
    /// and imports are there themselves, all texts could be read, and all was evaluated.
    #[must_use]
    pub fn is_all_in_sight(&self) -> bool {
        let is_seen = |instance: &Instance| {
            let mut modules = instance.modules.iter();
            modules.all(|module| !matches!(module, Expansion::Opaque))
                && instance.imports.iter().all(Option::is_some)
                && instance.template.is_complete
                && !instance.file.document.has_error()
                && !registry::is_summary(&instance.file)
        };
        self.unanswered.borrow().is_empty() && self.instances.iter().all(is_seen)
    }

    /// The module that deploys an instance; none of the root.
    #[must_use]
    pub fn caller(&self, id: InstanceId) -> Option<At<ModuleId>> {
        match &self.instance(id).origin {
            Origin::Deployed(caller) => Some(caller.module),
            Origin::Root | Origin::Library => None,
        }
    }

    /// Whether the names in an instance are those of the template around it, as in a nested deployment
    /// in outer scope.
    #[must_use]
    pub fn shares_names(&self, id: InstanceId) -> bool {
        matches!(&self.instance(id).origin, Origin::Deployed(caller) if caller.is_outer_scope)
    }

    /// The module that deploys an instance, and which one of its loop it is, where that is known.
    pub(crate) fn deployed_by(&self, id: InstanceId) -> Option<(At<ModuleId>, Option<u32>)> {
        match &self.instance(id).origin {
            Origin::Deployed(caller) => Some((caller.module, caller.item)),
            Origin::Root | Origin::Library => None,
        }
    }

    /// The instances that a module deploys; none where it cannot be seen into.
    pub fn deployed_instances(&self, module: At<ModuleId>) -> impl Iterator<Item = InstanceId> {
        let instances = self.instances();
        instances.filter(move |instance| self.caller(*instance) == Some(module))
    }

    /// Whether it is not known what a module deploys.
    #[must_use]
    pub fn is_opaque(&self, module: At<ModuleId>) -> bool {
        matches!(self.expansion(module), Expansion::Opaque)
    }

    pub(crate) fn expansion(&self, module: At<ModuleId>) -> &Expansion {
        &self.instance(module.instance).modules[module.id.index()]
    }

    /// A resource.
    #[must_use]
    pub fn resource(&self, at: At<ResourceId>) -> &Resource {
        self.template(at.instance).resource(at.id)
    }

    /// A module.
    #[must_use]
    pub fn module(&self, at: At<ModuleId>) -> &Module {
        self.template(at.instance).module(at.id)
    }

    /// A parameter.
    #[must_use]
    pub fn parameter(&self, at: At<ParameterId>) -> &Parameter {
        self.template(at.instance).parameter(at.id)
    }

    /// Where an expression is written in the file of its instance.
    #[must_use]
    pub fn range(&self, at: At<ExpressionId>) -> TextRange {
        self.template(at.instance).range(at.id)
    }

    /// The resources of all instances, `existing` ones included.
    pub fn resources(&self) -> impl Iterator<Item = (At<ResourceId>, &Resource)> {
        self.instances().flat_map(|instance| {
            self.template(instance)
                .resources()
                .map(move |(id, resource)| (instance.at(id), resource))
        })
    }

    /// The resources of the types that are meant, which are asked for in lower case.
    #[must_use]
    pub fn resources_of_types(&self, is_meant: impl Fn(&str) -> bool) -> Vec<At<ResourceId>> {
        let types = self.by_type.iter().filter(|(name, _)| is_meant(name));
        let mut found: Vec<_> = types.flat_map(|(_, found)| found).copied().collect();
        found.sort_unstable();
        found
    }

    /// The resources of a type, compared as Azure does, without regard to case; `existing` ones
    /// included.
    pub fn resources_of_type(
        &self,
        resource_type: &str,
    ) -> impl Iterator<Item = (At<ResourceId>, &Resource)> {
        let found = self.by_type.get(&resource_type.to_ascii_lowercase());
        let found = found.into_iter().flatten();
        found.map(|at| (*at, self.resource(*at)))
    }

    /// The modules of all instances.
    pub fn modules(&self) -> impl Iterator<Item = (At<ModuleId>, &Module)> {
        self.instances().flat_map(|instance| {
            self.template(instance)
                .modules()
                .map(move |(id, module)| (instance.at(id), module))
        })
    }

    /// The module where a person gets to see what an instance inside a foreign file is about: the
    /// nearest one that is written in a file of their own; none where the instance is in one itself.
    #[must_use]
    pub fn shown_at(&self, id: InstanceId) -> Option<At<ModuleId>> {
        let mut shown = None;
        let mut next = id;
        while self.instance(next).file.is_foreign {
            let caller = self.caller(next)?;
            shown = Some(caller);
            next = caller.instance;
        }
        shown
    }

    /// A place in the text of an instance, as a person gets to see it.
    #[must_use]
    pub fn place(&self, id: InstanceId, range: TextRange) -> Place {
        let (id, range) = match self.shown_at(id) {
            Some(module) => (module.instance, self.module(module).label),
            None => (id, range),
        };
        Place {
            file: Arc::clone(&self.instance(id).file.path),
            range,
        }
    }

    /// The file that an import takes from, if it is there.
    pub(crate) fn imported(&self, instance: InstanceId, import: ImportId) -> Option<InstanceId> {
        *self.instance(instance).imports.get(import.index())?
    }

    /// The parameter files that the program is deployed with, one at a time.
    pub fn scenarios(&self) -> impl ExactSizeIterator<Item = ScenarioId> + use<> {
        (0..self.scenarios.len() as u32).map(ScenarioId)
    }

    /// The path of a parameter file.
    #[must_use]
    pub fn scenario_path(&self, id: ScenarioId) -> &Path {
        &self.scenarios[id.0 as usize].path
    }

    /// Whether a parameter file gives a parameter of the root a value.
    pub(crate) fn is_assigned(&self, parameter: At<ParameterId>) -> bool {
        let mut scenarios = self.scenarios();
        scenarios.any(|scenario| self.assignment(scenario, parameter).is_some())
    }

    /// What a parameter file gives for a parameter of the root.
    pub(crate) fn assignment(
        &self,
        scenario: ScenarioId,
        parameter: At<ParameterId>,
    ) -> Option<Assigned> {
        if parameter.instance != InstanceId::ROOT {
            return None;
        }
        let name = self.parameter(parameter).name.text.to_lowercase();
        let scenario = &self.scenarios[scenario.0 as usize];
        let assigned = scenario.assignments.get(&name).copied();
        assigned.or((!scenario.is_complete).then_some(Assigned::Unknown))
    }

    /// The modules that deploy a template which is being deployed already, so that it would never
    /// end.
    #[must_use]
    pub fn cycles(&self) -> &[At<ModuleId>] {
        &self.cycles
    }

    /// Notes that a judgement evaluated some expressions.
    pub(crate) fn spend(&self, steps: u32) {
        self.steps.set(self.steps.get() + u64::from(steps));
    }

    /// Forgets how much was evaluated, for who judges more than the rules do.
    pub fn renew_budget(&self) {
        self.steps.set(0);
        self.allowed.set(MAXIMUM_STEPS);
        self.judging.set(None);
        self.unanswered.borrow_mut().clear();
    }

    /// Notes that a rule begins to judge, by its name. It gets a share of what may be evaluated.
    pub fn begin(&self, rule: &'static str) {
        let spent = self.steps.get();
        let left = MAXIMUM_STEPS.saturating_sub(spent);
        self.allowed.set(spent + left / SHARE);
        self.judging.set(Some(rule));
    }

    /// The rules that asked more than can be answered: too much had to be evaluated, or in too many
    /// cases. That they found nothing means nothing.
    #[must_use]
    pub fn unanswered(&self) -> BTreeSet<&'static str> {
        self.unanswered.borrow().clone()
    }

    /// Notes that the rule which judges has no answer to something.
    pub(crate) fn note_unanswered(&self) {
        self.unanswered.borrow_mut().extend(self.judging.get());
    }

    /// Whether so much was evaluated that nothing more is judged.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.steps.get() > self.allowed.get()
    }

    /// Whether the root is a template that others deploy, with any arguments that its parameters allow.
    #[must_use]
    pub const fn is_contract(&self) -> bool {
        self.is_contract
    }

    /// Whether the defaults of the root's parameters say what a deployment is like, for want of
    /// anything better.
    pub(crate) fn takes_defaults(&self) -> bool {
        !self.is_contract && self.scenarios.is_empty()
    }

    /// The bytes of a file that an expression loads.
    pub(crate) fn loaded(&self, path: &Path) -> Option<Rc<[u8]>> {
        self.inputs.borrow_mut().insert(path.to_owned());
        let mut loaded = self.loaded.borrow_mut();
        let known = loaded.entry(path.to_owned());
        let bytes = known.or_insert_with(|| self.files.bytes(path).map(Rc::from));
        bytes.clone()
    }

    /// Whether there is a file at a path.
    #[must_use]
    pub fn is_file(&self, path: &Path) -> bool {
        self.loaded(path).is_some()
    }

    /// The paths of all files that the program was made of or would be made of if they existed.
    /// What is [loaded](Self::loaded) counts from the time that it is looked at.
    #[must_use]
    pub fn inputs(&self) -> BTreeSet<PathBuf> {
        self.inputs.borrow().clone()
    }
}
