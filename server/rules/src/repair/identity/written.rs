//! Values of identities, changed where they are written.

use access::facts;
use access::identity::IdentityKind;
use syntax::{Language, TextEdit};
use template::destinations::{Destination, Destinations, Receiver, destinations};
use template::edit::{Key, New, Placement};
use template::model::{Arguments, ExpressionId, ExpressionKind, Member, ModuleId, ParameterId};
use template::program::At;

use super::super::Repair;
use super::{USER, module};
use crate::context::Context;

/// Where a service has its identity.
pub(super) const IDENTITY: &[&str] = &["identity"];
/// Where a service has the type of its identity.
pub(super) const KIND: &[&str] = &["identity", "type"];

/// Where a service has its user-assigned identities.
pub(super) const IDENTITIES: &[&str] = &["identity", "userAssignedIdentities"];

/// Values to write in place of others.
pub(super) struct Written<'c, 'a> {
    context: &'c Context<'a>,
    values: Vec<(At<ExpressionId>, New)>,
    /// Parameters of modules for which the caller gives nothing yet, by their names.
    arguments: Vec<(At<ModuleId>, String, New)>,
}

impl<'c, 'a> Written<'c, 'a> {
    pub(super) const fn new(context: &'c Context<'a>) -> Self {
        Self {
            context,
            values: Vec::new(),
            arguments: Vec::new(),
        }
    }

    /// Puts an identity in the place of a null.
    pub(super) fn replace_identity(&mut self, at: At<ExpressionId>, identity: New) -> Option<()> {
        self.replace_null(at, IDENTITY, identity)
    }

    /// Puts a value in the place of a null that gets nowhere else than to a path of services.
    pub(super) fn replace_null(
        &mut self,
        at: At<ExpressionId>,
        path: &[&str],
        value: New,
    ) -> Option<()> {
        let template = self.context.template(at.instance);
        if !matches!(template.kind(at.id), ExpressionKind::Null) {
            return None;
        }
        let reached = self.is_of_services(at, path)?;
        let mut parameters = reached.parameters.iter();
        let program = self.context.program;
        let is_closed = |parameter: &At<ParameterId>| {
            let parameter = program.parameter(*parameter);
            !parameter.allowed.is_empty() || !parameter.takes_all_texts()
        };
        if parameters.any(is_closed) {
            return None;
        }
        self.put(at, value)
    }

    /// Puts a dictionary in the place of a list of user-assigned identities.
    pub(super) fn replace_dictionary(
        &mut self,
        at: At<ExpressionId>,
        dictionary: New,
    ) -> Option<()> {
        // What a parameter takes is an array by its type.
        let reached = self.is_of_services(at, IDENTITIES)?;
        if !reached.parameters.is_empty() {
            return None;
        }
        self.put(at, dictionary)
    }

    /// Puts a type of identity in the place of another one.
    pub(super) fn replace_kind(&mut self, at: At<ExpressionId>, kind: &str) -> Option<()> {
        let old = IdentityKind::parse(self.context.template(at.instance).text(at.id)?);
        let reached = self.reached(at);
        let is_kept = |place: &Destination| {
            is_of_service(self.context, place, KIND)
                || old.has_user() && self.is_question_about_user(place)
        };
        if !reached.places.iter().all(is_kept) {
            return self.replace_in_services(&reached, kind);
        }
        let kind = self.allowed_spelling(&reached, kind)?;
        self.put(at, New::string(kind))
    }

    /// Writes a type of identity in another way. What has it too has the same slip.
    pub(super) fn respell_kind(&mut self, at: At<ExpressionId>, kind: &str) -> Option<()> {
        self.context.template(at.instance).text(at.id)?;
        let reached = self.reached(at);
        if !reached.places.iter().all(|place| place.is_value) {
            return None;
        }
        let kind = self.allowed_spelling(&reached, kind)?;
        self.put(at, New::string(kind))
    }

