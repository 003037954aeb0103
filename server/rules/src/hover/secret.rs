//! What is read from a vault.

use template::model::ExpressionId;
use template::program::At;

use super::page::{Page, capital, code};
use super::reads::reads;
use crate::context::Context;

/// What is known of reads, by the names of the properties that point to what is read.
pub(super) fn page(context: &Context<'_>, properties: &[At<ExpressionId>]) -> Option<Page> {
    let told = reads(context, |_, reading| {
        Ok(properties.contains(&reading.read.property))
    });
    let first = &told.first()?.read;
    let is_one_secret = told.iter().all(|it| it.read.secret == first.secret);
    let is_one_vault = told.iter().all(|it| it.read.vault == first.vault);
    let secret = if is_one_secret {
        capital(&first.secret)
    } else {
        "Secrets".to_owned()
    };
    let vault = if is_one_vault {
        format!("in {}", first.vault)
    } else {
        "in key vaults".to_owned()
    };
    let mut page = Page::new(&secret, &vault);
    page.reads(context, &told, |read| {
        let mut name = capital(&read.thing(context));
        if let Some(service) = read.place.service.filter(|it| *it != read.place.reader) {
            name = format!("{name} of {}", code(&context.label(service)));
        }
        if !is_one_secret {
            name = format!("{name}, {}", read.secret);
        }
        if !is_one_vault {
            name = format!("{name} in {}", read.vault);
        }
        format!("{name}, read with {}", read.identity)
    });
    Some(page)
}
