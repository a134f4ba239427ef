//! The socket that every function plugs its use case into: environment, clients, invocations, telemetry.

mod bus;
mod environment;
mod failure;
mod function;
mod http;
mod invocation;
mod memory;
mod queue;
mod run;
mod schedule;
mod setup;
mod telemetry;

pub use bus::{About, Message, about, incident_event, messages};
pub use environment::{Environment, EnvironmentError};
pub use failure::Failure;
pub use function::Function;
pub use http::serve_http;
pub use invocation::{Invocation, parse};
pub use queue::{Delivery, deliveries, each_delivery, wake};
pub use run::{Answer, run};
pub use schedule::Schedule;
pub use setup::{SetupError, load};
pub use telemetry::{Metric, Record};

/// What ends a function: the Runtime API cannot be reached.
pub type Error = lambda_runtime::Error;

use std::time::{SystemTime, UNIX_EPOCH};

use domain::units::Time;

/// The present, in whole seconds: the one place where a function reads the clock.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_epoch(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
