//! What is sound and still useless: an alarm that can never fire, an alert that reaches nobody.
//!
//! Rules over plain facts, without I/O: a [`Setup`](domain::setup::Setup) with what was observed of its series, and the
//! alarms, topics and resources of an AWS account, whether Terraform or the account itself tells of them. All speak one
//! vocabulary, the [`Rule`]s.

pub mod alarm;
mod catalogue;
mod finding;
mod history;
mod range;
mod rule;
mod setup;
pub mod terraform;

pub use finding::{At, Finding, Level};
pub use history::{History, Observed};
pub use rule::Rule;
pub use setup::{setup, unheard};
