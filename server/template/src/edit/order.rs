//! Where a property of a resource stands by convention.

/// The order that the [Bicep] and [ARM JSON] guidance have in common: what the resource is, where
/// it is, what kind it is, what it needs, what it holds.
///
/// [Bicep]: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
/// [ARM JSON]: https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices
const ORDER: &[&str] = &[
    "comments",
    "condition",
    "existing",
    "import",
    "type",
    "apiVersion",
    "scope",
    "parent",
    "name",
    "subscriptionId",
    "resourceGroup",
    "location",
    "extendedLocation",
    "zones",
    "sku",
    "kind",
    "scale",
    "plan",
    "identity",
    "copy",
    "params",
    "dependsOn",
    "tags",
    "properties",
    "resources",
];

/// The place of a property in the convention, if it has one.
pub(super) fn rank(key: &str) -> Option<usize> {
    ORDER
        .iter()
        .position(|known| known.eq_ignore_ascii_case(key))
}

/// What `key` stands behind among `keys`, by convention: the position of its nearest predecessor;
/// none if it comes first.
pub(super) fn predecessor(keys: &[Option<&str>], key: &str) -> Option<usize> {
    let Some(own) = rank(key) else {
        return keys.len().checked_sub(1);
    };
    let ranks = || {
        keys.iter()
            .enumerate()
            .filter_map(|(index, key)| Some((index, rank((*key)?)?)))
    };
    let before = ranks()
        .filter(|(_, rank)| *rank < own)
        .max_by_key(|(_, rank)| *rank);
    if let Some((index, _)) = before {
        return Some(index);
    }
    match ranks().find(|(_, rank)| *rank > own) {
        Some((successor, _)) => successor.checked_sub(1),
        None => keys.len().checked_sub(1),
    }
}
