//! The API over the simulated world.

extern crate tocsin_api as api;

mod alerts;
mod bad_input;
mod bad_values;
mod commands;
mod fixture;
mod gateway;
mod health;
mod incidents;
mod metrics;
mod openapi;
mod post_mortems;
mod services;
