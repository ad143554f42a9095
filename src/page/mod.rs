//! The dashboard: server-rendered pages, complete without script. A page is a function of what was
//! gathered ([`facts::Facts`]) and of the past ([`past::Past`]), one file each.

pub mod around;
pub mod assets;
pub mod attention;
pub mod card;
pub mod cause;
pub mod chrome;
pub mod config;
pub mod day;
pub mod definition;
pub mod facet;
pub mod facts;
pub mod failing;
pub mod form;
pub mod icons;
pub mod job;
pub mod judged;
pub mod lately;
pub mod links;
pub mod login;
pub mod lost;
#[cfg(test)]
mod made_up;
pub mod output;
pub mod overview;
pub mod past;
pub mod planned;
pub mod pulse;
pub mod reply;
pub mod run;
pub mod runs;
pub mod settings;
#[cfg(test)]
mod tests;
pub mod verdict;

use crate::page::facts::Facts;
use crate::page::past::Past;
use crate::page::reply::Reply;

/// What makes a page.
pub type Page = fn(&Facts, &dyn Past) -> Reply;

/// The pages, by their paths.
pub const PAGES: [(&str, Page); 13] = [
    ("/", overview::page),
    ("/jobs/{id}", job::page),
    ("/jobs/{id}/edit", form::edit),
    ("/jobs/{id}/edit/file", form::file),
    ("/new", form::new),
    ("/new/file", form::file),
    ("/day", day::page),
    ("/runs", runs::page),
    ("/runs/{id}", run::page),
    ("/config", config::page),
    ("/settings", settings::page),
    ("/settings/file", settings::file),
    ("/fragments/card/{id}", card::fragment),
];
