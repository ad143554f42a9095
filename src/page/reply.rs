//! What a page answers, before it is an answer of HTTP.

use askama::Template;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A page.
    Page(String),
    /// The page of something that is not there.
    Missing(String),
    /// A file to save, under this name.
    File {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
    },
    /// The page could not be written, and why.
    Broken(String),
}

impl Reply {
    /// A page.
    pub fn page(template: &impl Template) -> Reply {
        template
            .render()
            .map_or_else(|error| Reply::Broken(error.to_string()), Reply::Page)
    }

    /// The page of something that is not there.
    pub fn missing(template: &impl Template) -> Reply {
        match Reply::page(template) {
            Reply::Page(text) => Reply::Missing(text),
            other => other,
        }
    }
}
