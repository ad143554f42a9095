//! Why a run failed, in words. A record keeps the English ones (JSON is never translated); pages
//! and commands say them in their reader's language by [`read`], which knows every sentence that is
//! written here.

use crate::text::{Text, bot_setup, start};

/// The program ended by itself with this status.
pub fn exit(code: i32) -> Text {
    text!("exit status {code}", "code de sortie {code}")
}

/// A signal ended it.
pub fn signal(number: i32) -> Text {
    let name = signal_name(number).map_or(String::new(), |name| format!(" ({name})"));
    text!(
        "killed by signal {number}{name}",
        "arrêté par le signal {number}{name}"
    )
}

/// It was over its time limit, in seconds.
pub fn timeout(secs: u64) -> Text {
    let span = span(secs);
    text!("no end within {span}", "pas terminé en {span}")
}

/// Its result file says `success: false`, and no more.
pub fn reported() -> Text {
    text!(
        "the program reported a failure",
        "le programme a signalé un échec"
    )
}

/// The daemon died during the run.
pub fn interrupted() -> Text {
    text!(
        "the daemon died during the run; whether it took effect is unknown",
        "le démon s’est arrêté brutalement pendant l’exécution ; on ne sait pas si elle a eu son \
         effet"
    )
}

/// The due time could not be kept; by so many seconds.
pub fn late(secs: f64) -> Text {
    Text::new(
        format!("could not start within its grace; {secs:.1} s late"),
        format!(
            "n’a pas pu démarrer dans son délai de grâce ; {} s de retard",
            comma(&format!("{secs:.1}"))
        ),
    )
}

/// A limit leaves no message.
pub fn exhausted(limit: &str, count: u64) -> Text {
    text!(
        "{limit} ({count}) is used up",
        "{limit} ({count}) est épuisée"
    )
}

/// Its job was paused before it could start.
pub fn paused() -> Text {
    text!(
        "its job was paused before it could start",
        "son job a été mis en pause avant qu’elle démarre"
    )
}

/// Processes outlived the program.
pub fn left_behind() -> Text {
    text!(
        "processes were still running when the program ended; they were stopped",
        "des processus restaient après la fin du programme ; ils ont été arrêtés"
    )
}

/// What its start needs did not answer within the time limit.
pub fn no_answer() -> Text {
    text!(
        "it did not start: its program, its working directory or a file that it names is not \
         responding",
        "elle n’a pas démarré : son programme, son dossier de travail ou un fichier qu’elle nomme \
         ne répond pas"
    )
}

/// The process was killed before it became its program.
pub fn unborn() -> Text {
    text!(
        "it was killed before its program began: memory may be short (see dmesg)",
        "elle a été tuée avant que son programme ne commence : la mémoire manque peut-être (voyez \
         dmesg)"
    )
}

/// The output file took nothing any more.
pub fn output_lost() -> Text {
    text!(
        "its output file was not responding; output was lost",
        "son fichier de sortie ne répondait pas ; une partie de la sortie est perdue"
    )
}

/// The result file could not be read in time.
pub fn result_lost() -> Text {
    text!(
        "its result file was not responding",
        "son fichier de résultat ne répondait pas"
    )
}

/// The words of a record in both languages; what a program or the system said stays as it is.
pub fn read(error: &str) -> Text {
    if let Some(text) = start::read(error).or_else(|| bot_setup::read(error)) {
        return text;
    }
    let fixed = [
        interrupted(),
        left_behind(),
        reported(),
        paused(),
        no_answer(),
        unborn(),
        output_lost(),
        result_lost(),
    ];
    for text in fixed {
        if let Some(rest) = error.strip_prefix(text.en.as_str()) {
            return with_rest(text, rest);
        }
    }
    let (head, tail) = error
        .split_once("; ")
        .map_or((error, ""), |(head, tail)| (head, tail));
    if let Some(secs) = late_secs(error) {
        return late(secs);
    }
    let Some(text) = numbered(head) else {
        return Text::same(error.to_owned());
    };
    let rest = if tail.is_empty() {
        String::new()
    } else {
        format!("; {tail}")
    };
    with_rest(text, &rest)
}

fn with_rest(text: Text, rest: &str) -> Text {
    match rest.strip_prefix("; ") {
        Some(more) => {
            let more = read(more);
            Text::new(
                format!("{}; {}", text.en, more.en),
                format!("{} ; {}", text.fr, more.fr),
            )
        }
        None if rest.is_empty() => text,
        None => Text::same(format!("{}{rest}", text.en)),
    }
}

/// A sentence with a number in it.
fn numbered(text: &str) -> Option<Text> {
    if let Some(code) = text.strip_prefix("exit status ") {
        return code.parse().ok().map(exit);
    }
    if let Some(rest) = text.strip_prefix("killed by signal ") {
        let number = rest.split(' ').next()?;
        return number.parse().ok().map(signal);
    }
    if let Some(span) = text.strip_prefix("no end within ") {
        return Some(Text::new(text.to_owned(), format!("pas terminé en {span}")));
    }
    let (limit, rest) = text.split_once(" (")?;
    let count = rest.strip_suffix(") is used up")?;
    count.parse().ok().map(|count| exhausted(limit, count))
}

fn late_secs(text: &str) -> Option<f64> {
    let rest = text.strip_prefix("could not start within its grace; ")?;
    rest.strip_suffix(" s late")?.parse().ok()
}

fn comma(number: &str) -> String {
    number.replace('.', ",")
}

/// A span as both languages write it: "45 s", "5 min", "1 h 30 min".
fn span(secs: u64) -> String {
    let parts = [
        (secs / 3_600, "h"),
        (secs / 60 % 60, "min"),
        (secs % 60, "s"),
    ];
    let words: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{n} {unit}"))
        .collect();
    if words.is_empty() {
        "0 s".to_owned()
    } else {
        words.join(" ")
    }
}

/// The name of a signal of Linux.
fn signal_name(number: i32) -> Option<&'static str> {
    const NAMES: [&str; 31] = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    NAMES.get(index).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sentence that is added and that `read` does not know would stay English on a French page.
    #[test]
    fn every_sentence_is_read_back() {
        let all = [
            exit(3),
            signal(9),
            signal(60),
            timeout(1),
            timeout(5_400),
            reported(),
            interrupted(),
            late(12.34),
            exhausted("daily_limit", 10),
            paused(),
            left_behind(),
            no_answer(),
            unborn(),
            output_lost(),
            result_lost(),
        ];
        for text in all {
            assert_eq!(read(&text.en), text);
            let noted = Text::new(
                format!("{}; {}", text.en, left_behind().en),
                format!("{} ; {}", text.fr, left_behind().fr),
            );
            if late_secs(&text.en).is_none() {
                assert_eq!(read(&noted.en), noted);
            }
        }
        for own in ["no such account", "exit status x; y", "killed by signal"] {
            assert_eq!(read(own), Text::same(own.to_owned()));
        }
        assert_eq!(signal(9).en, "killed by signal 9 (KILL)");
        assert_eq!(timeout(1).en, "no end within 1 s");
        assert_eq!(timeout(5_400).en, "no end within 1 h 30 min");
    }
}
