//! The fixes of `logger-credentials`: an identity in place of a key, and the role that it needs.

use std::rc::Rc;

use access::carried::{is_without, lacks};
use access::facts::versions::API_MANAGEMENT;
use access::facts::{
    EVENT_HUB_TYPE, EVENT_HUBS_DATA_SENDER, EVENT_HUBS_HOST, EVENT_HUBS_NAMESPACE_TYPE,
    LOGGER_IDENTITY_SINCE, LOGGER_TYPES, MONITORING_METRICS_PUBLISHER, Role, SYSTEM_IDENTITY_WORD,
    api_version_date,
};
use access::grants::{Permission, held};
use access::identity::{Principal, service_identity};
use access::reads::service_of;
use template::Template;
use template::edit::{New, Placement, Target};
use template::model::{ExpressionId, ResourceId};
use template::program::At;

use super::{Endpoint, Fault};
use crate::context::Context;
use crate::repair::Repair;
use crate::repair::grant::{Grantee, NewGrant};
use crate::repair::own::is_own;
use crate::{Applicability, Extent, Fix};

const IDENTITY: &str = "identityClientId";
const CONNECTION: &str = "connectionString";
const ENDPOINT: &str = "endpointAddress";

/// The fix of a fault, where there is one. What is so in some cases only would be wrong in others.
pub(super) fn fix(
    context: &Context<'_>,
    logger: At<ResourceId>,
    fault: Fault,
    when: &str,
) -> Option<Fix> {
    let is_always = when.is_empty();
    let signing = Signing { context, logger };
    match fault {
        Fault::ConnectionString(property) if is_always => signing.without_key(property),
        Fault::NoIdentity(property) if is_always => signing.beside(property, ENDPOINT),
        Fault::KeysRefused(component, _) => signing.beside_key(component),
        Fault::Endpoint(origin, mistake) => signing.host(origin, mistake),
        Fault::ApiVersion(version) => {
            let replaced = context
                .editor(version.instance)?
                .replace(version.id, &New::string(API_MANAGEMENT.newest));
            context.template(version.instance).text(version.id)?;
            context.fix(
                version.instance,
                format!("Use API version {}", API_MANAGEMENT.newest),
                Applicability::Unsafe,
                replaced,
            )
        }
        Fault::ResourceName(reference, named) => signing.display_name(reference, named),
        Fault::ConnectionString(_) | Fault::NoIdentity(_) => None,
    }
}

/// How a logger is to sign in.
struct Signing<'c, 'a> {
    context: &'c Context<'a>,
    logger: At<ResourceId>,
}

