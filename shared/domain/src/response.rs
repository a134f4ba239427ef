//! Runbooks, their steps, and the actions that come of them under guard rails.

mod action;
mod runbook;

pub use action::{Action, ActionState};
pub use runbook::{ActionKind, Mode, ModeError, RateLimit, Runbook, RunbookMatch, Step};
