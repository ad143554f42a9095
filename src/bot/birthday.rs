//! Birthday messages as a kind of bot: what a user writes, what is wrong with it, and what a job
//! takes from it. What a run does is in `shell/bot/birthday.rs`.

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bot::day::DateOrder;
use crate::bot::delivery::{DeliverySpec, TemplatesSpec};
use crate::bot::{contact, template};
use crate::field::{Field, Kind as Type};
use crate::model::allowance::Allowance;
use crate::model::bot::{DRY_RUN, Fault, Kind, MORE, Place, Settings, Setup, Texts};
use crate::text::findings;
use crate::written;

/// The kind.
pub static KIND: Kind = Kind {
    name: "birthday",
    icon: "M2.5 13.5h11M3.5 13.5V9c0-.6.5-1 1-1h7c.5 0 1 .4 1 1v4.5M3.5 10.6c1.5 1.3 3 1.3 4.5 0 \
        1.5 1.3 3 1.3 4.5 0M8 8V5.6M8 3.5v-.8",
    is_command: false,
    schema: SchemaGenerator::into_root_schema_for::<BirthdaySpec>,
    read,
    faults,
    warnings,
    late,
    settings: Some(Settings {
        title: "Birthday messages",
        command: "[/opt/greet, --all]",
        defaults: "{contacts: contacts.vcf}",
    }),
    texts: Texts {
        label: ["Birthday Bot", "Birthday Bot"],
        production: [
            "The bot will send real messages. Check the configuration.",
            "Le bot enverra de vrais messages. Vérifiez la configuration.",
        ],
        will: ["send real messages", "enverra de vrais messages"],
        mode_dry: [
            "  mode  test: it does everything but send.",
            "  mode  test : il fait tout sauf envoyer.",
        ],
        mode_real: [
            "  mode  PRODUCTION: it will send real messages. Set dry_run: true to try first.",
            "  mode  PRODUCTION : il enverra de vrais messages. Mettez dry_run: true pour essayer \
             d’abord.",
        ],
    },
    fields: FIELDS,
};

/// Its fields in the form.
const FIELDS: &[Field] = &[
    DRY_RUN,
    Field::new("process_late", "bot_config.process_late", Type::Switch),
    Field::new("max_days_late", "bot_config.max_days_late", Type::Number).only_with("process_late"),
    Field::new(
        "max_messages_per_run",
        "bot_config.max_messages_per_run",
        Type::NumberOrNull,
    ),
    Field::new("daily_limit", "bot_config.daily_limit", Type::NumberOrNull),
    Field::new(
        "weekly_limit",
        "bot_config.weekly_limit",
        Type::NumberOrNull,
    ),
    Field::new("contacts", "bot_config.contacts", Type::Contacts),
    Field::new("date_order", "bot_config.date_order", Type::Word),
    Field::new("via", "bot_config.delivery", Type::OneOf),
    Field::new("smtp_host", "bot_config.delivery.smtp.host", Type::Text),
    Field::new("smtp_port", "bot_config.delivery.smtp.port", Type::Number),
    Field::new("smtp_tls", "bot_config.delivery.smtp.tls", Type::Word).silent("starttls"),
    Field::new("smtp_user", "bot_config.delivery.smtp.user", Type::Text),
    Field::new(
        "smtp_password",
        "bot_config.delivery.smtp.password",
        Type::Secret,
    ),
    Field::new("smtp_from", "bot_config.delivery.smtp.from", Type::Text),
    Field::new("smtp_ca", "bot_config.delivery.smtp.ca_file", Type::Path),
    Field::new(
        "smtp_timeout",
        "bot_config.delivery.smtp.timeout_secs",
        Type::Number,
    )
    .silent("30"),
    Field::new("hook_url", "bot_config.delivery.webhook.url", Type::Url),
    Field::new(
        "hook_headers",
        "bot_config.delivery.webhook.headers",
        Type::Yaml,
    ),
    Field::new("hook_ca", "bot_config.delivery.webhook.ca_file", Type::Path),
    Field::new(
        "hook_timeout",
        "bot_config.delivery.webhook.timeout_secs",
        Type::Number,
    )
    .silent("30"),
    Field::new("sender", "bot_config.delivery.command", Type::Argv),
    Field::new("subjects", "bot_config.templates.subjects", Type::Lines),
    Field::new("messages", "bot_config.templates.messages", Type::Texts),
    Field::new(
        "late_subjects",
        "bot_config.templates.late_subjects",
        Type::Lines,
    )
    .only_with("process_late"),
    Field::new(
        "late_messages",
        "bot_config.templates.late_messages",
        Type::Texts,
    )
    .only_with("process_late"),
    Field::new("send_delay", "bot_config.delay_secs", Type::Number),
    MORE,
];

