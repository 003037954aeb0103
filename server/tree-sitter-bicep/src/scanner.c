// What a token-by-token lexer cannot see: where a newline ends something, where a statement starts
// although brackets are still open, and the pieces of multi-line strings.
//
// Between tokens the scanner keeps only the dollar counts of the multi-line strings it is in and, after
// an error, whether brackets are being closed. All else depends on what follows and on what the parser
// expects, so parsing an edited text gives the same tree as parsing it anew.

#include "tree_sitter/parser.h"

#include <stdlib.h>
#include <string.h>

// The order is that of `externals` in grammar.js.
enum TokenType {
    NEWLINE,
    // The newline before a statement, and nothing where that newline is already behind.
    STATEMENT_AHEAD,
    STATEMENT_HERE,
    // The same before a property or a nested resource.
    ITEM_AHEAD,
    ITEM_HERE,
    // Nothing, at the end of the file.
    FILE_ENDS,
    // Nothing, before the newline that ends an interpolation and its string.
    STRING_LINE_ENDS,
    // Never made. It stands for the bracket that is missing before what is ahead.
    ABSENT,
    // Expected wherever a single-line string can go on. Made, of nothing, only after an unfinished
    // interpolation.
    INSIDE_STRING,
    // Never made. As an extra it is expected everywhere, so that the scanner sees every newline.
    ANYWHERE,
    MULTILINE_START,
    MULTILINE_CONTENT,
    MULTILINE_INTERPOLATION_START,
    MULTILINE_END,
};

// Nested deeper, a multi-line string is an error: the parser copies the state for every token.
enum { MAX_DEPTH = 64 };

typedef struct {
    // Not zero while brackets end because of what is ahead. It changes with every empty token: the
    // parser drops one that follows an error, for fear that there is no end of them, unless the
    // scanner's state changed.
    uint8_t closing;
    uint8_t depth;
    uint8_t dollars[MAX_DEPTH];
} Scanner;

static inline bool is_newline(int32_t c) { return c == '\n' || c == '\r'; }

static inline bool is_blank(int32_t c) { return c == ' ' || c == '\t'; }

