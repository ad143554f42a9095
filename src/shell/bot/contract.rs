//! What every program is given (`docs/bots.md`), read from the environment. Without jobsd a bot
//! runs for now, in UTC.

use std::env;
use std::path::{Path, PathBuf};

use crate::shell::bot::Refusal;
use crate::shell::clock;
use crate::shell::send::origin::Origin;
use crate::text::bot_setup as words;
use crate::time::{self, TimeZone, Timestamp, civil::Date};

/// What a run is.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The run.
    pub run_id: String,
    /// Its due time.
    pub scheduled_at: Timestamp,
    /// The job's zone.
    pub zone: TimeZone,
    /// Whether outside effects are left out.
    pub dry_run: bool,
    /// Messages left under the job's limits.
    pub budget: Option<u64>,
    /// The job's own folder.
    pub state: Option<PathBuf>,
    /// Where the result goes.
    pub result: Option<PathBuf>,
    /// Where relative paths start.
    pub base: PathBuf,
}

impl Contract {
    /// Reads the environment; `dry_run` is what the config says.
    ///
    /// # Errors
    /// A variable that is not understood.
    pub fn from_env(dry_run: bool) -> Result<Contract, Refusal> {
        let text = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let bad =
            |name: &str, value: &str| Refusal(words::bad_variable(name, format!("{value:?}")));
        let scheduled_at = match text("JOBSD_SCHEDULED_AT") {
            None => clock::now(),
            Some(value) => value
                .parse()
                .map_err(|_| bad("JOBSD_SCHEDULED_AT", &value))?,
        };
        let zone = match text("JOBSD_TIMEZONE") {
            None => TimeZone::UTC,
            Some(value) => time::zone(&value).ok_or_else(|| bad("JOBSD_TIMEZONE", &value))?,
        };
        let budget = match text("JOBSD_BUDGET_REMAINING") {
            None => None,
            Some(value) => Some(
                value
                    .parse()
                    .map_err(|_| bad("JOBSD_BUDGET_REMAINING", &value))?,
            ),
        };
        Ok(Contract {
            run_id: text("JOBSD_RUN_ID").unwrap_or_default(),
            scheduled_at,
            zone,
            dry_run: dry_run || text("JOBSD_DRY_RUN").is_some_and(|value| value == "1"),
            budget,
            state: env::var_os("JOBSD_JOB_STATE").map(PathBuf::from),
            result: env::var_os("JOBSD_RESULT").map(PathBuf::from),
            base: env::var_os("JOBSD_BASE_DIR").map_or_else(|| ".".into(), PathBuf::from),
        })
    }

    /// The calendar day of the run, in the job's zone.
    pub fn today(&self) -> Date {
        self.zone.to_datetime(self.scheduled_at).date()
    }

    /// A path of the config.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.base.join(path)
    }

    /// The job's own folder, which a production run cannot do without.
    ///
    /// # Errors
    /// When jobsd did not name one.
    pub fn state(&self) -> Result<&Path, Refusal> {
        self.state
            .as_deref()
            .ok_or_else(|| Refusal(words::no_state()))
    }

    /// Where the config of a key stands, for what has paths and secrets of its own.
    pub fn origin<'a>(&'a self, key: &'a str) -> Origin<'a> {
        let base = self.base.as_path();
        Origin { base, key }
    }
}

/// The config of a bot, as JSON on standard input; the keys that are not there have their defaults.
///
/// # Errors
/// What is not understood.
pub fn config<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let text = if text.trim().is_empty() { "{}" } else { text };
    serde_json::from_str(text).map_err(|error| Refusal(words::bad_config(error)))
}
