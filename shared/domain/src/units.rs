//! Time, spans of time and units of values.

mod span;
mod time;
mod unit;

pub use span::{Span, SpanError};
pub use time::Time;
pub use unit::Unit;
