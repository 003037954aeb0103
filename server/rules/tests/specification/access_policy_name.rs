//! `access-policy-name`: what the child of a vault does to its policies is its name.

use crate::granted::{Pair, STRANGER, SYSTEM, within};
use crate::twins::{Case, judge};

const ERROR: &str = "error access-policy-name";
const WARNING: &str = "warning access-policy-name";

fn named(name: &'static str, expected: &'static str, as_: Pair<'_>) -> Case {
    declared(name, expected, ("", ""), as_, SYSTEM)
}

fn declared(
    name: &'static str,
    expected: &'static str,
    declarations: Pair<'_>,
    as_: Pair<'_>,
    by: Pair<'_>,
) -> Case {
    within(
        name,
        expected,
        declarations,
        "enableRbacAuthorization: false",
        (
            &format!(
                "resource access 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {{\n  parent: safe\n  name: {}\n  properties: {{ accessPolicies: [ {{ tenantId: tenant().tenantId, objectId: {}, permissions: {{ secrets: [ 'get' ] }} }} ] }}\n}}\n",
                as_.0, by.0
            ),
            &format!(
                r#"{{ "type": "Microsoft.KeyVault/vaults/accessPolicies", "apiVersion": "2026-02-01", "name": "{}", "properties": {{ "accessPolicies": [ {{ "tenantId": "[tenant().tenantId]", "objectId": "{}", "permissions": {{ "secrets": [ "get" ] }} }} ] }} }}"#,
                as_.1, by.1
            ),
        ),
    )
}

#[test]
fn other_names() {
    let report = judge(
        &["access-policy-name"],
        &[
            named("policy", ERROR, ("'policy'", "safe/policy")),
            named("replace", WARNING, ("'replace'", "safe/replace")),
            declared(
                "by a parameter with a default",
                ERROR,
                (
                    "param as string = 'access'\n",
                    r#""parameters": { "as": { "type": "string", "defaultValue": "access" } },"#,
                ),
                ("as", "[concat('safe/', parameters('as'))]"),
                SYSTEM,
            ),
            declared(
                "one of @allowed",
                WARNING,
                (
                    "@allowed([ 'add', 'replace', 'remove' ])\nparam how string\n",
                    r#""parameters": { "how": { "type": "string", "allowedValues": [ "add", "replace", "remove" ] } },"#,
                ),
                ("how", "[format('{0}/{1}', 'safe', parameters('how'))]"),
                SYSTEM,
            ),
            named(
                "put together",
                ERROR,
                ("'access${1}'", "[concat('safe', '/access1')]"),
            ),
        ],
    );
    insta::assert_snapshot!(report, @r#"
    policy
      error access-policy-name @ 'policy': `access`, which lets the system-assigned identity of `apim` read a vault, is called 'policy', but its name is what Azure does with the policies. Azure refuses it: "Access policies operation not permitted. Allowed operations are "add", "replace", and "remove""
          see apim: this is the identity
    replace
      warning access-policy-name @ 'replace': `access`, which lets the system-assigned identity of `apim` read a vault, is called `replace`, which takes away every other access policy of the vault
          see apim: this is the identity
    by a parameter with a default
      error access-policy-name @ 'access': `access`, which lets the system-assigned identity of `apim` read a vault, is called 'access' with the default of `as`, but its name is what Azure does with the policies. Azure refuses it: "Access policies operation not permitted. Allowed operations are "add", "replace", and "remove""
          see apim: this is the identity
          see access: `access` gets it
      ARM error access-policy-name @ concat('safe/', parameters('as')): `concat('safe/', parameters('as'))`, which lets the system-assigned identity of `gateway` read a vault, is called 'access' with the default of `as`, but its name is what Azure does with the policies. Azure refuses it: "Access policies operation not permitted. Allowed operations are "add", "replace", and "remove""
          see "gateway": this is the identity
    one of @allowed
      warning access-policy-name @ 'replace': `access`, which lets the system-assigned identity of `apim` read a vault, is called `replace` when `how` is 'replace', which takes away every other access policy of the vault
          see apim: this is the identity
          see access: `access` gets it
      ARM warning access-policy-name @ format('{0}/{1}', 'safe', parameters('how')): `Microsoft.KeyVault/vaults/accessPolicies`, which lets the system-assigned identity of `gateway` read a vault, is called `replace` when `how` is 'replace', which takes away every other access policy of the vault
          see "gateway": this is the identity
    put together
      error access-policy-name @ 'access${1}': `access`, which lets the system-assigned identity of `apim` read a vault, is called 'access1', but its name is what Azure does with the policies. Azure refuses it: "Access policies operation not permitted. Allowed operations are "add", "replace", and "remove""
          see apim: this is the identity
      ARM error access-policy-name @ concat('safe', '/access1'): `concat('safe', '/access1')`, which lets the system-assigned identity of `gateway` read a vault, is called 'access1', but its name is what Azure does with the policies. Azure refuses it: "Access policies operation not permitted. Allowed operations are "add", "replace", and "remove""
          see "gateway": this is the identity
    "#);
}

#[test]
fn what_stays_silent() {
    judge(
        &["access-policy-name"],
        &[
            named("add", "", ("'add'", "safe/add")),
            named("in other letters", "", ("'Add'", "safe/Add")),
            named("remove", "", ("'remove'", "safe/remove")),
            named("a token of another tool", "", ("'#{how}#'", "safe/#{how}#")),
            declared(
                "somebody else's",
                "",
                ("", ""),
                ("'policy'", "safe/policy"),
                STRANGER,
            ),
            declared(
                "not known",
                "",
                (
                    "param how string\n",
                    r#""parameters": { "how": { "type": "string" } },"#,
                ),
                ("how", "[format('{0}/{1}', 'safe', parameters('how'))]"),
                SYSTEM,
            ),
        ],
    );
}
