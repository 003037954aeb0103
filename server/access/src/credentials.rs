//! What a value visibly is: a credential, or something that is none.

use template::program::Program;
use template::value::{Piece, Symbol, Value};

use crate::facts;
use crate::placeholders::has_token;

/// Whether a value is a secret by the way in which the template comes by it: a secure parameter, or
/// what Azure hands out as one.
#[must_use]
pub fn is_kept_secret(program: &Program, value: &Value) -> bool {
    is_secret(value, &|symbol| match symbol {
        Symbol::Parameter(id) => program.parameter(*id).is_secure,
        symbol => is_handed_out(symbol),
    })
}

/// Whether a value is, or has in it, what Azure hands out as a secret: by `list*()` or `getSecret()`.
#[must_use]
pub fn is_fetched_secret(value: &Value) -> bool {
    is_secret(value, &is_handed_out)
}

fn is_handed_out(symbol: &Symbol) -> bool {
    match symbol {
        Symbol::Call { function, .. } => function.starts_with("list") || &**function == "getsecret",
        _ => false,
    }
}

/// Whether a value is a secret, a part of one, or a text with one in it.
fn is_secret(value: &Value, is_source: &dyn Fn(&Symbol) -> bool) -> bool {
    match value {
        Value::Text(text) => text.pieces().iter().any(|piece| match piece {
            Piece::Hole(hole) => is_secret(hole, is_source),
            Piece::Literal(_) => false,
        }),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Member { object, .. } | Symbol::Element { object, .. } => {
                is_secret(object, is_source)
            }
            symbol => is_source(symbol),
        },
        _ => false,
    }
}

/// What stands before the credential in a connection string or URL.
const MARKS: [&str; 7] = [
    "accesskey=",
    "accountkey=",
    "password=",
    "pwd=",
    "sharedaccesskey=",
    "?sig=",
    "&sig=",
];

/// How keys and tokens of well-known services begin, and how long they are at least ([patterns]).
///
/// [patterns]: https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns
const PREFIXES: [(&str, usize); 8] = [
    ("AIza", 39),
    ("AKIA", 20),
    ("ghp_", 40),
    ("github_pat_", 60),
    ("glpat-", 26),
    ("sk_live_", 24),
    ("xoxb-", 30),
    ("xoxp-", 30),
];

/// Whether a text looks like a credential, or has one in it.
#[must_use]
pub fn is_credential(text: &str) -> bool {
    let text = text.trim();
    if has_token(text) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let has_mark = MARKS.iter().any(|mark| {
        lower.split_once(mark).is_some_and(|(_, rest)| {
            rest.starts_with(|it: char| it.is_ascii_graphic() && it != ';')
        })
    });
    let is_word = |text: &str| {
        text.bytes()
            .all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it))
    };
    let has_prefix = PREFIXES
        .iter()
        .any(|(prefix, length)| text.starts_with(prefix) && text.len() >= *length);
    let is_private_key = text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----");
    has_mark || has_prefix && is_word(text) || is_private_key || is_token(text)
}

/// Whether a text is a signed JSON Web Token ([standard]).
///
/// [standard]: https://www.rfc-editor.org/rfc/rfc7519
fn is_token(text: &str) -> bool {
    const SHORTEST: usize = 16;
    let parts: Vec<_> = text.split('.').collect();
    let is_part = |part: &&str| {
        part.len() >= SHORTEST
            && part
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || b"-_=".contains(&it))
    };
    parts.len() == 3 && text.starts_with("eyJ") && parts.iter().all(is_part)
}

/// Whether a value under these names is visibly no secret: the id of a client, tenant or
/// subscription, or what a client of Application Insights is given.
#[must_use]
pub fn is_public(program: &Program, value: &Value, names: &[&str]) -> bool {
    match value {
        Value::Text(text) => text.as_str().is_some_and(|text| {
            is_guid(text) && names.iter().any(|name| is_name_of_id(name))
                || text
                    .get(..INSTRUMENTATION_KEY.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(INSTRUMENTATION_KEY))
        }),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Parameter(id) => is_name_of_id(&program.parameter(*id).name.text),
            Symbol::Member { name, .. } => is_name_of_id(name),
            Symbol::Output { path, .. } => path.last().is_some_and(|name| is_name_of_id(name)),
            Symbol::Property { identity, path } => path.last().is_some_and(|name| {
                is_name_of_id(name)
                    || identity.is_type(facts::APPLICATION_INSIGHTS_TYPE)
                        && name.eq_ignore_ascii_case("ConnectionString")
            }),
            Symbol::Call { function, .. } => &**function == "subscription",
            _ => false,
        },
        _ => false,
    }
}

/// How a connection string of Application Insights begins.
const INSTRUMENTATION_KEY: &str = "InstrumentationKey=";

/// Whether a name is that of an id that is no secret (`tenantId`, `backend-client-id`).
fn is_name_of_id(name: &str) -> bool {
    const ENDINGS: [&str; 6] = [
        "appid",
        "applicationid",
        "clientid",
        "instrumentationkey",
        "subscriptionid",
        "tenantid",
    ];
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

fn is_guid(text: &str) -> bool {
    let text = text.trim();
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::{is_credential, is_guid, is_name_of_id};

    #[test]
    fn credentials_are_told_by_their_looks() {
        let token = [
            "eyJhbGciOiJIUzI1NiJ9",
            "eyJzdWIiOiJjb250b3NvIn0",
            "c2lnbmF0dXJlLW9mLWl0",
        ];
        for text in [
            "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0",
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0",
            "Server=a;User Id=b;Password=hunter2",
            "https://a.blob.core.windows.net/b?sv=2024-01-01&sig=abc",
            "-----BEGIN PRIVATE KEY-----\nMII",
            "AKIAABCDEFGHIJKLMNOP",
            &token.join("."),
        ] {
            assert!(is_credential(text), "{text}");
        }
        for text in [
            "",
            "westeurope",
            "https://contoso.com/api?design=1",
            "Server=a;Password=;",
            "Server=a;Password=#{password}#",
            "InstrumentationKey=11111111-1111-1111-1111-111111111111",
            "eyJhbGciOiJIUzI1NiJ9",
            "AKIA and more",
            "11111111-1111-1111-1111-111111111111",
        ] {
            assert!(!is_credential(text), "{text}");
        }
    }

    #[test]
    fn ids_are_told_by_their_names() {
        assert!(is_name_of_id("backend-client-id"));
        assert!(is_name_of_id("TenantId"));
        assert!(!is_name_of_id("clientSecret"));
        assert!(is_guid("11111111-aaaa-1111-1111-111111111111"));
        assert!(!is_guid("11111111-aaaa-1111-1111-11111111111"));
    }
}
