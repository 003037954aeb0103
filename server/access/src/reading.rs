//! The simulated deployment: what becomes of each read.
//!
//! A read needs three things: that the identity may read the vault ([`Access`]), that it gets through
//! the vault's firewall ([`Network`]), and that both are so by the time of the read ([`Turn`]). They
//! fail for reasons of their own, and each has rules of its own; the [`Verdict`] is what a
//! deployment comes to.

use std::rc::Rc;

use template::cases::{Answer, Judge, Undecided};
use template::dependencies::Order;
use template::model::ResourceId;
use template::program::{At, Program};
use template::value::{Part, Symbol, visit};
use template::{Evaluator, identity_of_value};

use crate::carried::{declarations_of, lacks};
use crate::client_id::{Meaning, Named, User};
use crate::facts;
use crate::grants::{Access, access, may_be_deployed};
use crate::identity::{Principal, ServiceIdentity, UserAssigned, service_identity, services};
use crate::network::{Blocked, Network, network};
use crate::reads::{Read, ReadKind, readers, reads_of, service_identity_of, service_of};
use crate::vault::{SecretReference, VaultReference, declared_vault};

/// A read, with who reads and what.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The read.
    pub read: Read,
    /// The declared service that reads; none if it is `existing`, or cannot be told.
    pub service: Option<At<ResourceId>>,
    /// The identity that reads.
    pub identity: ReadingIdentity,
    /// What is read; none if the value cannot be told to be a reference.
    pub secret: Option<SecretReference>,
    /// The declaration of the vault, `existing` ones included.
    pub vault: Option<At<ResourceId>>,
}

/// The identity that a read is made with.
#[derive(Clone, Debug)]
pub enum ReadingIdentity {
    /// The deployment creates it, and the service carries it.
    New(Principal),
    /// It is there before the deployment.
    Existing(Principal),
    /// The service does not carry it, for all that the template says.
    NotCarried(Principal),
    /// It cannot be told.
    Unknown,
}

impl ReadingIdentity {
    /// The identity, where it is known.
    #[must_use]
    pub const fn principal(&self) -> Option<&Principal> {
        match self {
            Self::New(principal) | Self::Existing(principal) | Self::NotCarried(principal) => {
                Some(principal)
            }
            Self::Unknown => None,
        }
    }

    /// Whether it is user-assigned; none where that cannot be told.
    #[must_use]
    pub fn is_user(&self) -> Option<bool> {
        self.principal()
            .map(|principal| matches!(principal, Principal::User(_)))
    }
}

/// Whether a read has its turn when what it needs is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It has, as far as the template shows.
    InTime,
    /// The identity comes to be with the very resource that reads, so that nobody can have granted it
    /// anything ([issue]).
    ///
    /// [issue]: https://github.com/Azure/bicep/issues/10534
    BeforeAccess,
    /// It does not wait for what it needs.
    Beside {
        /// The grants, any of which would do; none if it waits for one.
        grants: Vec<At<ResourceId>>,
        /// The secret that it reads, if it does not wait for that.
        secret: Option<At<ResourceId>>,
    },
}

/// What becomes of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works.
    Works,
    /// It fails.
    Fails(Failure),
    /// It works or fails, by chance.
    Race,
    /// It cannot be told.
    Unknown(Because),
}

/// Why a read fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The service does not carry the identity.
    Identity,
    /// Nothing can have granted access yet.
    TooEarly,
    /// The vault's firewall.
    Network(Blocked),
    /// Nothing lets the identity read.
    Access,
}

/// Why it cannot be told what becomes of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// The vault is not declared here, so that its firewall is not known.
    Vault,
    /// The identity is not known.
    Identity,
    /// There is a way through the firewall that may do.
    Network,
    /// Access may have been granted, where it cannot be seen.
    Access,
}

