//! Findings of cron expressions.

use crate::text::findings::did_you_mean;
use crate::text::{Text, Words, guillemets, short};

/// A cron field.
#[derive(Clone, Copy, Debug)]
pub struct CronField {
    /// English name.
    pub en: &'static str,
    /// French name.
    pub fr: &'static str,
    /// Least value.
    pub min: u64,
    /// Greatest value.
    pub max: u64,
}

fn cron(en: String, help: Text, fr: String) -> Words {
    Words {
        code: "cron",
        message: Text::new(en, guillemets(&fr)),
        help,
    }
}

fn cron_form() -> Text {
    text!(
        "write five fields: minute hour day-of-month month day-of-week, for example \"30 8 * * \
         mon-fri\"",
        "écrivez cinq champs : minute heure jour-du-mois mois jour-de-la-semaine, par exemple \"30 \
         8 * * mon-fri\""
    )
}

/// The expression as a whole.
#[derive(Clone, Copy, Debug)]
pub enum CronWhole {
    /// Over 1,000 characters.
    TooLong,
    /// A control character inside.
    Control,
    /// Nothing in it.
    Empty,
    /// Something after a nickname.
    BehindNickname,
}

/// A fault of the expression as a whole.
pub fn cron_whole(fault: CronWhole) -> Words {
    let (en, fr) = match fault {
        CronWhole::TooLong => (
            "the expression is longer than 1000 characters",
            "l’expression dépasse 1000 caractères",
        ),
        CronWhole::Control => (
            "a line break or control character is not a separator",
            "un saut de ligne ou un caractère de contrôle ne sépare pas les champs",
        ),
        CronWhole::Empty => ("the expression is empty", "l’expression est vide"),
        CronWhole::BehindNickname => (
            "nothing may follow a nickname",
            "rien ne peut suivre un raccourci",
        ),
    };
    cron(en.to_owned(), cron_form(), fr.to_owned())
}

/// A schedule that never comes.
pub fn cron_never() -> Words {
    words!(
        "cron",
        "no calendar day ever matches: the schedule would never run",
        "check day of month against month: February has 29 days at most; April, June, September \
         and November have 30",
        "aucun jour du calendrier ne convient : rien ne s’exécuterait jamais",
        "comparez jour du mois et mois : février a 29 jours au plus ; avril, juin, septembre et \
         novembre en ont 30"
    )
}

/// A nickname with seconds.
pub fn cron_nickname_seconds() -> Words {
    words!(
        "cron",
        "a nickname has no seconds, but `seconds: true` is set",
        "remove `seconds: true`",
        "un raccourci n’a pas de secondes, mais `seconds: true` est donné",
        "retirez `seconds: true`"
    )
}

/// An unknown nickname.
pub fn cron_nickname(name: &str, near: Option<&str>) -> Words {
    let name = short(name);
    let mut words = words!(
        "cron",
        "\"{name}\" is not a nickname",
        "nicknames are @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly",
        "\"{name}\" n’est pas un raccourci",
        "les raccourcis sont @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly"
    );
    if let Some(near) = near {
        words.help = did_you_mean(near);
    }
    words
}

/// `@every 5m`.
pub fn cron_every() -> Words {
    words!(
        "cron",
        "\"@every\" is elapsed time, not a cron expression",
        "use schedule_type: interval with schedule_config: {{minutes: 5}}",
        "\"@every\" est un temps écoulé, pas une expression cron",
        "utilisez schedule_type: interval avec schedule_config: {{minutes: 5}}"
    )
}

/// `L-3`.
pub fn cron_before_last(text: &str) -> Words {
    let text = short(text);
    words!(
        "cron",
        "day of month: \"{text}\": days before the last one cannot be named",
        "write L for the last day, or LW for the last weekday",
        "jour du mois : \"{text}\" : on ne peut pas compter à partir du dernier jour",
        "écrivez L pour le dernier jour, ou LW pour le dernier jour ouvré"
    )
}

/// A zone inside the expression.
pub fn cron_zone(text: &str) -> Words {
    let text = short(text);
    words!(
        "cron",
        "\"{text}\" sets a zone inside the expression",
        "write the zone in the job's `timezone` key",
        "\"{text}\" fixe un fuseau dans l’expression",
        "écrivez le fuseau dans la clé `timezone` du job"
    )
}

/// The wrong number of fields.
pub fn cron_count(found: usize, seconds: bool) -> Words {
    match (found, seconds) {
        (6, false) => words!(
            "cron",
            "6 fields, but five are expected (5): programs disagree whether a sixth is seconds or \
             a year",
            "add `seconds: true` when the first field is seconds; a year cannot be given",
            "6 champs au lieu de cinq (5) : les programmes ne s’accordent pas sur un sixième, \
             secondes ou année",
            "ajoutez `seconds: true` à côté si le premier champ est celui des secondes ; une année \
             ne se donne pas"
        ),
        (5, true) => words!(
            "cron",
            "5 fields, but `seconds: true` asks for six, seconds first",
            "remove `seconds: true`, or put a seconds field first: \"0 30 8 * * *\"",
            "5 champs, mais `seconds: true` en demande six, secondes d’abord",
            "retirez `seconds: true`, ou commencez par les secondes : \"0 30 8 * * *\""
        ),
        (found, seconds) => {
            let (n, six) = if seconds {
                ("six (6)", true)
            } else {
                ("five (5)", false)
            };
            let cinq = if six { "six (6)" } else { "cinq (5)" };
            let s = if found == 1 { "" } else { "s" };
            cron(
                format!(
                    "{found} field{s}, but {n} are expected: minute, hour, day of month, month, \
                     day of week"
                ),
                cron_form(),
                format!(
                    "{found} champ{s} au lieu de {cinq} : minute, heure, jour du mois, mois, jour \
                     de la semaine"
                ),
            )
        }
    }
}

