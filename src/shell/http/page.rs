//! The page at `/`: plain, complete without script, problems first.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;

use crate::model::run::{RunRecord, Status as RunStatus};
use crate::shell::http::Site;
use crate::shell::http::answer::detail;
use crate::text::Lang;
use crate::time::{TimeZone, Timestamp};
use crate::view::status::JobStatus;
use crate::view::words;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    lang: &'static str,
    t: Words,
    version: String,
    host: String,
    revision: String,
    problems: Vec<String>,
    jobs: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    file: String,
    schedule: String,
    mode: &'static str,
    next: String,
    last: String,
    last_class: &'static str,
    running: usize,
}

/// The words of the page, in one language.
struct Words {
    title: &'static str,
    revision: &'static str,
    attention: &'static str,
    none: &'static str,
    jobs: &'static str,
    no_jobs: &'static str,
    job: &'static str,
    schedule: &'static str,
    next: &'static str,
    last: &'static str,
    running: &'static str,
    disabled: &'static str,
    never: &'static str,
    on_request: &'static str,
    test: &'static str,
    read_only: &'static str,
}

const EN: Words = Words {
    title: "Scheduled jobs",
    revision: "Revision",
    attention: "Needs attention",
    none: "Nothing needs attention.",
    jobs: "Jobs",
    no_jobs: "No job yet: add a YAML file to jobs.d.",
    job: "Job",
    schedule: "Schedule",
    next: "Next due",
    last: "Last run",
    running: "running",
    disabled: "disabled",
    never: "never ran",
    on_request: "on request",
    test: "dry run",
    read_only: "This page only reads. Jobs are files in git: edit the file and merge it.",
};

const FR: Words = Words {
    title: "Tâches planifiées",
    revision: "Révision",
    attention: "À traiter",
    none: "Rien à traiter.",
    jobs: "Tâches",
    no_jobs: "Aucune tâche : ajoutez un fichier YAML dans jobs.d.",
    job: "Tâche",
    schedule: "Planification",
    next: "Prochaine échéance",
    last: "Dernière exécution",
    running: "en cours",
    disabled: "désactivée",
    never: "jamais exécutée",
    on_request: "à la demande",
    test: "simulation",
    read_only: "Cette page ne fait que lire. Les tâches sont des fichiers dans git : modifiez le fichier et fusionnez.",
};

/// `GET /`
pub async fn overview(State(site): State<Site>, headers: HeaderMap) -> Response {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let tongue = accepted.map_or(Lang::En, Lang::of);
    let (lang, t) = if tongue == Lang::Fr {
        ("fr", FR)
    } else {
        ("en", EN)
    };
    let status = site.shared.read();
    let mut problems: Vec<String> = status.health.values().cloned().collect();
    for finding in &status.diagnostics {
        problems.push(finding.line(tongue));
    }
    let jobs = status
        .jobs
        .values()
        .filter_map(|job| row(job, &t, tongue))
        .collect();
    let page = Overview {
        lang,
        t,
        version: status.version.clone(),
        host: status.host.clone(),
        revision: status.revision.clone().unwrap_or_else(|| "–".to_owned()),
        problems,
        jobs,
    };
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => detail(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn row(status: &JobStatus, t: &Words, lang: Lang) -> Option<Row> {
    let job = status.job.as_ref()?;
    let next = match status.next_run_at {
        _ if !job.enabled => t.disabled.to_owned(),
        Some(at) => local(at, job.schedule.zone()),
        None => t.on_request.to_owned(),
    };
    let last = status.last_started.as_deref();
    Some(Row {
        id: job.id.to_string(),
        name: job.name.clone(),
        file: job.file.clone(),
        schedule: format!("{}, {}", words::schedule(&job.schedule, lang), job.timezone),
        mode: if job.dry_run { t.test } else { "" },
        next,
        last: last.map_or_else(|| t.never.to_owned(), |run| ended(run, job.schedule.zone())),
        last_class: last.map_or("", class),
        running: status.running.len(),
    })
}

fn ended(run: &RunRecord, zone: &TimeZone) -> String {
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    let mut text = word(serde_json::json!(run.status));
    if let Some(reason) = run.reason {
        text += &format!(" ({})", word(serde_json::json!(reason)));
    }
    let at = run.finished_at.or(run.started_at);
    text + &at.map_or(String::new(), |at| format!(", {}", local(at, zone)))
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S %Z")
        .to_string()
}

fn class(run: &RunRecord) -> &'static str {
    match run.status {
        RunStatus::Success => "good",
        RunStatus::Failed | RunStatus::Interrupted => "bad",
        _ => "",
    }
}
