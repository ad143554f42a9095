//! Findings of days, intervals and crowded times.

use crate::text::{Text, Words, guillemets, short};

const DAYS: &str = "mon, tue, wed, thu, fri, sat, sun";

/// The days as `day_of_week` takes them.
pub fn write_days() -> Text {
    text!(
        "days are {DAYS}: mon,wed,fri or mon-fri",
        "les jours sont {DAYS} : mon,wed,fri ou mon-fri"
    )
}

/// An interval of nothing.
pub fn interval_zero() -> Words {
    words!(
        "interval-zero",
        "the interval is 0: hours, minutes and seconds are all zero",
        "set at least one of hours, minutes and seconds above 0",
        "l’intervalle est 0 : hours, minutes et seconds sont tous nuls (zero)",
        "mettez au moins l’un de hours, minutes et seconds au-dessus de 0"
    )
}

/// An anchor that is not an instant.
pub fn anchor(text: &str) -> Words {
    let text = short(text);
    words!(
        "anchor",
        "\"{text}\" is not an RFC 3339 instant with an offset",
        "write 2026-01-01T06:00:00+01:00 or 2026-01-01T05:00:00Z",
        "\"{text}\" n’est pas un instant RFC 3339 avec décalage",
        "écrivez 2026-01-01T06:00:00+01:00 ou 2026-01-01T05:00:00Z"
    )
}

/// A day that is none.
pub fn day(name: &str, near: Option<&str>) -> Words {
    let name = &short(name);
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let message = if name.is_empty() {
        text!("a day is missing", "il manque un jour")
    } else if is_number {
        text!(
            "\"{name}\" is not a day: numbers mean different days in different programs",
            "\"{name}\" n’est pas un jour : les nombres changent de sens d’un programme à l’autre"
        )
    } else {
        text!("\"{name}\" is not a day", "\"{name}\" n’est pas un jour")
    };
    let help = match near {
        Some(near) => text!(
            "did you mean `{near}`? days are {DAYS}",
            "vouliez-vous dire `{near}` ? les jours sont {DAYS}"
        ),
        None => text!(
            "days are {DAYS}: mon,wed,fri or mon-fri",
            "les jours sont {DAYS} : mon,wed,fri ou mon-fri"
        ),
    };
    Words {
        code: "day",
        message: Text::new(message.en, guillemets(&message.fr)),
        help,
    }
}

/// Days backwards.
pub fn day_backwards(range: &str) -> Words {
    let range = short(range);
    words!(
        "day",
        "the range \"{range}\" goes backwards",
        "write the earlier day first, or list the days: fri,sat,sun,mon",
        "l’intervalle \"{range}\" est à rebours",
        "écrivez le premier jour d’abord, ou listez les jours : fri,sat,sun,mon"
    )
}

/// Many jobs at one time.
pub fn crowded_minute(count: usize, time: &str, zone: &str) -> Words {
    words!(
        "crowded-minute",
        "{count} jobs are due at {time} {zone}",
        "spread them over some minutes",
        "{count} jobs sont dus à {time} {zone}",
        "répartissez-les sur quelques minutes"
    )
}
