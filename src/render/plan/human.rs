//! A plan on a terminal.

use crate::plan::document::Plan;
use crate::plan::job::{Change, JobPlan};
use crate::render::plan as shared;
use crate::render::screen::{Screen, Tint};
use crate::text::{plan as words, reload, visible};

/// The whole plan.
pub fn plan(plan: &Plan, screen: &Screen) -> String {
    let lang = screen.lang;
    let mut lines = vec![shared::head(plan).get(lang).to_owned()];
    lines.push(shared::summary(plan).get(lang).to_owned());
    if plan.summary.bad > 0 {
        lines.push(words::bad_files(plan.summary.bad).get(lang).to_owned());
    }
    if plan.summary.bad_settings {
        lines.push(words::bad_settings().get(lang).to_owned());
    }
    if plan.is_empty() {
        lines.push(words::nothing().get(lang).to_owned());
        return joined(&lines);
    }
    for it in &plan.jobs {
        lines.push(String::new());
        job(it, screen, &mut lines);
    }
    settings(plan, screen, &mut lines);
    for note in shared::not_renamed(plan) {
        lines.extend([String::new(), format!("* {}", note.get(lang))]);
    }
    findings(plan, screen, &mut lines);
    together(plan, screen, &mut lines);
    joined(&lines)
}

fn joined(lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

fn job(job: &JobPlan, screen: &Screen, lines: &mut Vec<String>) {
    let lang = screen.lang;
    let (sign, tint) = match job.change {
        Change::Added => ('+', Tint::Green),
        Change::Removed => ('-', Tint::Red),
        Change::Changed => ('~', Tint::Yellow),
        Change::Renamed => ('>', Tint::Blue),
        Change::Unchanged => ('=', Tint::Dim),
    };
    let word = words::change(job.change.as_str(), lang);
    let title = screen.paint(&format!("{sign} {}  {word}", shared::ids(job)), tint);
    let place = screen.paint(&visible(&format!("{}:{}", job.path, job.line)), Tint::Dim);
    lines.push(format!("{title}  {place}"));
    if let Some(schedules) = shared::schedules(job, lang) {
        lines.push(format!("    {schedules}"));
    }
    for field in &job.fields {
        let (old, new) = (
            shared::value(&field.old, lang),
            shared::value(&field.new, lang),
        );
        let place = screen.paint(&visible(&shared::set_by(field, job, lang)), Tint::Dim);
        lines.push(format!(
            "    {}: {old} → {new}  {place}",
            visible(&field.key)
        ));
    }
    lines.push(format!("    {}", shared::counts(&job.fires, lang)));
    let fires = &job.fires;
    // One that moves as a whole is said; a list of all of it is not.
    let is_listed = fires.moved_secs.is_none() && job.change != Change::Unchanged;
    if is_listed {
        for (sign, tint, list, more) in [
            ('+', Tint::Green, &fires.added, fires.more_added),
            ('-', Tint::Red, &fires.removed, fires.more_removed),
        ] {
            for fire in list {
                let line = format!("{sign} {}", shared::local(fires, fire, lang));
                lines.push(format!("      {}", screen.paint(&line, tint)));
            }
            if more {
                lines.push(format!("      {sign} {}", words::more().get(lang)));
            }
        }
    }
    for line in shared::clock_changes(fires, lang) {
        lines.push(format!("    ! {line}"));
    }
    if fires.cut {
        lines.push(format!("    ({})", words::cut().get(lang)));
    }
}

fn settings(plan: &Plan, screen: &Screen, lines: &mut Vec<String>) {
    let lang = screen.lang;
    if !plan.settings.is_empty() {
        lines.extend([String::new(), words::settings().get(lang).to_owned()]);
    }
    for field in &plan.settings {
        let (old, new) = (
            shared::value(&field.old, lang),
            shared::value(&field.new, lang),
        );
        lines.push(format!("  {}: {old} → {new}", visible(&field.key)));
    }
    for key in &plan.restart_needed {
        lines.push(format!("  * {}", reload::waits_for_restart(key).get(lang)));
    }
}

fn findings(plan: &Plan, screen: &Screen, lines: &mut Vec<String>) {
    let lang = screen.lang;
    let lists = [
        (words::new_findings(), &plan.findings.new),
        (words::gone_findings(), &plan.findings.gone),
    ];
    for (head, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        lines.extend([String::new(), head.get(lang).to_owned()]);
        lines.extend(
            list.iter()
                .map(|finding| format!("  {}", visible(&shared::finding(finding, lang)))),
        );
    }
}

/// What jobs share.
fn together(plan: &Plan, screen: &Screen, lines: &mut Vec<String>) {
    let lang = screen.lang;
    if !plan.busiest.is_empty() {
        lines.extend([String::new(), words::busiest().get(lang).to_owned()]);
    }
    for it in &plan.busiest {
        let first = it.first.strftime("%Y-%m-%d").to_string();
        let row = words::starts(&it.minute, it.before, it.after, it.days, &first);
        lines.push(format!("  {}", row.get(lang)));
    }
    let budgets = &plan.budgets;
    if budgets.before.week + budgets.after.week > 0 {
        let pair = |budget: &crate::plan::budgets::Budget| (budget.day, budget.week);
        let row = words::budgets(pair(&budgets.before), pair(&budgets.after));
        lines.extend([String::new(), row.get(lang).to_owned()]);
    }
    if let Some(live) = shared::live(plan) {
        lines.extend([String::new(), words::live().get(lang).to_owned()]);
        lines.extend(live.iter().map(|line| format!("  {}", line.get(lang))));
    }
    lines.extend([
        String::new(),
        words::no_fire_by_change().get(lang).to_owned(),
    ]);
}
