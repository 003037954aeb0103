//! Expressions of Bicep.

use syntax::TextRange;
use tree_sitter::Node;

use super::fields::{Field, Fields as _};
use super::{Lowering, has_sure_end, is_damaged, named_children, text};
use crate::lower::builder::MAXIMUM_DEPTH;
use crate::model::{
    BinaryOperator, ExpressionId, ExpressionKind, Item, Member, Object, Property, Reference,
    Repetition, UnaryOperator,
};

impl<'d> Lowering<'d> {
    /// Lowers an expression that may be absent from a broken text.
    pub(super) fn optional_expression(
        &mut self,
        node: Option<Node<'_>>,
        around: TextRange,
    ) -> ExpressionId {
        match node {
            Some(node) => self.expression(node),
            None => self.builder.invalid(TextRange::empty(around.end)),
        }
    }

    /// Lowers an expression.
    pub(super) fn expression(&mut self, node: Node<'_>) -> ExpressionId {
        if self.depth >= MAXIMUM_DEPTH {
            return self.builder.invalid(node.into());
        }
        self.depth += 1;
        let id = self.nested_expression(node);
        self.depth -= 1;
        id
    }

    fn nested_expression(&mut self, node: Node<'_>) -> ExpressionId {
        match node.kind() {
            "object" => return self.object(node),
            "array" => return self.array(node),
            "string" | "multiline_string" => return self.string(node),
            _ if is_damaged(node) => return self.builder.invalid(node.into()),
            "parenthesized_expression" => {
                return self.optional_expression(node.field(Field::Value), node.into());
            }
            _ => {}
        }
        let kind = match node.kind() {
            "null" => ExpressionKind::Null,
            "boolean" => ExpressionKind::Bool(text(self.source, node) == "true"),
            "number" => text(self.source, node)
                .parse()
                .map_or(ExpressionKind::Invalid, ExpressionKind::Integer),
            "identifier" => ExpressionKind::Reference(self.names.resolve(text(self.source, node))),
            "ternary_expression" => ExpressionKind::Conditional {
                condition: self.operand(node, Field::Condition),
                consequence: self.operand(node, Field::Consequence),
                alternative: self.operand(node, Field::Alternative),
            },
            "binary_expression" => match self.operator(node).and_then(binary_operator) {
                Some(operator) => ExpressionKind::Binary {
                    operator,
                    left: self.operand(node, Field::Left),
                    right: self.operand(node, Field::Right),
                },
                None => ExpressionKind::Invalid,
            },
            "unary_expression" => match self.operator(node) {
                Some("!") => self.unary(node, UnaryOperator::Not),
                Some("-") => self.unary(node, UnaryOperator::Minus),
                Some("+") => self.unary(node, UnaryOperator::Plus),
                _ => ExpressionKind::Invalid,
            },
            "non_null_expression" => ExpressionKind::NonNull(self.operand(node, Field::Operand)),
            "call_expression" => self.call(node),
            "member_expression" => self.member(node),
            "nested_resource_expression" => self.nested_resource(node),
            "index_expression" => {
                let operator = self.operator(node).unwrap_or_default();
                ExpressionKind::Index {
                    object: self.operand(node, Field::Object),
                    index: self.operand(node, Field::Index),
                    is_safe: operator.contains('?'),
                    is_from_end: operator.contains('^'),
                }
            }
            "lambda_expression" => self.lambda(node),
            "for_expression" => {
                let (repetition, bound) = self.repetition(node);
                let body = self.operand(node, Field::Body);
                self.names.unbind(bound);
                ExpressionKind::For { repetition, body }
            }
            _ => ExpressionKind::Invalid,
        };
        self.builder.add(kind, node.into())
    }

    fn operand(&mut self, node: Node<'_>, field: Field) -> ExpressionId {
        self.optional_expression(node.field(field), node.into())
    }

