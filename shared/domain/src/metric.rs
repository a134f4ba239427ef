//! Series, what is asked of their sources and what came back.

mod cell;
mod chunk;
mod outcome;
mod probe;
mod series;

pub use cell::Cell;
pub use chunk::{Asked, Chunk};
pub use outcome::{Failure, FailureKind, Outcome, Sample, Value};
pub use probe::{Check, Probe, Reading, Target};
pub use series::{Query, Series, Statistic, StatisticError};
