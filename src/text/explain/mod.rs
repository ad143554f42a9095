//! `jobsd explain CODE`: what a finding means, why it is one, a wrong and a right example. The
//! examples are tested.

pub mod allow;
pub mod bots;
pub mod cron;
pub mod files;
pub mod in_words;
pub mod keys;
pub mod page;
pub mod schedule;
pub mod syntax;
pub mod values;
pub mod zones;

use std::sync::LazyLock;

use crate::text::explain::page::Page;

/// Every page, by code.
pub static PAGES: LazyLock<Vec<&Page>> = LazyLock::new(|| {
    let subjects = [
        allow::PAGES,
        bots::PAGES,
        cron::PAGES,
        files::PAGES,
        keys::PAGES,
        schedule::PAGES,
        syntax::PAGES,
        values::PAGES,
        zones::PAGES,
    ];
    let mut pages: Vec<&Page> = subjects.into_iter().flatten().collect();
    pages.sort_by_key(|page| page.code);
    pages
});

/// The page of a code.
pub fn of(code: &str) -> Option<&'static Page> {
    PAGES.iter().copied().find(|page| page.code == code)
}
