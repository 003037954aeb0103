//! Secrets taken from secure parameters, from the root of the program on.

use syntax::TextEdit;
use template::Template;
use template::edit::{Editor, New, NewParameter, NewType};
use template::model::{
    Arguments, ExpressionId, ExpressionKind, Member, ModuleId, ModuleSource, ParameterId, Segment,
};
use template::program::{At, InstanceId};

use super::Repair;
use crate::context::Context;
use crate::{Applicability, Extent, Fix};

/// Changes that let secrets come through secure parameters only.
pub(crate) struct SecureWay<'c, 'a> {
    context: &'c Context<'a>,
    repair: Repair<'c, 'a>,
    /// The parameters that became secure, and whether they lost a default.
    secured: Vec<(At<ParameterId>, bool)>,
    replaced: Vec<At<ExpressionId>>,
    added: Vec<(InstanceId, Vec<NewParameter>)>,
    /// The arguments that modules are given.
    passed: Vec<(At<ModuleId>, String)>,
}

/// A secret that is written in a template.
pub(crate) struct WrittenSecret<'s> {
    /// The expression that it is, or is a part of.
    pub(crate) at: At<ExpressionId>,
    /// The secret itself.
    pub(crate) text: &'s str,
    /// What a parameter for it may be called.
    pub(crate) name: &'s str,
    /// What it is.
    pub(crate) description: &'s str,
}

impl<'c, 'a> SecureWay<'c, 'a> {
    /// No change yet.
    pub(crate) const fn new(context: &'c Context<'a>) -> Self {
        Self {
            context,
            repair: Repair::new(context),
            secured: Vec::new(),
            replaced: Vec::new(),
            added: Vec::new(),
            passed: Vec::new(),
        }
    }

    /// Makes a parameter secure. A secret that is its default goes, and so whoever deploys the template
    /// passes one.
    pub(crate) fn secure(&mut self, id: At<ParameterId>) -> Option<()> {
        let id = self.first(id.instance).at(id.id);
        let parameter = self.context.program.parameter(id);
        if parameter.is_secure || self.secured.iter().any(|(known, _)| *known == id) {
            return Some(());
        }
        let editor = self.context.editor(id.instance)?;
        self.repair.edit(id.instance, editor.make_secure(id.id))?;
        let template = self.context.template(id.instance);
        let default = parameter.default.filter(|it| is_written(template, *it));
        if default.is_some() {
            self.repair
                .edit(id.instance, editor.remove_default(id.id))?;
            let description = format!("The secret for {}.", parameter.name.text);
            self.pass_on(id.instance, &parameter.name.text, &description)?;
        }
        self.secured.push((id, default.is_some()));
        Some(())
    }

    /// Puts a new parameter in place of a secret that is written in a template.
    pub(crate) fn take(&mut self, secret: &WrittenSecret<'_>) -> Option<()> {
        let at = self.first(secret.at.instance).at(secret.at.id);
        if self.replaced.contains(&at) {
            return Some(());
        }
        if !may_name_parameters(self.context, at) {
            return None;
        }
        let template = self.context.template(at.instance);
        let editor = self.context.editor(at.instance)?;
        let is_whole = match template.kind(at.id) {
            ExpressionKind::String(_) => true,
            ExpressionKind::Call { function, .. } => function.starts_with("load"),
            _ => false,
        };
        let mut name = secret.name.to_owned();
        let around = if is_whole {
            None
        } else {
            let (before, after) = around(template, at.id, secret.text)?;
            name = name_in_text(&before, &name);
            Some((before, after))
        };
        let scope = self.scope(at.instance);
        if is_whole && let Some((name, edits)) = self.instead_of_variable(at) {
            self.repair.edit(at.instance, Some(edits))?;
            self.give_as(scope, &name, secret.description)?;
            self.replaced.push(at);
            return Some(());
        }
        let name = self.give(scope, &name, secret.description)?;
        let parameter = New::Parameter(name);
        let value = match around {
            None => parameter,
            Some((mut pieces, after)) => {
                pieces.push(parameter);
                pieces.extend(after);
                New::Interpolation(pieces)
            }
        };
        self.repair
            .edit(at.instance, editor.replace(at.id, &value))?;
        self.replaced.push(at);
        Some(())
    }

    /// The name of the variable that an expression is the value of, and the edits that let a parameter
    /// have it.
    fn instead_of_variable(&self, at: At<ExpressionId>) -> Option<(String, Vec<TextEdit>)> {
        let template = self.context.template(at.instance);
        let mut variables = template.variables();
        let (id, variable) = variables.find(|(_, variable)| variable.value == at.id)?;
        let edits = self.context.editor(at.instance)?.remove_variable(id)?;
        Some((variable.name.text.to_string(), edits))
    }

    /// The fix; none if nothing changes, or not everything is possible.
    pub(crate) fn fix(mut self) -> Option<Fix> {
        let title = self.title();
        for (instance, parameters) in &self.added {
            let editor = self.context.editor(*instance)?;
            self.repair
                .edit(*instance, editor.add_parameters(parameters))?;
        }
        self.repair
            .fix(title, Applicability::Unsafe, Extent::Repair)
    }

