//! What becomes of reads, in words.

use access::grants::{Access, Ineffective, Why};
use access::identity::{IdentityKind, Principal, ServiceIdentity, service_identity};
use access::network::{Blocked, Network, Way};
use access::reading::{Because, Failure, Reading, ReadingIdentity, Turn, Verdict};
use access::reads::readers;
use access::vault::{PermissionModel, permission_model};
use template::Evaluator;
use template::cases::{Answer, Case, Undecided};
use template::model::ResourceId;
use template::program::At;
use template::value::{Symbol, Value};

use super::cause::Cause;
use super::page::{Page, capital, code, counted, link, one_line};
use super::repair::{Repair, Thing, commands};
use crate::circumstances::occurrences;
use crate::context::{Context, ReadingPlace};

const UNKNOWN_VAULT: &str = "a vault that is not known here";

/// How many reads a page tells of.
const MOST_READS: usize = 10;

/// What becomes of a read in some cases.
pub(super) struct Told {
    pub(super) read: ToldRead,
    /// Those cases, in words to append to a sentence.
    when: String,
    cases: Vec<Case>,
}

/// What becomes of a read.
#[derive(Clone, PartialEq)]
pub(super) struct ToldRead {
    pub(super) place: ReadingPlace,
    /// The secret, the vault and the identity, in words.
    pub(super) secret: String,
    pub(super) vault: String,
    pub(super) identity: String,
    outcome: Outcome,
    because: String,
    cause: Option<Cause>,
    repairs: Vec<Repair>,
}

/// What a read comes to, the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Fails,
    Race,
    Unknown,
    Works,
}

impl Outcome {
    const fn words(self) -> &'static str {
        match self {
            Self::Fails => "**fails**",
            Self::Race => "**works or fails by chance**",
            Self::Unknown => "**cannot be told**",
            Self::Works => "**works**",
        }
    }
}

/// The reads of a program that are asked for, the worst first.
pub(super) fn reads(
    context: &Context<'_>,
    wants: impl Fn(&Evaluator<'_>, &Reading) -> Result<bool, Undecided>,
) -> Vec<Told> {
    let mut told = Vec::new();
    for id in readers(context.program) {
        told.extend(reads_of(context, id, &wants));
    }
    told.sort_by_key(|it| it.read.outcome);
    told
}

fn reads_of(
    context: &Context<'_>,
    id: At<ResourceId>,
    wants: &impl Fn(&Evaluator<'_>, &Reading) -> Result<bool, Undecided>,
) -> Vec<Told> {
    let answers = context.judge(|evaluator| {
        let mut told = Vec::new();
        for reading in Reading::all(evaluator, id)?.iter() {
            if wants(evaluator, reading)? {
                told.push(told_read(context, evaluator, reading)?);
            }
        }
        Ok(told)
    });
    let answers = answers.unwrap_or_default();
    let occurrences = occurrences(context, &answers).into_iter();
    occurrences
        .map(|occurrence| Told {
            cases: cases_of(&answers, &occurrence.what),
            read: occurrence.what,
            when: one_line(&occurrence.when),
        })
        .collect()
}

/// The cases in which something is so.
pub(super) fn cases_of<T: PartialEq>(answers: &[Answer<Vec<T>>], what: &T) -> Vec<Case> {
    let so = answers.iter().filter(|answer| answer.value.contains(what));
    so.map(|answer| answer.case.clone()).collect()
}

impl Page {
    /// Tells of reads, each by what it is called here, and adds what would repair them.
    pub(super) fn reads(
        &mut self,
        context: &Context<'_>,
        told: &[Told],
        name: impl Fn(&ToldRead) -> String,
    ) {
        for it in told.iter().take(MOST_READS) {
            let read = &it.read;
            let rule = read.cause.and_then(Cause::rule);
            let rule = rule.map_or_else(String::new, |rule| format!(" ({})", link(rule)));
            self.fact(format!(
                "{}: {}{}. {}{rule}",
                name(read),
                read.outcome.words(),
                it.when,
                capital(&read.because),
            ));
        }
        if let Some(more) = told.len().checked_sub(MOST_READS).filter(|more| *more > 0) {
            self.fact(format!(
                "and {}",
                counted(more, "other read", "other reads")
            ));
        }
        for it in told {
            self.commands(commands(context, &it.read.repairs, &it.cases, &it.when));
        }
    }
}

impl ToldRead {
    /// The thing that is read for: "named value `nv`".
    pub(super) fn thing(&self, context: &Context<'_>) -> String {
        let noun = self.place.kind.noun();
        if self.place.service == Some(self.place.reader) {
            return noun.to_owned();
        }
        format!("{noun} {}", code(&context.label(self.place.reader)))
    }
}

fn told_read<'p>(
    context: &Context<'p>,
    evaluator: &Evaluator<'p>,
    reading: &Reading,
) -> Result<ToldRead, Undecided> {
    let vault = vault_words(context, evaluator, reading);
    let identity = match reading.identity.principal() {
        Some(principal) => one_line(&context.reader_identity(principal).0),
        None => "an identity that is not known here".to_owned(),
    };
    let teller = Teller {
        context,
        evaluator,
        reading,
        vault: &vault,
        identity: &identity,
    };
    let (outcome, because, cause) = teller.outcome()?;
    let repairs = teller.repairs(outcome, cause)?;
    let secret = reading.secret.as_ref().map(|secret| &secret.name);
    Ok(ToldRead {
        place: reading.into(),
        secret: secret.and_then(Value::as_str).map_or_else(
            || "a secret".to_owned(),
            |name| format!("secret {}", code(name)),
        ),
        outcome,
        because,
        cause,
        repairs,
        vault,
        identity,
    })
}

fn vault_words(context: &Context<'_>, evaluator: &Evaluator<'_>, reading: &Reading) -> String {
    if let Some(vault) = reading.vault {
        return code(&context.label(vault));
    }
    let name = reading.secret.as_ref().and_then(|it| it.vault.name());
    match name {
        Some(Value::Text(text)) if text.as_str().is_some() => {
            code(text.as_str().unwrap_or_default())
        }
        Some(name) => match parameter(name) {
            Some(id) => code(&context.program.parameter(id).name.text),
            None if name.unknown_reason().is_none() => {
                code(evaluator.describe(name).trim_matches('\''))
            }
            None => UNKNOWN_VAULT.to_owned(),
        },
        None => UNKNOWN_VAULT.to_owned(),
    }
}

/// The parameter that a value is.
pub(super) fn parameter(value: &Value) -> Option<At<template::model::ParameterId>> {
    match value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Parameter(id) => Some(*id),
            _ => None,
        },
        _ => None,
    }
}