static inline bool is_identifier_start(int32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline bool is_identifier_part(int32_t c) {
    return is_identifier_start(c) || (c >= '0' && c <= '9');
}

// Reads a word into `word`, which is left empty if the word does not fit. Returns its length.
static unsigned read_word(TSLexer *lexer, char word[24]) {
    unsigned length = 0;
    while (is_identifier_part(lexer->lookahead) || lexer->lookahead == '-') {
        if (length < 23) {
            word[length] = (char)lexer->lookahead;
        }
        length++;
        lexer->advance(lexer, false);
    }
    word[length < 24 ? length : 0] = '\0';
    return length;
}

static void skip_block_comment(TSLexer *lexer) {
    bool star = false;
    while (!lexer->eof(lexer)) {
        int32_t c = lexer->lookahead;
        lexer->advance(lexer, false);
        if (star && c == '/') {
            return;
        }
        star = c == '*';
    }
}

static bool is_directive(const char *word) {
    return strcmp(word, "disable-next-line") == 0 || strcmp(word, "disable-diagnostics") == 0 ||
           strcmp(word, "restore-diagnostics") == 0;
}

static bool is_statement_keyword(const char *word) {
    static const char *const keywords[] = {
        "assert", "extends",  "extension", "extensionConfig", "func", "import", "metadata", "module",
        "output", "param",    "provider",  "test",            "type", "using",  "var",
    };
    for (unsigned i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (strcmp(word, keywords[i]) == 0) {
            return true;
        }
    }
    return false;
}

enum Line { GOES_ON, ENDS, ENDS_BEFORE_STATEMENT, ENDS_BEFORE_ITEM };

// What a word at the start of a line says about the line before.
//
// Inside brackets two words, or a word and a string, are never neighbours, except in a nested
// resource, in the parameters of a function, where the grammar expects no statement, and with `as`.
// A statement further in than the first column is left to the parser. `length` is how far it read.
static enum Line before_word(TSLexer *lexer, bool first_column, unsigned *length) {
    char word[24];
    *length = read_word(lexer, word);
    bool apart = is_blank(lexer->lookahead);
    while (is_blank(lexer->lookahead)) {
        lexer->advance(lexer, false);
        ++*length;
    }
    int32_t c = lexer->lookahead;
    if (c == ':') {
        lexer->advance(lexer, false);
        ++*length;
        return lexer->lookahead == ':' ? ENDS : ENDS_BEFORE_ITEM;
    }
    if (c == '(') {
        return strcmp(word, "if") == 0 ? GOES_ON : ENDS;
    }
    if (!apart) {
        return ENDS;
    }
    if (strcmp(word, "resource") == 0) {
        return is_identifier_start(c) ? ENDS_BEFORE_ITEM : ENDS;
    }
    if (!first_column || !is_statement_keyword(word)) {
        return ENDS;
    }
    if (is_identifier_start(c)) {
        *length += read_word(lexer, word);
        return strcmp(word, "as") == 0 ? ENDS : ENDS_BEFORE_STATEMENT;
    }
    return c == '\'' || c == '{' ? ENDS_BEFORE_STATEMENT : ENDS;
}

// From the start of a line to the next character that is neither blank nor in a comment. The end of
// the file closes what is open, as a statement does.
//
// A newline takes the empty lines with it, so that one newline is never two tokens, and the
// `indentation`, which need not be read again.
static enum Line line_before(TSLexer *lexer, bool indentation) {
    bool first_column = true;
    for (;;) {
        int32_t c = lexer->lookahead;
        switch (c) {
            case '\n':
            case '\r':
                lexer->advance(lexer, false);
                lexer->mark_end(lexer);
                first_column = true;
                continue;
            case ' ':
            case '\t':
                do {
                    lexer->advance(lexer, false);
                } while (is_blank(lexer->lookahead));
                if (indentation) {
                    lexer->mark_end(lexer);
                }
                first_column = false;
                continue;
            case '/':
                lexer->advance(lexer, false);
                if (lexer->lookahead == '/') {
                    // The newline after it decides.
                    return GOES_ON;
                }
                if (lexer->lookahead != '*') {
                    return ENDS;
                }
                lexer->advance(lexer, false);
                skip_block_comment(lexer);
                while (is_blank(lexer->lookahead)) {
                    lexer->advance(lexer, false);
                }
                if (is_newline(lexer->lookahead)) {
                    return GOES_ON;
                }
                first_column = false;
                continue;
            case '#': {
                char word[24];
                lexer->advance(lexer, false);
                read_word(lexer, word);
                return is_directive(word) ? GOES_ON : ENDS;
            }
            case '?':
            case ':':
            case '|':
                // A ternary or a union, and not `??`, `::` or `||`.
                lexer->advance(lexer, false);
                return lexer->lookahead == c ? ENDS : GOES_ON;
            default:
                if (is_identifier_start(c)) {
                    unsigned length;
                    return before_word(lexer, first_column, &length);
                }
                return lexer->eof(lexer) ? ENDS_BEFORE_STATEMENT : ENDS;
        }
    }
}

static void advance_newline(TSLexer *lexer) {
    if (lexer->lookahead == '\r') {
        lexer->advance(lexer, false);
        if (lexer->lookahead != '\n') {
            return;
        }
    }
    lexer->advance(lexer, false);
}

static bool scan_newline(Scanner *scanner, TSLexer *lexer, const bool *valid, bool recovering) {
    advance_newline(lexer);
    lexer->mark_end(lexer);
    // Before the next line's column can matter, it is left as it is.
    bool can_close = !recovering && (valid[STATEMENT_AHEAD] || valid[ITEM_AHEAD]);
    enum Line line = line_before(lexer, !can_close);
    enum TokenType token = NEWLINE;
    if (line == GOES_ON) {
        // A single-line string goes on nowhere.
        if (recovering || !valid[INSIDE_STRING]) {
            return false;
        }
    } else if (line == ENDS_BEFORE_STATEMENT && can_close && valid[STATEMENT_AHEAD]) {
        token = STATEMENT_AHEAD;
    } else if (line == ENDS_BEFORE_ITEM && can_close && valid[ITEM_AHEAD]) {
        token = ITEM_AHEAD;
    }
    scanner->closing = token == NEWLINE ? 0 : 1;
    lexer->result_symbol = token;
    return true;
}

static inline void make_empty(Scanner *scanner) {
    scanner->closing = scanner->closing == 1 ? 2 : 1;
}

// For the brackets round one that was closed because of what is ahead, the newline being behind. Of
// the character at hand, `blanks` precede it since the last token.
static bool scan_here(Scanner *scanner, TSLexer *lexer, const bool *valid, unsigned blanks) {
    enum TokenType token = STATEMENT_HERE;
    if (is_identifier_start(lexer->lookahead)) {
        if (!valid[STATEMENT_HERE] && !valid[ABSENT]) {
            return false;
        }
        unsigned length;
        enum Line line = before_word(lexer, blanks == 0, &length);
        if (line == ENDS_BEFORE_ITEM) {
            token = ITEM_HERE;
        } else if (line != ENDS_BEFORE_STATEMENT) {
            return false;
        }
        // Asked last and seldom: a token for which the column matters is parsed anew at every edit.
        if (!(valid[token] || valid[ABSENT]) || lexer->get_column(lexer) != blanks + length) {
            return false;
        }
    } else if (!lexer->eof(lexer)) {
        return false;
    } else if (scanner->closing == 0 || !(valid[STATEMENT_HERE] || valid[ABSENT])) {
        token = FILE_ENDS;
    }
    make_empty(scanner);
    lexer->result_symbol = token;
    return true;
}

// `$$'''`: the number of dollars is how many open an interpolation in this string.
static bool scan_multiline_start(Scanner *scanner, TSLexer *lexer) {
    unsigned dollars = 0;
    while (lexer->lookahead == '$') {
        lexer->advance(lexer, false);
        dollars++;
    }
    for (unsigned quotes = 0; quotes < 3; quotes++) {
        if (lexer->lookahead != '\'') {
            return false;
        }
        lexer->advance(lexer, false);
    }
    if (dollars > UINT8_MAX || scanner->depth == MAX_DEPTH) {
        return false;
    }
    scanner->dollars[scanner->depth++] = (uint8_t)dollars;
    lexer->mark_end(lexer);
    lexer->result_symbol = MULTILINE_START;
    return true;
}

// One piece of a multi-line string. Of more quotes or dollars than its end or an interpolation takes,
// the first are content; a token's end cannot be set back, so these come one by one.
static bool scan_multiline_piece(Scanner *scanner, TSLexer *lexer) {
    unsigned dollars = scanner->depth == 0 ? 0 : scanner->dollars[scanner->depth - 1];
    bool content = false;
    lexer->result_symbol = MULTILINE_CONTENT;
    while (!lexer->eof(lexer)) {
        int32_t c = lexer->lookahead;
        if (c != '\'' && (c != '$' || dollars == 0)) {
            lexer->advance(lexer, false);
            content = true;
            continue;
        }
        lexer->mark_end(lexer);
        unsigned needed = c == '\'' ? 3 : dollars;
        unsigned length = 0;
        while (lexer->lookahead == c) {
            lexer->advance(lexer, false);
            length++;
            if (length == 1 && !content) {
                lexer->mark_end(lexer);
            }
        }
        if (length < needed || (c == '$' && lexer->lookahead != '{')) {
            content = true;
            continue;
        }
        if (content || length > needed) {
            return true;
        }
        if (c == '\'') {
            if (scanner->depth > 0) {
                scanner->depth--;
            }
            lexer->result_symbol = MULTILINE_END;
        } else {
            lexer->advance(lexer, false);
            lexer->result_symbol = MULTILINE_INTERPOLATION_START;
        }
        lexer->mark_end(lexer);
        return true;
    }
    lexer->mark_end(lexer);
    if (!content) {
        scanner->depth = 0;
        lexer->result_symbol = FILE_ENDS;
    }
    return true;
}

void *tree_sitter_bicep_external_scanner_create(void) { return calloc(1, sizeof(Scanner)); }

void tree_sitter_bicep_external_scanner_destroy(void *payload) { free(payload); }

unsigned tree_sitter_bicep_external_scanner_serialize(void *payload, char *buffer) {
    const Scanner *scanner = payload;
    if (scanner->closing == 0 && scanner->depth == 0) {
        return 0;
    }
    buffer[0] = (char)scanner->closing;
    memcpy(buffer + 1, scanner->dollars, scanner->depth);
    return 1u + scanner->depth;
}

void tree_sitter_bicep_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    Scanner *scanner = payload;
    scanner->closing = 0;
    scanner->depth = 0;
    if (length > 0 && length <= 1 + MAX_DEPTH) {
        scanner->closing = (uint8_t)buffer[0];
        scanner->depth = (uint8_t)(length - 1);
        memcpy(scanner->dollars, buffer + 1, scanner->depth);
    }
}