    fn title(&self) -> String {
        let mut new: Vec<&str> = Vec::new();
        if !self.replaced.is_empty() {
            let added = self.added.iter().flat_map(|(_, parameters)| parameters);
            new.extend(added.map(|parameter| &*parameter.name));
        }
        new.sort_unstable();
        new.dedup();
        match new.as_slice() {
            [] => {}
            [name] => {
                return format!(
                    "Take it from a new secure parameter `{name}`, which has to be given"
                );
            }
            names => {
                return format!(
                    "Take them from new secure parameters {}, which have to be given",
                    listed(names)
                );
            }
        }
        let secured = self.secured.iter();
        let name = |id: &At<ParameterId>| &*self.context.program.parameter(*id).name.text;
        let mut names: Vec<_> = secured.clone().map(|(id, _)| name(id)).collect();
        names.dedup();
        let mut defaults = secured.filter(|(_, had_default)| *had_default);
        match (defaults.next(), defaults.next()) {
            (None, _) => format!("Make {} secure", listed(&names)),
            (Some((id, _)), None) => format!(
                "Make {} secure and drop the default of `{}`, so that it has to be given",
                listed(&names),
                name(id)
            ),
            (Some(_), Some(_)) => format!(
                "Make {} secure and drop their defaults, so that they have to be given",
                listed(&names)
            ),
        }
    }

    /// Adds a secure parameter to a template, and lets whoever deploys it give it.
    fn give(&mut self, instance: InstanceId, base: &str, description: &str) -> Option<String> {
        let editor = self.context.editor(instance)?;
        let name = self.unused(&editor, instance, base);
        self.give_as(instance, &name, description)?;
        Some(name)
    }

    /// The same, by a name that is free.
    fn give_as(&mut self, instance: InstanceId, name: &str, description: &str) -> Option<()> {
        let editor = self.context.editor(instance)?;
        let parameter = NewParameter {
            name: name.to_owned(),
            kind: NewType::SecureString,
            description: editor
                .describes_parameters()
                .then(|| description.to_owned()),
            default: None,
        };
        match self.added.iter_mut().find(|(known, _)| *known == instance) {
            Some((_, parameters)) => parameters.push(parameter),
            None => self.added.push((instance, vec![parameter])),
        }
        self.pass_on(instance, name, description)
    }

    /// A name for a parameter that neither the template has nor a change gives it.
    fn unused(&self, editor: &Editor<'_>, instance: InstanceId, base: &str) -> String {
        let added = self.added.iter().find(|(known, _)| *known == instance);
        let added = added.map_or(&[][..], |(_, parameters)| parameters);
        let numbered = (2u32..).map(|number| format!("{base}{number}"));
        let bases = std::iter::once(base.to_owned()).chain(numbered);
        let mut names = bases.map(|base| editor.unused_parameter(&base));
        let is_free = |name: &String| !added.iter().any(|it| it.name.eq_ignore_ascii_case(name));
        names.find(is_free).unwrap_or_default()
    }

    /// Lets every module that deploys a template pass a value for a parameter, from a secure parameter
    /// of its own template. One that passes it already is left alone.
    fn pass_on(&mut self, instance: InstanceId, name: &str, description: &str) -> Option<()> {
        let program = self.context.program;
        if program.is_contract() || self.may_be_deployed_unseen(instance) {
            return None;
        }
        self.repair.widen(instance);
        let mut given: Vec<(InstanceId, String)> = Vec::new();
        for same in self.same(instance) {
            let Some(module) = program.caller(same) else {
                continue;
            };
            let module = self.first(module.instance).at(module.id);
            let passed = (module, name.to_owned());
            if self.passed.contains(&passed) {
                continue;
            }
            if !passes(self.context.template(module.instance), module.id, name)? {
                let scope = self.scope(module.instance);
                let known = given.iter().find(|(known, _)| *known == scope);
                let own = match known {
                    Some((_, own)) => own.clone(),
                    None => self.give(scope, name, description)?,
                };
                let editor = self.context.editor(module.instance)?;
                let edits = editor.add_argument(module.id, name, &New::Parameter(own.clone()));
                self.repair.edit(module.instance, edits)?;
                given.push((scope, own));
            }
            self.passed.push(passed);
        }
        Some(())
    }

    /// Whether a module that cannot be seen into may deploy the template of an instance, as one beyond
    /// the bounds of a program.
    fn may_be_deployed_unseen(&self, instance: InstanceId) -> bool {
        let path = &self.context.program.instance(instance).file.path;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut modules = self.context.program.modules();
        modules.any(|(id, module)| match &module.source {
            ModuleSource::Linked(link) => {
                self.context.program.is_opaque(id) && link.text.ends_with(&*name)
            }
            ModuleSource::Inline { .. } | ModuleSource::Unknown => false,
        })
    }

