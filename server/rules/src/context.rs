//! What a rule sees.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use access::identity::Principal;
use access::reading::Reading;
use access::reads::ReadKind;
use syntax::{TextEdit, TextRange};
use template::cases::{Answer, Judge, Undecided};
use template::dependencies::{Dependencies, Deployed, Order};
use template::edit::Editor;
use template::files::Place;
use template::model::{ExpressionId, ModuleId, Resource, ResourceId};
use template::program::{At, InstanceId, Program};
use template::{Evaluator, Template};

use crate::repair::fix;
use crate::{Applicability, Fix, Related};

/// What stands at a module on the way to a finding.
pub(crate) const DEPLOYED_HERE: &str = "it is deployed here";

/// What a rule sees of one program.
pub(crate) struct Context<'a> {
    /// The program.
    pub(crate) program: &'a Program,
    /// What waits for what.
    pub(crate) order: Order<'a>,
    judges: Judge<'a>,
    /// By the address of the template, which several instances may have.
    editors: RefCell<HashMap<*const Template, Rc<Editor<'a>>>>,
}

/// Where a read is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadingPlace {
    /// The resource that has the value.
    pub(crate) reader: At<ResourceId>,
    /// The declared service that reads; none if it is not declared here.
    pub(crate) service: Option<At<ResourceId>>,
    /// What kind of thing is read.
    pub(crate) kind: ReadKind,
    /// The name of the property with the value.
    pub(crate) property: At<ExpressionId>,
}

impl From<&Reading> for ReadingPlace {
    fn from(reading: &Reading) -> Self {
        Self {
            reader: reading.read.reader,
            service: reading.service,
            kind: reading.read.kind,
            property: reading.read.property,
        }
    }
}

impl<'a> Context<'a> {
    /// What there is to see of a program.
    pub(crate) fn new(program: &'a Program) -> Self {
        Self {
            program,
            order: Order::of(program),
            judges: Judge::new(program),
            editors: RefCell::default(),
        }
    }

    /// Makes a judgement in every case that it depends on; none if there are too many cases, or the
    /// judgement is too large.
    pub(crate) fn judge<T>(
        &self,
        judgement: impl FnMut(&Evaluator<'a>) -> Result<T, Undecided>,
    ) -> Option<Vec<Answer<T>>> {
        self.judges.judge(judgement)
    }

    /// What a judgement comes to in every case in which it comes to anything, if that is one thing.
    pub(crate) fn agreed<T: PartialEq>(
        &self,
        judgement: impl FnMut(&Evaluator<'a>) -> Result<Option<T>, Undecided>,
    ) -> Option<T> {
        let answers = self.judge(judgement)?.into_iter();
        let mut found = answers.filter_map(|answer| answer.value);
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    /// The template of an instance.
    pub(crate) fn template(&self, instance: InstanceId) -> &'a Template {
        self.program.template(instance)
    }

    /// A resource.
    pub(crate) fn resource(&self, at: At<ResourceId>) -> &'a Resource {
        self.program.resource(at)
    }

    /// What the resources and modules of an instance wait for.
    pub(crate) fn dependencies(&self, instance: InstanceId) -> Rc<Dependencies> {
        self.order.dependencies(instance)
    }

    /// Edits in the language and style of the file of an instance; none of a file that is not the
    /// user's to edit.
    pub(crate) fn editor(&self, instance: InstanceId) -> Option<Rc<Editor<'a>>> {
        let instance = self.program.instance(instance);
        if instance.file.is_foreign {
            return None;
        }
        let template: &Template = &instance.template;
        let mut editors = self.editors.borrow_mut();
        let editor = editors
            .entry(std::ptr::from_ref(template))
            .or_insert_with(|| Rc::new(Editor::new(&instance.file.document, template)));
        Some(Rc::clone(editor))
    }

    /// A path beside the file of an instance that no file has: `name.extension`, else
    /// `name2.extension`, …
    pub(crate) fn unused_file(&self, instance: InstanceId, name: &str, extension: &str) -> PathBuf {
        let file = &self.program.instance(instance).file.path;
        let numbered = (2u32..).map(|number| format!("{name}{number}.{extension}"));
        let mut names = std::iter::once(format!("{name}.{extension}")).chain(numbered);
        let path = names.find_map(|name| {
            let path = file.with_file_name(name);
            (!self.program.is_file(&path)).then_some(path)
        });
        path.unwrap_or_default()
    }

    /// The text of a place in the file of an instance.
    pub(crate) fn source(&self, instance: InstanceId, range: TextRange) -> String {
        let file = &self.program.instance(instance).file;
        file.document.slice(range).into_owned()
    }

    /// The text of an expression, on one line and of bearable length.
    pub(crate) fn excerpt(&self, expression: At<ExpressionId>) -> String {
        const LONGEST: usize = 60;
        let source = self.source(expression.instance, self.program.range(expression));
        let mut text = source.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > LONGEST {
            text = text.chars().take(LONGEST).collect();
            text.push('…');
        }
        text
    }

    /// What a resource is called in messages: its symbolic name, else its name as it is written, or
    /// its type where that is long. What is inside a module that is not the user's is called as the
    /// module is.
    pub(crate) fn label(&self, at: At<ResourceId>) -> String {
        let resource = self.resource(at);
        let instance = self.program.instance(at.instance);
        if instance.file.is_foreign
            && let Some(caller) = self.program.shown_at(at.instance)
        {
            return self.module_label(caller);
        }
        self.written_label(
            at.instance,
            resource.symbol.as_ref().map(|symbol| &*symbol.text),
            resource.label,
            &resource.resource_type,
        )
    }

