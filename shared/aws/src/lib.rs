//! AWS behind the engine's ports: series from `CloudWatch`, its logs, Prometheus, checks and the bill, Lambda aliases as targets, SNS and S3 as the
//! outlet; and what the shells need beside them: secrets, the configuration object, the parking place of bad payloads.
//!
//! Invariant: no client is built before its first use, since each costs start-up time.
//! Invariant: nothing here retries a call that changes a production resource; the engine looks it up instead.

mod account;
mod aws;
mod bill;
mod bounded;
mod calls;
mod client;
mod cloud_watch;
mod fault;
mod gateway;
mod http;
mod json_api;
mod logs;
mod mail;
mod object;
mod outlet;
mod parking;
mod patience;
mod probe;
mod prometheus;
mod reply;
mod role;
mod samples;
mod secrets;
mod signature;
mod sources;
mod targets;
mod tls;
mod wakes;
#[cfg(test)]
mod wire;

pub use account::Account;
pub use aws::{Aws, Settings};
pub use calls::{Counts, Service};
pub use client::sdk_config;
pub use object::OBJECT_BYTES_MAX;
pub use outlet::{MESSAGE_BYTES_MAX, SUMMARY_CHARS_MAX};
pub use parking::{PARKED_INLINE_BYTES_MAX, Parked};
pub use prometheus::BODY_BYTES_MAX;
pub use secrets::SecretText;
pub use wakes::{DELAY_SECONDS_MAX, WAKE_VERSION, WakeMessage};
