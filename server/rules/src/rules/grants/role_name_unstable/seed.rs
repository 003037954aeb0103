//! What a name is made of.

use std::collections::BTreeSet;

use access::grants::Held;
use access::placeholders::has_token;
use template::Evaluator;
use template::cases::Undecided;
use template::model::{ExpressionId, ExpressionKind, ParameterId};
use template::program::At;
use template::value::{Bindings, Identity, Lazy, Part, Piece, Reason, Symbol, Value, visit};

/// How deep names are taken apart.
const MAXIMUM_DEPTH: u32 = 16;

/// What a name is made of.
#[derive(Debug, Default)]
pub(super) struct Seed(BTreeSet<Ingredient>);

/// Something that a name may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ingredient {
    /// A function makes a GUID of it.
    Guid,
    /// The identity: its principal id, or its resource by id, name or symbol.
    Identity,
    /// Something that is another one each time.
    Random,
    /// Something that cannot be told.
    Unknown,
}

impl Seed {
    pub(super) fn has(&self, ingredient: Ingredient) -> bool {
        self.0.contains(&ingredient)
    }

    fn add(&mut self, ingredient: Ingredient) {
        self.0.insert(ingredient);
    }

    pub(super) fn of(
        evaluator: &Evaluator<'_>,
        name: ExpressionId,
        held: &Held,
    ) -> Result<Self, Undecided> {
        let identity = held.by.principal.resource();
        let declaration = identity.declaration;
        let symbol = declaration.and_then(|at| evaluator.program.resource(at).symbol.as_ref());
        let mut parts = Parts {
            evaluator,
            identity,
            symbol: symbol.map(|symbol| &*symbol.text),
            seed: Self::default(),
        };
        parts.expression(name, &held.grant.bindings, 0)?;
        Ok(parts.seed)
    }
}

struct Parts<'e, 'p> {
    evaluator: &'e Evaluator<'p>,
    identity: &'e Identity,
    symbol: Option<&'e str>,
    seed: Seed,
}

impl Parts<'_, '_> {
    /// Looks at what an expression gives, and at what it is made of: of a known text nothing tells any
    /// more what went into it.
    fn expression(
        &mut self,
        expression: ExpressionId,
        bindings: &Bindings,
        depth: u32,
    ) -> Result<(), Undecided> {
        if depth > MAXIMUM_DEPTH {
            self.seed.add(Ingredient::Unknown);
            return Ok(());
        }
        let lazy = Lazy::Expression(expression, bindings.clone());
        let evaluated = self.evaluator.known(&lazy)?;
        self.value(&evaluated.value, depth)?;
        let at = evaluated.origin;
        let bindings = if at.instance == bindings.instance() {
            bindings.clone()
        } else {
            self.evaluator.bindings(at.instance)?
        };
        for part in self.parts(at) {
            self.expression(part, &bindings, depth + 1)?;
        }
        Ok(())
    }

    /// What a text, a list or a call is made of; of anything else its value says it.
    fn parts(&mut self, at: At<ExpressionId>) -> Vec<ExpressionId> {
        let kind = self.evaluator.program.template(at.instance).kind(at.id);
        match kind {
            ExpressionKind::Call { function, .. } => {
                if matches!(&**function, "guid" | "getroleassignmentname") {
                    self.seed.add(Ingredient::Guid);
                }
            }
            ExpressionKind::UserCall { .. } | ExpressionKind::ImportedCall { .. } => {
                self.seed.add(Ingredient::Guid);
            }
            ExpressionKind::Interpolation(_)
            | ExpressionKind::Object(_)
            | ExpressionKind::Array(_) => {}
            _ => return Vec::new(),
        }
        kind.parts()
    }

