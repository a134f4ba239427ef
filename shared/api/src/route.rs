//! One file for each noun of the API. A handler reads the request, asks the engine, and shows the answer.

pub(crate) mod acknowledge;
pub(crate) mod alerts;
pub(crate) mod budgets;
pub(crate) mod calendar;
pub(crate) mod calling;
pub(crate) mod commands;
pub(crate) mod deployments;
pub(crate) mod drills;
pub(crate) mod events;
pub(crate) mod explain;
pub(crate) mod gate;
pub(crate) mod health;
pub(crate) mod incidents;
pub(crate) mod kill_switch;
pub(crate) mod kin;
pub(crate) mod logs;
pub(crate) mod metrics;
pub(crate) mod on_call;
pub(crate) mod post_mortems;
pub(crate) mod push;
pub(crate) mod reports;
pub(crate) mod sent;
pub(crate) mod service_health;
pub(crate) mod services;
pub(crate) mod silences;
pub(crate) mod slos;