    fn operator(&self, node: Node<'_>) -> Option<&'d str> {
        node.field(Field::Operator)
            .map(|operator| text(self.source, operator))
    }

    fn unary(&mut self, node: Node<'_>, operator: UnaryOperator) -> ExpressionKind {
        ExpressionKind::Unary {
            operator,
            operand: self.operand(node, Field::Operand),
        }
    }

    fn object(&mut self, node: Node<'_>) -> ExpressionId {
        let mut object = Object {
            members: Vec::new(),
            is_complete: !is_damaged(node) && has_sure_end(node),
        };
        for child in named_children(node) {
            match child.kind() {
                "property" if !is_damaged(child) => {
                    let (Some(key), Some(value)) =
                        (child.field(Field::Name), child.field(Field::Value))
                    else {
                        object.is_complete = false;
                        continue;
                    };
                    let key = match key.kind() {
                        "string" | "multiline_string" => self.string(key),
                        _ => {
                            let name = text(self.source, key);
                            self.builder
                                .add(ExpressionKind::String(name.into()), key.into())
                        }
                    };
                    let value = self.expression(value);
                    object.members.push(Member::Property(Property {
                        key,
                        value,
                        range: child.into(),
                    }));
                }
                "spread" => {
                    let value = self.operand(child, Field::Value);
                    object.members.push(Member::Spread(value));
                }
                "resource_declaration" => {}
                _ => object.is_complete = false,
            }
        }
        self.builder
            .add(ExpressionKind::Object(object), node.into())
    }

    fn array(&mut self, node: Node<'_>) -> ExpressionId {
        let items = named_children(node)
            .map(|child| {
                let is_spread = child.kind() == "spread";
                let value = if is_spread {
                    self.operand(child, Field::Value)
                } else {
                    self.expression(child)
                };
                Item {
                    value,
                    // What could not be read may be any number of items.
                    is_spread: is_spread || child.is_error(),
                }
            })
            .collect();
        self.builder.add(ExpressionKind::Array(items), node.into())
    }

    fn call(&mut self, node: Node<'_>) -> ExpressionKind {
        let Some(callee) = node.field(Field::Function) else {
            return ExpressionKind::Invalid;
        };
        let arguments = match node.field(Field::Arguments) {
            Some(list) if is_damaged(list) => return ExpressionKind::Invalid,
            Some(list) => named_children(list)
                .map(|argument| self.expression(argument))
                .collect(),
            None => Vec::new(),
        };
        if callee.kind() != "member_expression" {
            let name = text(self.source, callee);
            return match self.names.function(name) {
                Some(function) => ExpressionKind::UserCall {
                    function,
                    arguments,
                },
                None => self.imported_or_built_in(callee, arguments),
            };
        }
        let (Some(object), Some(method)) =
            (callee.field(Field::Object), callee.field(Field::Property))
        else {
            return ExpressionKind::Invalid;
        };
        let function = text(self.source, method).to_ascii_lowercase().into();
        let namespace = text(self.source, object);
        if object.kind() == "identifier"
            && matches!(namespace, "az" | "sys")
            && !self.names.is_declared(namespace)
        {
            return ExpressionKind::Call {
                function,
                function_range: method.into(),
                arguments,
            };
        }
        if object.kind() == "identifier"
            && let Some(import) = self.names.wildcard(namespace)
        {
            return ExpressionKind::ImportedCall {
                import,
                function: text(self.source, method).into(),
                arguments,
            };
        }
        ExpressionKind::MethodCall {
            object: self.expression(object),
            function,
            arguments,
        }
    }

    fn imported_or_built_in(
        &self,
        callee: Node<'_>,
        arguments: Vec<ExpressionId>,
    ) -> ExpressionKind {
        let name = text(self.source, callee);
        if let Some((import, function)) = self.names.imported_function(name) {
            return ExpressionKind::ImportedCall {
                import,
                function,
                arguments,
            };
        }
        // What is declared hides a built-in function of its name.
        if self.names.is_declared(name) {
            return ExpressionKind::Invalid;
        }
        ExpressionKind::Call {
            function: name.to_ascii_lowercase().into(),
            function_range: callee.into(),
            arguments,
        }
    }

    fn member(&mut self, node: Node<'_>) -> ExpressionKind {
        let Some(property) = node.field(Field::Property) else {
            return ExpressionKind::Invalid;
        };
        let name = self.name(property);
        if let Some(object) = node
            .field(Field::Object)
            .filter(|object| object.kind() == "identifier")
        {
            let object = text(self.source, object);
            if let Some(import) = self.names.wildcard(object) {
                let name = name.text;
                return ExpressionKind::Reference(Reference::Imported { import, name });
            }
            if self.names.is_base(object) {
                return ExpressionKind::Reference(Reference::Base(name.text));
            }
        }
        ExpressionKind::Member {
            object: self.operand(node, Field::Object),
            name,
            is_safe: self.operator(node) == Some(".?"),
        }
    }

    fn nested_resource(&mut self, node: Node<'_>) -> ExpressionKind {
        let parent = self.operand(node, Field::Object);
        let Some(name) = node.field(Field::Name) else {
            return ExpressionKind::Invalid;
        };
        let name = text(self.source, name);
        let nested = match self.builder.template.kind(parent) {
            ExpressionKind::Reference(Reference::Resource(parent)) => {
                self.names.nested(*parent, name)
            }
            _ => None,
        };
        ExpressionKind::Reference(
            nested.map_or_else(|| Reference::Unresolved(name.into()), Reference::Resource),
        )
    }

    fn lambda(&mut self, node: Node<'_>) -> ExpressionKind {
        let Some(list) = node.field(Field::Parameters) else {
            return ExpressionKind::Invalid;
        };
        let names = if list.kind() == "identifier" {
            vec![text(self.source, list)]
        } else {
            named_children(list)
                .map(|name| text(self.source, name))
                .collect()
        };
        let mut parameters = Vec::with_capacity(names.len());
        for name in names {
            let local = self.builder.local();
            parameters.push(local);
            self.names.bind(name.to_owned(), local);
        }
        let body = self.operand(node, Field::Body);
        self.names.unbind(parameters.len());
        ExpressionKind::Lambda { parameters, body }
    }

    /// Lowers the head of a loop and binds its names; says how many, for the caller to unbind
    /// behind the body.
    pub(super) fn repetition(&mut self, node: Node<'_>) -> (Repetition, usize) {
        let iterable = self.operand(node, Field::Iterable);
        let repetition = self.builder.repetition(iterable);
        let mut bound = 0;
        for (field, local) in [
            (Field::Item, repetition.item),
            (Field::Index, repetition.index),
        ] {
            if let Some(name) = node.field(field) {
                self.names.bind(text(self.source, name).to_owned(), local);
                bound += 1;
            }
        }
        (repetition, bound)
    }
}

fn binary_operator(operator: &str) -> Option<BinaryOperator> {
    Some(match operator {
        "+" => BinaryOperator::Add,
        "-" => BinaryOperator::Subtract,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Divide,
        "%" => BinaryOperator::Modulo,
        "&&" => BinaryOperator::And,
        "||" => BinaryOperator::Or,
        "??" => BinaryOperator::Coalesce,
        "==" => BinaryOperator::Equal,
        "!=" => BinaryOperator::NotEqual,
        "=~" => BinaryOperator::EqualIgnoringCase,
        "!~" => BinaryOperator::NotEqualIgnoringCase,
        "<" => BinaryOperator::Less,
        "<=" => BinaryOperator::LessOrEqual,
        ">" => BinaryOperator::Greater,
        ">=" => BinaryOperator::GreaterOrEqual,
        _ => return None,
    })
}