impl<'a> Signing<'_, 'a> {
    fn template(&self) -> &'a Template {
        self.context.template(self.logger.instance)
    }

    /// The credentials that have a property, which is written in the logger itself.
    fn credentials(&self, property: At<ExpressionId>) -> Option<ExpressionId> {
        let is_inside = property.instance == self.logger.instance
            && self
                .context
                .resource(self.logger)
                .range
                .contains_range(self.context.program.range(property));
        self.template().object_of(property.id).filter(|_| is_inside)
    }

    /// The endpoint of the namespace and the identity of the service in place of a connection string.
    fn without_key(&self, property: At<ExpressionId>) -> Option<Fix> {
        let credentials = self.credentials(property)?;
        let template = self.template();
        let editor = self.context.editor(self.logger.instance)?;
        let mut repair = Repair::new(self.context);
        let namespace = self.lone(EVENT_HUBS_NAMESPACE_TYPE);
        if template.property(credentials, ENDPOINT).is_some() {
            let removed = editor.remove_property(credentials, CONNECTION);
            repair.edit(self.logger.instance, removed)?;
            let identity = self.identity(credentials, ENDPOINT);
            repair.edit(self.logger.instance, identity)?;
        } else {
            let host = match namespace {
                Some(namespace) => New::Interpolation(vec![
                    New::Name(namespace.into()),
                    New::string(EVENT_HUBS_HOST),
                ]),
                None => New::Placeholder(format!("<namespace>{EVENT_HUBS_HOST}")),
            };
            let written = template.property(credentials, CONNECTION)?;
            let instance = self.logger.instance;
            repair.edit(
                instance,
                editor.replace(written.key, &New::string(ENDPOINT)),
            )?;
            repair.edit(instance, editor.replace(written.value, &host))?;
            repair.edit(instance, self.identity(credentials, CONNECTION))?;
        }
        self.raise_version(&mut repair)?;
        self.finish(repair, self.event_hubs(), &EVENT_HUBS_DATA_SENDER)
    }

    /// The identity beside what the logger has.
    fn beside(&self, property: At<ExpressionId>, after: &str) -> Option<Fix> {
        let credentials = self.credentials(property)?;
        let mut repair = Repair::new(self.context);
        repair.edit(self.logger.instance, self.identity(credentials, after))?;
        self.raise_version(&mut repair)?;
        self.finish(repair, self.event_hubs(), &EVENT_HUBS_DATA_SENDER)
    }

    /// The identity beside the connection string of a component that takes no keys.
    fn beside_key(&self, component: At<ResourceId>) -> Option<Fix> {
        // Loggers of workspaces have no other way.
        if !self.context.resource(self.logger).is_type(LOGGER_TYPES[0]) {
            return None;
        }
        let (template, instance) = (self.template(), self.logger.instance);
        let body = self.context.resource(self.logger).body;
        let properties = template.property(body, "properties")?.value;
        let credentials = template.property(properties, "credentials")?.value;
        let editor = self.context.editor(instance)?;
        let mut repair = Repair::new(self.context);
        let key = template.property(credentials, "instrumentationKey");
        let component = (component.instance == instance).then_some(component.id);
        let after = match (template.property(credentials, CONNECTION), key) {
            (Some(_), None) => CONNECTION,
            (None, Some(key)) => {
                let connection = New::property(component?, "properties.ConnectionString");
                repair.edit(instance, editor.replace(key.key, &New::string(CONNECTION)))?;
                repair.edit(instance, editor.replace(key.value, &connection))?;
                "instrumentationKey"
            }
            _ => return None,
        };
        repair.edit(instance, self.identity(credentials, after))?;
        self.raise_version(&mut repair)?;
        self.finish(repair, component, &MONITORING_METRICS_PUBLISHER)
    }

    fn identity(&self, credentials: ExpressionId, after: &str) -> Option<Vec<syntax::TextEdit>> {
        let editor = self.context.editor(self.logger.instance)?;
        let word = New::string(SYSTEM_IDENTITY_WORD);
        editor.insert_property(credentials, IDENTITY, &word, Placement::After(after))
    }

    /// Lets the logger have an API version that knows identities.
    fn raise_version(&self, repair: &mut Repair<'_, 'a>) -> Option<()> {
        let Some(version) = self.context.resource(self.logger).api_version else {
            return Some(());
        };
        let text = self.template().text(version)?;
        if api_version_date(text)? < LOGGER_IDENTITY_SINCE {
            let newest = New::string(API_MANAGEMENT.newest);
            let editor = self.context.editor(self.logger.instance)?;
            repair.edit(self.logger.instance, editor.replace(version, &newest))?;
        }
        Some(())
    }

    /// The event hub of the template, else the namespace, if there is one of them.
    fn event_hubs(&self) -> Option<ResourceId> {
        self.lone(EVENT_HUB_TYPE)
            .or_else(|| self.lone(EVENT_HUBS_NAMESPACE_TYPE))
    }

    /// The only resource of a type in the logger's template, of the same scope.
    fn lone(&self, resource_type: &str) -> Option<ResourceId> {
        let mut found = self
            .template()
            .resources()
            .filter(|(_, resource)| resource.is_type(resource_type));
        let (id, resource) = found.next()?;
        let is_plain = resource.is_always_there() && resource.scope.is_none();
        (is_plain && found.next().is_none()).then_some(id)
    }

    /// The fix, with the role that the identity needs on a resource, where that is at hand.
    fn finish(
        &self,
        mut repair: Repair<'_, 'a>,
        on: Option<ResourceId>,
        role: &Role,
    ) -> Option<Fix> {
        let service = self.service()?;
        let title = "Let the logger sign in with the system-assigned identity";
        let title = match self.assign(&mut repair, service, on, role) {
            Assigned::Here(on) => format!(
                "{title}: assign the role {} on `{}`",
                role.name,
                self.context.label(self.logger.instance.at(on))
            ),
            Assigned::Before => title.to_owned(),
            Assigned::Nowhere => format!("{title}, which needs the role {}", role.name),
        };
        repair.fix(title, Applicability::Unsafe, Extent::Repair)
    }

    /// The service, where it is declared; none at all if it is and has no such identity.
    #[expect(
        clippy::option_option,
        reason = "not declared is not the same as not fit"
    )]
    fn service(&self) -> Option<Option<At<ResourceId>>> {
        let answers = self.context.judge(|evaluator| {
            let Some(service) = service_of(evaluator, self.logger)? else {
                return Ok((None, true));
            };
            let said = service_identity(evaluator, service)?;
            let principal = Principal::System(evaluator.identity(service)?);
            let has = !is_without(&said) && !lacks(evaluator, &said, &principal);
            Ok((Some(service), has))
        })?;
        let (service, _) = answers.first()?.value;
        answers
            .iter()
            .all(|answer| answer.value == (service, true))
            .then_some(service)
    }

    fn assign(
        &self,
        repair: &mut Repair<'_, 'a>,
        service: Option<At<ResourceId>>,
        on: Option<ResourceId>,
        role: &Role,
    ) -> Assigned {
        let Some(service) = service else {
            return Assigned::Nowhere;
        };
        if self.is_assigned(service, role) {
            return Assigned::Before;
        }
        let is_plain = |id: ResourceId| {
            let resource = self.template().resource(id);
            resource.repetition.is_none() && resource.scope.is_none()
        };
        let instance = self.logger.instance;
        match on.filter(|on| service.instance == instance && is_plain(*on) && is_plain(service.id))
        {
            Some(on) if self.add(repair, service.id, on, role).is_some() => Assigned::Here(on),
            _ => Assigned::Nowhere,
        }
    }

    /// Adds the assignment, and lets the logger wait for it.
    fn add(
        &self,
        repair: &mut Repair<'_, 'a>,
        service: ResourceId,
        on: ResourceId,
        role: &Role,
    ) -> Option<()> {
        let instance = self.logger.instance;
        let dependencies = self.context.dependencies(instance);
        let logger = self.logger.id;
        if dependencies.reaches(on, logger) || dependencies.reaches(service, logger) {
            return None;
        }
        let grant = NewGrant {
            context: self.context,
            instance,
            vault: on.into(),
            grantee: Grantee::system(self.template(), service),
        };
        let grant = Rc::new(grant.assignment(role)?);
        let editor = self.context.editor(instance)?;
        let wait = editor.add_depends_on(logger, &Target::from(&grant))?;
        let insert = editor.insert_resource(on.max(service), &grant)?;
        repair.edit(instance, Some(insert))?;
        repair.edit(instance, Some(wait))?;
        Some(())
    }

    fn is_assigned(&self, service: At<ResourceId>, role: &Role) -> bool {
        let answers = self.context.judge(|evaluator| {
            for (id, _) in self.context.program.resources() {
                for held in held(evaluator, id)? {
                    let is_role = matches!(held.grant.permission, Permission::Role { role: Some(it), .. } if it.id == role.id);
                    let is_system = matches!(held.by.principal, Principal::System(_));
                    if is_role && is_system && held.by.service == service {
                        return Ok(true);
                    }
                }
            }
            Ok(false)
        });
        answers.is_some_and(|answers| answers.iter().any(|answer| answer.value))
    }

    /// The host alone, out of an endpoint that says more, or less.
    fn host(&self, origin: At<ExpressionId>, mistake: Endpoint) -> Option<Fix> {
        const PATH: [&str; 3] = ["properties", "credentials", ENDPOINT];
        let text = self.context.template(origin.instance).text(origin.id)?;
        if !is_own(self.context, self.logger, &PATH, origin) {
            return None;
        }
        let host = match mistake {
            Endpoint::NoHost => format!("{text}{EVENT_HUBS_HOST}"),
            Endpoint::WithPath | Endpoint::ConnectionString => {
                let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
                rest.split(['/', ';', ':']).next()?.to_owned()
            }
        };
        let is_host = host.contains('.')
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        if !is_host {
            return None;
        }
        self.context.fix(
            origin.instance,
            format!("Use the host `{host}`"),
            Applicability::Unsafe,
            self.context
                .editor(origin.instance)?
                .replace(origin.id, &New::string(host)),
        )
    }

    /// The display name of a named value in place of the name of its resource.
    fn display_name(&self, reference: At<ExpressionId>, named: At<ResourceId>) -> Option<Fix> {
        let template = self.context.template(named.instance);
        let body = self.context.resource(named).body;
        let contract = template.property(body, "properties")?.value;
        let display = template.property(contract, "displayName")?.value;
        let display = template.text(display)?;
        let properties = [CONNECTION, ENDPOINT, IDENTITY, "instrumentationKey"];
        let is_own = properties.iter().any(|name| {
            let path = ["properties", "credentials", name];
            is_own(self.context, self.logger, &path, reference)
        });
        if !is_own {
            return None;
        }
        self.context.fix(
            reference.instance,
            format!("Refer to the named value as `{{{{{display}}}}}`"),
            Applicability::Unsafe,
            self.context
                .editor(reference.instance)?
                .replace(reference.id, &New::string(format!("{{{{{display}}}}}"))),
        )
    }
}

/// Where the role of the identity is assigned.
enum Assigned {
    /// By the fix, on the resource.
    Here(ResourceId),
    /// Somewhere already.
    Before,
    /// Nowhere that can be seen.
    Nowhere,
}
