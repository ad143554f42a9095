//! Secrets that are known by their form, whatever name they are under: tokens with the issuer's
//! prefix, private keys, JSON Web Tokens (RFC 7519), passwords in addresses (RFC 3986, section
//! 3.2.1).

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::text::Text;

/// No secret of a known form is shorter, so that most texts are passed over.
const BYTES_MIN: usize = 16;

/// How a token of an issuer begins, how many characters follow at least, and whose it is.
const PREFIXES: [(&str, usize, &str); 23] = [
    ("AKIA", 16, "AWS"),
    ("ASIA", 16, "AWS"),
    ("ghp_", 36, "GitHub"),
    ("gho_", 36, "GitHub"),
    ("ghu_", 36, "GitHub"),
    ("ghs_", 36, "GitHub"),
    ("ghr_", 36, "GitHub"),
    ("github_pat_", 22, "GitHub"),
    ("glpat-", 20, "GitLab"),
    ("xoxa-", 10, "Slack"),
    ("xoxb-", 10, "Slack"),
    ("xoxp-", 10, "Slack"),
    ("xoxr-", 10, "Slack"),
    ("xoxs-", 10, "Slack"),
    ("sk_live_", 16, "Stripe"),
    ("rk_live_", 16, "Stripe"),
    ("AIza", 35, "Google"),
    ("npm_", 36, "npm"),
    ("pypi-", 50, "PyPI"),
    ("SG.", 40, "SendGrid"),
    ("sk-ant-", 20, "Anthropic"),
    ("sk-proj-", 20, "OpenAI"),
    ("dop_v1_", 64, "DigitalOcean"),
];
/// … and how the other forms begin.
const OTHERS: [&str; 3] = ["-----BEGIN ", "eyJ", "://"];

static STARTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let starts = PREFIXES.iter().map(|(start, ..)| *start).chain(OTHERS);
    AhoCorasick::new(starts).expect("a few short words")
});

/// What has the form of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where, in bytes.
    pub place: Range<usize>,
    /// What it is.
    pub what: Text,
}

/// Every such part of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    if text.len() < BYTES_MIN {
        return Vec::new();
    }
    let mut found: Vec<Token> = Vec::new();
    for start in STARTS.find_iter(text) {
        let is_inside = found
            .last()
            .is_some_and(|last| start.start() < last.place.end);
        if !is_inside {
            found.extend(token(text, start.pattern().as_usize(), start.range()));
        }
    }
    found
}

fn token(text: &str, form: usize, start: Range<usize>) -> Option<Token> {
    let (before, rest) = (&text[..start.start], &text[start.end..]);
    let is_word = before.ends_with(|c: char| c.is_ascii_alphanumeric());
    if let Some((_, least, issuer)) = PREFIXES.get(form) {
        let length = length(rest, b"_-.");
        let what = text!("a token of {issuer}", "un jeton de {issuer}");
        return (!is_word && length >= *least).then(|| Token {
            place: start.start..start.end + length,
            what,
        });
    }
    let (place, what) = match form - PREFIXES.len() {
        0 => {
            let end = rest
                .find("-----")
                .filter(|end| rest[..*end].ends_with("PRIVATE KEY"))?;
            let all = rest.find("-----END").map_or(end + 5, |end| end + 8);
            (
                start.start..start.end + all,
                text!("a private key", "une clé privée"),
            )
        }
        1 if !is_word => {
            let length = length(rest, b"_-.");
            let mut parts = rest[..length].split('.');
            let is_jwt = parts.clone().count() == 3 && parts.all(|part| part.len() >= 10);
            let what = text!("a JSON Web Token", "un JSON Web Token");
            is_jwt.then_some((start.start..start.end + length, what))?
        }
        2 => {
            let end = rest
                .find(['/', '?', '#', '"', '\'', ' ', '\t', '\n'])
                .unwrap_or(rest.len());
            let user = &rest[..rest[..end].rfind('@')?];
            let colon = user.find(':')?;
            let password = &user[colon + 1..];
            // One that the shell or a template fills in is not there.
            let is_filled = password.is_empty() || password.starts_with(['$', '{', '<', '%', '*']);
            let what = text!(
                "a password in an address",
                "un mot de passe dans une adresse"
            );
            let at = start.end + colon + 1;
            (!is_filled).then_some((at..start.end + user.len(), what))?
        }
        _ => return None,
    };
    Some(Token { place, what })
}

/// How many characters of a token follow.
fn length(rest: &str, more: &[u8]) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || more.contains(byte);
    rest.bytes().take_while(is_part).count()
}

#[cfg(test)]
mod tests {
    use super::tokens;

    /// What merely resembles one is not.
    #[test]
    fn only_known_forms_of_tokens_are_found() {
        let alnum = "aB3".repeat(14);
        let secrets = [
            "AKIAIOSFODNN7EXAMPLE".to_owned(),
            format!("Bearer ghp_{}", &alnum[..36]),
            format!("token=glpat-{}", &alnum[..20]),
            format!("eyJ{0}.{0}.{0}", &alnum[..20]),
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE \
             KEY-----"
                .to_owned(),
            "postgres://app:hunter2@db.example.org/app".to_owned(),
        ];
        for text in &secrets {
            assert_eq!(tokens(text).len(), 1, "{text}");
        }
        let place = tokens(&secrets[5])[0].place.clone();
        assert_eq!(&secrets[5][place], "hunter2");
        for text in [
            "https://example.org/a:b@c",
            "https://user@example.org/",
            "postgres://app:$PASSWORD@db/app",
            "postgres://app:${PASSWORD}@db/app",
            "XAKIAIOSFODNN7EXAMPLE",
            "AKIAIOSFODNN7",
            "-----BEGIN CERTIFICATE-----",
            "eyJhbGciOiJIUzI1NiJ9",
            "ghp_short and more words",
        ] {
            assert_eq!(tokens(text), Vec::new(), "{text}");
        }
    }
}
