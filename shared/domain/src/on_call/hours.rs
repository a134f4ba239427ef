use jiff::ToSpan;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::slo::{ClockTime, Weekdays};

/// Minutes of a week.
pub(super) const WEEK: i64 = 7 * DAY;
const DAY: i64 = 24 * 60;

/// Times of the week at which a rotation is on call, by the clock of the schedule's zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hours {
    /// On these days.
    pub days: Weekdays,
    /// From this time of the clock.
    pub from: ClockTime,
    /// Up to this one, which is not in it; if it is not after `from`, up to it on the next day.
    pub until: ClockTime,
}

impl Hours {
    /// Whether the clock is in them when it shows `wall`. A night belongs to the day on which it begins.
    pub(super) fn hold(self, wall: DateTime) -> bool {
        let (clock, today) = (ClockTime::of(wall.time()), wall.date());
        if self.from < self.until {
            return self.days.has(today.weekday()) && (self.from..self.until).contains(&clock);
        }
        let began = today.yesterday().is_ok_and(|day| self.days.has(day.weekday()));
        self.days.has(today.weekday()) && clock >= self.from || began && clock < self.until
    }

    /// Whether any of them lies in the `length` minutes from `wall`, as if no clock ever changed.
    pub(super) fn meet(self, wall: DateTime, length: i64) -> bool {
        let lasts = match i64::from(self.until.minutes()) - i64::from(self.from.minutes()) {
            minutes if minutes > 0 => minutes,
            minutes => minutes + DAY,
        };
        let monday = i64::from(wall.date().weekday().to_monday_zero_offset());
        let start = monday * DAY + i64::from(ClockTime::of(wall.time()).minutes());
        (0..7).any(|offset| {
            let day = wall.date().checked_add(i64::from(offset).days());
            let begins = (monday + i64::from(offset)) * DAY + i64::from(self.from.minutes());
            // Either the turn begins in them or they begin in the turn.
            day.is_ok_and(|day| self.days.has(day.weekday()))
                && ((start - begins).rem_euclid(WEEK) < lasts || (begins - start).rem_euclid(WEEK) < length)
        })
    }
}
