//! The use cases of Tocsin over nine small ports.
//!
//! The rules are two pure machines: the fold over chunks ([`fold`]) and the decision about alerts and incidents
//! ([`decide`]). The use cases load, let a machine decide, commit, and only then perform. Nothing here reads a clock:
//! `now` is always the last argument.

pub mod announce;
pub mod backtest;
pub mod collect;
pub mod command;
pub mod correlate;
pub mod cost;
pub mod decide;
pub mod drill;
pub mod escalate;
pub mod evaluate;
pub mod explain;
pub mod flush;
pub mod fold;
pub mod monitored;
pub mod notify;
pub mod operations;
pub mod owner;
pub mod paging;
pub mod perform;
pub mod port;
pub mod post_mortem;
pub mod push;
pub mod raise;
pub mod respond;
pub mod root_cause;
pub mod sent;
pub mod silence;
pub mod slo;
pub mod stand_in;
pub mod timekeep;

use domain::id::ServiceName;

pub use domain::service::OWN_SERVICE;

/// [`OWN_SERVICE`] as a name.
pub fn own_service() -> ServiceName {
    OWN_SERVICE.parse().expect("it is written as a name")
}
