; Standard capture names, as Neovim, Helix and Zed know them. A later pattern is the more specific one.

(identifier) @variable

(property
  name: (identifier) @property)

(object_type_property
  name: (identifier) @property)

(member_expression
  property: (identifier) @property)

(member_type
  property: (identifier) @type)

(nested_resource_expression
  name: (identifier) @variable)

; Declarations

(parameter_declaration
  name: (identifier) @variable.parameter)

(parameter
  name: (identifier) @variable.parameter)

(lambda_expression
  parameters: (identifier) @variable.parameter)

(lambda_parameters
  (identifier) @variable.parameter)

(for_expression
  item: (identifier) @variable.parameter)

(for_expression
  index: (identifier) @variable.parameter)

(type_declaration
  name: (identifier) @type)

(function_declaration
  name: (identifier) @function)

(import_wildcard
  alias: (identifier) @module)

(extension_declaration
  source: (identifier) @module)

(extension_declaration
  alias: (identifier) @module)

(extension_config_declaration
  name: (identifier) @module)

; Types

(parameter_declaration
  type: (identifier) @type)

(parameter
  type: (identifier) @type)

(variable_declaration
  type: (identifier) @type)

(output_declaration
  type: (identifier) @type)

(type_declaration
  value: (identifier) @type)

(function_declaration
  return_type: (identifier) @type)

(object_type_property
  value: (identifier) @type)

(object_type_additional_properties
  value: (identifier) @type)

(tuple_item
  type: (identifier) @type)

(union_type
  member: (identifier) @type)

(array_type
  element: (identifier) @type)

(nullable_type
  type: (identifier) @type)

(non_null_type
  type: (identifier) @type)

(parenthesized_type
  type: (identifier) @type)

(member_type
  object: (identifier) @type)

(index_type
  object: (identifier) @type)

(resource_derived_type
  kind: (identifier) @type.builtin)

; Calls and decorators

(call_expression
  function: (identifier) @function.call)

(call_expression
  function: (member_expression
    property: (identifier) @function.method.call))

(decorator
  "@" @attribute)

(decorator
  value: (identifier) @attribute)

(decorator
  value: (call_expression
    function: (identifier) @attribute))

(decorator
  value: (call_expression
    function: (member_expression
      property: (identifier) @attribute)))

; Literals

(string) @string

(multiline_string) @string

(escape_sequence) @string.escape

(interpolation
  "${" @punctuation.special
  "}" @punctuation.special)

(number) @number

(boolean) @boolean

(null) @constant.builtin

(resource_declaration
  type: (string) @string.special)

(resource_type_reference
  type: (string) @string.special)

(module_declaration
  path: (string) @string.special.path)

(import_declaration
  source: (string) @string.special.path)

(using_declaration
  path: (string) @string.special.path)

(extends_declaration
  path: (string) @string.special.path)

; Comments

(comment) @comment

(directive) @keyword.directive

; Keywords

[
  "assert"
  "extends"
  "extension"
  "extensionConfig"
  "metadata"
  "module"
  "output"
  "param"
  "provider"
  "resource"
  "targetScope"
  "test"
  "using"
  "var"
  "as"
  "existing"
  "with"
] @keyword

"type" @keyword.type

"func" @keyword.function

[
  "import"
  "from"
] @keyword.import

"if" @keyword.conditional

[
  "for"
  "in"
] @keyword.repeat

"none" @constant.builtin

; Operators and punctuation

[
  "="
  "=="
  "!="
  "=~"
  "!~"
  "<"
  "<="
  ">"
  ">="
  "+"
  "-"
  "*"
  "/"
  "%"
  "&&"
  "||"
  "??"
  "!"
  "|"
  "=>"
  "..."
] @operator

(ternary_expression
  [
    "?"
    ":"
  ] @keyword.conditional.ternary)

(nullable_type
  "?" @operator)

[
  "."
  ".?"
  "::"
  ","
] @punctuation.delimiter

(property
  ":" @punctuation.delimiter)

(object_type_property
  ":" @punctuation.delimiter)

[
  "("
  ")"
  "["
  "[?"
  "[^"
  "[?^"
  "]"
  "{"
  "}"
] @punctuation.bracket