    fn value(&mut self, value: &Value, depth: u32) -> Result<(), Undecided> {
        if depth > MAXIMUM_DEPTH {
            self.seed.add(Ingredient::Unknown);
            return Ok(());
        }
        let name = self.identity.name();
        if name.is_some_and(|name| self.evaluator.same_name(value, name).is_same()) {
            self.seed.add(Ingredient::Identity);
            return Ok(());
        }
        match value {
            Value::Null | Value::Bool(_) | Value::Integer(_) => {}
            Value::Text(text) => {
                for piece in text.pieces() {
                    match piece {
                        Piece::Literal(text) => self.literal(text),
                        Piece::Hole(value) => self.value(value, depth + 1)?,
                    }
                }
            }
            Value::Id(identity) => self.resource(identity),
            Value::Resource(handle) => self.resource(&handle.identity),
            Value::Symbol(symbol) => self.symbol(symbol, depth)?,
            Value::Array(array) if !array.is_open() => {
                for item in &array.items {
                    let item = self.evaluator.known(item)?.value;
                    self.value(&item, depth + 1)?;
                }
            }
            Value::Object(object) if !object.is_open() => {
                for entry in &object.entries {
                    let value = self.evaluator.known(&entry.value)?.value;
                    self.value(&value, depth + 1)?;
                }
            }
            Value::Array(_) | Value::Object(_) | Value::Resources(_) | Value::Lambda(_) => {
                self.seed.add(Ingredient::Unknown);
            }
        }
        Ok(())
    }

    fn symbol(&mut self, symbol: &Symbol, depth: u32) -> Result<(), Undecided> {
        match symbol {
            Symbol::Property { identity, .. } => self.resource(identity),
            Symbol::Parameter(id) if self.has_random_default(*id)? => {
                self.seed.add(Ingredient::Random);
            }
            Symbol::Unknown(Reason::Volatile) => self.seed.add(Ingredient::Random),
            Symbol::Parameter(_)
            | Symbol::Local(_)
            | Symbol::Output { .. }
            | Symbol::Unknown(_) => self.seed.add(Ingredient::Unknown),
            Symbol::Member { object, .. } => self.value(object, depth + 1)?,
            Symbol::Element { object, index } => {
                self.value(object, depth + 1)?;
                self.value(index, depth + 1)?;
            }
            // Where something is deployed to, and what a deployment is called, is no identity.
            Symbol::Call {
                function,
                arguments,
            } => match &**function {
                "deployment" | "resourcegroup" | "subscription" | "managementgroup" | "tenant"
                | "environment" => {}
                _ => {
                    for argument in arguments {
                        self.value(argument, depth + 1)?;
                    }
                }
            },
        }
        Ok(())
    }

    fn has_random_default(&self, id: At<ParameterId>) -> Result<bool, Undecided> {
        let Some(default) = self.evaluator.program.parameter(id).default else {
            return Ok(false);
        };
        let mut is_random = false;
        visit(
            &self.evaluator.evaluate(id.instance.at(default))?.value,
            &mut |part| {
                is_random |= matches!(part, Part::Symbol(Symbol::Unknown(Reason::Volatile)));
            },
        );
        Ok(is_random)
    }

    fn resource(&mut self, other: &Identity) {
        let same = self.evaluator.same_resource(other, self.identity);
        let name = self.identity.name();
        let is_named_so = name.is_some_and(|name| {
            let mut names = other.names.iter();
            names.any(|other| self.evaluator.same_name(other, name).is_same())
        });
        if same.is_same() || is_named_so {
            self.seed.add(Ingredient::Identity);
        } else if same.may_be_same() {
            self.seed.add(Ingredient::Unknown);
        }
    }

    /// Known text may hold the name or symbol of the identity, or what another tool puts there.
    fn literal(&mut self, text: &str) {
        const SHORTEST: usize = 3;
        if has_token(text) {
            self.seed.add(Ingredient::Unknown);
        }
        let text = text.to_lowercase();
        let name = self.identity.name().and_then(Value::as_str);
        let mut names = name.into_iter().chain(self.symbol);
        let is_there = names.any(|name| {
            let name = name.to_lowercase();
            text == name || name.len() >= SHORTEST && text.contains(&name)
        });
        if is_there {
            self.seed.add(Ingredient::Identity);
        }
    }
}
