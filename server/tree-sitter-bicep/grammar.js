/**
 * Bicep: https://github.com/Azure/bicep, both `.bicep` and `.bicepparam`.
 *
 * The scanner makes every newline that could matter a `_newline` token, whether or not the parser
 * expects one, so an unfinished line ends where it ends. The rules name the few places where Bicep
 * lets a line go on.
 */

const PRECEDENCE = {
  ternary: 1,
  coalesce: 2,
  or: 3,
  and: 4,
  equality: 5,
  relational: 6,
  additive: 7,
  multiplicative: 8,
  unary: 9,
  postfix: 10,
};

/**
 * Before a line that starts a statement, or a property or nested resource, the newline is a token of
 * its own kind. Where that cannot be inside a bracket, the parser supplies the closing one as MISSING,
 * so that the unfinished construct keeps its shape at any depth. Only an object can contain an item.
 */
const aheadOfObject = $ => [$._statement_ahead];
const aheadOfList = $ => [$._statement_ahead, $._item_ahead];

const unfinished = ($, bracket, ahead) =>
  seq(choice($._file_ends, ...ahead), alias($._absent, bracket));

/**
 * The brackets round an unfinished one end with it. That one has the error; for these the scanner makes
 * an empty token.
 */
const hereAtObject = $ => [$._statement_here];
const hereAtList = $ => [$._statement_here, $._item_here];

const endOfLine = $ =>
  choice($._newline, $._statement_here, $._item_here, $._file_ends);

/** Items that newlines or commas separate, in brackets. */
const items = ($, open, item, close, ahead, here, separators) => {
  const separator = seq(choice($._newline, ',', ...separators), repeat($._newline));
  const end = choice(close, unfinished($, close, ahead));
  return seq(open, repeat($._newline), choice(
    end,
    seq(
      item,
      repeat(seq(separator, item)),
      choice(end, ...here, seq(separator, end)),
    ),
  ));
};

const objectOf = ($, item) =>
  items($, '{', item, '}', aheadOfObject($), hereAtObject($), [$._item_here]);

const listOf = ($, item) =>
  items($, '[', item, ']', aheadOfList($), hereAtList($), []);

/** What cannot be inside a list cannot be inside the start of one either. */
const startedList = ($, close) => unfinished($, close, aheadOfList($));

const unfinishedList = ($, close) => choice(startedList($, close), ...hereAtList($));

/** Items that only commas separate; newlines may come round them. */
const commaSeparated = ($, item) =>
  seq(item, repeat(seq(optional($._newline), ',', optional($._newline), item)));

const decorated = ($, ...rest) =>
  seq(repeat(seq($.decorator, endOfLine($))), ...rest);

