//! What a reload changed, in words.

use crate::model::event::{Reloaded, Renamed};
use crate::model::job::JobId;
use crate::text::{Lang, Text, reload, requests};
use crate::view::answer::reload::ReloadAnswer;

/// Jobs that are named in a line.
const NAMED_MAX: usize = 10;

/// A kind of change and its jobs in a line, at most `NAMED_MAX` by name; then what was not
/// recognized as a rename, and the errors.
pub fn reloaded(answer: &ReloadAnswer) -> Text {
    let mut lines = answer.reload.as_deref().map(lines).unwrap_or_default();
    if lines.is_empty() {
        lines.push(requests::nothing_reloaded());
    }
    // A daemon of an earlier version says them of a change only.
    let of_change = answer.reload.iter().flat_map(|reload| &reload.errors);
    let errors = match &answer.errors[..] {
        [] => of_change.collect::<Vec<_>>(),
        errors => errors.iter().collect(),
    };
    lines.extend(
        errors
            .iter()
            .take(NAMED_MAX)
            .map(|line| Text::same(line.as_str())),
    );
    if !errors.is_empty() {
        lines.push(reload::see_validate(errors.len()));
    }
    let joined = |lang| lines.iter().map(|line| line.get(lang)).collect::<Vec<_>>();
    Text::new(joined(Lang::En).join("\n"), joined(Lang::Fr).join("\n"))
}

fn lines(reload: &Reloaded) -> Vec<Text> {
    let counts = &reload.counts;
    let ids = |list: &[JobId]| list.iter().map(JobId::to_string).collect();
    let renamed = reload.renamed.iter();
    let renamed = renamed.map(|Renamed { from, to }| format!("{from} → {to}"));
    let changes = [
        change("added", ids(&reload.added), counts.added),
        change("changed", ids(&reload.changed), counts.changed),
        change("removed", ids(&reload.removed), counts.removed),
        change("renamed", renamed.collect(), counts.renamed),
    ];
    let not_renamed = reload.not_renamed.iter();
    let not_renamed =
        not_renamed.map(|Renamed { from, to }| reload::not_renamed(from.as_str(), to.as_str()));
    let changes = changes.into_iter().flatten();
    changes.chain(not_renamed).collect()
}

/// "2 added: a, b"; `None` where there is no such change.
fn change(word: &str, ids: Vec<String>, counted: usize) -> Option<Text> {
    let count = counted.max(ids.len());
    let named = ids[..ids.len().min(NAMED_MAX)].join(", ");
    let more = if count > NAMED_MAX { " …" } else { "" };
    let line = |lang| format!("{count} {}: {named}{more}", reload::word(word, lang));
    let french = line(Lang::Fr).replacen(':', " :", 1);
    (count > 0).then(|| Text::new(line(Lang::En), french))
}
