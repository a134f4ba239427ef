//! The nouns of Tocsin: what is measured, what is wrong, what people do about it.
//!
//! Everything here is a value. No module reads a clock, the environment or the network; time is an argument.
//! A constructed value is a valid value.

pub mod alert;
pub mod anomaly;
pub mod correlation;
pub mod deployment;
pub mod drill;
pub mod escalation;
pub mod event;
pub mod flapping;
pub mod group;
pub mod health;
pub mod id;
pub mod incident;
pub mod label;
pub mod link;
pub mod log;
pub mod measure;
pub mod metric;
pub mod monitor;
pub mod monitored;
pub mod notification;
pub mod on_call;
pub mod operations;
pub mod rca;
pub mod report;
pub mod response;
pub mod routing;
pub mod sample;
pub mod service;
pub mod setup;
pub mod silence;
pub mod slo;
pub mod units;
mod week;
