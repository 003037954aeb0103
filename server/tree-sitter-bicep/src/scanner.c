// What a token-by-token lexer cannot see: where a newline ends something, where a statement starts
// although brackets are still open, and the pieces of multi-line strings.
//
// The scanner keeps nothing between tokens but the dollar counts of the multi-line strings it is in,
// and otherwise depends only on what follows and on what the parser expects. Parsing an edited text
// therefore gives the same tree as parsing it anew.

#include "tree_sitter/parser.h"

#include <stdlib.h>
#include <string.h>

// The order is that of `externals` in grammar.js.
enum TokenType {
    NEWLINE,
    STATEMENT_AHEAD,
    // Never made. It stands for the bracket that is missing before a statement.
    ABSENT,
    // Never made. It is expected wherever a single-line string can go on.
    INSIDE_STRING,
    // Never made. As an extra it is expected everywhere, so that the scanner sees every newline.
    ANYWHERE,
    MULTILINE_START,
    MULTILINE_CONTENT,
    MULTILINE_INTERPOLATION_START,
    MULTILINE_END,
};

// Nested deeper, a multi-line string is an error; it costs the parser a copy of the state for every
// token.
enum { MAX_DEPTH = 64 };

typedef struct {
    // Flips with every empty token. The parser drops an empty token that follows an error, for fear
    // that there is no end of them, unless the scanner's state changed.
    uint8_t flipped;
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

// Reads a word into `word`, which is left empty if the word does not fit.
static void read_word(TSLexer *lexer, char word[24]) {
    unsigned length = 0;
    while (is_identifier_part(lexer->lookahead) || lexer->lookahead == '-') {
        if (length < 23) {
            word[length] = (char)lexer->lookahead;
        }
        length++;
        lexer->advance(lexer, false);
    }
    word[length < 24 ? length : 0] = '\0';
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

// Two words, or a word and a string, are never neighbours inside brackets, except the name and the
// type of a nested resource: `resource` is therefore not in this list.
static bool starts_statement(TSLexer *lexer) {
    static const char *const keywords[] = {
        "param",  "var",       "output", "module", "type",    "func",   "import",          "metadata",
        "assert", "extension", "using",  "test",   "extends", "provider", "extensionConfig",
    };
    char word[24];
    read_word(lexer, word);
    bool keyword = false;
    for (unsigned i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (strcmp(word, keywords[i]) == 0) {
            keyword = true;
            break;
        }
    }
    if (!keyword || !is_blank(lexer->lookahead)) {
        return false;
    }
    while (is_blank(lexer->lookahead)) {
        lexer->advance(lexer, false);
    }
    return is_identifier_start(lexer->lookahead) || lexer->lookahead == '\'' || lexer->lookahead == '{';
}

enum LineStart { CONTINUES, ENDS, STATEMENT };

// From the start of a line to the next character that is neither blank nor in a comment: does the
// line before go on there? The end of the file closes what is open, as the next statement does.
static enum LineStart after_newline(TSLexer *lexer) {
    bool column_zero = true;
    for (;;) {
        int32_t c = lexer->lookahead;
        if (lexer->eof(lexer)) {
            return STATEMENT;
        }
        if (is_newline(c)) {
            lexer->advance(lexer, false);
            // The token takes the empty lines with it, so that one newline is never two tokens.
            lexer->mark_end(lexer);
            column_zero = true;
            continue;
        }
        if (is_blank(c)) {
            lexer->advance(lexer, false);
            column_zero = false;
            continue;
        }
        switch (c) {
            case '/':
                lexer->advance(lexer, false);
                if (lexer->lookahead == '/') {
                    // The newline after it decides.
                    return CONTINUES;
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
                    return CONTINUES;
                }
                column_zero = false;
                continue;
            case '#': {
                char word[24];
                lexer->advance(lexer, false);
                read_word(lexer, word);
                return is_directive(word) ? CONTINUES : ENDS;
            }
            case '?':
                lexer->advance(lexer, false);
                return lexer->lookahead == '?' ? ENDS : CONTINUES;
            case ':':
                lexer->advance(lexer, false);
                return lexer->lookahead == ':' ? ENDS : CONTINUES;
            case '|':
                lexer->advance(lexer, false);
                return lexer->lookahead == '|' ? ENDS : CONTINUES;
            default:
                if (column_zero && c >= 'a' && c <= 'z' && starts_statement(lexer)) {
                    return STATEMENT;
                }
                return ENDS;
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

// The newline is a token even where the parser does not expect one: there, the line is unfinished.
static bool scan_newline(Scanner *scanner, TSLexer *lexer, bool closes) {
    scanner->flipped = 0;
    advance_newline(lexer);
    lexer->mark_end(lexer);
    switch (after_newline(lexer)) {
        case CONTINUES:
            return false;
        case STATEMENT:
            lexer->result_symbol = closes ? STATEMENT_AHEAD : NEWLINE;
            return true;
        default:
            lexer->result_symbol = NEWLINE;
            return true;
    }
}

// A newline ends a single-line string, closed or not, and whatever the next line starts with.
static bool scan_newline_in_string(Scanner *scanner, TSLexer *lexer) {
    scanner->flipped = 0;
    advance_newline(lexer);
    lexer->mark_end(lexer);
    lexer->result_symbol = after_newline(lexer) == STATEMENT ? STATEMENT_AHEAD : NEWLINE;
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
        lexer->result_symbol = STATEMENT_AHEAD;
    }
    return true;
}

void *tree_sitter_bicep_external_scanner_create(void) { return calloc(1, sizeof(Scanner)); }

void tree_sitter_bicep_external_scanner_destroy(void *payload) { free(payload); }

unsigned tree_sitter_bicep_external_scanner_serialize(void *payload, char *buffer) {
    const Scanner *scanner = payload;
    if (scanner->flipped == 0 && scanner->depth == 0) {
        return 0;
    }
    buffer[0] = (char)scanner->flipped;
    memcpy(buffer + 1, scanner->dollars, scanner->depth);
    return 1u + scanner->depth;
}

void tree_sitter_bicep_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    Scanner *scanner = payload;
    scanner->flipped = 0;
    scanner->depth = 0;
    if (length > 0 && length <= 1 + MAX_DEPTH) {
        scanner->flipped = (uint8_t)buffer[0];
        scanner->depth = (uint8_t)(length - 1);
        memcpy(scanner->dollars, buffer + 1, scanner->depth);
    }
}

static bool scan_empty_statement_ahead(Scanner *scanner, TSLexer *lexer) {
    scanner->flipped ^= 1;
    lexer->result_symbol = STATEMENT_AHEAD;
    return true;
}

bool tree_sitter_bicep_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    Scanner *scanner = payload;
    // Never expected together but by the parser's search for a token to recover with.
    bool recovering = valid[ABSENT] && valid[INSIDE_STRING];
    bool closes = valid[STATEMENT_AHEAD] && !recovering;
    if (!recovering) {
        if (valid[INSIDE_STRING]) {
            return is_newline(lexer->lookahead) && scan_newline_in_string(scanner, lexer);
        }
        if (valid[MULTILINE_CONTENT]) {
            return scan_multiline_piece(scanner, lexer);
        }
        if (valid[ABSENT]) {
            lexer->mark_end(lexer);
            return scan_empty_statement_ahead(scanner, lexer);
        }
    }
    int32_t first = lexer->lookahead;
    while (is_blank(lexer->lookahead)) {
        lexer->advance(lexer, true);
    }
    switch (lexer->lookahead) {
        case '\n':
        case '\r':
            return scan_newline(scanner, lexer, closes);
        case '\'':
        case '$':
            return valid[MULTILINE_START] && scan_multiline_start(scanner, lexer);
        case 0:
            if (!closes || !lexer->eof(lexer)) {
                return false;
            }
            lexer->mark_end(lexer);
            return scan_empty_statement_ahead(scanner, lexer);
        default:
            // Where the newline is already behind, the brackets round the innermost one remain.
            if (!closes || first < 'a' || first > 'z') {
                return false;
            }
            lexer->mark_end(lexer);
            return lexer->get_column(lexer) == 0 && starts_statement(lexer) &&
                   scan_empty_statement_ahead(scanner, lexer);
    }
}
