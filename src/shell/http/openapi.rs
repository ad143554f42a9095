//! The routes as OpenAPI 3.1. Tests hold the shapes against real answers.

use std::collections::BTreeMap;

use schemars::{Schema, json_schema};
use serde::Serialize;

use crate::shell::http::route::{Also, Answer, Doc, Key, Route, Shape};
use crate::view::answer::Detail;
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
    schema: shapes::of::<Detail>,
};

const JSON: &str = "application/json";

#[derive(Serialize)]
struct Document {
    openapi: &'static str,
    info: Info,
    servers: [Server; 1],
    paths: BTreeMap<&'static str, Operations>,
    components: Components,
}

#[derive(Serialize)]
struct Info {
    title: &'static str,
    version: &'static str,
    description: &'static str,
}

#[derive(Serialize)]
struct Server {
    url: String,
}

/// The operations of a path by their methods.
type Operations = BTreeMap<String, Operation>;

#[derive(Serialize)]
struct Operation {
    summary: &'static str,
    parameters: Vec<Parameter>,
    responses: Responses,
}

#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    #[serde(rename = "in")]
    place: &'static str,
    required: bool,
    schema: Schema,
}

/// The answers of an operation by their codes.
type Responses = BTreeMap<u16, Response>;

#[derive(Serialize)]
struct Response {
    description: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    content: BTreeMap<&'static str, Media>,
}

#[derive(Serialize)]
struct Media {
    schema: Schema,
}

#[derive(Serialize)]
struct Components {
    schemas: BTreeMap<&'static str, Schema>,
}

/// The document of every route that answers to programs.
pub fn document(base_path: &str, routes: &[Route]) -> impl Serialize + use<> {
    let documented = || routes.iter().filter_map(|route| Some((route, route.doc?)));
    let mut paths: BTreeMap<_, Operations> = BTreeMap::new();
    let mut schemas = BTreeMap::from([(DETAIL.name, (DETAIL.schema)())]);
    for (route, doc) in documented() {
        let method = route.method.as_str().to_ascii_lowercase();
        let operations = paths.entry(route.path).or_default();
        operations.insert(method, operation(route.path, doc));
        if let Answer::One(shape) | Answer::List(shape) = &doc.answer {
            schemas.insert(shape.name, (shape.schema)());
        }
    }
    Document {
        openapi: "3.1.0",
        info: Info {
            title: "jobsd",
            version: env!("CARGO_PKG_VERSION"),
            description: "What jobsd runs, ran and will run. Everything here only reads; jobs are \
                          files in git.",
        },
        servers: [Server {
            url: base_path.to_owned(),
        }],
        paths,
        components: Components { schemas },
    }
}

/// What a route does.
fn operation(path: &str, doc: &Doc) -> Operation {
    let has_id = path.contains("{id}");
    let keys = doc.query.iter().map(key);
    let leads_on = has_id || doc.query.iter().any(|key| key.name == "cursor");
    Operation {
        summary: doc.summary,
        parameters: has_id.then(id).into_iter().chain(keys).collect(),
        responses: responses(doc, leads_on),
    }
}

/// Every answer by its code; `leads_on` where what is asked for may not be there.
fn responses(doc: &Doc, leads_on: bool) -> Responses {
    let mut responses = Responses::from([
        (200, Response::of("The answer", &doc.answer)),
        (304, Response::empty("As the client has it")),
        (400, Response::refused("A bad value")),
        (421, Response::refused("A host that is not served here")),
        (503, Response::refused("Too busy")),
    ]);
    for also in doc.also {
        match also {
            Also::Same(code, text) => {
                responses.insert(*code, Response::of(text, &doc.answer));
            }
            Also::Refusal(code, text) => {
                responses.insert(*code, Response::refused(text));
            }
            Also::Text(kind) => {
                let answer = responses.get_mut(&200);
                answer.map(|answer| answer.content.insert(kind, Media::text()));
            }
        }
    }
    if leads_on {
        responses.insert(404, Response::refused("No such thing"));
    }
    responses
}

impl Response {
    fn empty(description: &'static str) -> Response {
        let content = BTreeMap::new();
        Response {
            description,
            content,
        }
    }

    fn of(description: &'static str, answer: &Answer) -> Response {
        let (kind, schema) = body(answer);
        let content = BTreeMap::from([(kind, Media { schema })]);
        Response {
            description,
            content,
        }
    }

    fn refused(description: &'static str) -> Response {
        Response::of(description, &Answer::One(DETAIL))
    }
}

impl Media {
    fn text() -> Media {
        let schema = json_schema!({"type": "string"});
        Media { schema }
    }
}

/// The media type of a body, and its schema.
fn body(answer: &Answer) -> (&'static str, Schema) {
    match answer {
        Answer::One(shape) => (JSON, reference(shape)),
        Answer::List(shape) => {
            let list = json_schema!({"type": "array", "items": reference(shape)});
            (JSON, list)
        }
        Answer::Object => (JSON, json_schema!({"type": "object"})),
        Answer::Text(kind) => (kind, Media::text().schema),
    }
}

fn reference(shape: &Shape) -> Schema {
    Schema::new_ref(format!("#/components/schemas/{}", shape.name))
}

fn id() -> Parameter {
    Parameter {
        name: "id",
        place: "path",
        required: true,
        schema: json_schema!({"type": "string"}),
    }
}

fn key(key: &Key) -> Parameter {
    Parameter {
        name: key.name,
        place: "query",
        required: false,
        schema: (key.schema)(),
    }
}
