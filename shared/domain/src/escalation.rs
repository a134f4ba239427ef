//! Escalation: whom to page, one step after the other, until somebody acknowledges.
//!
//! [`Policy`] is what a team declared, [`Escalation`] where one incident stands in it. The machine is pure: it is told
//! what happened and when, and answers with [`Effect`]s; [`Escalation::next_wake`] says when to look again. It is stored
//! inside the incident, whose version makes each answer count once.
//!
//! Invariant: what is neither acknowledged nor over always has a next wake. After the last round the fallback is told, and
//! again every hour ([`Policy::FALLBACK_EVERY`]), until somebody acknowledges.
//!
//! Source: goalert, `engine/escalationmanager`, and its `test/smoke`. The field calls the same thing an
//! escalation policy (`PagerDuty`), an escalation plan (AWS Incident Manager).

mod asked;
mod chosen;
mod effect;
mod machine;
mod policy;
mod put_off;
mod steps;
#[cfg(test)]
mod tests;

pub use asked::Asked;
pub use effect::{Cause, Effect, Prompt, Why};
pub use machine::{Called, Escalation, Reaches, Refused, State};
pub use policy::{Policy, Step, Target};
pub use put_off::PutOff;
