//! What a run counted, in its reader's words: the counters of the contract, those of the built-in
//! bots, and a program's own under the names that it gives them.

use serde_json::Value;

use crate::model::run::RunRecord;
use crate::text::pages::Ui;
use crate::text::visible;

/// Counters that a row shows; the page of the run has all of them.
const SHOWN_MAX: usize = 4;
/// Counters of a run that are looked at.
const COUNTERS_MAX: usize = 20;
/// What the built-in bots count of a dry run.
const SIMULATED: [&str; 2] = ["would_send", "would_visit"];
/// Longest name of a program's own counter.
const NAME_CHARS_MAX: usize = 24;

/// A number with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The number.
    pub n: u64,
    words: Words,
}

/// The words of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Words {
    /// With a place for it: "{n} left|{n} left".
    Known(&'static str),
    /// The name that a program gives it.
    Own(String),
}

impl Counted {
    /// "7 left".
    pub fn text(&self, t: &Ui) -> String {
        match &self.words {
            Words::Known(words) => t.count(words, self.n),
            Words::Own(name) => format!("{}\u{a0}{name}", t.number(self.n)),
        }
    }

    /// "left": the words without the number.
    pub fn noun(&self, t: &Ui) -> String {
        let number = t.number(self.n);
        let text = self.text(t);
        let rest = text.strip_prefix(&number).unwrap_or(&text);
        rest.trim_start_matches(['\u{a0}', ' ']).to_owned()
    }
}

/// Everything that a run counted, the most telling first.
pub fn all(record: &RunRecord, t: &Ui) -> Vec<Counted> {
    let result = record.result.as_ref().and_then(Value::as_object);
    let own = |key: &str| result?.get(key)?.as_u64();
    let simulated = SIMULATED.iter().find_map(|key| own(key));
    let simulated = simulated.filter(|_| record.dry_run);
    let of_contract = [
        (simulated, t.c_sim),
        (
            record.messages_sent.filter(|_| simulated.is_none()),
            word(record, t.c_sent, t),
        ),
        (
            record.profiles_visited.filter(|_| simulated.is_none()),
            word(record, t.c_visited, t),
        ),
    ];
    let of_contract = of_contract
        .into_iter()
        .filter_map(|(n, words)| Some((n?, Words::Known(words))));
    let known = bots(t);
    let of_bots = known
        .iter()
        .filter_map(|(key, words)| Some((own(key)?, Words::Known(words))));
    let is_known = |key: &str| SIMULATED.contains(&key) || known.iter().any(|(it, _)| *it == key);
    let others = result
        .into_iter()
        .flatten()
        .filter(|(key, _)| !is_known(key));
    let others = others.filter_map(|(key, value)| {
        let is_name = key.chars().count() <= NAME_CHARS_MAX;
        let n = value.as_u64().filter(|_| is_name)?;
        Some((n, Words::Own(visible(key))))
    });
    let counted = of_contract.chain(of_bots).chain(others);
    counted
        .take(COUNTERS_MAX)
        .map(|(n, words)| Counted { n, words })
        .collect()
}

/// The counters of a row: those that are not zero, or the first one where all of them are.
pub fn in_short(record: &RunRecord, t: &Ui) -> Vec<String> {
    let counted = all(record, t);
    let some: Vec<&Counted> = counted.iter().filter(|it| it.n > 0).collect();
    let shown = if some.is_empty() {
        counted.first().into_iter().collect()
    } else {
        some
    };
    let shown = shown.into_iter().take(SHOWN_MAX);
    shown.map(|it| it.text(t)).collect()
}

/// The words of what a dry run leaves out, or these.
fn word(record: &RunRecord, words: &'static str, t: &Ui) -> &'static str {
    if record.dry_run { t.c_sim } else { words }
}

/// What the built-in bots count beside the contract.
fn bots(t: &Ui) -> [(&'static str, &'static str); 9] {
    [
        ("left", t.c_left),
        ("failed", t.c_failed),
        ("unknown", t.c_unknown),
        ("blocked", t.c_blocked),
        ("due", t.c_due),
        ("late", t.c_late),
        ("changed", t.c_changed),
        ("greeted", t.c_greeted),
        ("ignored", t.c_ignored),
    ]
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::text::Lang;

    fn record(dry_run: bool, sent: Option<u64>, result: &Value) -> RunRecord {
        serde_json::from_value(json!({
            "id": "00000000-0000-4000-8000-000000000001", "job_id": "a", "scheduled_at": null,
            "started_at": null, "finished_at": null, "status": "success", "reason": null,
            "error": null, "trigger": "manual", "attempt": 1, "exit_code": 0, "signal": null,
            "dry_run": dry_run, "messages_sent": sent, "profiles_visited": null, "result": result,
            "output_bytes": 0, "revision": null, "file": "jobs.d/a.yaml", "digest": "d",
            "host": "here",
        }))
        .unwrap()
    }

    fn said(record: &RunRecord, lang: Lang) -> String {
        in_short(record, Ui::of(lang))
            .join(" · ")
            .replace('\u{a0}', " ")
    }

    #[test]
    fn counters_of_the_bots_are_words() {
        let result = json!({"left": 7, "due": 2, "late": 0, "greeted": 1, "ignored": 0});
        let run = record(false, Some(2), &result);
        assert_eq!(
            said(&run, Lang::Fr),
            "2 envoyés · 7 restants · 2 du jour · 1 déjà souhaité"
        );
        assert_eq!(
            said(&run, Lang::En),
            "2 sent · 7 left · 2 due · 1 already greeted"
        );
    }

    #[test]
    fn a_dry_run_counts_what_it_would_send() {
        let run = record(true, Some(0), &json!({"would_send": 10, "left": 0}));
        assert_eq!(said(&run, Lang::Fr), "10 simulés");
        assert_eq!(
            said(&record(true, Some(8), &json!({})), Lang::En),
            "8 simulated"
        );
    }

    #[test]
    fn zeros_are_folded_and_unknown_keys_stay() {
        let run = record(false, None, &json!({"rows|{n}": 1204, "bad": 0}));
        assert_eq!(said(&run, Lang::En), "1,204 rows|{n}");
        assert_eq!(
            said(&record(false, Some(0), &json!({"due": 0})), Lang::Fr),
            "0 envoyé"
        );
    }
}
