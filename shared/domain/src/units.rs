//! Time, spans of time and units of values.

mod span;
mod time;
mod unit;
mod zone;

pub use span::{Span, SpanError};
pub use time::Time;
pub use unit::Unit;
pub use zone::{Zone, ZoneError};