    /// Puts a type of identity in the place of the variable that others need as it is, where services
    /// have that as their type.
    fn replace_in_services(&mut self, reached: &Destinations, kind: &str) -> Option<()> {
        // A parameter may have another value in another deployment.
        if !reached.parameters.is_empty() {
            return None;
        }
        let is_kind = |place: &&Destination| is_of_service(self.context, place, KIND);
        let places: Vec<_> = reached.places.iter().filter(is_kind).collect();
        let is_in_service = |place: &Destination| match place.receiver {
            Receiver::Resource(service) => {
                let range = self.context.program.range(place.place);
                let body = self.context.resource(service).range;
                service.instance == place.place.instance && body.contains_range(range)
            }
            Receiver::Module(_) | Receiver::Other => false,
        };
        // What the service itself makes of its type would be another thing than that.
        let is_apart = |place: &Destination| {
            let is_of_identity = place.path.first().is_none_or(|name| name == "identity");
            is_of_service(self.context, place, KIND)
                || !is_in_service(place)
                || place.is_value && !is_of_identity
        };
        let is_apart = reached.places.iter().all(is_apart);
        if places.is_empty() || !is_apart || !places.iter().all(|place| is_in_service(place)) {
            return None;
        }
        for place in places {
            self.put(place.place, New::string(kind))?;
        }
        Some(())
    }

    /// What a value gets to, if that is nothing else than what services have at a path.
    pub(super) fn is_of_services(
        &self,
        at: At<ExpressionId>,
        path: &[&str],
    ) -> Option<Destinations> {
        let reached = self.reached(at);
        let mut places = reached.places.iter();
        let is_all = places.all(|place| is_of_service(self.context, place, path));
        is_all.then_some(reached)
    }

    /// Puts a value in the place of one that gets nowhere else than to a path of the arguments of
    /// Azure Verified Modules of services.
    pub(super) fn replace_argument(
        &mut self,
        at: At<ExpressionId>,
        path: &[&str],
        value: New,
    ) -> Option<()> {
        if !self.is_of_modules(at, path) {
            return None;
        }
        self.put(at, value)
    }

    /// Whether a value gets nowhere else than to a path of the arguments of Azure Verified Modules of
    /// services.
    pub(super) fn is_of_modules(&self, at: At<ExpressionId>, path: &[&str]) -> bool {
        let is_module = |module| module::is_service_module(self.context, module);
        let reached = destinations(self.context.program, at, &is_module);
        reached.places.iter().all(|place| {
            matches!(place.receiver, Receiver::Module(module) if is_module(module))
                && place.is_value
                && place.is_at(path)
        })
    }

    fn reached(&self, at: At<ExpressionId>) -> Destinations {
        destinations(self.context.program, at, &|_| false)
    }

    /// Whether a type is only asked whether it has user-assigned identities: the answer stays.
    fn is_question_about_user(&self, place: &Destination) -> bool {
        let template = self.context.template(place.place.instance);
        template.expressions().any(|(_, expression)| {
            matches!(&expression.kind, ExpressionKind::Call { function, arguments, .. }
                if &**function == "contains"
                    && matches!(arguments.as_slice(), [of, what]
                        if *of == place.place.id && template.text(*what) == Some(USER)))
        })
    }

    /// How a type is spelled so that every parameter on the way lets it through.
    fn allowed_spelling(&self, reached: &Destinations, kind: &str) -> Option<String> {
        let meant = IdentityKind::parse(kind);
        let mut spelling = None;
        for parameter in &reached.parameters {
            let declared = self.context.program.parameter(*parameter);
            let allowed = &declared.allowed;
            if allowed.is_empty() {
                if !declared.takes(kind) {
                    return None;
                }
                continue;
            }
            let template = self.context.template(parameter.instance);
            let mut texts = allowed.iter().filter_map(|it| template.text(*it));
            let text = texts.find(|text| IdentityKind::parse(text) == meant)?;
            if spelling.is_some_and(|spelling| spelling != text) {
                return None;
            }
            spelling = Some(text);
        }
        Some(spelling.unwrap_or(kind).to_owned())
    }

    fn put(&mut self, at: At<ExpressionId>, value: New) -> Option<()> {
        let mut parameters = self.context.template(at.instance).parameters.iter();
        if parameters.any(|parameter| parameter.allowed.contains(&at.id)) {
            return None;
        }
        match self.left_out(at) {
            Some((module, name)) => self.arguments.push((module?, name, value)),
            None => self.values.push((at, value)),
        }
        Some(())
    }

    /// The parameter whose default an expression is, where that is not written in a file of the
    /// user's, and the module that may give another value, if there is one.
    fn left_out(&self, at: At<ExpressionId>) -> Option<(Option<At<ModuleId>>, String)> {
        let program = self.context.program;
        let is_foreign = program.instance(at.instance).file.is_foreign;
        let mut parameters = program.template(at.instance).parameters.iter();
        let parameter = parameters.find(|parameter| {
            parameter.default == Some(at.id) && (is_foreign || parameter.is_optional)
        })?;
        let name = parameter.name.text.to_string();
        Some((program.caller(at.instance), name))
    }