    /// What a module is called in messages.
    pub(crate) fn module_label(&self, at: At<ModuleId>) -> String {
        let module = self.program.module(at);
        self.written_label(
            at.instance,
            module.symbol.as_ref().map(|symbol| &*symbol.text),
            module.label,
            "module",
        )
    }

    fn written_label(
        &self,
        instance: InstanceId,
        symbol: Option<&str>,
        label: TextRange,
        otherwise: &str,
    ) -> String {
        const LONGEST: usize = 40;
        if let Some(symbol) = symbol {
            return symbol.to_owned();
        }
        let written = self.source(instance, label);
        let name = written
            .trim_matches('"')
            .trim_start_matches('[')
            .trim_end_matches(']');
        if name.chars().count() > LONGEST {
            return otherwise.to_owned();
        }
        name.to_owned()
    }

    /// What a read is, as a sentence without an end: "`apim` reads the named value `nv`".
    pub(crate) fn read_sentence(&self, reading: &ReadingPlace) -> String {
        let noun = reading.kind.noun();
        let reader = self.label(reading.reader);
        match reading.service {
            Some(service) if service == reading.reader => format!("`{reader}` reads its {noun}"),
            Some(service) => format!("`{}` reads the {noun} `{reader}`", self.label(service)),
            None => format!("the {noun} `{reader}` is read"),
        }
    }

    /// An identity that reads, in words, and the declaration that has it.
    pub(crate) fn reader_identity(
        &self,
        principal: &Principal,
    ) -> (String, Option<At<ResourceId>>) {
        let declaration = principal.resource().declaration;
        let words = match (principal, declaration) {
            (Principal::System(_), _) => "the system-assigned identity".to_owned(),
            (Principal::User(_), Some(id)) => {
                format!("the user-assigned identity `{}`", self.label(id))
            }
            (Principal::User(_), None) => "a user-assigned identity".to_owned(),
        };
        (words, declaration)
    }

    /// The declaration of a resource as a related place, for a finding at an expression that is not
    /// written in it.
    pub(crate) fn declaration_elsewhere(
        &self,
        at: At<ResourceId>,
        expression: At<ExpressionId>,
    ) -> Option<Related> {
        let resource = self.resource(at);
        let is_inside = at.instance == expression.instance
            && resource
                .range
                .contains_range(self.program.range(expression));
        (!is_inside).then(|| Related {
            place: self.resource_place(at),
            message: format!("`{}` gets it", self.label(at)),
        })
    }

    /// Whether a value is written right behind the name of the property that has it.
    pub(crate) fn is_beside(&self, name: At<ExpressionId>, value: At<ExpressionId>) -> bool {
        const LONGEST_GAP: u32 = 8;
        if name.instance != value.instance {
            return false;
        }
        let (name, value) = (self.program.range(name), self.program.range(value));
        value.start >= name.end && value.start - name.end <= LONGEST_GAP
    }

    /// Whether an expression is one of the values that a parameter is limited to, or its default where
    /// its type may refuse another. Another one in its place would refuse the default, or what callers
    /// pass.
    pub(crate) fn is_allowed_value(&self, expression: At<ExpressionId>) -> bool {
        let template = self.template(expression.instance);
        let range = template.range(expression.id);
        let is_in = |default| template.range(default).contains_range(range);
        template.parameters.iter().any(|parameter| {
            parameter.allowed.contains(&expression.id)
                || !parameter.takes_all_texts() && parameter.default.is_some_and(is_in)
        })
    }

    /// The modules on the way to an instance, the nearest first, as related places.
    pub(crate) fn callers(&self, instance: InstanceId) -> Vec<Related> {
        let first = self.program.shown_at(instance);
        let mut next = first.map_or(instance, |module| module.instance);
        let mut callers = Vec::new();
        while let Some(module) = self.program.caller(next) {
            callers.push(Related {
                place: self
                    .program
                    .place(module.instance, self.program.module(module).label),
                message: DEPLOYED_HERE.to_owned(),
            });
            next = module.instance;
        }
        callers
    }

    /// The instances of a template that are deployed.
    pub(crate) fn same_template(
        &self,
        instance: InstanceId,
    ) -> impl Iterator<Item = InstanceId> + use<'a> {
        let program = self.program;
        let template = &program.instance(instance).template;
        program
            .instances()
            .filter(move |other| Arc::ptr_eq(&program.instance(*other).template, template))
    }

    /// What of an instance deploys a resource: itself, or a module on the way to it; none if nothing
    /// there does.
    pub(crate) fn beside(&self, instance: InstanceId, to: At<ResourceId>) -> Option<Deployed> {
        let mut current = to.instance;
        let mut deployed = Deployed::Resource(to.id);
        while current != instance {
            let module = self.program.caller(current)?;
            deployed = Deployed::Module(module.id);
            current = module.instance;
        }
        Some(deployed)
    }

    /// Where an expression is written.
    pub(crate) fn place(&self, expression: At<ExpressionId>) -> Place {
        let range = self.program.range(expression);
        self.program.place(expression.instance, range)
    }

    /// The place that stands for a resource.
    pub(crate) fn resource_place(&self, at: At<ResourceId>) -> Place {
        self.program.place(at.instance, self.resource(at).label)
    }

    /// A small fix in the file of an instance, if its edits are possible.
    pub(crate) fn fix(
        &self,
        instance: InstanceId,
        title: impl Into<String>,
        applicability: Applicability,
        edits: Option<Vec<TextEdit>>,
    ) -> Option<Fix> {
        fix(
            &self.program.instance(instance).file,
            title,
            applicability,
            edits,
        )
    }
}
