//! Expressions.

use syntax::TextRange;

use super::{
    ExpressionId, FunctionId, ImportId, LocalId, ModuleId, Name, ParameterId, Repetition,
    ResourceId, VariableId,
};

/// An expression and its place.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it is written. For a string of ARM JSON that is not an expression, with its quotes;
    /// for an ARM expression, the part of the string that it is.
    pub range: TextRange,
}

/// What an expression is. ARM functions that Bicep writes as operators are the operator here.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// Not readable, or not part of the model.
    Invalid,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A string without holes, unescaped.
    String(Box<str>),
    /// A string with holes; also `format` with a literal format that has only plain `{n}` holes.
    Interpolation(Vec<Segment>),
    /// An array.
    Array(Vec<Item>),
    /// An object.
    Object(Object),
    /// A name.
    Reference(Reference),
    /// A call of a built-in function, its name in lower case and without namespace.
    Call {
        /// The function's name, in lower case.
        function: Box<str>,
        /// Where the name is written.
        function_range: TextRange,
        /// The arguments.
        arguments: Vec<ExpressionId>,
    },
    /// A call of one of the template's own functions.
    UserCall {
        /// The function.
        function: FunctionId,
        /// The arguments.
        arguments: Vec<ExpressionId>,
    },
    /// A call of a function of another file.
    ImportedCall {
        /// Where it is imported from.
        import: ImportId,
        /// Its name in that file.
        function: Box<str>,
        /// The arguments.
        arguments: Vec<ExpressionId>,
    },
    /// A call on an object: `kv.getSecret('x')`, `apim.listSecrets()`.
    MethodCall {
        /// What the function is called on.
        object: ExpressionId,
        /// The function's name, in lower case.
        function: Box<str>,
        /// The arguments.
        arguments: Vec<ExpressionId>,
    },
    /// `object.name`, `object.?name`
    Member {
        /// The object.
        object: ExpressionId,
        /// The property's name.
        name: Name,
        /// Whether an absent property is null (`.?`).
        is_safe: bool,
    },
    /// `object[index]` and its variants
    Index {
        /// The array or object.
        object: ExpressionId,
        /// The index or key.
        index: ExpressionId,
        /// Whether an absent element is null (`[?`).
        is_safe: bool,
        /// Whether the index counts from the end, starting at 1 (`[^`).
        is_from_end: bool,
    },
    /// A unary operator.
    Unary {
        /// The operator.
        operator: UnaryOperator,
        /// The operand.
        operand: ExpressionId,
    },
    /// A binary operator.
    Binary {
        /// The operator.
        operator: BinaryOperator,
        /// The left operand.
        left: ExpressionId,
        /// The right operand.
        right: ExpressionId,
    },
    /// `condition ? consequence : alternative`, `if(...)`
    Conditional {
        /// The condition.
        condition: ExpressionId,
        /// The value where it holds.
        consequence: ExpressionId,
        /// The value where it does not.
        alternative: ExpressionId,
    },
    /// `operand!`
    NonNull(ExpressionId),
    /// `(a, b) => body`
    Lambda {
        /// The parameters.
        parameters: Vec<LocalId>,
        /// The body.
        body: ExpressionId,
    },
    /// `[for item in iterable: body]`, a `copy` of a property or variable
    For {
        /// The loop.
        repetition: Repetition,
        /// The value of each element.
        body: ExpressionId,
    },
}

impl ExpressionKind {
    /// The expressions that it is made of. What a name stands for is none of them.
    #[must_use]
    pub fn parts(&self) -> Vec<ExpressionId> {
        match self {
            Self::Invalid
            | Self::Null
            | Self::Bool(_)
            | Self::Integer(_)
            | Self::String(_)
            | Self::Reference(_) => Vec::new(),
            Self::Interpolation(segments) => {
                let holes = segments.iter().filter_map(|segment| match segment {
                    Segment::Hole(hole) => Some(*hole),
                    Segment::Text(_) => None,
                });
                holes.collect()
            }
            Self::Array(items) => items.iter().map(|item| item.value).collect(),
            Self::Object(object) => {
                let members = object.members.iter().flat_map(|member| match member {
                    Member::Property(property) => vec![property.key, property.value],
                    Member::Spread(value) => vec![*value],
                });
                members.collect()
            }
            Self::Call { arguments, .. }
            | Self::UserCall { arguments, .. }
            | Self::ImportedCall { arguments, .. } => arguments.clone(),
            Self::MethodCall {
                object, arguments, ..
            } => [&[*object], arguments.as_slice()].concat(),
            Self::Member { object, .. } => vec![*object],
            Self::Index { object, index, .. } => vec![*object, *index],
            Self::Unary { operand, .. } | Self::NonNull(operand) => vec![*operand],
            Self::Binary { left, right, .. } => vec![*left, *right],
            Self::Conditional {
                condition,
                consequence,
                alternative,
            } => vec![*condition, *consequence, *alternative],
            Self::Lambda { body, .. } => vec![*body],
            Self::For { repetition, body } => vec![repetition.iterable, *body],
        }
    }
}

/// A part of an interpolated string.
#[derive(Clone, Debug)]
pub enum Segment {
    /// Literal text, unescaped.
    Text(Box<str>),
    /// A hole.
    Hole(ExpressionId),
}

/// An element of an array.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Its value; of a spread, what is spread.
    pub value: ExpressionId,
    /// Whether it is `...value`.
    pub is_spread: bool,
}

/// An object.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Its members, in the order of the text.
    pub members: Vec<Member>,
    /// Whether every member could be read. Where it is false, the absence of a property means
    /// nothing.
    pub is_complete: bool,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub enum Member {
    /// `key: value`
    Property(Property),
    /// `...value`
    Spread(ExpressionId),
}

/// A property of an object.
#[derive(Clone, Debug)]
pub struct Property {
    /// The key: a [`ExpressionKind::String`], or an expression where the key has holes.
    pub key: ExpressionId,
    /// The value.
    pub value: ExpressionId,
    /// Key, colon and value.
    pub range: TextRange,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A parameter.
    Parameter(ParameterId),
    /// A variable.
    Variable(VariableId),
    /// A resource.
    Resource(ResourceId),
    /// A module.
    Module(ModuleId),
    /// A name that a loop, lambda or function binds.
    Local(LocalId),
    /// A variable of another file.
    Imported {
        /// Where it is imported from.
        import: ImportId,
        /// Its name in that file.
        name: Box<str>,
    },
    /// What the parameter files that this one extends assign to a parameter (`base.name`).
    Base(Box<str>),
    /// Nothing that the template declares.
    Unresolved(Box<str>),
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Minus,
    /// `+`
    Plus,
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the operators' usual names")]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    And,
    Or,
    Coalesce,
    Equal,
    NotEqual,
    /// `=~`, without regard to case
    EqualIgnoringCase,
    /// `!~`, without regard to case
    NotEqualIgnoringCase,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
