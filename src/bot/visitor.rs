//! Visits of pages as a kind of bot: what a user writes, and what a job takes from it. What a run
//! does is in `shell/bot/visitor.rs`.

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::{Field, Kind as Type};
use crate::model::bot::{
    DRY_RUN, Kind, MORE, Settings, Setup, Texts, no_faults, no_lateness, no_warnings,
};

/// The kind.
pub static KIND: Kind = Kind {
    name: "visitor",
    icon: "M6 3.3a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM2 13c0-2.3 1.8-3.8 4-3.8s4 1.5 4 \
        3.8M10.7 4a1.8 1.8 0 0 1 0 3.4M11.6 9.5c1.5.4 2.4 1.7 2.4 3.5",
    is_command: false,
    schema: SchemaGenerator::into_root_schema_for::<VisitorSpec>,
    read,
    faults: no_faults,
    warnings: no_warnings,
    late: no_lateness,
    settings: Some(Settings {
        title: "Profile visits",
        command: "[/opt/visit]",
        defaults: "{addresses: pages.txt}",
    }),
    texts: Texts {
        label: ["Visitor Bot", "Visitor Bot"],
        production: [
            "The bot will visit real profiles. Check the configuration.",
            "Le bot visitera de vrais profils. Vérifiez la configuration.",
        ],
        will: ["visit real profiles", "visitera de vrais profils"],
        mode_dry: [
            "  mode  test: it does everything but visit.",
            "  mode  test : il fait tout sauf visiter.",
        ],
        mode_real: [
            "  mode  PRODUCTION: it will visit real profiles. Set dry_run: true to try first.",
            "  mode  PRODUCTION : il visitera de vrais profils. Mettez dry_run: true pour essayer \
             d’abord.",
        ],
    },
    fields: &[
        DRY_RUN,
        Field::new("limit", "bot_config.limit", Type::Number),
        Field::new("addresses", "bot_config.addresses", Type::Pages),
        Field::new("contact", "bot_config.contact", Type::Text),
        Field::new("visit_delay", "bot_config.delay_secs", Type::Number),
        Field::new("page_timeout", "bot_config.timeout_secs", Type::Number),
        Field::new("max_redirects", "bot_config.max_redirects", Type::Number),
        Field::new("visit_ca", "bot_config.ca_file", Type::Path),
        MORE,
    ],
};

/// Profile visits. Production is the default.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VisitorSpec {
    /// Do everything but visit. Default: false, pages are really visited. Example: `true`.
    pub dry_run: bool,
    /// Profiles per run: 1 to 500. Default: 50. Example: `20`.
    #[schemars(range(min = 1, max = 500))]
    pub limit: u32,
    /// Pages to visit: a file of one address per line, a `.csv` with a column `url`, a `.vcf` (its
    /// URL lines), or a folder of such files; relative to the folder of `jobsd.yaml`, or of
    /// `jobs.d`. Default: that of `bots.visitor.defaults`, else none and the run fails. Example:
    /// `pages.txt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub addresses: Option<String>,
    /// Seconds between two requests to one host: 0 to 3600. Default: 5. Example: `10`.
    #[schemars(range(min = 0, max = 3_600))]
    pub delay_secs: u64,
    /// Seconds that one page may take: 1 to 600. Default: 30. Example: `10`.
    #[schemars(range(min = 1, max = 600))]
    pub timeout_secs: u64,
    /// Redirects followed from one page: 0 to 20. Default: 5. Example: `2`.
    #[schemars(range(min = 0, max = 20))]
    pub max_redirects: u32,
    /// How a site's owner can reach you; part of the User-Agent. Default: none. Example:
    /// `ops@example.org`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = r"^[!-'*-~]{1,200}$"),
        extend("patternErrorMessage" = "Write an address without spaces and parentheses, at most \
            200 characters, as in https://example.org/bot.")
    )]
    pub contact: Option<String>,
    /// A file of PEM certificates that are trusted in addition to the system's. Default: none.
    /// Example: `ca.pem`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ca_file: Option<String>,
}

impl Default for VisitorSpec {
    fn default() -> VisitorSpec {
        VisitorSpec {
            dry_run: false,
            limit: 50,
            addresses: None,
            delay_secs: 5,
            timeout_secs: 30,
            max_redirects: 5,
            contact: None,
            ca_file: None,
        }
    }
}

fn read(config: &Value) -> Option<Setup> {
    let spec = VisitorSpec::deserialize(config).ok()?;
    let missing = spec.addresses.is_none().then_some("addresses");
    Some(Setup {
        missing: missing.into_iter().collect(),
        ..Setup::of_bot(KIND.name, &spec)?
    })
}
