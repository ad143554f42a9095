//! The bots: real mail and web servers, limits, a simulated year.

#[path = "../support/mod.rs"]
mod support;

mod birthday;
mod bots;
mod cases;
mod french;
mod mail;
mod visitor;
mod year;
