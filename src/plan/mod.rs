//! `Plan`: what a change of files does: which jobs change, what is due more, less or at other
//! times, who else starts at that minute. Pure: two sides and a span in, a document out.

pub mod budgets;
pub mod busiest;
pub mod document;
pub mod fields;
pub mod fires;
pub mod job;
pub mod live;
pub mod side;
