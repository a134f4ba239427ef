//! Delivery of notifications: Slack, `PagerDuty`, Teams, Opsgenie, e-mail, text messages and signed webhooks behind the engine's port `Messenger`.
//!
//! [`message`] renders, purely; [`Vendors`] sends. What is sent when, and how often it is tried again, is the engine's.

mod address;
mod answer;
mod carrier;
pub mod message;
mod secret;
pub mod signature;
mod vendors;

pub use carrier::Carrier;
pub use secret::{Revealed, Secrets};
pub use vendors::{CONNECT_TIMEOUT, TRY_TIMEOUT, Vendors};
