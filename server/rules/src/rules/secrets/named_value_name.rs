//! `named-value-name`

use access::facts::{LONGEST_DISPLAY_NAME, is_of_display_name};
use access::placeholders::has_token;
use template::Evaluator;
use template::cases::Undecided;
use template::edit::{New, merge};
use template::model::{ExpressionId, ExpressionKind, ResourceId, Segment};
use template::program::At;
use template::value::{Piece, Text, Value};

use super::named_values;
use crate::circumstances::occurrences;
use crate::context::Context;
use crate::rules::Rule;
use crate::{Applicability, Finding, Fix, Level, RuleId};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("named-value-name"),
    levels: "error",
    summary: "The display name of a named value has characters that Azure refuses",
    fix: Some("safe: put `-` in place of them"),
    documentation: include_str!("named_value_name.md"),
    is_about_absence: false,
    check,
};

/// A display name that Azure refuses.
#[derive(Clone, Copy, PartialEq)]
struct Refused {
    property: Option<At<ExpressionId>>,
    origin: At<ExpressionId>,
    fault: Fault,
    /// How many characters it may not have.
    wrong: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// It is empty.
    Empty,
    /// It has more characters than it may.
    TooLong,
    /// It has a character that it may not have.
    Character(char),
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for id in named_values(context.program) {
        let answers = context.judge(|evaluator| refused(evaluator, id));
        for occurrence in occurrences(context, &answers.unwrap_or_default()) {
            findings.push(finding(context, id, occurrence.what, &occurrence.when));
        }
    }
}

fn refused(evaluator: &Evaluator<'_>, id: At<ResourceId>) -> Result<Vec<Refused>, Undecided> {
    let mut refused = Vec::new();
    for (_, body) in evaluator.deployed(id)? {
        let name = evaluator.property(&body, &["properties", "displayName"])?;
        let Some(given) = name.given() else {
            continue;
        };
        if let Value::Text(text) = &given.evaluated.value
            && let Some(fault) = fault_of(text)
        {
            refused.push(Refused {
                property: given.name,
                origin: given.evaluated.origin,
                fault,
                wrong: known_part(text).chars().filter(|it| is_wrong(*it)).count(),
            });
        }
    }
    Ok(refused)
}

/// What is wrong with a display name whatever is put into its holes.
fn fault_of(name: &Text) -> Option<Fault> {
    if name.as_str() == Some("") {
        return Some(Fault::Empty);
    }
    let known = known_part(name);
    if has_token(&known) {
        return None;
    }
    let mut characters = known.chars();
    match characters.find(|character| is_wrong(*character)) {
        Some(character) => Some(Fault::Character(character)),
        None => (known.chars().count() > LONGEST_DISPLAY_NAME).then_some(Fault::TooLong),
    }
}

fn known_part(name: &Text) -> String {
    let literals = name.pieces().iter().filter_map(|piece| match piece {
        Piece::Literal(text) => Some(&**text),
        Piece::Hole(_) => None,
    });
    literals.collect()
}

const fn is_wrong(character: char) -> bool {
    !is_of_display_name(character)
}

fn finding(context: &Context<'_>, id: At<ResourceId>, what: Refused, when: &str) -> Finding {
    let problem = match what.fault {
        Fault::Empty => "is empty".to_owned(),
        Fault::TooLong => format!("has more than {LONGEST_DISPLAY_NAME} characters"),
        Fault::Character(' ') => "has a blank in it".to_owned(),
        Fault::Character(other) if other.is_control() => "has a control character in it".to_owned(),
        Fault::Character(other) => format!("has the character `{other}` in it"),
    };
    Finding {
        rule: RULE.id,
        level: Level::Error,
        place: context.place(what.origin),
        subject: context.resource_place(id),
        message: format!(
            "The display name of `{}` {problem}{when}: it takes 1 to {LONGEST_DISPLAY_NAME} letters, \
             digits, `-`, `.` and `_`. \
             Azure refuses it: \"ValidationError: One or more fields contain incorrect values\"",
            context.label(id)
        ),
        related: context
            .declaration_elsewhere(id, what.origin)
            .into_iter()
            .chain(context.callers(id.instance))
            .collect(),
        fixes: repair(context, id, what).into_iter().collect(),
    }
}

/// The same name with `-` in place of what it may not have. Where it is written elsewhere, it may be
/// the name of other things as well.
fn repair(context: &Context<'_>, id: At<ResourceId>, what: Refused) -> Option<Fix> {
    if !matches!(what.fault, Fault::Character(_)) || context.is_allowed_value(what.origin) {
        return None;
    }
    let template = context.template(what.origin.instance);
    let editor = context.editor(what.origin.instance)?;
    let repaired = |text: &str| text.replace(is_wrong, "-");
    let (title, edits) = match template.kind(what.origin.id) {
        ExpressionKind::String(text) => {
            let name = repaired(text);
            if is_taken(context, id, &name) {
                return None;
            }
            let edits = editor.replace(what.origin.id, &New::string(&name))?;
            (format!("Name it '{name}'"), edits)
        }
        ExpressionKind::Interpolation(segments) => {
            let pieces = segments.iter().map(|segment| match segment {
                Segment::Text(text) => New::string(repaired(text)),
                Segment::Hole(hole) => New::Copy(*hole),
            });
            let mut texts = segments.iter().filter_map(|segment| match segment {
                Segment::Text(text) => Some(&**text),
                Segment::Hole(_) => None,
            });
            // Else what is put in has some.
            if wrong_in(&mut texts) < what.wrong {
                return None;
            }
            let name = New::Interpolation(pieces.collect());
            (PUT.to_owned(), editor.replace(what.origin.id, &name)?)
        }
        ExpressionKind::Call {
            function,
            arguments,
            ..
        } if &**function == "concat" => {
            let mut texts = arguments.iter().filter_map(|it| template.text(*it));
            if wrong_in(&mut texts) < what.wrong {
                return None;
            }
            let mut all = Vec::new();
            for argument in arguments {
                if let Some(text) = template.text(*argument)
                    && repaired(text) != *text
                {
                    all.push(editor.replace(*argument, &New::string(repaired(text)))?);
                }
            }
            (PUT.to_owned(), merge(all)?)
        }
        _ => return None,
    };
    let is_its_own = what
        .property
        .is_some_and(|property| context.is_beside(property, what.origin));
    let applicability = if is_its_own {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    context.fix(what.origin.instance, title, applicability, Some(edits))
}

fn wrong_in(texts: &mut dyn Iterator<Item = &str>) -> usize {
    texts
        .flat_map(str::chars)
        .filter(|it| is_wrong(*it))
        .count()
}

/// Whether another named value of the program is called so: names are unique in a service, without
/// regard to case.
fn is_taken(context: &Context<'_>, id: At<ResourceId>, name: &str) -> bool {
    let others = named_values(context.program).filter(|other| *other != id);
    let others: Vec<_> = others.collect();
    let is_so = |evaluator: &Evaluator<'_>| {
        for other in &others {
            for (_, body) in evaluator.deployed(*other)? {
                let own = evaluator.property(&body, &["properties", "displayName"])?;
                if let Some(own) = own.given()
                    && let Some(own) = own.evaluated.value.as_str()
                    && own.eq_ignore_ascii_case(name)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    };
    let answers = context.judge(is_so).unwrap_or_default();
    answers.into_iter().any(|answer| answer.value)
}

const PUT: &str = "Put `-` in place of what it may not have";
