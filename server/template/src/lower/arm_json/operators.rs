//! Functions that are operators or literals of the model, as they are in Bicep.

use syntax::TextRange;
use syntax::arm_expression::{Expression, Kind};

use super::Lowering;
use super::calls::literal;
use super::values::property;
use crate::model::{
    BinaryOperator, ExpressionId, ExpressionKind, Item, Name, Object, Segment, UnaryOperator,
};

/// How many keys of `tryGet` become a chain: each adds to the depth of the expression.
const MAXIMUM_CHAIN: usize = 16;

impl Lowering<'_> {
    /// The calls that are operators or literals of the model; else the arguments again.
    pub(super) fn operator(
        &mut self,
        function: &str,
        arguments: Vec<Expression>,
        range: TextRange,
    ) -> Result<ExpressionKind, Vec<Expression>> {
        let count = arguments.len();
        if let Some((operator, is_chain)) = binary_operator(function) {
            if count < 2 || count > 2 && !is_chain {
                return Err(arguments);
            }
            let operands = self.expressions(arguments);
            return Ok(self.chain(operator, &operands));
        }
        let kind = match function {
            "true" if count == 0 => ExpressionKind::Bool(true),
            "false" if count == 0 => ExpressionKind::Bool(false),
            "null" if count == 0 => ExpressionKind::Null,
            "createarray" => ExpressionKind::Array(
                self.expressions(arguments)
                    .into_iter()
                    .map(|value| Item {
                        value,
                        is_spread: false,
                    })
                    .collect(),
            ),
            "createobject" if count.is_multiple_of(2) => self.object_of_pairs(arguments),
            "format" => return self.format(arguments),
            "if" => match <[Expression; 3]>::try_from(arguments) {
                Ok([condition, consequence, alternative]) => ExpressionKind::Conditional {
                    condition: self.expression(condition),
                    consequence: self.expression(consequence),
                    alternative: self.expression(alternative),
                },
                Err(arguments) => return Err(arguments),
            },
            "not" => match <[Expression; 1]>::try_from(arguments) {
                Ok([operand]) => ExpressionKind::Unary {
                    operator: UnaryOperator::Not,
                    operand: self.expression(operand),
                },
                Err(arguments) => return Err(arguments),
            },
            "tryget" if (2..=MAXIMUM_CHAIN).contains(&count) => self.try_get(arguments, range),
            "indexfromend" | "tryindexfromend" => match <[Expression; 2]>::try_from(arguments) {
                Ok([object, index]) => ExpressionKind::Index {
                    object: self.expression(object),
                    index: self.expression(index),
                    is_safe: function == "tryindexfromend",
                    is_from_end: true,
                },
                Err(arguments) => return Err(arguments),
            },
            _ => return Err(arguments),
        };
        Ok(kind)
    }

    /// A chain of an associative operator, or its only application. It is folded in halves, so
    /// that a long list of operands is not a deep expression.
    fn chain(&mut self, operator: BinaryOperator, operands: &[ExpressionId]) -> ExpressionKind {
        let (left, right) = operands.split_at(operands.len().div_ceil(2));
        ExpressionKind::Binary {
            operator,
            left: self.operand(operator, left),
            right: self.operand(operator, right),
        }
    }

    fn operand(&mut self, operator: BinaryOperator, operands: &[ExpressionId]) -> ExpressionId {
        if let [operand] = operands {
            return *operand;
        }
        let kind = self.chain(operator, operands);
        let (first, last) = (operands[0], operands[operands.len() - 1]);
        let range = TextRange::new(
            self.builder.template.range(first).start,
            self.builder.template.range(last).end,
        );
        self.builder.add(kind, range)
    }

    fn object_of_pairs(&mut self, arguments: Vec<Expression>) -> ExpressionKind {
        let expressions = self.expressions(arguments);
        let members = expressions
            .chunks_exact(2)
            .map(|pair| {
                let start = self.builder.template.range(pair[0]).start;
                let end = self.builder.template.range(pair[1]).end;
                property(pair[0], pair[1], TextRange::new(start, end))
            })
            .collect();
        ExpressionKind::Object(Object {
            members,
            is_complete: true,
        })
    }

    /// `format` with a literal format whose holes have no format of their own.
    fn format(&mut self, arguments: Vec<Expression>) -> Result<ExpressionKind, Vec<Expression>> {
        let pieces = arguments.first().and_then(literal).and_then(pieces);
        let Some(pieces) = pieces else {
            return Err(arguments);
        };
        let is_hole_without_value =
            |piece: &Piece| matches!(piece, Piece::Hole(hole) if *hole + 1 >= arguments.len());
        if pieces.iter().any(is_hole_without_value) {
            return Err(arguments);
        }
        let values = self.expressions(arguments.into_iter().skip(1).collect());
        let mut segments: Vec<Segment> = pieces
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => Segment::Text(text.into()),
                Piece::Hole(hole) => Segment::Hole(values[hole]),
            })
            .collect();
        Ok(match segments.as_mut_slice() {
            [] => ExpressionKind::String("".into()),
            [Segment::Text(text)] => ExpressionKind::String(std::mem::take(text)),
            _ => ExpressionKind::Interpolation(segments),
        })
    }

    /// `tryGet(object, key, ...)`: from the first key on, what is absent is null.
    fn try_get(&mut self, mut arguments: Vec<Expression>, range: TextRange) -> ExpressionKind {
        let Some(key) = arguments.pop() else {
            return ExpressionKind::Invalid;
        };
        let object = if arguments.len() > 1 {
            let inner = self.try_get(arguments, range);
            self.builder.add(inner, range)
        } else {
            match arguments.pop() {
                Some(object) => self.expression(object),
                None => self.builder.invalid(range),
            }
        };
        match key.kind {
            Kind::String(text) => ExpressionKind::Member {
                object,
                name: Name {
                    text,
                    range: key.range,
                },
                is_safe: true,
            },
            _ => ExpressionKind::Index {
                object,
                index: self.expression(key),
                is_safe: true,
                is_from_end: false,
            },
        }
    }
}

/// The operator that a function is, and whether it takes more than two operands.
fn binary_operator(function: &str) -> Option<(BinaryOperator, bool)> {
    Some(match function {
        "and" => (BinaryOperator::And, true),
        "or" => (BinaryOperator::Or, true),
        "coalesce" => (BinaryOperator::Coalesce, true),
        "equals" => (BinaryOperator::Equal, false),
        "add" => (BinaryOperator::Add, false),
        "sub" => (BinaryOperator::Subtract, false),
        "mul" => (BinaryOperator::Multiply, false),
        "div" => (BinaryOperator::Divide, false),
        "mod" => (BinaryOperator::Modulo, false),
        "less" => (BinaryOperator::Less, false),
        "lessorequals" => (BinaryOperator::LessOrEqual, false),
        "greater" => (BinaryOperator::Greater, false),
        "greaterorequals" => (BinaryOperator::GreaterOrEqual, false),
        _ => return None,
    })
}

/// A piece of a format.
enum Piece {
    Text(String),
    Hole(usize),
}

/// The pieces of a format, if its holes are all plain: `{0}`.
fn pieces(format: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = format;
    while let Some(brace) = rest.find(['{', '}']) {
        text.push_str(&rest[..brace]);
        rest = &rest[brace..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            text.push_str(&rest[..1]);
            rest = &rest[2..];
            continue;
        }
        let (number, behind) = rest.strip_prefix('{')?.split_once('}')?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Hole(number.parse().ok()?));
        rest = behind;
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Some(pieces)
}