module.exports = grammar({
  name: 'bicep',

  word: $ => $.identifier,

  // The order is that of `enum TokenType` in src/scanner.c.
  externals: $ => [
    $._newline,
    $._statement_ahead,
    $._statement_here,
    $._item_ahead,
    $._item_here,
    $._file_ends,
    $._string_line_ends,
    $._absent,
    $._inside_string,
    $._anywhere,
    $._multiline_start,
    $._multiline_content,
    $._multiline_interpolation_start,
    $._multiline_end,
  ],

  extras: $ => [/[ \t\r\n]/, $.comment, $.directive, $._anywhere],

  conflicts: $ => [
    // `(a)` is a lambda's parameters only if `=>` follows.
    [$._expression, $.lambda_parameters],
  ],

  inline: $ => [$._declaration_value, $._property_name],

  rules: {
    source_file: $ => seq(
      repeat(choice(
        seq($._statement, endOfLine($)),
        $._newline,
        $._statement_ahead,
        $._item_ahead,
      )),
    ),

    _statement: $ => choice(
      $.target_scope_declaration,
      $.metadata_declaration,
      $.parameter_declaration,
      $.type_declaration,
      $.variable_declaration,
      $.function_declaration,
      $.resource_declaration,
      $.module_declaration,
      $.output_declaration,
      $.test_declaration,
      $.assert_declaration,
      $.import_declaration,
      $.extension_declaration,
      $.using_declaration,
      $.extends_declaration,
      $.extension_config_declaration,
    ),

    decorator: $ => seq(
      '@',
      field('value', choice($.call_expression, $.member_expression, $.identifier)),
    ),

    target_scope_declaration: $ => decorated($,
      'targetScope',
      '=',
      field('value', $._expression),
    ),

    metadata_declaration: $ => decorated($,
      'metadata',
      field('name', $.identifier),
      '=',
      field('value', $._expression),
    ),

    // A parameter of a template has a type; one of a parameters file has only a value.
    parameter_declaration: $ => decorated($,
      'param',
      field('name', $.identifier),
      choice(
        seq(field('type', $._declared_type), optional(seq('=', field('value', $._expression)))),
        seq('=', field('value', $._expression)),
      ),
    ),

    type_declaration: $ => decorated($,
      'type',
      field('name', $.identifier),
      '=',
      field('value', $._declared_type),
    ),

    variable_declaration: $ => decorated($,
      'var',
      field('name', $.identifier),
      optional(field('type', $._declared_type)),
      '=',
      field('value', $._expression),
    ),

    function_declaration: $ => decorated($,
      'func',
      field('name', $.identifier),
      field('parameters', $.parameter_list),
      field('return_type', $._declared_type),
      '=>',
      optional($._newline),
      field('body', $._expression),
    ),

    parameter_list: $ => seq(
      '(',
      optional($._newline),
      optional(seq(commaSeparated($, $.parameter), optional($._newline))),
      ')',
    ),

    parameter: $ => seq(
      field('name', $.identifier),
      field('type', $._declared_type),
    ),

    resource_declaration: $ => decorated($,
      'resource',
      field('name', $.identifier),
      field('type', $._any_string),
      optional(field('existing', 'existing')),
      '=',
      $._declaration_value,
    ),

    module_declaration: $ => decorated($,
      'module',
      field('name', $.identifier),
      field('path', $._any_string),
      '=',
      $._declaration_value,
    ),

    _declaration_value: $ =>
      field('value', choice($.object, $.if_expression, $.for_expression)),

    output_declaration: $ => decorated($,
      'output',
      field('name', $.identifier),
      field('type', $._declared_type),
      '=',
      field('value', $._expression),
    ),

    test_declaration: $ => decorated($,
      'test',
      field('name', $.identifier),
      field('path', $._any_string),
      '=',
      field('value', $.object),
    ),

    assert_declaration: $ => decorated($,
      'assert',
      field('name', $.identifier),
      '=',
      field('value', $._expression),
    ),

    import_declaration: $ => decorated($,
      'import',
      field('items', choice($.import_list, $.import_wildcard)),
      'from',
      field('source', $._any_string),
    ),

    import_list: $ => objectOf($, $.import_item),

    import_item: $ => seq(
      field('name', choice($.identifier, $.string)),
      optional(seq('as', field('alias', $.identifier))),
    ),

    import_wildcard: $ => seq('*', 'as', field('alias', $.identifier)),

    // `provider` and `import '...'` are the former spellings.
    extension_declaration: $ => decorated($,
      choice(
        seq('extension', field('source', choice($._any_string, $.identifier))),
        seq(choice('provider', 'import'), field('source', $._any_string)),
      ),
      optional(seq('with', field('config', $.object))),
      optional(seq('as', field('alias', $.identifier))),
    ),

    using_declaration: $ => decorated($,
      'using',
      field('path', choice($._any_string, 'none')),
      optional(seq('with', field('config', $.object))),
    ),

    extends_declaration: $ => decorated($,
      'extends',
      field('path', $._any_string),
    ),

    extension_config_declaration: $ => decorated($,
      'extensionConfig',
      field('name', $.identifier),
      'with',
      field('config', $.object),
    ),

    _expression: $ => choice(
      $.ternary_expression,
      $.binary_expression,
      $.unary_expression,
      $.lambda_expression,
      $.identifier,
      $._any_string,
      $.number,
      $.boolean,
      $.null,
      $.array,
      $.object,
      $.for_expression,
      $.parenthesized_expression,
      $.call_expression,
      $.member_expression,
      $.nested_resource_expression,
      $.index_expression,
      $.non_null_expression,
    ),

    ternary_expression: $ => prec.right(PRECEDENCE.ternary, seq(
      field('condition', $._expression),
      '?',
      field('consequence', $._expression),
      ':',
      field('alternative', $._expression),
    )),

    binary_expression: $ => choice(...[
      [PRECEDENCE.coalesce, ['??']],
      [PRECEDENCE.or, ['||']],
      [PRECEDENCE.and, ['&&']],
      [PRECEDENCE.equality, ['==', '!=', '=~', '!~']],
      [PRECEDENCE.relational, ['<', '<=', '>', '>=']],
      [PRECEDENCE.additive, ['+', '-']],
      [PRECEDENCE.multiplicative, ['*', '/', '%']],
    ].map(([precedence, operators]) => prec.left(precedence, seq(
      field('left', $._expression),
      field('operator', choice(...operators)),
      field('right', $._expression),
    )))),

    unary_expression: $ => prec(PRECEDENCE.unary, seq(
      field('operator', choice('!', '-', '+')),
      field('operand', $._expression),
    )),

    lambda_expression: $ => prec.right(seq(
      field('parameters', choice($.identifier, $.lambda_parameters)),
      '=>',
      optional($._newline),
      field('body', $._expression),
    )),

    lambda_parameters: $ => seq(
      '(',
      optional($._newline),
      optional(seq(commaSeparated($, $.identifier), optional($._newline))),
      ')',
    ),

    parenthesized_expression: $ => seq(
      '(',
      choice(
        seq(
          optional($._newline),
          field('value', $._expression),
          choice(seq(optional($._newline), ')'), unfinishedList($, ')')),
        ),
        startedList($, ')'),
      ),
    ),

    call_expression: $ => prec(PRECEDENCE.postfix, seq(
      field('function', choice($.identifier, $.member_expression)),
      field('arguments', $.arguments),
    )),

    arguments: $ => seq('(', choice(
      startedList($, ')'),
      seq(optional($._newline), ')'),
      seq(
        optional($._newline),
        commaSeparated($, $._expression),
        choice(
          seq(optional($._newline), ')'),
          unfinishedList($, ')'),
          seq(optional($._newline), ',', startedList($, ')')),
        ),
      ),
    )),

    member_expression: $ => prec(PRECEDENCE.postfix, seq(
      field('object', $._expression),
      field('operator', choice('.', '.?')),
      field('property', $.identifier),
    )),

    nested_resource_expression: $ => prec(PRECEDENCE.postfix, seq(
      field('object', $._expression),
      '::',
      field('name', $.identifier),
    )),

    index_expression: $ => prec(PRECEDENCE.postfix, seq(
      field('object', $._expression),
      field('operator', choice('[', '[?', '[^', '[?^')),
      choice(
        seq(field('index', $._expression), choice(']', unfinishedList($, ']'))),
        startedList($, ']'),
      ),
    )),

    non_null_expression: $ => prec(PRECEDENCE.postfix, seq(
      field('operand', $._expression),
      '!',
    )),

    array: $ => listOf($, choice($._expression, $.spread)),

    object: $ => objectOf($, choice($.property, $.spread, $.resource_declaration)),

    property: $ => seq(
      field('name', $._property_name),
      ':',
      field('value', $._expression),
    ),

    // `resource` opens a nested resource only if a name follows.
    _property_name: $ => choice(
      $.identifier,
      alias('resource', $.identifier),
      $._any_string,
    ),

    spread: $ => seq('...', field('value', $._expression)),

    for_expression: $ => {
      const variables = choice(
        field('item', $.identifier),
        seq('(', field('item', $.identifier), ',', field('index', $.identifier), ')'),
      );
      const body = field('body', choice($._expression, $.if_expression));
      const parts = ['for', variables, 'in', field('iterable', $._expression), ':'];
      // Each part can be the last that is there.
      const rest = parts.reduceRight(
        (after, part) => seq(part, choice(after, unfinishedList($, ']'))),
        seq(body, choice(seq(optional($._newline), ']'), unfinishedList($, ']'))),
      );
      return seq('[', optional($._newline), rest);
    },

    if_expression: $ => seq(
      'if',
      field('condition', $.parenthesized_expression),
      field('body', $.object),
    ),

    // A declaration may also name a resource type, which no other type can contain.
    _declared_type: $ => choice($._type, $.resource_type_reference),

    resource_type_reference: $ => seq(
      'resource',
      optional(field('type', $._any_string)),
    ),

    _type: $ => choice($._postfix_type, $.unary_type, $.union_type),

    union_type: $ => {
      const member = field('member', choice($._postfix_type, $.unary_type));
      const more = seq('|', member);
      return prec.right(choice(
        seq(member, repeat1(more)),
        repeat1(more),
      ));
    },

    unary_type: $ => prec(PRECEDENCE.unary, seq(
      field('operator', choice('-', '+', '!')),
      field('operand', $._postfix_type),
    )),

    _postfix_type: $ => choice(
      $.identifier,
      $._any_string,
      $.number,
      $.boolean,
      $.null,
      $.object_type,
      $.tuple_type,
      $.parenthesized_type,
      $.resource_derived_type,
      $.array_type,
      $.nullable_type,
      $.non_null_type,
      $.member_type,
      $.index_type,
    ),

    object_type: $ => objectOf($, choice(
      $.object_type_property,
      $.object_type_additional_properties,
    )),

    object_type_property: $ => decorated($,
      field('name', choice($.identifier, $._any_string)),
      ':',
      field('value', $._type),
    ),

    object_type_additional_properties: $ => decorated($,
      '*',
      ':',
      field('value', $._type),
    ),

    tuple_type: $ => listOf($, $.tuple_item),

    tuple_item: $ => decorated($, field('type', $._type)),

    parenthesized_type: $ => seq('(', field('type', $._type), ')'),

    resource_derived_type: $ => seq(
      field('kind', choice($.identifier, $.member_type, alias('resource', $.identifier))),
      '<',
      optional($._newline),
      commaSeparated($, field('type', $._type)),
      optional($._newline),
      '>',
    ),

    array_type: $ => seq(field('element', $._postfix_type), '[', ']'),

    nullable_type: $ => seq(field('type', $._postfix_type), '?'),

    non_null_type: $ => seq(field('type', $._postfix_type), '!'),

    member_type: $ => seq(
      field('object', $._postfix_type),
      '.',
      field('property', choice($.identifier, '*')),
    ),

    index_type: $ => seq(
      field('object', $._postfix_type),
      '[',
      field('index', choice($._expression, '*')),
      ']',
    ),

    _any_string: $ => choice($.string, $.multiline_string),

    string: $ => seq(
      "'",
      repeat(choice(
        $.string_content,
        $.escape_sequence,
        $.interpolation,
        $._inside_string,
      )),
      token.immediate("'"),
    ),

    // A `$` that opens no interpolation is content. Without look-ahead a token can only take one
    // that something else follows.
    string_content: _ => token.immediate(prec(1, choice(
      /([^'\\$\r\n]|\$+[^'\\${\r\n])+/,
      '$',
    ))),

    escape_sequence: _ => token.immediate(/\\([nrt\\'$]|u\{[0-9a-fA-F]+\})/),

    interpolation: $ => seq(
      token.immediate(prec(2, '${')),
      field('value', $._expression),
      choice('}', seq($._string_line_ends, alias($._absent, '}'))),
    ),

    multiline_string: $ => seq(
      alias($._multiline_start, "'''"),
      repeat(choice(
        alias($._multiline_content, $.string_content),
        alias($._multiline_interpolation, $.interpolation),
      )),
      alias($._multiline_end, "'''"),
    ),

    _multiline_interpolation: $ => seq(
      alias($._multiline_interpolation_start, '${'),
      field('value', $._expression),
      '}',
    ),

    identifier: _ => /[a-zA-Z_][a-zA-Z0-9_]*/,

    number: _ => /[0-9]+/,

    boolean: _ => choice('true', 'false'),

    null: _ => 'null',

    directive: _ => token(seq(
      '#',
      choice('disable-next-line', 'disable-diagnostics', 'restore-diagnostics'),
      repeat(/[ \t]+[a-zA-Z0-9_-]+/),
    )),

    comment: _ => token(choice(
      /\/\/[^\r\n]*/,
      /\/\*[^*]*\*+([^/*][^*]*\*+)*\//,
    )),
  },
});
