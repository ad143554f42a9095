//! `/openapi.json`: the routes as OpenAPI 3.1, made of [`ROUTES`] and the shapes that tests hold against real answers.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::shell::http::{ROUTES, Site};
use crate::view::shapes;

/// `GET /openapi.json`
pub async fn show(State(site): State<Site>) -> Json<Value> {
    Json(document(&site.base_path))
}

/// The document of every route that answers to programs.
pub fn document(base_path: &str) -> Value {
    let described = ROUTES
        .iter()
        .filter_map(|(path, _)| Some(((*path).to_owned(), json!({"get": operation(path)?}))));
    let paths: Map<String, Value> = described.collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "jobsd",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What jobsd runs, ran and will run. Everything here only reads; jobs are files in git.",
        },
        "servers": [{"url": base_path}],
        "paths": paths,
        "components": {"schemas": {
            "Job": shapes::job(),
            "Run": shapes::run(),
            "RunPage": shapes::runs(),
            "Config": shapes::config(),
            "Status": shapes::status(),
            "Health": shapes::health(),
            "Ready": shapes::ready(),
            "Detail": shapes::detail(),
        }},
    })
}

/// What a route does; `None` for pages, which are for people.
fn operation(path: &str) -> Option<Value> {
    let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let list = |name: &str| json!({"type": "array", "items": named(name)});
    let (summary, schema, parameters) = match path {
        "/scheduler/jobs" => (
            "Every job: the plan's ScheduledJobConfig, and ours",
            list("Job"),
            vec![
                query("enabled_only", json!({"type": "boolean", "default": false})),
                last_run(),
            ],
        ),
        "/scheduler/jobs/{id}" => ("One job", named("Job"), vec![id(), last_run()]),
        "/scheduler/jobs/{id}/history" => (
            "Runs of a job, newest first: the plan's JobExecutionLog, and ours",
            list("Run"),
            vec![id(), limit()],
        ),
        "/scheduler/runs" => ("Runs in pages, newest first", named("RunPage"), run_query()),
        "/scheduler/runs/{id}" => ("One run", named("Run"), vec![id()]),
        "/scheduler/config" => (
            "What was read of the files, and drift from them",
            named("Config"),
            vec![],
        ),
        "/scheduler/status" => ("The daemon on one screen", named("Status"), vec![]),
        "/health" => ("Whether every promise is kept", named("Health"), vec![]),
        "/ready" => ("Whether job files were loaded", named("Ready"), vec![]),
        "/openapi.json" => ("This document", json!({"type": "object"}), vec![]),
        "/scheduler/runs/{id}/output" | "/scheduler/events" | "/metrics" => {
            return Some(plain(path));
        }
        _ => return None,
    };
    let mut responses = json!({"200": answer("The answer", "application/json", schema.clone())});
    if path == "/scheduler/runs" {
        // With `format=jsonl`: a run a line.
        let text = json!({"schema": {"type": "string"}});
        responses["200"]["content"]["application/x-ndjson"] = text;
    }
    if path == "/health" || path == "/ready" {
        responses["503"] = answer("It is not", "application/json", schema);
    }
    refusals(&mut responses, &parameters);
    Some(json!({"summary": summary, "parameters": parameters, "responses": responses}))
}

/// Routes that answer text.
fn plain(path: &str) -> Value {
    let text = json!({"type": "string"});
    let (summary, kind, parameters) = match path {
        "/metrics" => (
            "Counts and times, as Prometheus reads them",
            "text/plain",
            vec![],
        ),
        "/scheduler/events" => (
            "Changes as server-sent events; resume with Last-Event-ID or `after`",
            "text/event-stream",
            vec![query("after", json!({"type": "string"}))],
        ),
        _ => ("The kept output of a run", "text/plain", vec![id()]),
    };
    let mut responses = json!({"200": answer("The answer", kind, text.clone())});
    if path.ends_with("/output") {
        responses["206"] = answer("A range of it", kind, text);
        let refused = json!({"$ref": "#/components/schemas/Detail"});
        responses["416"] = answer("No such range", "application/json", refused);
    }
    refusals(&mut responses, &parameters);
    json!({"summary": summary, "parameters": parameters, "responses": responses})
}

fn refusals(responses: &mut Value, parameters: &[Value]) {
    let detail = json!({"$ref": "#/components/schemas/Detail"});
    let refused = |text: &str| answer(text, "application/json", detail.clone());
    responses["304"] = json!({"description": "As the client has it"});
    responses["400"] = refused("A bad value");
    responses["421"] = refused("A host that is not served here");
    responses["503"] = match &responses["503"] {
        Value::Null => refused("Too busy"),
        known => known.clone(),
    };
    let leads_on = |parameter: &Value| parameter["in"] == "path" || parameter["name"] == "cursor";
    if parameters.iter().any(leads_on) {
        responses["404"] = refused("No such thing");
    }
}

fn answer(description: &str, kind: &str, schema: Value) -> Value {
    json!({"description": description, "content": {kind: {"schema": schema}}})
}

fn id() -> Value {
    json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}})
}

fn query(name: &str, schema: Value) -> Value {
    json!({"name": name, "in": "query", "schema": schema})
}

/// Whether each job comes with the record of its last run.
fn last_run() -> Value {
    query("last_run", json!({"type": "boolean", "default": false}))
}

fn limit() -> Value {
    query(
        "limit",
        json!({"type": "integer", "minimum": 1, "maximum": 500, "default": 50}),
    )
}

fn run_query() -> Vec<Value> {
    let time = json!({"type": "string", "format": "date-time"});
    let statuses = shapes::run()["properties"]["status"].clone();
    let triggers = shapes::run()["properties"]["trigger"].clone();
    vec![
        query(
            "job_id",
            json!({"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"}),
        ),
        query("status", statuses),
        query("trigger", triggers),
        query("since", time.clone()),
        query("until", time),
        limit(),
        query(
            "cursor",
            json!({"type": "string", "pattern": "^[0-9a-f]{24}$"}),
        ),
        // With `jsonl` every match is a line of one answer, and `limit` says nothing.
        query(
            "format",
            json!({"type": "string", "enum": ["json", "jsonl"]}),
        ),
    ]
}