struct Teller<'t, 'p> {
    context: &'t Context<'p>,
    evaluator: &'t Evaluator<'p>,
    reading: &'t Reading,
    vault: &'t str,
    identity: &'t str,
}

type Said = (Outcome, String, Option<Cause>);

impl Teller<'_, '_> {
    fn outcome(&self) -> Result<Said, Undecided> {
        let (identity, vault) = (self.identity, self.vault);
        let access = self.reading.access(self.evaluator)?;
        let order = &self.context.order;
        Ok(match self.reading.verdict(self.evaluator, order)? {
            Verdict::Works => (Outcome::Works, self.granted(access.as_ref()), None),
            Verdict::Race => (
                Outcome::Race,
                self.race(access.as_ref())?,
                Some(Cause::Race),
            ),
            Verdict::Fails(failure) => self.failure(failure, access.as_ref())?,
            Verdict::Unknown(_) if self.is_likely_missing(access.as_ref()) => (
                Outcome::Unknown,
                format!(
                    "{}, so it fails unless that was done before",
                    self.missing(access.as_ref())
                ),
                Some(Cause::Access(None)),
            ),
            Verdict::Unknown(Because::Identity) => (
                Outcome::Unknown,
                "the identity that reads is not known here".to_owned(),
                None,
            ),
            Verdict::Unknown(Because::Network) => self.doubtful()?,
            Verdict::Unknown(Because::Vault) => {
                let access = match access.as_ref() {
                    Some(access) if !access.granted.is_empty() => {
                        format!("{}, but ", self.granted(Some(access)))
                    }
                    Some(access) if access.is_missing() => {
                        format!("{}, and ", self.missing(Some(access)))
                    }
                    _ => String::new(),
                };
                let firewall = if self.vault == UNKNOWN_VAULT {
                    "the vault is not known here".to_owned()
                } else {
                    format!("the firewall of {vault} is not known here")
                };
                let because = format!("{access}{firewall}");
                (Outcome::Unknown, because, None)
            }
            Verdict::Unknown(Because::Access) => {
                let because = match access.as_ref() {
                    Some(access) if access.is_missing() => self.missing(Some(access)),
                    _ => format!(
                        "something that cannot be seen into may let {identity} read {vault}"
                    ),
                };
                (Outcome::Unknown, because, None)
            }
        })
    }