bool tree_sitter_bicep_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    Scanner *scanner = payload;
    // Never expected together but by the parser's search for a token to recover with.
    bool recovering = valid[ABSENT] && valid[INSIDE_STRING];
    if (!recovering) {
        if (valid[INSIDE_STRING]) {
            return is_newline(lexer->lookahead) && scan_newline(scanner, lexer, valid, recovering);
        }
        if (valid[MULTILINE_CONTENT]) {
            return scan_multiline_piece(scanner, lexer);
        }
    }
    // The end of an empty token.
    lexer->mark_end(lexer);
    unsigned blanks = 0;
    while (is_blank(lexer->lookahead)) {
        lexer->advance(lexer, true);
        blanks++;
    }
    if (is_newline(lexer->lookahead)) {
        if (!recovering && (valid[STRING_LINE_ENDS] || valid[ABSENT])) {
            make_empty(scanner);
            lexer->result_symbol = valid[ABSENT] ? INSIDE_STRING : STRING_LINE_ENDS;
            return true;
        }
        return scan_newline(scanner, lexer, valid, recovering);
    }
    if (recovering || valid[MULTILINE_START]) {
        if (lexer->lookahead == '\'' || lexer->lookahead == '$') {
            return scan_multiline_start(scanner, lexer);
        }
    }
    if (recovering || !(valid[FILE_ENDS] || valid[ABSENT])) {
        return false;
    }
    return scan_here(scanner, lexer, valid, blanks);
}
