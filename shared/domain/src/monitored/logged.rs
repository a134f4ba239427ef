use serde::{Deserialize, Serialize};

use super::{Event, Verdict};
use crate::units::Time;

/// An event with what is thought of it, as the log keeps it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Logged {
    /// The event.
    pub event: Event,
    /// What is thought of it.
    pub verdict: Verdict,
    /// When that was last judged.
    pub judged_at: Time,
}

impl Logged {
    /// Where it stands in the log: places sort as text, by time and then by id.
    pub fn place(&self) -> String {
        format!("{}{}", Self::place_of(self.event.at), self.event.id)
    }

    /// The place before all events at `at`.
    pub fn place_of(at: Time) -> String {
        format!("{:012}#", at.epoch().clamp(0, 999_999_999_999))
    }
}