    /// Whether nothing lets an identity read that the deployment creates, and nothing in it explains
    /// that.
    fn is_likely_missing(&self, access: Option<&Access>) -> bool {
        matches!(self.reading.identity, ReadingIdentity::New(_))
            && access.is_some_and(|access| access.is_missing() && access.ineffective.is_empty())
    }

    fn granted(&self, access: Option<&Access>) -> String {
        let granted = access.and_then(|access| access.granted.first());
        let grant = granted.map_or_else(
            || "something".to_owned(),
            |id| grant_words(self.context, *id),
        );
        format!("{grant} lets {} read {}", self.identity, self.vault)
    }

    fn missing(&self, access: Option<&Access>) -> String {
        let nothing = format!(
            "nothing in this deployment lets {} read {}",
            self.identity, self.vault
        );
        let ineffective = access.into_iter().flat_map(|access| &access.ineffective);
        let explained = ineffective.take(2).map(|grant| {
            let by = grant_words(self.context, grant.at);
            format!("{by} does not: {}", self.why(grant))
        });
        let sentences: Vec<_> = std::iter::once(nothing).chain(explained).collect();
        sentences.join("; ")
    }

    fn why(&self, grant: &Ineffective) -> String {
        match grant.why {
            Why::Role(role) => format!("the role {} does not read secrets", role.name),
            Why::Permissions => "it lacks `get` on secrets".to_owned(),
            Why::PermissionModel => {
                format!("{} decides in another way who may read", self.vault)
            }
            Why::Principal => {
                "it names the identity by something else than its principal id".to_owned()
            }
        }
    }

    fn race(&self, access: Option<&Access>) -> Result<String, Undecided> {
        let order = &self.context.order;
        Ok(match self.reading.turn(self.evaluator, order, access)? {
            Turn::Beside {
                grants,
                secret: Some(secret),
            } if grants.is_empty() => format!(
                "it does not wait for {}, which creates the secret",
                code(&self.context.label(secret))
            ),
            _ => format!("it does not wait until {}", self.granted(access)),
        })
    }

    fn failure(&self, failure: Failure, access: Option<&Access>) -> Result<Said, Undecided> {
        let (identity, vault) = (self.identity, self.vault);
        let (because, cause) = match failure {
            Failure::Identity => self.not_carried()?,
            Failure::TooEarly => (
                format!(
                    "{identity} comes to be with the service itself, and nothing can have let it \
                     read {vault} by then"
                ),
                Cause::TooEarly,
            ),
            Failure::Network(blocked) => return Ok(self.blocked(Outcome::Fails, blocked, "")),
            Failure::Access => {
                let ineffective = access.and_then(|access| access.ineffective.first());
                let why = ineffective.map(|grant| grant.why);
                (self.missing(access), Cause::Access(why))
            }
        };
        Ok((Outcome::Fails, because, Some(cause)))
    }

    fn not_carried(&self) -> Result<(String, Cause), Undecided> {
        let Some(service) = self.reading.service else {
            let because = format!("the service does not carry {}", self.identity);
            return Ok((because, Cause::NotAttached));
        };
        let label = code(&self.context.label(service));
        let cause = match self.kind(service)? {
            Some(kind) if kind.has_system() || kind.has_user() => Cause::NotAttached,
            _ => Cause::NoIdentity,
        };
        let because = match self.reading.identity.principal() {
            _ if cause == Cause::NoIdentity => format!("{label} has no identity"),
            Some(Principal::User(_)) => format!("{label} does not carry {}", self.identity),
            _ => format!("{label} has no system-assigned identity"),
        };
        Ok((because, cause))
    }

    /// The type of a service's identity, where it has one that can be told.
    fn kind(&self, service: At<ResourceId>) -> Result<Option<IdentityKind>, Undecided> {
        Ok(match service_identity(self.evaluator, service)? {
            ServiceIdentity::Present(block) => block.kind,
            ServiceIdentity::Absent(_) | ServiceIdentity::Unknown => None,
        })
    }

