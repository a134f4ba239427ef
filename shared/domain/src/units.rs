//! Time, spans of time and units of values.

mod span;
mod time;
mod unit;
mod zone;

pub use span::{Span, SpanError};
pub use time::Time;
pub use unit::Unit;
pub use zone::{Zone, ZoneError};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it")]
pub(crate) const fn is_zero(count: &u32) -> bool {
    *count == 0
}