/// The reads of a resource, and what becomes of them.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The resource that reads.
    pub reader: At<ResourceId>,
    /// What becomes of its reads in each case; none if there are too many cases to tell.
    pub answers: Option<Vec<Answer<Judged>>>,
}

/// Reads, each with what becomes of it.
pub type Judged = Vec<(Reading, Verdict)>;

/// Simulates a deployment: what becomes of every read of a program.
#[must_use]
pub fn simulate(program: &Program) -> Vec<Simulated> {
    let (order, judge) = (Order::of(program), Judge::new(program));
    readers(program)
        .map(|reader| Simulated {
            reader,
            answers: judge.judge(|evaluator| {
                let readings = Reading::all(evaluator, reader)?;
                readings
                    .iter()
                    .map(|reading| {
                        let verdict = reading.verdict(evaluator, &order)?;
                        Ok((reading.clone(), verdict))
                    })
                    .collect()
            }),
        })
        .collect()
}

impl Reading {
    /// The reads of a resource in a case.
    ///
    /// Many rules ask for them.
    pub fn all(evaluator: &Evaluator<'_>, reader: At<ResourceId>) -> Result<Rc<[Self]>, Undecided> {
        #[derive(PartialEq, Eq, Hash)]
        struct ReadingsOf(At<ResourceId>);
        evaluator.once(ReadingsOf(reader), || {
            let reads = reads_of(evaluator, reader)?;
            let reads = reads.iter().cloned();
            reads.map(|read| Self::of(evaluator, read)).collect()
        })
    }

    fn of(evaluator: &Evaluator<'_>, read: Read) -> Result<Self, Undecided> {
        // A service that another case deploys exists in this one, as one that is `existing` does.
        let service = service_of(evaluator, read.reader)?
            .filter(|service| may_be_deployed(evaluator, *service));
        let secret = SecretReference::read(&read.reference.value);
        let vault = match &secret {
            Some(secret) if is_known(&secret.vault) => declared_vault(evaluator, &secret.vault)?,
            _ => None,
        };
        Ok(Self {
            identity: reading_identity(evaluator, &read, service)?,
            read,
            service,
            secret,
            vault,
        })
    }