/// Birthday messages. Production is the default.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BirthdaySpec {
    /// Do everything but send. Default: false, messages are really sent. Example: `true`.
    pub dry_run: bool,
    /// Greet late birthdays too. Default: false. Example: `true`.
    pub process_late: bool,
    /// How many days late at most: 1 to 365. Has an effect only with `process_late`. Default: 7.
    /// Example: `14`.
    #[schemars(range(min = 1, max = 365))]
    pub max_days_late: u32,
    /// Messages per run: 1 to 1000000000, or `null` for no limit. Default: 10. Example: `5`.
    #[schemars(range(min = 1, max = 1_000_000_000), extend("x-nullable" = true))]
    pub max_messages_per_run: Option<u64>,
    /// Messages per calendar day in the job's zone: 1 to 1000000000, or `null` for no limit.
    /// Default: 10. Example: `5`.
    #[schemars(range(min = 1, max = 1_000_000_000), extend("x-nullable" = true))]
    pub daily_limit: Option<u64>,
    /// Messages in the last 7 × 24 hours: 1 to 1000000000, or `null` for no limit. Default: 50.
    /// Example: `30`.
    #[schemars(range(min = 1, max = 1_000_000_000), extend("x-nullable" = true))]
    pub weekly_limit: Option<u64>,
    /// Address book: a file `.vcf`, `.csv` or `.ics`, or a folder of such files; relative to the
    /// folder of `jobsd.yaml`, or of `jobs.d`. Default: that of `bots.birthday.defaults`, else none
    /// and the run fails. Example: `contacts/friends.vcf`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub contacts: Option<String>,
    /// Which number is the day in a date like 05/09/1990: `dmy`, 5 September, or `mdy`, 9 May.
    /// Default: what other dates of the column can only mean; where none decides, such a date is
    /// reported and not used. Example: `dmy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DateOrder")]
    pub date_order: Option<DateOrder>,
    /// How messages leave: by exactly one of `smtp`, `webhook` and `command`. Default: that of
    /// `bots.birthday.defaults`, else none and the run fails. Example:
    /// `{command: [bin/send, --quiet]}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DeliverySpec")]
    pub delivery: Option<DeliverySpec>,
    /// The words of messages. Default: one sentence, French or English by the language of the
    /// machine. Example: `{messages: ["Dear {first_name}, all the best!"]}`.
    #[serde(skip_serializing_if = "TemplatesSpec::is_empty")]
    pub templates: TemplatesSpec,
    /// Seconds of pause between two messages, half as much more or less by chance: 0 to 3600.
    /// Default: 2. Example: `10`.
    #[schemars(range(min = 0, max = 3_600))]
    pub delay_secs: u64,
}

impl Default for BirthdaySpec {
    fn default() -> BirthdaySpec {
        BirthdaySpec {
            dry_run: false,
            process_late: false,
            max_days_late: 7,
            max_messages_per_run: Some(10),
            daily_limit: Some(10),
            weekly_limit: Some(50),
            contacts: None,
            date_order: None,
            delivery: None,
            templates: TemplatesSpec::default(),
            delay_secs: 2,
        }
    }
}

fn read(config: &Value) -> Option<Setup> {
    let spec = BirthdaySpec::deserialize(config).ok()?;
    let needed = [
        ("contacts", spec.contacts.is_some()),
        ("delivery", spec.delivery.is_some()),
    ];
    let missing = needed.iter().filter(|(_, is_there)| !is_there);
    Some(Setup {
        allowance: Allowance {
            per_run: spec.max_messages_per_run,
            daily: spec.daily_limit,
            weekly: spec.weekly_limit,
        },
        missing: missing.map(|(key, _)| *key).collect(),
        ..Setup::of_bot(KIND.name, &spec)?
    })
}

fn late(config: &Value) -> Option<Option<u64>> {
    let is_late = written::is_on(config, "process_late");
    Some(is_late.then(|| written::number(config, "max_days_late").unwrap_or(7)))
}

/// Lateness without `process_late`.
fn warnings(config: &Value, defaults: &Value) -> Vec<Fault> {
    let is_own = config.get("process_late").is_some();
    let process = if is_own { config } else { defaults };
    let is_late = written::is_on(process, "process_late");
    let is_idle = config.get("max_days_late").is_some() && !is_late;
    let found =
        is_idle.then(|| Fault::new(Place::Key, "max_days_late", findings::bots::no_effect()));
    found.into_iter().collect()
}

/// Templates, addresses and logins.
fn faults(config: &Value, prefix: &str) -> Vec<Fault> {
    let mut faults = templates(config, prefix);
    faults.extend(sender(config, prefix));
    faults.extend(login(config));
    faults
}

const TEMPLATES: [&str; 4] = [
    "templates.subjects",
    "templates.messages",
    "templates.late_subjects",
    "templates.late_messages",
];

fn templates(config: &Value, prefix: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for list in TEMPLATES {
        let items = written::at(config, list).and_then(Value::as_array);
        let items = items.into_iter().flatten().enumerate();
        for (index, text) in items.filter_map(|(index, text)| Some((index, text.as_str()?))) {
            if let Err(part) = template::parse(text) {
                let key = format!("{list}.{index}");
                let words = findings::bots::template(&format!("{prefix}.{key}"), &part);
                faults.push(Fault::new(Place::Value, key, words));
            }
        }
    }
    faults
}

fn sender(config: &Value, prefix: &str) -> Option<Fault> {
    let key = "delivery.smtp.from";
    let text = written::text(config, key)?;
    let is_bad = contact::mailbox(text).is_none();
    is_bad.then(|| {
        let words = findings::bots::mail_address(&format!("{prefix}.{key}"), text);
        Fault::new(Place::Value, key, words)
    })
}

fn login(config: &Value) -> Option<Fault> {
    let (user, password) = ("delivery.smtp.user", "delivery.smtp.password");
    let has = |key| written::at(config, key).is_some();
    match (has(user), has(password)) {
        (true, false) => {
            let words = findings::bots::half_login("user", "password");
            Some(Fault::new(Place::Key, user, words))
        }
        (false, true) => {
            let words = findings::bots::half_login("password", "user");
            Some(Fault::new(Place::Key, password, words))
        }
        (true, true) => {
            let host = written::text(config, "delivery.smtp.host").unwrap_or_default();
            let has_tls = written::text(config, "delivery.smtp.tls") != Some("none");
            let is_clear = !has_tls && !is_loopback(host);
            let words = || findings::bots::clear_login(host);
            is_clear.then(|| Fault::new(Place::Key, password, words()))
        }
        (false, false) => None,
    }
}

/// Whether what is sent to this host stays on the machine.
fn is_loopback(host: &str) -> bool {
    let address = host.parse::<core::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
