//! The login of control, or its refusal of a wrong token.

use askama::Template;

use crate::page::chrome::Chrome;
use crate::page::facts::Facts;
use crate::page::reply::Reply;

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    c: Chrome,
    is_wrong: bool,
}

/// The form; `is_wrong` after a token that was refused.
pub fn page(facts: &Facts, is_wrong: bool) -> Reply {
    let c = Chrome::new(facts, "", facts.say().t.login_title.to_owned());
    Reply::page(&Login { c, is_wrong })
}
