//! How messages leave, and their words: what a user writes of it in a `bot_config`. These types are
//! the schema.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What the name of a variable is, for editors.
pub const VARIABLE_WANTED: &str =
    "Write a variable's name: letters, digits and `_`, not a digit first, as in MAIL_TO.";

/// How messages leave: exactly one of the three.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct DeliverySpec {
    /// By a mail server. Default: not by mail. Example:
    /// `{host: mail.example.org, from: ana@example.org}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SmtpSpec")]
    pub smtp: Option<SmtpSpec>,
    /// By an HTTP POST of one JSON object per message. Default: not by a web hook. Example:
    /// `{url: "https://hooks.example.org/birthday"}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "WebhookSpec")]
    pub webhook: Option<WebhookSpec>,
    /// By a program per message, which reads one JSON object on standard input and ends with 0 when
    /// the message has left, with another exit status when it surely has not. It has 60 seconds.
    /// Default: not by a program. Example: `[bin/send, --quiet]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub command: Option<Vec<String>>,
}

/// A mail server.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmtpSpec {
    /// Name or address of the server, at most 253 characters. Example: `mail.example.org`.
    #[schemars(length(min = 1, max = 253))]
    pub host: String,
    /// Port: 1 to 65535. Default: 587 with `starttls`, 465 with `implicit`, 25 with `none`.
    /// Example: `2525`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65_535))]
    pub port: Option<u16>,
    /// Encryption: `starttls` (refused where the server has none), `implicit` (from the first byte)
    /// or `none`. Default: starttls. Example: `implicit`.
    #[serde(default)]
    pub tls: TlsMode,
    /// A file of PEM certificates that are trusted in addition to the system's. Default: none.
    /// Example: `ca.pem`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ca_file: Option<String>,
    /// User to log in as; goes with `password`. Default: no login. Example: `ana`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub user: Option<String>,
    /// The user's password, kept elsewhere. Default: no login. Example:
    /// `{from_file: /run/secrets/smtp}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SecretSpec")]
    pub password: Option<SecretSpec>,
    /// The sender, 3 to 320 characters. Example: `Ana Lima <ana@example.org>`.
    #[schemars(length(min = 3, max = 320))]
    pub from: String,
    /// Seconds that the server may take to answer: 1 to 600. Default: 30. Example: `60`.
    #[serde(default = "thirty")]
    #[schemars(range(min = 1, max = 600))]
    pub timeout_secs: u64,
}

/// Encryption of a mail connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(
    missing_docs,
    reason = "a documented variant would turn the schema's enum into a oneOf"
)]
pub enum TlsMode {
    #[default]
    Starttls,
    Implicit,
    None,
}

/// An address that takes messages.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookSpec {
    /// Where each message is posted; one that holds a token is kept elsewhere. Or
    /// `{from_env: HOOK_URL}`. Example: `"https://hooks.example.org/birthday"`.
    #[schemars(schema_with = "url_or_secret")]
    pub url: Value,
    /// Headers in addition to the usual ones. Default: none. Example:
    /// `{Authorization: {from_env: HOOK_TOKEN}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "header_map")]
    pub headers: BTreeMap<String, Value>,
    /// A file of PEM certificates that are trusted in addition to the system's. Default: none.
    /// Example: `ca.pem`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ca_file: Option<String>,
    /// Seconds that the answer may take: 1 to 600. Default: 30. Example: `10`.
    #[serde(default = "thirty")]
    #[schemars(range(min = 1, max = 600))]
    pub timeout_secs: u64,
}

/// A value kept elsewhere: exactly one of the two.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct SecretSpec {
    /// Name of a variable of the daemon, passed on to the bot. Default: the value is in a file.
    /// Example: `SMTP_PASSWORD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]*$"),
        extend("patternErrorMessage" = VARIABLE_WANTED)
    )]
    pub from_env: Option<String>,
    /// Path of a file that holds the value; one newline at its end is left out. Default: the value
    /// is in a variable. Example: `/run/secrets/smtp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub from_file: Option<String>,
}

/// The words of messages. Each person gets one of the list, the same for the same birthday. Known
/// in braces: `{first_name}`, `{name}`, `{age}` (such a text is used only where the year is known),
/// `{days_late}`; `{{` is a brace.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TemplatesSpec {
    /// Subjects of mails. Default: one in the language of the machine. Example:
    /// `["Happy birthday, {first_name}!"]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Template>,
    /// Texts of messages. Default: one in the language of the machine. Example:
    /// `["Dear {first_name}, all the best!"]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Template>,
    /// Subjects of late mails. Default: `subjects`. Example: `["A late happy birthday"]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub late_subjects: Vec<Template>,
    /// Texts of late messages. Default: `messages`. Example:
    /// `["Better late than never, {first_name}!"]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub late_messages: Vec<Template>,
}

/// A text with names in braces, 1 to 10000 characters.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Template(#[schemars(length(min = 1, max = 10_000))] pub String);

impl TemplatesSpec {
    /// Whether no words are given.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty()
            && self.messages.is_empty()
            && self.late_subjects.is_empty()
            && self.late_messages.is_empty()
    }
}

fn url_or_secret(_: &mut SchemaGenerator) -> Schema {
    let mut schema = json_schema!({
        "type": ["string", "object"],
        "pattern": r"^https?://[^\s]+$",
        "patternErrorMessage": "Write an address without spaces that begins with https:// or \
            http://, or where it is kept: {from_env: HOOK_URL}."
    });
    for (key, value) in source() {
        schema.insert(key, value);
    }
    schema
}

fn header_map(_: &mut SchemaGenerator) -> Schema {
    let mut value = source();
    value.insert("type".to_owned(), json!(["string", "object"]));
    json_schema!({
        "type": "object",
        "propertyNames": {
            "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
            "patternErrorMessage": "Write a header's name without spaces or colon, as in \
                Authorization."
        },
        "additionalProperties": value
    })
}

/// What an object may hold that is in the place of a secret text.
fn source() -> Map<String, Value> {
    let keys = json!({
        "properties": {
            "from_env": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
                "patternErrorMessage": VARIABLE_WANTED, "description": "Name \
                of a variable of the daemon, passed on to the bot. Default: none, then `from_file` \
                is required. Example: `SMTP_PASSWORD`."},
            "from_file": {"type": "string", "minLength": 1, "description": "Path of a file that \
                holds the value. Default: none, then `from_env` is required. Example: \
                `/run/secrets/smtp`."}
        },
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1
    });
    keys.as_object().cloned().unwrap_or_default()
}

fn thirty() -> u64 {
    30
}
