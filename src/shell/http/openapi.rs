//! The routes as OpenAPI 3.1. Tests hold the shapes against real answers.

use serde_json::{Map, Value, json};

use crate::shell::http::route::{Also, Answer, Doc, Key, Route, Shape};
use crate::view::shapes;

/// `/openapi.json`
pub const SHOW: Doc = Doc {
    summary: "This document",
    answer: Answer::Object,
    query: &[],
    also: &[],
};

/// How every refusal looks.
const DETAIL: Shape = Shape {
    name: "Detail",
    schema: shapes::detail,
};

/// The document of every route that answers to programs.
pub fn document(base_path: &str, routes: &[Route]) -> Value {
    let documented = || routes.iter().filter_map(|route| Some((route, route.doc?)));
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for (route, doc) in documented() {
        let method = route.method.as_str().to_ascii_lowercase();
        paths.insert(
            route.path.to_owned(),
            json!({method: operation(route.path, doc)}),
        );
        if let Answer::One(shape) | Answer::List(shape) = &doc.answer {
            schemas.insert(shape.name.to_owned(), (shape.schema)());
        }
    }
    schemas.insert(DETAIL.name.to_owned(), (DETAIL.schema)());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "jobsd",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What jobsd runs, ran and will run. Everything here only reads; jobs are files in git.",
        },
        "servers": [{"url": base_path}],
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// What a route does.
fn operation(path: &str, doc: &Doc) -> Value {
    let has_id = path.contains("{id}");
    let keys = doc.query.iter().map(key);
    let parameters: Vec<Value> = has_id.then(id).into_iter().chain(keys).collect();
    let leads_on = has_id || doc.query.iter().any(|key| key.name == "cursor");
    json!({
        "summary": doc.summary,
        "parameters": parameters,
        "responses": responses(doc, leads_on),
    })
}

/// Every answer by its code; `leads_on` where what is asked for may not be there.
fn responses(doc: &Doc, leads_on: bool) -> Value {
    let (kind, schema) = body(&doc.answer);
    let refused = |text: &str| answer(text, "application/json", reference(&DETAIL));
    let mut responses = json!({"200": answer("The answer", kind, schema.clone())});
    for also in doc.also {
        match also {
            Also::Same(code, text) => {
                responses[code.to_string()] = answer(text, kind, schema.clone());
            }
            Also::Refusal(code, text) => responses[code.to_string()] = refused(text),
            Also::Text(kind) => {
                responses["200"]["content"][*kind] = json!({"schema": {"type": "string"}});
            }
        }
    }
    responses["304"] = json!({"description": "As the client has it"});
    responses["400"] = refused("A bad value");
    responses["421"] = refused("A host that is not served here");
    if responses["503"].is_null() {
        responses["503"] = refused("Too busy");
    }
    if leads_on {
        responses["404"] = refused("No such thing");
    }
    responses
}

/// The media type of a body, and its schema.
fn body(answer: &Answer) -> (&'static str, Value) {
    const JSON: &str = "application/json";
    match answer {
        Answer::One(shape) => (JSON, reference(shape)),
        Answer::List(shape) => (JSON, json!({"type": "array", "items": reference(shape)})),
        Answer::Object => (JSON, json!({"type": "object"})),
        Answer::Text(kind) => (kind, json!({"type": "string"})),
    }
}

fn reference(shape: &Shape) -> Value {
    json!({"$ref": format!("#/components/schemas/{}", shape.name)})
}

fn answer(description: &str, kind: &str, schema: Value) -> Value {
    json!({"description": description, "content": {kind: {"schema": schema}}})
}

fn id() -> Value {
    json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}})
}

fn key(key: &Key) -> Value {
    json!({"name": key.name, "in": "query", "schema": (key.schema)()})
}
