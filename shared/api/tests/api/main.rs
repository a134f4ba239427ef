//! The API over the simulated world.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it expects")]

extern crate tocsin_api as api;

mod alerts;
mod any_input;
mod bad_input;
mod bad_values;
mod calling;
mod commands;
mod drills;
mod events;
mod explain;
mod fixture;
mod gateway;
mod health;
mod inbound;
mod incident_page;
mod incidents;
mod kin;
mod links;
mod metrics;
mod on_call;
mod openapi;
mod post_mortems;
mod push;
mod reports;
mod sent;
mod service_health;
mod services;
mod silences;
mod slos;