/// `W` in a list.
pub fn cron_weekday_alone(item: &str) -> Words {
    let item = short(item);
    words!(
        "cron",
        "day of month: \"{item}\" must be the whole field",
        "write LW or 15W, with nothing else in it",
        "jour du mois : \"{item}\" doit être seul dans le champ",
        "écrivez LW ou 15W comme champ entier"
    )
}

/// `#9`.
pub fn cron_week(which: &str) -> Words {
    let which = short(which);
    words!(
        "cron",
        "day of week: \"#{which}\" is not a week of the month",
        "write #1 to #5, or #L for the last",
        "jour de la semaine : \"#{which}\" n’est pas une semaine du mois",
        "écrivez #1 à #5, ou #L pour la dernière"
    )
}

/// `1,,2`.
pub fn cron_empty_item(field: CronField) -> Words {
    let CronField { en, fr, .. } = field;
    words!(
        "cron",
        "{en}: a list item is empty",
        "remove the extra comma",
        "{fr} : un élément de la liste est vide",
        "retirez la virgule en trop"
    )
}

/// `5-1`.
pub fn cron_backwards(field: CronField, range: &str) -> Words {
    let range = short(range);
    let CronField { en, fr, .. } = field;
    words!(
        "cron",
        "{en}: the range \"{range}\" goes backwards",
        "put the lower end first, or write two ranges",
        "{fr} : l’intervalle \"{range}\" est à rebours",
        "mettez la borne basse d’abord, ou écrivez deux intervalles"
    )
}

/// `0/15`.
pub fn cron_single_step(field: CronField, text: &str, from: &str, step: u64) -> Words {
    let CronField { en, fr, max, .. } = field;
    let (text, from) = (short(text), short(from));
    words!(
        "cron",
        "{en}: \"{text}\" steps from a single value",
        "programs disagree on its meaning; write \"{from}-{max}/{step}\"",
        "{fr} : \"{text}\" a un pas sur une seule valeur",
        "les programmes ne s’accordent pas sur son sens ; écrivez \"{from}-{max}/{step}\""
    )
}

/// `*/0`.
pub fn cron_step(field: CronField, text: &str) -> Words {
    let text = short(text);
    let CronField { en, fr, .. } = field;
    words!(
        "cron",
        "{en}: \"{text}\" is not a step",
        "a step is a whole number from 1 to 65535",
        "{fr} : \"{text}\" n’est pas un pas",
        "un pas est un nombre entier de 1 à 65535"
    )
}

/// `61`.
pub fn cron_range(field: CronField, text: &str) -> Words {
    let text = short(text);
    let CronField { en, fr, min, max } = field;
    words!(
        "cron",
        "{en}: {text} is out of range {min}-{max}",
        "{en} goes from {min} to {max}",
        "{fr} : {text} est hors limites {min}-{max}",
        "{fr} va de {min} à {max}"
    )
}

/// `monday`, `x`.
pub fn cron_value(field: CronField, text: &str, near: Option<&str>, names: &[&str]) -> Words {
    let CronField { en, fr, min, max } = field;
    let text = short(text);
    let mut words = words!(
        "cron",
        "{en}: \"{text}\" is not a value",
        "write a number from {min} to {max}",
        "{fr} : \"{text}\" n’est pas une valeur",
        "écrivez un nombre de {min} à {max}"
    );
    let list = names.join(", ");
    match near {
        Some(near) => {
            words.help = text!(
                "did you mean `{near}`? names have three letters",
                "vouliez-vous dire `{near}` ? les noms ont trois lettres"
            );
        }
        None if !names.is_empty() => {
            words.help.en += &format!(" or a name of three letters: {list}");
            words.help.fr += &format!(" ou un nom de trois lettres : {list}");
        }
        None => {}
    }
    words
}

/// `*/2` beside a restricted day field.
pub fn star_step_day(step: &str) -> Words {
    let step = short(step);
    words!(
        "star-step-day",
        "`{step}` begins with `*`, so both day fields must match; some programs let one be enough",
        "list the days: 1-31/2 lets one be enough, or leave the other field `*`",
        "`{step}` commence par `*` : les deux champs de jour doivent convenir ; d’autres \
         programmes se contentent d’un seul",
        "listez les jours : 1-31/2 se contente d’un seul, ou laissez l’autre champ à `*`"
    )
}

/// Both day fields restricted.
pub fn either_day(of_month: &str, of_week: &str) -> Words {
    let (of_month, of_week) = (short(of_month), short(of_week));
    words!(
        "either-day",
        "day of month `{of_month}` and day of week `{of_week}`: one match is enough",
        "if both were meant to match, test one in the program; if one is enough, nothing is wrong",
        "jour du mois `{of_month}` et jour de la semaine `{of_week}` : un seul suffit",
        "si les deux devaient convenir, testez l’un dans le programme ; si un seul suffit, tout va \
         bien"
    )
}

/// A step larger than its field.
pub fn large_step(field: CronField, step: u64, value: &str) -> Words {
    let CronField { en, fr, .. } = field;
    words!(
        "large-step",
        "{en}: the step {step} is larger than the field: only {value} matches",
        "write only that value; for elapsed time use schedule_type: interval",
        "{fr} : le pas {step} dépasse le champ : seul {value} convient",
        "écrivez cette valeur seule ; pour un temps écoulé, utilisez schedule_type: interval"
    )
}
