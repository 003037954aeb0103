//! What modules of the public registry deploy, in short, for where the cache does not have them.
//!
//! A summary has the parameters and outputs of its module, and those of its resources that a rule
//! looks at. It holds for a range of versions; before and behind it the module is opaque. How the
//! ranges were found: each version is a tag of the public [repository]. The compiled template of
//! every version was compared with that of the version before, parameter by parameter, resource by
//! resource, output by output, nested modules included. A range ends where the next version gives
//! another meaning to something in the summary. Something that a later version adds does not end
//! it: a template for an earlier version that uses it does not compile.
//!
//! | module | range | before it, and what changes inside it |
//! |---|---|---|
//! | `res/api-management/service` | 0.6.1 to 0.15.0 | an absent principal id was `''`; added: policies of operations and types of parameters 0.11.0, `publicNetworkAccess` 0.11.2, private endpoints 0.12.0, workspaces and `PremiumV2` 0.14.0 |
//! | `res/key-vault/vault` | 0.6.0 to 0.14.0 | secrets were an object; added: a role name 0.6.1, the outputs `secrets` and `keys` 0.11.0 |
//! | `res/managed-identity/user-assigned-identity` | 0.1.0 to 0.6.0 | the first version; renamed: a role 0.4.0; added: `isolationScope` 0.5.0 |
//! | `res/authorization/role-assignment/rg-scope` | 0.1.0 to 0.1.1 | the first version |
//! | `res/authorization/role-assignment/sub-scope` | 0.1.0 to 0.1.1 | the first version |
//! | `res/authorization/role-assignment/mg-scope` | 0.1.0 to 0.1.2 | the first version; 0.1.2 writes the id of the same role in another way |
//! | `ptn/authorization/resource-role-assignment` | 0.1.0 to 0.1.2 | the first version |
//! | `ptn/authorization/role-assignment` | 0.1.0 to 0.2.4 | the first version; renamed: a role 0.2.0; 0.2.4 as above |
//!
//! Two things about the service are not exact. Before 0.11.0 its lists had no types, and policies
//! in `operations` were let through without effect. Before 0.13.0 a logger of Azure Monitor had
//! `credentials` if it was given any.
//!
//! The ends are the newest versions on 2026-08-07. 0.15.0 of the service had no tag then; its
//! template and change log were in the repository.
//!
//! [repository]: https://github.com/Azure/bicep-registry-modules/tree/main/avm

#[cfg(test)]
mod tests;

/// A summary and what it is of.
struct Summary {
    /// The module's path in the public registry.
    module: &'static str,
    /// The first version that it holds for.
    from: [u32; 3],
    /// The last one.
    to: [u32; 3],
    /// The summary, in Bicep.
    text: &'static str,
}

const SUMMARIES: [Summary; 8] = [
    Summary {
        module: "avm/res/api-management/service",
        from: [0, 6, 1],
        to: [0, 15, 0],
        text: include_str!("summaries/service.bicep"),
    },
    Summary {
        module: "avm/res/key-vault/vault",
        from: [0, 6, 0],
        to: [0, 14, 0],
        text: include_str!("summaries/vault.bicep"),
    },
    Summary {
        module: "avm/res/managed-identity/user-assigned-identity",
        from: [0, 1, 0],
        to: [0, 6, 0],
        text: include_str!("summaries/identity.bicep"),
    },
    Summary {
        module: "avm/res/authorization/role-assignment/rg-scope",
        from: [0, 1, 0],
        to: [0, 1, 1],
        text: include_str!("summaries/group_role_assignment.bicep"),
    },
    Summary {
        module: "avm/res/authorization/role-assignment/sub-scope",
        from: [0, 1, 0],
        to: [0, 1, 1],
        text: include_str!("summaries/subscription_role_assignment.bicep"),
    },
    Summary {
        module: "avm/res/authorization/role-assignment/mg-scope",
        from: [0, 1, 0],
        to: [0, 1, 2],
        text: include_str!("summaries/management_group_role_assignment.bicep"),
    },
    Summary {
        module: "avm/ptn/authorization/resource-role-assignment",
        from: [0, 1, 0],
        to: [0, 1, 2],
        text: include_str!("summaries/resource_role_assignment.bicep"),
    },
    Summary {
        module: "avm/ptn/authorization/role-assignment",
        from: [0, 1, 0],
        to: [0, 2, 4],
        text: include_str!("summaries/role_assignment.bicep"),
    },
];

/// The summary of a version of a module, in Bicep. `module` is its path in the public registry, as
/// [`public_module`] gives it: `avm/res/key-vault/vault`.
///
/// [`public_module`]: super::module_reference::RegistryModule::public_module
#[must_use]
pub fn find(module: &str, version: &str) -> Option<&'static str> {
    let version = parse(version)?;
    SUMMARIES
        .iter()
        .find(|summary| summary.module == module && (summary.from..=summary.to).contains(&version))
        .map(|summary| summary.text)
}

/// The numbers of a version `1.2.3`; none for anything else, a version before the release included.
fn parse(version: &str) -> Option<[u32; 3]> {
    let mut numbers = version.split('.').map(|number| {
        let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
        let is_shortest = number == "0" || !number.starts_with('0');
        number.parse().ok().filter(|_| is_plain && is_shortest)
    });
    let version = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(version)
}
