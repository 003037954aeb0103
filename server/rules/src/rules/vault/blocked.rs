//! Reads that the firewall of a vault does not let through.

use access::network::{Blocked, Firewall, FirewallKind, Network, Way};
use access::reading::{Reading, ReadingIdentity};
use access::reads::{ReadKind, readers};
use template::Evaluator;
use template::cases::Undecided;
use template::model::ResourceId;
use template::program::At;

use crate::Related;
use crate::circumstances::{Occurrence, join, occurrences};
use crate::context::{Context, ReadingPlace};

/// A read that does not get through.
#[derive(Clone, PartialEq)]
pub(super) struct BlockedRead {
    pub(super) place: ReadingPlace,
    /// The identity that reads, in words, and its declaration.
    pub(super) identity: Option<(String, Option<At<ResourceId>>)>,
    pub(super) blocked: Blocked,
    pub(super) firewall: Firewall,
    /// What may let it through all the same.
    pub(super) way: Option<Way>,
}

impl BlockedRead {
    /// Whether it is the certificate of a hostname that is read.
    pub(super) fn is_hostname(&self) -> bool {
        self.place.kind == ReadKind::HostnameCertificate
    }

    /// What turns the firewall on, as it is written.
    pub(super) const fn setting(&self) -> &'static str {
        match self.firewall.kind {
            FirewallKind::SelectedNetworks => "`networkAcls.defaultAction: 'Deny'`",
            FirewallKind::Disabled => "`publicNetworkAccess: 'Disabled'`",
            FirewallKind::Perimeter => "`publicNetworkAccess: 'SecuredByPerimeter'`",
        }
    }

    /// The other places that are involved, of all reads with the same cause.
    pub(super) fn related(context: &Context<'_>, group: &[Occurrence<Self>]) -> Vec<Related> {
        let first = &group[0].what;
        let mut related = vec![Related {
            place: context.place(first.firewall.cause),
            message: "this turns the firewall of the vault on".to_owned(),
        }];
        if let Some(origin) = first.firewall.bypass_origin
            && first.blocked == Blocked::NoBypass
        {
            related.push(Related {
                place: context.place(origin),
                message: "this shuts trusted services out".to_owned(),
            });
        }
        let identity = first
            .identity
            .as_ref()
            .and_then(|(_, declaration)| *declaration);
        related.extend(identity.map(|id| Related {
            place: context.resource_place(id),
            message: "this is the identity".to_owned(),
        }));
        let (place, message) = match first.way {
            Some(Way::Addresses(at)) => (Some(context.place(at)), "the addresses that pass"),
            Some(Way::Subnets(at)) => (Some(context.place(at)), "the subnets that pass"),
            Some(Way::Resource(id)) => (Some(context.resource_place(id)), "this may be a way"),
            Some(Way::Unseen) | None => (None, ""),
        };
        related.extend(place.map(|place| Related {
            place,
            message: message.to_owned(),
        }));
        related.extend(group[1..].iter().map(|other| Related {
            place: context.place(other.what.place.property),
            message: format!("the {} is read the same way", other.what.place.kind.noun()),
        }));
        related.extend(context.callers(first.place.reader.instance));
        related
    }
}

/// The reads that are blocked for such a reason, those with one cause together.
pub(super) fn blocked_reads(
    context: &Context<'_>,
    is_meant: fn(Blocked) -> bool,
) -> Vec<Vec<Occurrence<BlockedRead>>> {
    let mut groups: Vec<Vec<Occurrence<BlockedRead>>> = Vec::new();
    for id in readers(context.program) {
        let answers = context.judge(|evaluator| {
            let mut found = Vec::new();
            for reading in Reading::all(evaluator, id)?.iter() {
                found.extend(blocked(context, evaluator, reading)?);
            }
            found.retain(|read: &BlockedRead| is_meant(read.blocked));
            Ok(found)
        });
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            join(&mut groups, occurrence, is_one_cause);
        }
    }
    groups
}

fn is_one_cause(a: &Occurrence<BlockedRead>, b: &Occurrence<BlockedRead>) -> bool {
    a.when == b.when
        && a.what.place.service == b.what.place.service
        && a.what.is_hostname() == b.what.is_hostname()
        && (
            &a.what.identity,
            a.what.firewall,
            a.what.blocked,
            a.what.way,
        ) == (
            &b.what.identity,
            b.what.firewall,
            b.what.blocked,
            b.what.way,
        )
}

fn blocked(
    context: &Context<'_>,
    evaluator: &Evaluator<'_>,
    reading: &Reading,
) -> Result<Option<BlockedRead>, Undecided> {
    let (blocked, firewall, way) = match reading.network(evaluator)? {
        Network::Blocked(blocked, firewall) => (blocked, firewall, None),
        Network::Doubtful(blocked, firewall, way) => (blocked, firewall, Some(way)),
        Network::Open | Network::Trusted(_) | Network::Unknown => return Ok(None),
    };
    // An identity that the service does not carry is a mistake before this one.
    if blocked == Blocked::UserIdentity
        && matches!(reading.identity, ReadingIdentity::NotCarried(_))
    {
        return Ok(None);
    }
    let principal = reading.identity.principal();
    Ok(Some(BlockedRead {
        place: reading.into(),
        identity: principal.map(|principal| context.reader_identity(principal)),
        blocked,
        firewall,
        way,
    }))
}
