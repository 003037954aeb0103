//! The templates of one document: the outermost, and those of nested deployments inside it.
//!
//! Each is judged by itself, so that what is around a nested one has to be kept in mind: its
//! parameters have values that are not seen here, its deployment may never take place, and its
//! resources may be declared or referred to elsewhere in the document.

use std::borrow::Cow;

use access::facts;
use template::Template;
use template::cases::judge;
use template::model::{Arguments, Member, Module, ModuleSource};
use template::value::Bindings;

/// How deep nested deployments are followed.
const MAXIMUM_NESTING: u32 = 8;

/// The templates of a document.
pub(crate) struct Program<'t> {
    templates: Vec<(Cow<'t, Template>, u32)>,
}

/// One template, and what is around it.
#[derive(Clone, Copy)]
pub(crate) struct Part<'p> {
    pub(crate) template: &'p Template,
    /// Whether the template is written inside another one, which may refer to its resources.
    pub(crate) is_nested: bool,
    /// Whether another template of the document declares a service too, which may be the same one.
    pub(crate) has_services_elsewhere: bool,
}

impl<'t> Program<'t> {
    pub(crate) fn new(template: &'t Template) -> Self {
        let mut program = Self {
            templates: Vec::new(),
        };
        program.add(Cow::Borrowed(template), 0);
        program
    }

    pub(crate) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let count = |template: &Template| {
            template
                .resources
                .iter()
                .filter(|resource| !resource.is_existing && resource.is_type(facts::SERVICE_TYPE))
                .count()
        };
        let all: usize = self.templates.iter().map(|(part, _)| count(part)).sum();
        self.templates.iter().map(move |(template, nesting)| Part {
            template,
            is_nested: *nesting > 0,
            has_services_elsewhere: all > count(template),
        })
    }

    fn add(&mut self, template: Cow<'t, Template>, nesting: u32) {
        let mut nested = Vec::new();
        if nesting < MAXIMUM_NESTING {
            for module in &template.modules {
                nested.extend(nested_template(&template, module));
            }
        }
        self.templates.push((template, nesting));
        for template in nested {
            self.add(Cow::Owned(template), nesting + 1);
        }
    }
}

/// The template of a nested deployment, if it may ever be deployed. Parameters that are given a
/// value have an unknown one.
fn nested_template(around: &Template, module: &Module) -> Option<Template> {
    let ModuleSource::Inline {
        template,
        is_inner_scope,
    } = &module.source
    else {
        return None;
    };
    if let Some(condition) = module.condition {
        let answers = judge(around, |evaluator| {
            evaluator.holds(condition, &Bindings::default())
        });
        if answers.is_some_and(|answers| answers.iter().all(|answer| !answer.value)) {
            return None;
        }
    }
    let mut template = (**template).clone();
    if *is_inner_scope {
        let given = names_of(around, module.arguments);
        for parameter in &mut template.parameters {
            let is_given = given.as_ref().is_none_or(|given| {
                given
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(&parameter.name.text))
            });
            if is_given {
                parameter.forget();
            }
        }
    }
    Some(template)
}

/// The parameters that are given a value; none where that is not known.
fn names_of(around: &Template, arguments: Arguments) -> Option<Vec<&str>> {
    let object = match arguments {
        Arguments::None => return Some(Vec::new()),
        Arguments::Given(arguments) => around.object(arguments)?,
        Arguments::Unknown => return None,
    };
    let names = object.members.iter().map(|member| match member {
        Member::Property(property) => around.text(property.key),
        Member::Spread(_) => None,
    });
    object.is_complete.then(|| names.collect()).flatten()
}
