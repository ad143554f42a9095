//! A route as data: what mounts it, and what the OpenAPI document says of it.

use axum::http::Method;
use axum::routing::MethodRouter;
use schemars::Schema;

use crate::shell::http::site::Site;

/// A route.
#[derive(Clone, Debug)]
pub struct Route {
    /// `GET` for what reads, `POST` for what changes something.
    pub method: Method,
    /// Its path, with `{name}` where a name goes.
    pub path: &'static str,
    /// Its handler.
    pub handler: fn() -> MethodRouter<Site>,
    /// What programs need to know of it; `None` for people's routes.
    pub doc: Option<&'static Doc>,
}

impl Route {
    /// A route for programs that only reads.
    pub const fn read(
        path: &'static str,
        handler: fn() -> MethodRouter<Site>,
        doc: &'static Doc,
    ) -> Route {
        Route {
            method: Method::GET,
            path,
            handler,
            doc: Some(doc),
        }
    }

    /// A route of control.
    pub const fn control(
        method: Method,
        path: &'static str,
        handler: fn() -> MethodRouter<Site>,
    ) -> Route {
        Route {
            method,
            path,
            handler,
            doc: None,
        }
    }
}

/// What a route does.
#[derive(Debug)]
pub struct Doc {
    /// In one sentence.
    pub summary: &'static str,
    /// What it answers.
    pub answer: Answer,
    /// The keys of its query.
    pub query: &'static [Key],
    /// Answers beside 200 and those that every route may give.
    pub also: &'static [Also],
}

/// The body of an answer.
#[derive(Debug)]
pub enum Answer {
    /// JSON of a named shape.
    One(Shape),
    /// A JSON list of them.
    List(Shape),
    /// Any JSON object.
    Object,
    /// Text of this media type.
    Text(&'static str),
}

/// A shape with its name in the document.
#[derive(Debug)]
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// Its JSON Schema.
    pub schema: fn() -> Schema,
}

/// A key of a query.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// The JSON Schema of its value.
    pub schema: fn() -> Schema,
}

/// A further answer.
#[derive(Debug)]
pub enum Also {
    /// The same body under another code, and what that code says.
    Same(u16, &'static str),
    /// A refusal.
    Refusal(u16, &'static str),
    /// The answer of 200 as text of another media type.
    Text(&'static str),
}
