//! Resources and their ids.

use std::rc::Rc;

use super::Evaluator;
use super::ids::{identity_of_value, split_name, whole_names};
use super::members::join;
use crate::cases::Undecided;
use crate::model::{Parent, Repetition, ResourceId};
use crate::program::{At, InstanceId};
use crate::value::{Bindings, Evaluated, Identity, Lazy, Reason, Symbol, Value};

/// How many resources may be each other's parent or scope.
const MAXIMUM_ANCESTORS: u32 = 16;

impl Evaluator<'_> {
    /// What makes a declared resource the one it is; of a loop, what its resources have in common.
    pub fn identity(&self, id: At<ResourceId>) -> Result<Rc<Identity>, Undecided> {
        let key = (id, self.takes_defaults.get());
        if let Some(known) = self.identities.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let identity = self.identity_in(id, None, &self.bindings(id.instance)?, 0)?;
        if self.is_near_the_surface() {
            let mut identities = self.identities.borrow_mut();
            identities.insert(key, Rc::clone(&identity));
        }
        Ok(identity)
    }

    /// One resource of a loop.
    pub(super) fn element_identity(
        &self,
        id: At<ResourceId>,
        index: &Value,
    ) -> Result<Rc<Identity>, Undecided> {
        let bindings = self.loop_bindings(id, index)?;
        self.identity_in(id, Some(index.clone()), &bindings, 0)
    }

    /// The resources of a loop, one by one; none if its list is not known.
    pub(crate) fn elements(&self, id: At<ResourceId>) -> Result<Vec<Rc<Identity>>, Undecided> {
        let Some(repetition) = self.program.resource(id).repetition else {
            return Ok(Vec::new());
        };
        let list = self.evaluate(id.instance.at(repetition.iterable))?;
        let count = match list.value {
            Value::Array(list) if !list.is_open() => list.items.len(),
            _ => 0,
        };
        let indices = (0i64..).take(count).map(Value::Integer);
        indices
            .map(|index| self.element_identity(id, &index))
            .collect()
    }

    /// The resource that a template of the program declares, or refers to as `existing`, under an
    /// identity; rather in one instance than in others.
    pub fn declaration(
        &self,
        identity: &Identity,
        instance: InstanceId,
    ) -> Result<Option<At<ResourceId>>, Undecided> {
        if identity.declaration.is_some() {
            return Ok(identity.declaration);
        }
        if !self.descend() {
            return Ok(None);
        }
        let mut found = Ok(None);
        for (id, resource) in self.program.resources_of_type(&identity.resource_type) {
            if id.instance != instance || resource.repetition.is_some() {
                continue;
            }
            match self.identity(id) {
                Ok(declared) if self.same_resource(&declared, identity).is_same() => {
                    // The same vault may be referred to where it is and where it is not.
                    let is_there = self.same_scope(&declared.scope, &identity.scope).is_same();
                    if is_there || matches!(found, Ok(None)) {
                        found = Ok(Some(id));
                    }
                    if is_there {
                        break;
                    }
                }
                Ok(_) => {}
                Err(undecided) => {
                    found = Err(undecided);
                    break;
                }
            }
        }
        self.ascend();
        found
    }

    /// The resource that the case creates under an identity, if it does; an `existing` one may be
    /// the same as one that another template of the program creates.
    pub fn created(&self, identity: &Rc<Identity>) -> Result<Option<Rc<Identity>>, Undecided> {
        if let Some(declaration) = identity.declaration
            && !self.program.resource(declaration).is_existing
            && self.is_deployed(declaration)?
        {
            return Ok(Some(identity.clone()));
        }
        for (id, resource) in self.program.resources_of_type(&identity.resource_type) {
            if resource.is_existing || resource.repetition.is_some() {
                continue;
            }
            let declared = self.identity(id)?;
            if self.same_resource(&declared, identity).is_same() && self.is_deployed(id)? {
                return Ok(Some(declared));
            }
        }
        Ok(None)
    }

    /// The body of a resource, outside of its loop.
    pub fn body(&self, id: At<ResourceId>) -> Result<Evaluated, Undecided> {
        let key = (id, self.takes_defaults.get());
        if let Some(known) = self.bodies.borrow().get(&key) {
            return Ok(known.clone());
        }
        let body = self.evaluate(id.instance.at(self.program.resource(id).body))?;
        if self.is_near_the_surface() {
            self.bodies.borrow_mut().insert(key, body.clone());
        }
        Ok(body)
    }

    /// What the names of a resource's loop are bound to, once for each resource of a known list;
    /// once in all where there is no loop, or the list is not known.
    pub fn iterations(&self, id: At<ResourceId>) -> Result<Vec<Bindings>, Undecided> {
        self.turns(
            self.program.resource(id).repetition,
            self.bindings(id.instance)?,
        )
    }

    /// What the names of a loop are bound to, once for each item of a known list; once in all where
    /// there is no loop, or the list is not known.
    pub(super) fn turns(
        &self,
        repetition: Option<Repetition>,
        around: Bindings,
    ) -> Result<Vec<Bindings>, Undecided> {
        let Some(repetition) = repetition else {
            return Ok(vec![around]);
        };
        let iterable = Lazy::Expression(repetition.iterable, around.clone());
        match self.known(&iterable)?.value {
            Value::Array(array) if !array.is_open() => (0i64..)
                .zip(&array.items)
                .map(|(index, item)| {
                    let index = Evaluated {
                        value: Value::Integer(index),
                        origin: around.at(repetition.iterable),
                    };
                    Ok(around
                        .with(repetition.item, item.clone())
                        .with(repetition.index, Lazy::Evaluated(index)))
                })
                .collect(),
            _ => Ok(vec![around]),
        }
    }

    /// What the case deploys of a resource: for each turn of its loop whose condition holds, what the
    /// loop's names are bound to, and the body. Nothing of an `existing` resource.
    pub fn deployed(&self, id: At<ResourceId>) -> Result<Vec<(Bindings, Value)>, Undecided> {
        let key = (id, self.takes_defaults.get());
        if let Some(known) = self.deployed.borrow().get(&key) {
            return Ok(known.clone());
        }
        let deployed = self.deployed_now(id)?;
        if self.is_near_the_surface() {
            self.deployed.borrow_mut().insert(key, deployed.clone());
        }
        Ok(deployed)
    }

    fn deployed_now(&self, id: At<ResourceId>) -> Result<Vec<(Bindings, Value)>, Undecided> {
        let resource = self.program.resource(id);
        let mut deployed = Vec::new();
        if resource.is_existing || !self.is_instance_deployed(id.instance)? {
            return Ok(deployed);
        }
        for bindings in self.iterations(id)? {
            if self.is_chosen(id, &bindings)? {
                let body = self.evaluate_in(resource.body, &bindings)?.value;
                deployed.push((bindings, body));
            }
        }
        Ok(deployed)
    }

    /// The names that are bound inside the body of a loop at one index.
    fn loop_bindings(&self, id: At<ResourceId>, index: &Value) -> Result<Bindings, Undecided> {
        let around = self.bindings(id.instance)?;
        match self.program.resource(id).repetition {
            Some(repetition) => self.bound_at(repetition, index, &around),
            None => Ok(around),
        }
    }

    fn identity_in(
        &self,
        id: At<ResourceId>,
        index: Option<Value>,
        bindings: &Bindings,
        ancestors: u32,
    ) -> Result<Rc<Identity>, Undecided> {
        let resource = self.program.resource(id);
        let own = match resource.name {
            Some(name) => split_name(&self.evaluate_in(name, bindings)?.value),
            None => Vec::new(),
        };
        let mut identity = Identity {
            declaration: Some(id),
            index,
            resource_type: resource.resource_type.as_ref().into(),
            names: match resource.parent {
                Some(_) => own,
                None => whole_names(&own, &resource.resource_type),
            },
            scope: self.deployment_scope(id.instance)?,
        };
        if ancestors >= MAXIMUM_ANCESTORS {
            return Ok(Rc::new(identity));
        }
        let parent = match resource.parent {
            Some(Parent::Enclosing(parent)) => {
                let parent = id.instance.at(parent);
                let around = self.bindings(id.instance)?;
                Some(self.identity_in(parent, None, &around, ancestors + 1)?)
            }
            Some(Parent::Property(parent)) => {
                identity_of_value(&self.evaluate_in(parent, bindings)?.value)
            }
            None => None,
        };
        if let Some(parent) = &parent {
            let own = std::mem::replace(&mut identity.names, parent.names.clone());
            identity.names.extend(own);
            identity.scope = parent.scope.clone();
        }
        if let Some(scope) = resource.scope {
            identity.scope = self.scope(scope, bindings)?;
        }
        if identity.names.is_empty() {
            identity.names.push(match resource.symbol {
                // Without a name nothing tells it from others of its type but its declaration.
                Some(_) => Value::symbol(Symbol::Call {
                    function: "name".into(),
                    arguments: vec![Value::Resources(id)],
                }),
                None => Value::unknown(Reason::Unreadable),
            });
        }
        Ok(Rc::new(identity.with_provider()))
    }

    /// The name of a resource as its declaration gives it.
    pub(super) fn written_name(
        &self,
        id: At<ResourceId>,
        index: Option<&Value>,
    ) -> Result<Value, Undecided> {
        let bindings = match index {
            Some(index) => self.loop_bindings(id, index)?,
            None => self.bindings(id.instance)?,
        };
        match self.program.resource(id).name {
            Some(name) => Ok(self.evaluate_in(name, &bindings)?.value),
            None => Ok(join(&self.identity(id)?.names)),
        }
    }

    /// The resource that the parent of a declared resource is, if it has one.
    pub fn parent(&self, id: At<ResourceId>) -> Result<Option<Rc<Identity>>, Undecided> {
        let resource = self.program.resource(id);
        match resource.parent {
            Some(Parent::Enclosing(parent)) => self.identity(id.instance.at(parent)).map(Some),
            Some(Parent::Property(parent)) => Ok(identity_of_value(
                &self.evaluate(id.instance.at(parent))?.value,
            )),
            None => match resource.resource_type.rsplit_once('/') {
                Some((parent_type, _)) if parent_type.contains('/') => {
                    let names = match resource.name {
                        Some(name) => split_name(&self.evaluate(id.instance.at(name))?.value),
                        None => return Ok(None),
                    };
                    let Some((_, names)) = names.split_last() else {
                        return Ok(None);
                    };
                    if names.len() != parent_type.matches('/').count() {
                        return Ok(None);
                    }
                    Ok(Some(Rc::new(Identity {
                        declaration: None,
                        index: None,
                        resource_type: parent_type.into(),
                        names: names.to_vec(),
                        scope: self.deployment_scope(id.instance)?,
                    })))
                }
                _ => Ok(None),
            },
        }
    }
}