    /// What lets the identity read the vault; none where identity or vault are not known.
    pub fn access(&self, evaluator: &Evaluator<'_>) -> Result<Option<Access>, Undecided> {
        let (ReadingIdentity::New(principal) | ReadingIdentity::Existing(principal)) =
            &self.identity
        else {
            return Ok(None);
        };
        match &self.secret {
            Some(secret) if is_known(&secret.vault) => {
                access(evaluator, self.read.reader, principal, &secret.vault).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Whether the read gets through to the vault.
    pub fn network(&self, evaluator: &Evaluator<'_>) -> Result<Network, Undecided> {
        // What a gateway of a workspace needs is not documented.
        if self.read.kind == ReadKind::GatewayHostname {
            return Ok(Network::Unknown);
        }
        match self.vault {
            Some(vault) => network(evaluator, vault, self.read.kind, self.identity.is_user()),
            None => Ok(Network::Unknown),
        }
    }

    /// Whether the read has its turn when what it needs is there.
    pub fn turn(
        &self,
        evaluator: &Evaluator<'_>,
        order: &Order<'_>,
        access: Option<&Access>,
    ) -> Result<Turn, Undecided> {
        let reader = self.read.reader;
        if self.read.kind == ReadKind::HostnameCertificate
            && matches!(self.identity, ReadingIdentity::New(Principal::System(_)))
            && is_declared_first(evaluator, order, reader)?
        {
            return Ok(Turn::BeforeAccess);
        }
        let waits = |other: &At<ResourceId>| order.may_wait(reader, *other);
        let grants = match access {
            Some(access) if !access.may_be_granted && !access.granted.iter().any(waits) => {
                access.granted.clone()
            }
            _ => Vec::new(),
        };
        let secret = self
            .created_secret(evaluator)?
            .filter(|secret| !waits(secret));
        Ok(if grants.is_empty() && secret.is_none() {
            Turn::InTime
        } else {
            Turn::Beside { grants, secret }
        })
    }

    /// The declaration of the secret, if the case creates it.
    fn created_secret(
        &self,
        evaluator: &Evaluator<'_>,
    ) -> Result<Option<At<ResourceId>>, Undecided> {
        let Some(secret) = &self.secret else {
            return Ok(None);
        };
        let secrets = evaluator.program.resources_of_type(facts::SECRET_TYPE);
        for (id, resource) in secrets {
            if resource.is_existing || resource.repetition.is_some() {
                continue;
            }
            let identity = evaluator.identity(id)?;
            let [vault, name] = identity.names.as_slice() else {
                continue;
            };
            let is_vault = secret
                .vault
                .name()
                .is_some_and(|own| evaluator.same_name(own, vault).is_same());
            if is_vault
                && evaluator.same_name(&secret.name, name).is_same()
                && evaluator.is_deployed(id)?
            {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// What becomes of the read.
    pub fn verdict(
        &self,
        evaluator: &Evaluator<'_>,
        order: &Order<'_>,
    ) -> Result<Verdict, Undecided> {
        if matches!(self.identity, ReadingIdentity::NotCarried(_)) {
            return Ok(Verdict::Fails(Failure::Identity));
        }
        let access = self.access(evaluator)?;
        let turn = self.turn(evaluator, order, access.as_ref())?;
        if turn == Turn::BeforeAccess {
            return Ok(Verdict::Fails(Failure::TooEarly));
        }
        let network = self.network(evaluator)?;
        if let Network::Blocked(why, _) = network {
            return Ok(Verdict::Fails(Failure::Network(why)));
        }
        let is_new = matches!(self.identity, ReadingIdentity::New(_));
        let is_missing = access.as_ref().is_some_and(Access::is_missing);
        if is_new && is_missing && self.is_vault_created(evaluator) {
            return Ok(Verdict::Fails(Failure::Access));
        }
        if turn != Turn::InTime {
            return Ok(Verdict::Race);
        }
        Ok(match (&self.identity, network, access) {
            (ReadingIdentity::Unknown, ..) => Verdict::Unknown(Because::Identity),
            (_, Network::Unknown, _) => Verdict::Unknown(Because::Vault),
            (_, Network::Doubtful(..), _) => Verdict::Unknown(Because::Network),
            (_, _, Some(access)) if !access.granted.is_empty() => Verdict::Works,
            _ => Verdict::Unknown(Because::Access),
        })
    }

    /// Whether the deployment creates the vault.
    #[must_use]
    pub fn is_vault_created(&self, evaluator: &Evaluator<'_>) -> bool {
        self.vault
            .is_some_and(|vault| !evaluator.program.resource(vault).is_existing)
    }
}

/// Whether a reference names a vault by itself, and not by what an opaque module makes of it.
fn is_known(vault: &VaultReference) -> bool {
    let Some(name) = vault.name() else {
        return false;
    };
    let mut is_known = true;
    visit(name, &mut |part| {
        if let Part::Symbol(Symbol::Unknown(_) | Symbol::Output { .. }) = part {
            is_known = false;
        }
    });
    is_known
}

fn reading_identity(
    evaluator: &Evaluator<'_>,
    read: &Read,
    service: Option<At<ResourceId>>,
) -> Result<ReadingIdentity, Undecided> {
    // It has an identity of its own.
    if read.kind == ReadKind::GatewayHostname {
        return Ok(ReadingIdentity::Unknown);
    }
    let Some(principal) = named_principal(evaluator, read, service)? else {
        return Ok(ReadingIdentity::Unknown);
    };
    let Some(service) = service else {
        return Ok(ReadingIdentity::Existing(principal));
    };
    Ok(
        match (carries(evaluator, service, &principal)?, &principal) {
            (None, _) => ReadingIdentity::Unknown,
            (Some(false), _) => ReadingIdentity::NotCarried(principal),
            (Some(true), Principal::System(_)) => ReadingIdentity::New(principal),
            (Some(true), Principal::User(identity)) => match evaluator.created(identity)? {
                Some(created) => ReadingIdentity::New(Principal::User(created)),
                None => ReadingIdentity::Existing(principal),
            },
        },
    )
}

/// The identity that a read names; the system-assigned one of the service where it names none.
fn named_principal(
    evaluator: &Evaluator<'_>,
    read: &Read,
    service: Option<At<ResourceId>>,
) -> Result<Option<Principal>, Undecided> {
    let named = Named {
        by: User::Read(read.kind),
        property: read.property,
        client_id: read.client_id.clone(),
    };
    match named.meaning() {
        Meaning::System => {}
        Meaning::User(identity) => return Ok(Some(Principal::User(identity))),
        _ => return Ok(None),
    }
    let service = match service {
        Some(service) => Some(evaluator.identity(service)?),
        None => service_identity_of(evaluator, read.reader)?,
    };
    Ok(service.map(Principal::System))
}

/// Whether a service has an identity; none where that cannot be told.
fn carries(
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
    principal: &Principal,
) -> Result<Option<bool>, Undecided> {
    #[derive(PartialEq, Eq, Hash)]
    struct Carries(At<ResourceId>, (At<ResourceId>, bool));
    match principal.key() {
        Some(key) => evaluator.once(Carries(service, key), || {
            is_carried(evaluator, service, principal)
        }),
        None => is_carried(evaluator, service, principal),
    }
}

fn is_carried(
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
    principal: &Principal,
) -> Result<Option<bool>, Undecided> {
    let said = declarations_of(evaluator, &*evaluator.identity(service)?)?;
    if !said.is_empty() && said.iter().all(|(_, it)| lacks(evaluator, it, principal)) {
        return Ok(Some(false));
    }
    let ServiceIdentity::Present(block) = service_identity(evaluator, service)? else {
        return Ok(None);
    };
    let has = match (&block.kind, principal) {
        (Some(kind), Principal::System(_)) => kind.has_system(),
        (Some(kind), Principal::User(identity)) if kind.has_user() => match &block.user_assigned {
            UserAssigned::Dictionary(dictionary, _) => {
                dictionary.is_open()
                    || dictionary.entries.iter().any(|entry| {
                        identity_of_value(&entry.key)
                            .is_none_or(|key| evaluator.same_resource(&key, identity).may_be_same())
                    })
            }
            UserAssigned::Unknown | UserAssigned::Absent(_) | UserAssigned::Other(_) => false,
        },
        _ => false,
    };
    Ok(has.then_some(true))
}

/// Whether the program declares a service once only.
pub fn is_declared_once(
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
) -> Result<bool, Undecided> {
    Ok(other_declarations(evaluator, service)?.is_empty())
}

/// Whether a declaration of a service is the one that creates it: what declares it again waits for
/// this one.
fn is_declared_first(
    evaluator: &Evaluator<'_>,
    order: &Order<'_>,
    service: At<ResourceId>,
) -> Result<bool, Undecided> {
    Ok(other_declarations(evaluator, service)?
        .into_iter()
        .all(|other| order.may_wait(other, service) && !order.may_wait(service, other)))
}

/// What else may declare the same service.
fn other_declarations(
    evaluator: &Evaluator<'_>,
    service: At<ResourceId>,
) -> Result<Vec<At<ResourceId>>, Undecided> {
    let identity = evaluator.identity(service)?;
    let mut found = Vec::new();
    for other in services(evaluator.program) {
        if other != service
            && may_be_deployed(evaluator, other)
            && evaluator
                .same_resource(&*evaluator.identity(other)?, &identity)
                .may_be_same()
        {
            found.push(other);
        }
    }
    Ok(found)
}
