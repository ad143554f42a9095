//! One subcommand each.

pub mod bot;
pub mod completion;
pub mod control;
pub mod create;
pub mod diff;
pub mod doctor;
pub mod explain;
pub mod fsck;
pub mod history;
pub mod init;
pub mod local;
pub mod logs;
pub mod manual;
pub mod next;
pub mod offline;
pub mod online;
pub mod overrides;
pub mod pauses;
pub mod rewrite;
pub mod schema;
pub mod serve;
pub mod show;
pub mod simulate;
pub mod terminal;
pub mod validate;
pub mod why;
