//! A value as code that has it in a certain template.

use template::cases::Undecided;
use template::edit::New;
use template::model::{ExpressionKind, Segment};
use template::program::{InstanceId, Program};
use template::value::{Piece, Symbol, Text, Value};
use template::{Evaluator, Sameness};

/// Functions that both languages have, by names that they share, and whose values are known when a
/// deployment starts ([reference]).
///
/// [reference]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
const FUNCTIONS: [&str; 13] = [
    "deployment",
    "guid",
    "padLeft",
    "replace",
    "resourceGroup",
    "skip",
    "subscription",
    "substring",
    "take",
    "toLower",
    "toUpper",
    "trim",
    "uniqueString",
];

/// Code that has a value in a template: the name of a parameter or variable that has it, else its
/// parts put together. None where a part of it is nothing that the template can name.
pub(crate) fn spelled(
    evaluator: &Evaluator<'_>,
    value: &Value,
    instance: InstanceId,
) -> Result<Option<New>, Undecided> {
    if let Some(name) = name_of(evaluator, value, instance)? {
        return Ok(Some(name));
    }
    let of = |value: &Value| spelled(evaluator, value, instance);
    Ok(match value {
        Value::Text(text) if !is_written(evaluator.program, text) => None,
        Value::Text(text) => spelled_text(text, of)?,
        Value::Integer(number) => Some(New::Integer(*number)),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Member { object, name } => {
                let object = of(object)?;
                object.map(|object| New::Member(Box::new(object), name.to_string()))
            }
            Symbol::Call {
                function,
                arguments,
            } => {
                let mut known = FUNCTIONS.into_iter();
                let function = known.find(|known| known.eq_ignore_ascii_case(function));
                let arguments: Result<Option<Vec<_>>, _> = arguments.iter().map(of).collect();
                function
                    .zip(arguments?)
                    .map(|(function, arguments)| New::Call(function, arguments))
            }
            _ => None,
        },
        _ => None,
    })
}

fn spelled_text(
    text: &Text,
    of: impl Fn(&Value) -> Result<Option<New>, Undecided>,
) -> Result<Option<New>, Undecided> {
    if let Some(text) = text.as_str() {
        return Ok(Some(New::string(text)));
    }
    let mut pieces = Vec::new();
    for piece in text.pieces() {
        pieces.push(match piece {
            Piece::Literal(text) => New::string(&**text),
            Piece::Hole(value) => match of(value)? {
                Some(hole) => hole,
                None => return Ok(None),
            },
        });
    }
    Ok(Some(New::Interpolation(pieces)))
}

/// Whether the templates say a text themselves. What a parameter file gives, or stands in where it
/// gives nothing, is true of one deployment, and is not to be written into what others deploy too.
fn is_written(program: &Program, text: &Text) -> bool {
    if program.scenarios().len() == 0 {
        return true;
    }
    let is_told = |literal: &str| {
        program.instances().any(|instance| {
            let template = program.template(instance);
            let is_default = |id| {
                let mut parameters = template.parameters.iter();
                instance == InstanceId::ROOT && parameters.any(|it| it.default == Some(id))
            };
            template.expressions().any(|(id, expression)| {
                let is_here = match &expression.kind {
                    ExpressionKind::String(text) => text.contains(literal),
                    ExpressionKind::Interpolation(segments) => segments.iter().any(
                        |segment| matches!(segment, Segment::Text(text) if text.contains(literal)),
                    ),
                    _ => false,
                };
                is_here && !is_default(id)
            })
        })
    };
    text.pieces().iter().all(|piece| match piece {
        Piece::Literal(text) => is_told(text),
        Piece::Hole(_) => true,
    })
}

/// A parameter or variable of a template that has a value. A literal that several have says of none
/// of them that it is meant.
fn name_of(
    evaluator: &Evaluator<'_>,
    value: &Value,
    instance: InstanceId,
) -> Result<Option<New>, Undecided> {
    let template = evaluator.program.template(instance);
    let mut found = Vec::new();
    for (id, parameter) in template.parameters() {
        let own = evaluator.value_of_parameter(instance.at(id))?;
        if evaluator.same(&own, value) == Sameness::Same {
            found.push(New::Parameter(parameter.name.text.to_string()));
        }
    }
    for variable in &template.variables {
        let own = evaluator.evaluate(instance.at(variable.value))?.value;
        if evaluator.same(&own, value) == Sameness::Same {
            found.push(New::Variable(variable.name.text.to_string()));
        }
    }
    let is_literal = value.as_str().is_some();
    Ok(match found.len() {
        0 => None,
        1 => found.pop(),
        _ if is_literal => None,
        _ => found.into_iter().next(),
    })
}
