//! Values of JSON as expressions.

use syntax::{TextRange, arm_expression};
use tree_sitter::Node;

use super::super::builder::MAXIMUM_DEPTH;
use super::json::{Member, Members};
use super::scope::{Loop, LoopKind};
use super::{Lowering, is_array, is_object};
use crate::model::{self, ExpressionId, ExpressionKind, Item, Object, Property, Repetition};

impl<'t> Lowering<'t> {
    /// A value that is `depth` levels deep in the document.
    pub(super) fn value(&mut self, node: Node<'t>, depth: u32) -> ExpressionId {
        let range = TextRange::from(node);
        if depth > MAXIMUM_DEPTH {
            return self.builder.invalid(range);
        }
        let kind = match node.kind() {
            "string" => {
                return match self.text.raw_string(node) {
                    Some((raw, inner)) => self.string(raw, inner, range, depth),
                    None => self.builder.invalid(range),
                };
            }
            "object" => return self.object(node, depth),
            "array" => {
                let items = self.text.items(node);
                let items = items
                    .into_iter()
                    .map(|item| Item {
                        value: self.readable(item, range, depth + 1),
                        is_spread: false,
                    })
                    .collect();
                ExpressionKind::Array(items)
            }
            "number" => self
                .text
                .slice(range)
                .parse()
                .map_or(ExpressionKind::Invalid, ExpressionKind::Integer),
            "true" => ExpressionKind::Bool(true),
            "false" => ExpressionKind::Bool(false),
            "null" => ExpressionKind::Null,
            _ => ExpressionKind::Invalid,
        };
        self.builder.add(kind, range)
    }

    /// A value, invalid where error recovery left none at `range`.
    pub(super) fn readable(
        &mut self,
        node: Option<Node<'t>>,
        range: TextRange,
        depth: u32,
    ) -> ExpressionId {
        match node {
            Some(node) => self.value(node, depth),
            None => self.builder.invalid(range),
        }
    }

    /// The value of a member.
    pub(super) fn member_value(&mut self, member: &Member<'t>, depth: u32) -> ExpressionId {
        self.readable(member.value, member.range, depth)
    }

    /// A string: `raw` stands at `inner`, with its quotes at `range`.
    fn string(
        &mut self,
        raw: &str,
        inner: TextRange,
        range: TextRange,
        depth: u32,
    ) -> ExpressionId {
        if self.is_plain {
            return self.plain(raw, range);
        }
        match arm_expression::parse(raw, inner.start) {
            arm_expression::Value::Text(text) => {
                self.builder.add(ExpressionKind::String(text), range)
            }
            arm_expression::Value::Expression { expression, height }
                if depth + height <= MAXIMUM_DEPTH =>
            {
                self.expression(expression)
            }
            _ => self.builder.invalid(range),
        }
    }

    fn object(&mut self, node: Node<'t>, depth: u32) -> ExpressionId {
        let members = self.text.members(node);
        // A resource or output of a nested template that is read as a value has its own loop.
        let copy = members.value("copy").filter(|copy| is_object(*copy));
        let loops = self.scope.loops.len();
        if let Some(copy) = copy {
            let copy = self.text.members(copy);
            let index = self.builder.local();
            self.enter_loop(&copy, index, LoopKind::Declaration);
        }
        let object = self.object_of(&members, depth);
        self.scope.loops.truncate(loops);
        self.builder
            .add(ExpressionKind::Object(object), node.into())
    }

    fn object_of(&mut self, members: &Members<'t>, depth: u32) -> Object {
        let mut object = Object {
            members: Vec::with_capacity(members.list.len()),
            is_complete: members.is_complete,
        };
        let is_inner_scope = !self.is_plain && self.is_inner_scope(members);
        for member in &members.list {
            if is_inner_scope && member.is("template") {
                // The names in it are of another scope.
                let key = self.key(member, depth);
                let value = self.builder.invalid(member.range);
                object.members.push(property(key, value, member.range));
            } else {
                self.property(member, depth, &mut object);
            }
        }
        object
    }

    /// Adds a member to an object; for a `copy` of properties, the properties that it makes.
    pub(super) fn property(&mut self, member: &Member<'t>, depth: u32, object: &mut Object) {
        let Some(copies) = self.copies(member) else {
            let key = self.key(member, depth);
            let value = self.member_value(member, depth + 1);
            object.members.push(property(key, value, member.range));
            return;
        };
        for (node, copy) in copies {
            let range = TextRange::from(node);
            let name = copy.value("name");
            let key = self.readable(name, range, depth + 2);
            let value = self.copied(&copy, range, LoopKind::Value, depth + 2);
            object.members.push(property(key, value, range));
        }
    }

    pub(super) fn key(&mut self, member: &Member<'t>, depth: u32) -> ExpressionId {
        let range = member.key_range;
        let inner = TextRange::new(range.start + 1, range.end - 1);
        self.string(member.raw_key, inner, range, depth + 1)
    }

    /// The elements of a [`copy` of properties or variables][copy]; none if a member is another.
    ///
    /// [copy]: https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-properties
    pub(super) fn copies(&self, member: &Member<'t>) -> Option<Vec<(Node<'t>, Members<'t>)>> {
        let array = member.value.filter(|node| is_array(*node))?;
        if self.is_plain || !member.is("copy") {
            return None;
        }
        let items = self.text.items(array);
        let copies = items.into_iter().map(|item| {
            let node = item.filter(|node| is_object(*node))?;
            let copy = self.text.members(node);
            let is_copy = copy.get("name").is_some() && copy.get("count").is_some();
            is_copy.then_some((node, copy))
        });
        let copies: Vec<_> = copies.collect::<Option<_>>()?;
        (!copies.is_empty()).then_some(copies)
    }

    /// What the `copy` of a property, variable or output makes of its `input`.
    pub(super) fn copied(
        &mut self,
        copy: &Members<'t>,
        range: TextRange,
        kind: LoopKind,
        depth: u32,
    ) -> ExpressionId {
        let count = self.readable(copy.value("count"), range, depth + 1);
        let repetition = self.repetition(count);
        self.enter_loop(copy, repetition.index, kind);
        let body = self.readable(copy.value("input"), range, depth + 1);
        self.scope.loops.pop();
        self.builder
            .add(ExpressionKind::For { repetition, body }, range)
    }

    /// The loop that runs `count` times.
    pub(super) fn repetition(&mut self, count: ExpressionId) -> Repetition {
        let range = self.builder.template.range(count);
        let first = self.builder.add(ExpressionKind::Integer(0), range);
        let iterable = ExpressionKind::Call {
            function: "range".into(),
            function_range: range,
            arguments: vec![first, count],
        };
        let iterable = self.builder.add(iterable, range);
        self.builder.repetition(iterable)
    }

    pub(super) fn enter_loop(&mut self, copy: &Members<'t>, index: model::LocalId, kind: LoopKind) {
        let name = copy.value("name");
        let name = name.and_then(|name| self.text.literal(name));
        self.scope.loops.push(Loop { name, index, kind });
    }

    /// Whether these are the properties of a deployment whose template is evaluated on its own.
    pub(super) fn is_inner_scope(&self, properties: &Members<'t>) -> bool {
        let scope = || {
            let options = properties.value("expressionEvaluationOptions")?;
            let options = Some(options).filter(|node| is_object(*node))?;
            self.text
                .literal(self.text.members(options).value("scope")?)
        };
        scope().is_some_and(|scope| scope.eq_ignore_ascii_case("inner"))
    }
}

pub(super) fn property(key: ExpressionId, value: ExpressionId, range: TextRange) -> model::Member {
    model::Member::Property(Property { key, value, range })
}
