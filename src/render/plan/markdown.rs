//! A plan as markdown for a pull request: stable bytes, bounded, and nothing of a file takes effect
//! in it. What files say stands in code spans, which no text leaves, and in HTML escaped.

use sha2::{Digest as _, Sha256};

use crate::plan::document::Plan;
use crate::plan::job::{Change, JobPlan};
use crate::render::plan as shared;
use crate::text::{Lang, Text, cut, plan as words, reload, visible};

/// The document; whole jobs are left out where it would be longer than `bytes_max`.
pub fn plan(plan: &Plan, lang: Lang, bytes_max: usize) -> String {
    let head = head(plan, lang);
    let tail = tail(plan, lang);
    let jobs: Vec<String> = plan.jobs.iter().map(|it| job(it, lang)).collect();
    // The marker, the sentence of what was left out, and line ends.
    let mut room = bytes_max.saturating_sub(head.len() + tail.len() + 400);
    let fits = |job: &&String| {
        let is_there = job.len() <= room;
        room = room.saturating_sub(job.len());
        is_there
    };
    let shown: Vec<&String> = jobs.iter().take_while(fits).collect();
    let left_out = jobs.len() - shown.len();
    let mut body = head;
    body.extend(shown.into_iter().map(String::as_str));
    if left_out > 0 {
        body += &format!("*{}*\n\n", words::left_out(left_out).get(lang));
    }
    body += &tail;
    let body = if body.len() > bytes_max.saturating_sub(64) {
        // Findings alone can be longer than everything that may be said.
        let mut short = format!("{}\n", shared::summary(plan).get(lang));
        if plan.has_errors() {
            short += &format!("\n**{}**\n", words::errors(plan.summary.errors).get(lang));
        }
        short + &format!("\n*{}*\n", words::left_out(plan.jobs.len()).get(lang))
    } else {
        body
    };
    let digest = Sha256::digest(body.as_bytes());
    let digest: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("<!-- jobsd-plan {digest} -->\n{body}")
}

fn head(plan: &Plan, lang: Lang) -> String {
    let mut text = format!("### {}\n\n", shared::summary(plan).get(lang));
    text += &format!("{}\n\n", code(shared::head(plan).get(lang)));
    if plan.summary.bad > 0 {
        text += &format!("**{}**\n\n", words::bad_files(plan.summary.bad).get(lang));
    }
    if plan.summary.bad_settings {
        text += &format!("**{}**\n\n", words::bad_settings().get(lang));
    }
    if plan.is_empty() {
        text += &format!("{}\n\n", words::nothing().get(lang));
    }
    if !plan.settings.is_empty() {
        text += &format!("**{}**\n\n", words::settings().get(lang));
        for field in &plan.settings {
            let (old, new) = (
                shared::value(&field.old, lang),
                shared::value(&field.new, lang),
            );
            text += &format!("- {}: {} → {}\n", code(&field.key), code(&old), code(&new));
        }
        for key in &plan.restart_needed {
            text += &format!("- {}\n", code(reload::waits_for_restart(key).get(lang)));
        }
        text += "\n";
    }
    for note in shared::not_renamed(plan) {
        text += &format!("{}\n\n", code(note.get(lang)));
    }
    let lists = [
        (words::new_findings(), &plan.findings.new),
        (words::gone_findings(), &plan.findings.gone),
    ];
    for (title, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        text += &format!("**{}**\n\n", title.get(lang));
        for finding in list.iter().take(FINDINGS_MAX) {
            text += &format!("- {}\n", code(&shared::finding(finding, lang)));
        }
        if let Some(more) = list
            .len()
            .checked_sub(FINDINGS_MAX)
            .filter(|more| *more > 0)
        {
            text += &format!("- +{more}\n");
        }
        text += "\n";
    }
    text
}

/// Findings that are listed.
const FINDINGS_MAX: usize = 50;

