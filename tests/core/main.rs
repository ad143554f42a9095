//! The pure rooms: schedules, decisions, limits, the map. Nothing here starts a process.

#[path = "../support/mod.rs"]
mod support;

mod architecture;
mod brute_force;
mod budget;
mod conserved;
mod fleet;
mod invariants;
mod plan;
mod policies;
mod scenarios;
mod schedule;
mod simulation;
mod sources;
mod words;
