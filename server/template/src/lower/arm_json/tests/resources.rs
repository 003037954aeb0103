use insta::assert_snapshot;

use super::lowered;

#[test]
fn resources_with_nested_ones() {
    assert_snapshot!(lowered(r#"
        "parameters": {"n": {"type": "int"}},
        "resources": [
            {
                "type": "Microsoft.ApiManagement/service",
                "apiVersion": "2022-08-01",
                "name": "apim",
                "condition": "[equals(1, 1)]",
                "copy": {"name": "services", "count": "[parameters('n')]"},
                "identity": {"type": "UserAssigned", "userAssignedIdentities": {"[resourceId('x', copyIndex())]": {}}},
                "properties": {
                    "copy": [
                        {
                            "name": "hostnameConfigurations",
                            "count": 2,
                            "input": {
                                "hostName": "[concat(copyIndex('hostnameConfigurations'), copyIndex(1), copyIndex('services'))]",
                                "copy": [{"name": "inner", "count": 1, "input": "[copyIndex('inner')]"}]
                            }
                        }
                    ]
                },
                "resources": [
                    {
                        "type": "namedValues",
                        "apiVersion": "2022-08-01",
                        "name": "secret",
                        "dependsOn": ["apim"],
                        "properties": {"value": "[copyIndex('services')]"},
                        "resources": [{"type": "deeper", "name": "d"}]
                    },
                    {"type": "Microsoft.ApiManagement/service/apis", "name": "apim/api"}
                ]
            },
            {"type": "[concat('a', 'b')]", "name": "x", "scope": "[resourceGroup().id]"}
        ],
        "outputs": {
            "all": {"type": "array", "copy": {"count": "[parameters('n')]", "input": "[copyIndex()]"}}
        }
    "#), @r#"
    template ResourceGroup
    parameter n: Int
    resource #0 Microsoft.ApiManagement/service
      api version: '2022-08-01'
      name: 'apim'
      condition: (Equal 1 1)
      for $0 $1 in (call range 0 (param n))
      body: {type: 'Microsoft.ApiManagement/service', apiVersion: '2022-08-01', name: 'apim', condition: (Equal 1 1), copy: {name: 'services', count: (param n)}, identity: {type: 'UserAssigned', userAssignedIdentities: {(call resourceid 'x' $1): {}}}, properties: {hostnameConfigurations: (for $2 $3 in (call range 0 2) {hostName: (call concat $3 (Add $1 1) $1), inner: (for $4 $5 in (call range 0 1) $5)})}}
    resource #1 Microsoft.ApiManagement/service/namedValues
      api version: '2022-08-01'
      name: 'secret'
      within #0
      depends on: ['apim']
      body: {type: 'namedValues', apiVersion: '2022-08-01', name: 'secret', dependsOn: ['apim'], properties: {value: $1}}
    resource #2 Microsoft.ApiManagement/service/namedValues/deeper
      name: 'd'
      within #1
      body: {type: 'deeper', name: 'd'}
    resource #3 Microsoft.ApiManagement/service/apis
      name: 'apim/api'
      body: {type: 'Microsoft.ApiManagement/service/apis', name: 'apim/api'}
    resource #4 ?
      name: 'x'
      scope: (get (call resourcegroup) id)
      body: {type: (call concat 'a' 'b'), name: 'x', scope: (get (call resourcegroup) id)}
    output all = (for $6 $7 in (call range 0 (param n)) $7)
    "#);
}

#[test]
fn symbolic_names() {
    assert_snapshot!(lowered(r#"
        "languageVersion": "2.0",
        "resources": {
            "secret": {
                "type": "Microsoft.KeyVault/vaults/secrets",
                "apiVersion": "2022-07-01",
                "name": "[format('{0}/{1}', 'kv', 's')]",
                "dependsOn": ["KV", "[format('sites[{0}]', 0)]", "sites[1]", "other", "[resourceId('x', 'y')]"]
            },
            "kv": {
                "existing": true,
                "type": "Microsoft.KeyVault/vaults",
                "apiVersion": "2022-07-01",
                "name": "kv",
                "resources": {"child": {"type": "keys", "apiVersion": "2022-07-01", "name": "k"}}
            },
            "sites": {
                "copy": {"name": "sites", "count": 2},
                "type": "Microsoft.Web/sites",
                "apiVersion": "2022-07-01",
                "name": "[format('site{0}', copyIndex())]"
            },
            "deployment": {
                "type": "Microsoft.Resources/deployments",
                "apiVersion": "2022-09-01",
                "name": "d",
                "properties": {"templateLink": {"relativePath": "nested/main.json"}, "parameters": {"a": {"value": "[reference('sites[0]').x]"}}},
                "dependsOn": ["kv"]
            }
        },
        "outputs": {
            "uri": {"type": "string", "value": "[reference('kv', '2022-07-01', 'full').properties.vaultUri]"},
            "name": {"type": "string", "value": "[resourceInfo('kv').name]"},
            "site": {"type": "string", "value": "[reference(format('sites[{0}]', 1)).x]"},
            "module": {"type": "string", "value": "[reference('deployment').outputs.x.value]"},
            "keys": {"type": "string", "value": "[listKeys('child', '2022-07-01').a]"},
            "plain": {"type": "string", "value": "[concat('kv')]"}
        }
    "#), @r#"
    template ResourceGroup
    resource secret Microsoft.KeyVault/vaults/secrets
      api version: '2022-07-01'
      name: "${'kv'}/${'s'}"
      depends on: [(resource kv) (index (resource sites) 0) (index (resource sites) 1) 'other' (call resourceid 'x' 'y')]
      body: {type: 'Microsoft.KeyVault/vaults/secrets', apiVersion: '2022-07-01', name: "${'kv'}/${'s'}", dependsOn: [(resource kv) (index (resource sites) 0) (index (resource sites) 1) 'other' (call resourceid 'x' 'y')]}
    resource kv Microsoft.KeyVault/vaults existing
      api version: '2022-07-01'
      name: 'kv'
      body: {existing: true, type: 'Microsoft.KeyVault/vaults', apiVersion: '2022-07-01', name: 'kv'}
    resource child Microsoft.KeyVault/vaults/keys
      api version: '2022-07-01'
      name: 'k'
      within kv
      body: {type: 'keys', apiVersion: '2022-07-01', name: 'k'}
    resource sites Microsoft.Web/sites
      api version: '2022-07-01'
      name: "site${$0}"
      for $1 $0 in (call range 0 2)
      body: {copy: {name: 'sites', count: 2}, type: 'Microsoft.Web/sites', apiVersion: '2022-07-01', name: "site${$0}"}
    module deployment
      arguments: {a: {value: (get (call reference (index (resource sites) 0)) x)}}
      body: {type: 'Microsoft.Resources/deployments', apiVersion: '2022-09-01', name: 'd', properties: {templateLink: {relativePath: 'nested/main.json'}, parameters: {a: {value: (get (call reference (index (resource sites) 0)) x)}}}, dependsOn: [(resource kv)]}
      from RelativePath nested/main.json
    output uri = (get (get (call reference (resource kv) '2022-07-01' 'full') properties) vaultUri)
    output name = (get (call resourceinfo (resource kv)) name)
    output site = (get (call reference (index (resource sites) 1)) x)
    output module = (get (get (get (call reference (module deployment)) outputs) x) value)
    output keys = (get (call listkeys (resource child) '2022-07-01') a)
    output plain = (call concat 'kv')
    "#);
}

#[test]
fn nested_deployments() {
    assert_snapshot!(lowered(r#"
        "parameters": {"p": {"type": "string"}, "outer": {"type": "string"}},
        "variables": {"v": "x"},
        "resources": [
            {
                "type": "Microsoft.Resources/deployments",
                "name": "inner",
                "resourceGroup": "rg",
                "copy": {"name": "loop", "count": 2},
                "properties": {
                    "expressionEvaluationOptions": {"scope": "Inner"},
                    "parameters": {"p": {"value": "[parameters('outer')]"}},
                    "template": {
                        "$schema": "https://x/subscriptionDeploymentTemplate.json#",
                        "parameters": {"p": {"type": "securestring"}},
                        "resources": [{"type": "a/b", "name": "[concat(parameters('p'), parameters('outer'), copyIndex())]"}]
                    }
                }
            },
            {
                "type": "microsoft.resources/DEPLOYMENTS",
                "name": "outer",
                "condition": false,
                "copy": {"name": "loop", "count": 2},
                "properties": {
                    "template": {
                        "$schema": "https://x/deploymentTemplate.json#",
                        "resources": [
                            {
                                "type": "c/d",
                                "name": "[concat(parameters('outer'), variables('v'), copyIndex('loop'), copyIndex('own'), copyIndex())]",
                                "copy": {"name": "own", "count": 3}
                            }
                        ]
                    }
                }
            },
            {"type": "Microsoft.Resources/deployments", "name": "linked", "properties": {"templateLink": {"uri": "https://x/y.json"}}},
            {"type": "Microsoft.Resources/deployments", "name": "computed", "properties": {"templateLink": {"uri": "[parameters('p')]"}}}
        ]
    "#), @"
    template ResourceGroup
    parameter p: String
    parameter outer: String
    variable v = 'x'
    module #0
      arguments: {p: {value: (param outer)}}
      resource group: 'rg'
      for $0 $1 in (call range 0 2)
      body: {type: 'Microsoft.Resources/deployments', name: 'inner', resourceGroup: 'rg', copy: {name: 'loop', count: 2}, properties: {expressionEvaluationOptions: {scope: 'Inner'}, parameters: {p: {value: (param outer)}}, template: <invalid>}}
      inner scope
      template Subscription
      parameter p: String secure
      resource #0 a/b
        name: (call concat (param p) (unresolved outer) (call copyindex))
        body: {type: 'a/b', name: (call concat (param p) (unresolved outer) (call copyindex))}
    module #1
      condition: false
      for $2 $3 in (call range 0 2)
      body: {type: 'microsoft.resources/DEPLOYMENTS', name: 'outer', condition: false, copy: {name: 'loop', count: 2}, properties: {template: {$schema: 'https://x/deploymentTemplate.json#', resources: [{type: 'c/d', name: (call concat (param outer) (var v) $3 $4 $4), copy: {name: 'own', count: 3}}]}}}
      outer scope
      template ResourceGroup
      parameter p: String
      parameter outer: String
      variable v = 'x'
      resource #0 c/d
        name: (call concat (param outer) (var v) $0 $1 $1)
        for $2 $1 in (call range 0 3)
        body: {type: 'c/d', name: (call concat (param outer) (var v) $0 $1 $1), copy: {name: 'own', count: 3}}
    module #2
      body: {type: 'Microsoft.Resources/deployments', name: 'linked', properties: {templateLink: {uri: 'https://x/y.json'}}}
      from Uri https://x/y.json
    module #3
      body: {type: 'Microsoft.Resources/deployments', name: 'computed', properties: {templateLink: {uri: (param p)}}}
      from ?
    ");
}
