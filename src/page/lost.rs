//! The page of something that is not there.

use askama::Template;

use crate::page::chrome::Chrome;
use crate::page::facts::Facts;
use crate::page::reply::Reply;
use crate::text::visible;

#[derive(Template)]
#[template(path = "lost.html")]
struct Lost {
    c: Chrome,
}

/// The page, with what is missing as its title.
pub fn page(facts: &Facts, text: &str) -> Reply {
    let c = Chrome::new(facts, "", visible(text));
    Reply::missing(&Lost { c })
}
