//! Series, what is asked of their sources and what came back.

mod cell;
mod chunk;
mod cost;
mod log;
mod outcome;
mod probe;
mod pushed;
mod remark;
mod series;

pub use cell::Cell;
pub use chunk::{Asked, Chunk};
pub use cost::{CostQuery, CostReading};
pub use log::{LogQuery, LogReading, TemplateReading};
pub use outcome::{Failure, FailureKind, Outcome, Sample, Value};
pub use probe::{Check, Probe, Reading, Target};
pub use pushed::{PushedMetric, PushedValue};
pub use remark::Remark;
pub use series::{Query, Series, Statistic, StatisticError};
