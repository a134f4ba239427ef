use std::fmt;

use super::{OnCall, Schedule, Watch};
use crate::id::{PersonName, ScheduleName};
use crate::units::{Span, Time};

/// What is odd about a schedule as it is written, and may be meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Whose.
    pub schedule: ScheduleName,
    /// What.
    pub odd: Odd,
    /// How long that is, of [`Notice::AHEAD`].
    pub length: Span,
    /// When it is for the first time.
    pub first: Watch,
}

/// What is odd.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Odd {
    /// Nobody is on call.
    Gap,
    /// More are on call than at other times. Where the same number is on call all the time, that is no overlap.
    Overlap,
}

impl Notice {
    /// How far schedules are looked at: every rotation of up to four weeks has changed hands twice.
    pub const AHEAD: Span = Span::DAY.times(56);

    fn of(schedule: &Schedule, odd: Odd, found: &[Watch]) -> Option<Self> {
        let seconds = found.iter().map(|watch| watch.ends_at.since(watch.starts_at).seconds()).sum();
        let first = found.first()?.clone();
        Some(Self { schedule: schedule.name.clone(), odd, length: Span::from_seconds(seconds), first })
    }
}

impl OnCall {
    /// The gaps and overlaps of all schedules from `now` on, without overrides.
    pub fn notices(&self, now: Time) -> Vec<Notice> {
        let notices = self.schedules.iter().flat_map(|schedule| {
            let watches = schedule.watches(&[], now, now + Notice::AHEAD);
            let usual = watches.iter().map(|watch| watch.people.len()).filter(|people| *people > 0).min().unwrap_or(0);
            let (gaps, rest): (Vec<_>, Vec<_>) = watches.into_iter().partition(|watch| watch.people.is_empty());
            let overlaps: Vec<Watch> = rest.into_iter().filter(|watch| watch.people.len() > usual).collect();
            [Notice::of(schedule, Odd::Gap, &gaps), Notice::of(schedule, Odd::Overlap, &overlaps)]
        });
        notices.flatten().collect()
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schedule, odd, length, first: Watch { starts_at, ends_at, people } } = self;
        match odd {
            Odd::Gap => write!(f, "schedule {schedule}: nobody is on call")?,
            Odd::Overlap => {
                let names: Vec<&str> = people.iter().map(PersonName::as_str).collect();
                write!(f, "schedule {schedule}: more are on call than usual, {}", names.join(" and "))?;
            }
        }
        write!(f, " from {starts_at} until {ends_at}, in all {length} of the next {}", Self::AHEAD)
    }
}