    fn doubtful(&self) -> Result<Said, Undecided> {
        let Network::Doubtful(blocked, _, way) = self.reading.network(self.evaluator)? else {
            let because = format!("the firewall of {} is not known here", self.vault);
            return Ok((Outcome::Unknown, because, None));
        };
        let way = match way {
            Way::Addresses(_) => "one of the addresses that it lets through".to_owned(),
            Way::Subnets(_) => "one of the subnets that it lets through".to_owned(),
            Way::Resource(id) => code(&self.context.label(id)),
            Way::Unseen => "something that cannot be seen into".to_owned(),
        };
        let unless = format!(", unless {way} is a way for API Management");
        Ok(self.blocked(Outcome::Unknown, blocked, &unless))
    }

    fn blocked(&self, outcome: Outcome, blocked: Blocked, unless: &str) -> Said {
        let vault = self.vault;
        let (because, cause) = match blocked {
            Blocked::UserIdentity => (
                format!(
                    "the firewall of {vault} is on, and only a system-assigned identity passes it"
                ),
                Cause::UserIdentity,
            ),
            Blocked::NoBypass => (
                format!("the firewall of {vault} is on, and shuts trusted services out"),
                Cause::Network,
            ),
            Blocked::Perimeter => (
                format!(
                    "a network security perimeter is around {vault}, and it knows no trusted services"
                ),
                Cause::Network,
            ),
        };
        // A rule of the perimeter may be the one that lets API Management in; nothing is reported.
        let is_reported = blocked != Blocked::Perimeter || unless.is_empty();
        (
            outcome,
            format!("{because}{unless}"),
            is_reported.then_some(cause),
        )
    }

    /// What would repair what a read fails for.
    fn repairs(&self, outcome: Outcome, cause: Option<Cause>) -> Result<Vec<Repair>, Undecided> {
        let mut repairs = Vec::new();
        match cause {
            Some(Cause::NoIdentity | Cause::NotAttached) => {
                repairs.extend(self.carry(self.reading.identity.principal())?);
            }
            Some(Cause::Access(_) | Cause::TooEarly) => {
                repairs.extend(self.grant(self.reading.identity.principal())?);
            }
            Some(Cause::UserIdentity) if outcome == Outcome::Fails => {
                if let Some(service) = self.reading.service {
                    let system = Principal::System(self.evaluator.identity(service)?);
                    repairs.extend(self.carry(Some(&system))?);
                    repairs.extend(self.grant(Some(&system))?);
                    repairs.push(Repair::ReadAsSystem);
                }
            }
            Some(Cause::Network) if outcome == Outcome::Fails => {
                let network = self.reading.network(self.evaluator)?;
                if let Network::Blocked(Blocked::NoBypass, firewall) = network {
                    repairs.push(Repair::Bypass(firewall.vault));
                }
            }
            _ => {}
        }
        Ok(repairs)
    }

    /// Lets the service carry an identity, beside those that it has.
    fn carry(&self, principal: Option<&Principal>) -> Result<Option<Repair>, Undecided> {
        let (Some(service), Some(principal)) = (self.reading.service, principal) else {
            return Ok(None);
        };
        let kind = self.kind(service)?;
        let has = |it: fn(&IdentityKind) -> bool| kind.as_ref().is_some_and(it);
        Ok(match principal {
            Principal::System(_) if has(IdentityKind::has_system) => None,
            Principal::System(_) => Some(Repair::Carry {
                service,
                user: None,
                is_both: has(IdentityKind::has_user),
            }),
            Principal::User(identity) => Some(Repair::Carry {
                service,
                user: Some(Thing::of(identity)),
                is_both: has(IdentityKind::has_system),
            }),
        })
    }

    fn grant(&self, principal: Option<&Principal>) -> Result<Option<Repair>, Undecided> {
        let Some(principal) = principal else {
            return Ok(None);
        };
        let vault = match self.reading.vault {
            Some(vault) => Thing::Declared(vault),
            None => {
                let name = self.reading.secret.as_ref().and_then(|it| it.vault.name());
                Thing::named(name)
            }
        };
        let model = match self.reading.vault {
            Some(vault) => permission_model(self.evaluator, vault)?,
            None => PermissionModel::Unknown,
        };
        Ok(Some(Repair::Grant {
            is_system: matches!(principal, Principal::System(_)),
            to: Thing::of(principal.resource()),
            vault,
            model,
        }))
    }
}

/// What grants access, in words.
pub(super) fn grant_words(context: &Context<'_>, id: At<ResourceId>) -> String {
    let label = code(&context.label(id));
    if context.resource(id).is_type(access::facts::VAULT_TYPE) {
        format!("an access policy of {label}")
    } else {
        label
    }
}