fn job(job: &JobPlan, lang: Lang) -> String {
    let word = words::change(job.change.as_str(), lang);
    let counts = shared::counts(&job.fires, lang);
    let mut text = format!(
        "<details><summary><code>{}</code> {word}{}{counts}</summary>\n\n",
        html(&shared::ids(job)),
        colon(lang)
    );
    text += &format!("- {}\n", code(&format!("{}:{}", job.path, job.line)));
    if let Some(schedules) = shared::schedules(job, lang) {
        text += &format!("- {}\n", code(&schedules));
    }
    for field in &job.fields {
        let place = shared::set_by(field, job, lang);
        let place = if place.is_empty() {
            place
        } else {
            format!(" ({})", code(&place))
        };
        let (old, new) = (
            shared::value(&field.old, lang),
            shared::value(&field.new, lang),
        );
        text += &format!(
            "- {}: {} → {}{place}\n",
            code(&field.key),
            code(&old),
            code(&new)
        );
    }
    let fires = &job.fires;
    if fires.moved_secs.is_none() && job.change != Change::Unchanged {
        for (head, list, more) in [
            (words::comes(), &fires.added, fires.more_added),
            (words::goes(), &fires.removed, fires.more_removed),
        ] {
            if list.is_empty() {
                continue;
            }
            let times = list
                .iter()
                .map(|fire| code(&shared::local(fires, fire, lang)));
            let mut times = times.collect::<Vec<_>>().join(", ");
            if more {
                times += " …";
            }
            text += &format!("- {}{}{times}\n", head.get(lang), colon(lang));
        }
    }
    for line in shared::clock_changes(fires, lang) {
        text += &format!("- ⚠ {}\n", code(&line));
    }
    if fires.cut {
        text += &format!("- {}\n", words::cut().get(lang));
    }
    text + "\n</details>\n\n"
}

fn tail(plan: &Plan, lang: Lang) -> String {
    let mut text = String::new();
    if !plan.busiest.is_empty() {
        text += &format!("**{}**\n\n", words::busiest().get(lang));
        for it in &plan.busiest {
            let first = it.first.strftime("%Y-%m-%d").to_string();
            let row = words::starts(&it.minute, it.before, it.after, it.days, &first);
            text += &format!("- {}\n", row.get(lang));
        }
        text += "\n";
    }
    let budgets = &plan.budgets;
    if budgets.before.week + budgets.after.week > 0 {
        let (before, after) = (budgets.before, budgets.after);
        let row = words::budgets((before.day, before.week), (after.day, after.week));
        text += &format!("{}\n\n", row.get(lang));
    }
    if let Some(live) = shared::live(plan) {
        text += &format!("**{}**\n\n", words::live().get(lang));
        let lines = live
            .iter()
            .map(|line: &Text| format!("- {}\n", code(line.get(lang))));
        text += &lines.collect::<String>();
        text += "\n";
    }
    text + words::no_fire_by_change().get(lang) + "\n"
}

fn colon(lang: Lang) -> &'static str {
    if lang == Lang::Fr { " : " } else { ": " }
}

/// Longest text of a code span.
const CODE_CHARS_MAX: usize = 300;

/// A code span: longer fences than the text has backticks, and no line end.
fn code(text: &str) -> String {
    let text = visible(&cut(text, CODE_CHARS_MAX));
    let mut longest = 0;
    let mut length = 0;
    for c in text.chars() {
        length = if c == '`' { length + 1 } else { 0 };
        longest = longest.max(length);
    }
    let fence = "`".repeat(longest + 1);
    let needs_room = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty();
    let room = if needs_room { " " } else { "" };
    format!("{fence}{room}{text}{room}{fence}")
}

/// Text inside an element.
fn html(text: &str) -> String {
    let mut shown = String::new();
    for c in visible(&cut(text, CODE_CHARS_MAX)).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            c => shown.push(c),
        }
    }
    shown
}
