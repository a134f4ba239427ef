use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Unit};
use serde::{Deserialize, Serialize};

use super::hours::{Hours, WEEK};
use super::wall::{Wall, furthest_shown, instant};
use crate::id::{PersonName, RotationName};
use crate::units::Time;

/// People who take turns.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// The name, within the schedule.
    pub name: RotationName,
    /// Who takes turns, in this order; at least one.
    pub people: Vec<PersonName>,
    /// How long a turn is.
    pub every: Turn,
    /// When the first turn of the first person begins. Before, the rotation is not on call.
    pub start: Wall,
    /// When it is on call; empty: always. Turns that meet none of them do not count, so that nobody's turn is always a
    /// Sunday.
    pub hours: Vec<Hours>,
}

/// How long a turn is, by the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Turn {
    /// So many, 1 to [`Turn::COUNT_MAX`].
    pub count: u16,
    /// Of these.
    pub unit: TurnUnit,
}

impl Turn {
    /// The most hours, days, weeks or months of a turn, as in goalert.
    pub const COUNT_MAX: u16 = 9000;
}

/// What turns are counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TurnUnit {
    /// Hours of the clock: a turn over a change of the clocks is longer or shorter.
    Hour,
    /// Days: handoff at the same time of the clock.
    Day,
    /// Weeks: handoff on the same day of the week.
    Week,
    /// Months: handoff on the same day of the month, on the last one where a month lacks it.
    Month,
}

impl TurnUnit {
    /// Minutes by the clock; `None` for months, which differ.
    const fn minutes(self) -> Option<i64> {
        match self {
            Self::Hour => Some(60),
            Self::Day => Some(WEEK / 7),
            Self::Week => Some(WEEK),
            Self::Month => None,
        }
    }
}

impl Rotation {
    /// People of a rotation at most.
    pub const PEOPLE_MAX: usize = 100;
    /// Times of the week of a rotation at most.
    pub const HOURS_MAX: usize = 20;

    /// Whose turn it is, to be asked for many instants.
    pub(super) fn roster(&self) -> Roster<'_> {
        Roster { rotation: self, counted: self.counted() }
    }

    /// When the next handoffs from `from` on are, up to `until`; two may be at one instant.
    pub(super) fn handoffs(&self, rules: &TimeZone, from: Time, until: Time) -> impl Iterator<Item = Time> {
        let wall = jiff::Timestamp::from_second(from.epoch()).ok().map(|instant| rules.to_datetime(instant));
        let first = wall.and_then(|wall| self.turn(rules, wall, from)).unwrap_or(0);
        let rules = rules.clone();
        let times = (first..).map_while(move |turn| self.begins(turn).map(|wall| instant(wall, &rules)));
        times.skip_while(move |at| *at < from).take_while(move |at| *at < until)
    }

    /// The number of the turn that holds at `at`, when the clock shows `wall`; the first is 0.
    fn turn(&self, rules: &TimeZone, wall: DateTime, at: Time) -> Option<i64> {
        let count = i64::from(self.every.count.max(1));
        let about = match self.every.unit.minutes() {
            Some(minutes) => {
                let since = wall.since((Unit::Minute, self.start.0)).ok()?;
                since.get_minutes().div_euclid(minutes * count)
            }
            None => i64::from(wall.since((Unit::Month, self.start.0)).ok()?.get_months()).div_euclid(count),
        };
        // A change of the clocks and a short month shift it by one or two.
        let began = |turn: &i64| self.begins(*turn).is_some_and(|wall| instant(wall, rules) <= at);
        (0.max(about - 2)..=about + 2).rev().find(began)
    }

    /// When the turn of that number begins, by the clock.
    fn begins(&self, turn: i64) -> Option<DateTime> {
        let units = turn.checked_mul(i64::from(self.every.count.max(1)))?;
        let span = match self.every.unit {
            TurnUnit::Hour => jiff::Span::new().try_hours(units),
            TurnUnit::Day => jiff::Span::new().try_days(units),
            TurnUnit::Week => jiff::Span::new().try_weeks(units),
            TurnUnit::Month => jiff::Span::new().try_months(units),
        };
        self.start.0.checked_add(span.ok()?).ok()
    }

    /// How many count of the first turns, from none to all that the pattern of a week has, at most 168: those that meet an
    /// hour of the rotation. Empty: all turns count.
    fn counted(&self) -> Vec<i64> {
        let count = i64::from(self.every.count.max(1));
        let length = self.every.unit.minutes().map(|minutes| minutes * count).filter(|length| *length < WEEK);
        let Some(length) = length.filter(|_| !self.hours.is_empty()) else { return Vec::new() };
        let meets = |turn: i64| {
            let wall = self.start.0.checked_add((turn * length).minutes());
            wall.is_ok_and(|wall| self.hours.iter().any(|hours| hours.meet(wall, length)))
        };
        let mut counted = vec![0];
        for turn in 0..WEEK / gcd(length, WEEK) {
            counted.extend(counted.last().map(|before| before + i64::from(meets(turn))));
        }
        counted
    }
}

/// A rotation, and which of its turns count.
pub(super) struct Roster<'r> {
    rotation: &'r Rotation,
    counted: Vec<i64>,
}

impl<'r> Roster<'r> {
    /// Whose turn it is at `at`; `None` outside of its hours and before its start.
    pub(super) fn on_call(&self, rules: &TimeZone, at: Time) -> Option<&'r PersonName> {
        let Rotation { people, hours, .. } = self.rotation;
        let wall = rules.to_datetime(jiff::Timestamp::from_second(at.epoch()).ok()?);
        let shown = furthest_shown(rules, wall, at);
        let inside = hours.is_empty() || hours.iter().any(|hours| hours.hold(shown));
        let turn = inside.then(|| self.rotation.turn(rules, wall, at)).flatten()?;
        let length = i64::try_from(people.len()).ok().filter(|length| *length > 0)?;
        people.get(usize::try_from(self.counted(turn).rem_euclid(length)).ok()?)
    }

    /// How many turns before `turn` count.
    fn counted(&self, turn: i64) -> i64 {
        let Some((all, before)) = self.counted.split_last() else { return turn };
        let turns = usize::try_from(turn).unwrap_or(0);
        let weeks = i64::try_from(turns / before.len()).unwrap_or(i64::MAX);
        weeks * all + before[turns % before.len()]
    }
}

const fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
