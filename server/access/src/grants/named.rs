//! What the template calls the id of a role.

use template::Evaluator;
use template::cases::Undecided;
use template::identity_of_value;
use template::model::{ExpressionId, ExpressionKind, Segment};
use template::program::At;
use template::value::{Bindings, Evaluated};

use crate::facts::{self, Role};

/// How many names are followed to where a role's id is written.
const MOST_NAMES: u32 = 8;

/// A role's id under the name of another role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misnomer {
    /// The name, as it is written.
    pub name: String,
    /// The role of that name.
    pub means: &'static Role,
    /// The id.
    pub id: At<ExpressionId>,
}

/// Whether what holds the id of a role is named like another role.
pub fn misnomer(
    evaluator: &Evaluator<'_>,
    definition: &Evaluated,
    role: &Role,
    bindings: &Bindings,
) -> Result<Option<Misnomer>, Undecided> {
    let mut names = Vec::new();
    let mut at = definition.origin;
    if let Some(identity) = identity_of_value(&definition.value)
        && let Some(declaration) = identity.declaration
    {
        let resource = evaluator.program.resource(declaration);
        names.extend(
            resource
                .symbol
                .as_ref()
                .map(|symbol| symbol.text.to_string()),
        );
        if let Some(name) = resource.name {
            at = evaluator.evaluate(declaration.instance.at(name))?.origin;
        }
    }
    for _ in 0..MOST_NAMES {
        let template = evaluator.program.template(at.instance);
        names.extend(template.name_for(at.id).map(str::to_owned));
        let part = match template.kind(at.id) {
            ExpressionKind::Call { arguments, .. } => arguments.last().copied(),
            ExpressionKind::Interpolation(segments) => match segments.last() {
                Some(Segment::Hole(hole)) => Some(*hole),
                _ => None,
            },
            _ => None,
        };
        let Some(part) = part else {
            break;
        };
        let around = if at.instance == bindings.instance() {
            bindings.clone()
        } else {
            evaluator.bindings(at.instance)?
        };
        at = evaluator.evaluate_in(part, &around)?.origin;
    }
    let misnamed = names.into_iter().find_map(|name| {
        let means = role_called(&name)?;
        // `reader` may well be short for Key Vault Reader.
        let is_short = letters(role.name).ends_with(&letters(means.name));
        (!is_short).then_some((name, means))
    });
    Ok(misnamed.map(|(name, means)| Misnomer {
        name,
        means,
        id: at,
    }))
}

/// The role that a name is the name of, in whatever spelling, with or without a word for what it is.
fn role_called(name: &str) -> Option<&'static Role> {
    const WORDS: [&str; 7] = [
        "",
        "roledefinitionid",
        "roledefinition",
        "roleid",
        "roleguid",
        "role",
        "id",
    ];
    let name = letters(name);
    let mut names = WORDS.iter().filter_map(|word| name.strip_suffix(word));
    names.find_map(|name| facts::ROLES.iter().find(|role| letters(role.name) == name))
}

fn letters(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}
