//! Who is on call when: people, teams, and schedules on which people take turns.
//!
//! Handoffs are times of the clock in the schedule's zone, so a daily one at 09:00 stays at 09:00 when the clocks
//! change. The rules are those of `target/goalert` (rotations, rules and overrides of its schedules).

mod calendar;
mod changes;
mod hours;
mod notice;
mod people;
mod rotation;
mod schedule;
mod wall;

#[cfg(test)]
mod tests;

pub use changes::{Change, Override};
pub use hours::Hours;
pub use notice::{Notice, Odd};
pub use people::{OnCall, Person, Team};
pub use rotation::{Rotation, Turn, TurnUnit};
pub use schedule::{Schedule, Shift, Watch};
pub use wall::{Wall, WallError};