    /// Makes the changes. Where the arms of a choice come to be the same, the choice goes.
    pub(super) fn apply(mut self, repair: &mut Repair<'_, '_>) -> Option<()> {
        while self.merge_arms() {}
        for (at, value) in &self.values {
            let edits = self.context.editor(at.instance)?.replace(at.id, value);
            repair.edit(at.instance, edits)?;
        }
        for (module, name, value) in &self.arguments {
            let edits = give_argument(self.context, *module, name, value);
            repair.edit(module.instance, edits)?;
        }
        Some(())
    }

    /// Puts one value in the place of a choice between two of the same, if there is such a choice.
    fn merge_arms(&mut self) -> bool {
        let merged = self.values.iter().find_map(|(at, value)| {
            let (choice, other) = self.choice_of(*at)?;
            let editor = self.context.editor(at.instance)?;
            let is_same = self.comes_to_be(other, value) && !editor.has_comment(choice.id);
            is_same.then(|| (choice, value.clone()))
        });
        let Some((choice, value)) = merged else {
            return false;
        };
        let program = self.context.program;
        let range = program.range(choice);
        self.values.retain(|(at, _)| {
            at.instance != choice.instance || !range.contains_range(program.range(*at))
        });
        self.values.push((choice, value));
        true
    }

    /// Whether an expression comes to be written as a value would be.
    fn comes_to_be(&self, at: At<ExpressionId>, value: &New) -> bool {
        if let Some((_, other)) = self.values.iter().find(|(known, _)| *known == at) {
            return other == value;
        }
        let template = self.context.template(at.instance);
        match (template.kind(at.id), value) {
            (ExpressionKind::String(text), New::String(other)) => **text == **other,
            (ExpressionKind::Bool(written), New::Bool(other)) => written == other,
            (ExpressionKind::Object(object), New::Object(members)) => {
                let is_member = |member: &Member| match member {
                    Member::Property(property) => members.iter().any(|(key, value)| {
                        matches!(key, Key::Name(name) if template.text(property.key) == Some(name))
                            && self.comes_to_be(at.instance.at(property.value), value)
                    }),
                    Member::Spread(_) => false,
                };
                object.is_complete
                    && object.members.len() == members.len()
                    && object.members.iter().all(is_member)
            }
            _ => false,
        }
    }

    /// The choice that an expression is an arm of, and its other arm.
    fn choice_of(&self, at: At<ExpressionId>) -> Option<(At<ExpressionId>, At<ExpressionId>)> {
        let mut expressions = self.context.template(at.instance).expressions();
        let (choice, other) = expressions.find_map(|(id, expression)| match expression.kind {
            ExpressionKind::Conditional {
                consequence,
                alternative,
                ..
            } if consequence == at.id => Some((id, alternative)),
            ExpressionKind::Conditional {
                consequence,
                alternative,
                ..
            } if alternative == at.id => Some((id, consequence)),
            _ => None,
        })?;
        Some((at.instance.at(choice), at.instance.at(other)))
    }
}

/// Whether a place is a path of a service that is declared.
fn is_of_service(context: &Context<'_>, place: &Destination, path: &[&str]) -> bool {
    let Receiver::Resource(resource) = place.receiver else {
        return false;
    };
    let resource = context.resource(resource);
    place.is_value
        && resource.is_type(facts::SERVICE_TYPE)
        && !resource.is_existing
        && place.is_at(path)
}

/// Gives a parameter of a module a value, where it has none or null.
pub(super) fn give_argument(
    context: &Context<'_>,
    module: At<ModuleId>,
    name: &str,
    value: &New,
) -> Option<Vec<TextEdit>> {
    let editor = context.editor(module.instance)?;
    let template = context.template(module.instance);
    let declaration = context.program.module(module);
    let is_json = template.language == Language::Json;
    let value = if is_json {
        New::object([("value", value.clone())])
    } else {
        value.clone()
    };
    let arguments = match declaration.arguments {
        Arguments::Unknown => return None,
        Arguments::Given(arguments) => arguments,
        Arguments::None => {
            let arguments = New::object([(name, value)]);
            let (object, key) = if is_json {
                let properties = template.property(declaration.body, "properties")?;
                (properties.value, "parameters")
            } else {
                (declaration.body, "params")
            };
            return editor.insert_property(object, key, &arguments, Placement::Conventional);
        }
    };
    match template.property(arguments, name) {
        None => editor.insert_property(arguments, name, &value, Placement::End),
        Some(property) if matches!(template.kind(property.value), ExpressionKind::Null) => {
            editor.replace(property.value, &value)
        }
        Some(_) => None,
    }
}