    /// The instances of a template.
    fn same(&self, instance: InstanceId) -> Vec<InstanceId> {
        self.context.same_template(instance).collect()
    }

    /// The first instance of a template: what is of the template, not of an instance, is said of it.
    fn first(&self, instance: InstanceId) -> InstanceId {
        self.same(instance).into_iter().min().unwrap_or(instance)
    }

    /// The instance whose parameters an instance names: in outer scope those of its caller.
    fn scope(&self, instance: InstanceId) -> InstanceId {
        let program = self.context.program;
        let mut scope = instance;
        while let Some(caller) = program.caller(scope) {
            let is_outer = matches!(
                program.module(caller).source,
                ModuleSource::Inline {
                    is_inner_scope: false,
                    ..
                }
            );
            if !is_outer {
                break;
            }
            scope = caller.instance;
        }
        self.first(scope)
    }
}

/// Names in a sentence: "`a`, `b` and `c`".
fn listed(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("{} and {last}", others.join(", "))
        }
        _ => names.concat(),
    }
}

/// Whether a default is written down, so that everybody can read it. What a secure parameter may have
/// for a default is not: nothing, or something new.
fn is_written(template: &Template, default: ExpressionId) -> bool {
    match template.kind(default) {
        ExpressionKind::String(text) => !text.is_empty(),
        ExpressionKind::Object(object) => !object.members.is_empty(),
        _ => false,
    }
}

/// Whether an expression may name a parameter of its template.
fn may_name_parameters(context: &Context<'_>, at: At<ExpressionId>) -> bool {
    let template = context.template(at.instance);
    let range = template.range(at.id);
    let is_deployed = context.program.instances().any(|it| it == at.instance);
    let mut functions = template.functions.iter();
    let mut variables = template.variables.iter();
    is_deployed
        && !functions.any(|function| template.range(function.body).contains_range(range))
        && !variables.any(|variable| variable.is_exported && variable.range.contains_range(range))
}

/// Whether a module passes an argument; none where that cannot be told.
fn passes(template: &Template, module: ModuleId, name: &str) -> Option<bool> {
    match template.module(module).arguments {
        Arguments::None => Some(false),
        Arguments::Unknown => None,
        Arguments::Given(arguments) => {
            let object = template.object(arguments)?;
            let mut members = object.members.iter();
            let is_plain = members.all(|member| matches!(member, Member::Property(_)));
            let is_given = template.property(arguments, name).is_some();
            (is_given || is_plain && object.is_complete).then_some(is_given)
        }
    }
}

/// What is in front of a part of a text and behind it; none where it is there twice.
fn around(template: &Template, text: ExpressionId, part: &str) -> Option<(Vec<New>, Vec<New>)> {
    let mut before = Vec::new();
    let mut after = None;
    for piece in pieces(template, text)? {
        let New::String(literal) = &piece else {
            after.as_mut().unwrap_or(&mut before).push(piece);
            continue;
        };
        match (literal.split_once(part), &mut after) {
            (Some(_), Some(_)) => return None,
            (Some((_, rest)), None) if rest.contains(part) => return None,
            (Some((start, rest)), None) => {
                before.push(New::string(start));
                after = Some(vec![New::string(rest)]);
            }
            (None, Some(after)) => after.push(piece),
            (None, None) => before.push(piece),
        }
    }
    after.map(|after| (before, after))
}

/// The pieces of a text that is put together: texts and copies.
fn pieces(template: &Template, text: ExpressionId) -> Option<Vec<New>> {
    match template.kind(text) {
        ExpressionKind::Interpolation(segments) => {
            let segments = segments.iter().map(|segment| match segment {
                Segment::Text(text) => New::string(&**text),
                Segment::Hole(hole) => New::Copy(*hole),
            });
            Some(segments.collect())
        }
        ExpressionKind::Call {
            function,
            arguments,
            ..
        } if &**function == "concat" => {
            Some(arguments.iter().map(|it| piece(template, *it)).collect())
        }
        _ => None,
    }
}

fn piece(template: &Template, expression: ExpressionId) -> New {
    match template.text(expression) {
        Some(text) => New::string(text),
        None => New::Copy(expression),
    }
}

/// The name of a part of a text, by the word in front of it: `…;AccountKey=` has an account key.
fn name_in_text(before: &[New], name: &str) -> String {
    let word = match before.last() {
        Some(New::String(text)) => {
            let text = text.trim_end_matches(['=', ' ']);
            let start = text.rfind(|it: char| !it.is_ascii_alphabetic());
            text.get(start.map_or(0, |at| at + 1)..).unwrap_or_default()
        }
        _ => "",
    };
    // What the whole is called, without what kind of thing it is.
    let owner = name.strip_suffix("ConnectionString").unwrap_or(name);
    match word.chars().next() {
        Some(first) => format!("{owner}{}{}", first.to_ascii_uppercase(), &word[1..]),
        None => name.to_owned(),
    }
}
