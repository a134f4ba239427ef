//! The ranges that a time interval is made of, as texts: `monday:friday`, `-3:-1`, `january:march`, `2026:2027`,
//! `09:00-17:00`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

/// Why a text is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}: {why}; write for example {example:?}")]
pub struct RangeError {
    text: String,
    wanted: &'static str,
    why: String,
    example: &'static str,
}

/// The days of a week, from its first.
pub const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
/// The months of a year.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn named(names: &[&str], from: i16, text: &str) -> Option<i16> {
    (from..).zip(names).find(|(_, name)| name.eq_ignore_ascii_case(text)).map(|(number, _)| number)
}

fn name_of(names: &'static [&'static str], from: i16, number: i16) -> String {
    usize::try_from(number - from)
        .ok()
        .and_then(|at| names.get(at))
        .map_or_else(|| number.to_string(), |n| (*n).to_owned())
}

fn number(text: &str) -> Option<i16> {
    text.parse().ok()
}

macro_rules! ranges {
    ($($(#[$doc:meta])* $name:ident: $wanted:literal, $example:literal, $read:expr, $show:expr, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name { first: i16, last: i16 }

        impl $name {
            /// From `first` to `last`, both included.
            ///
            /// # Errors
            /// They are out of range, or in the wrong order.
            pub fn new(first: i16, last: i16) -> Result<Self, RangeError> {
                let check: fn(i16, i16) -> Result<(), String> = $check;
                let range = Self { first, last };
                check(first, last).map(|()| range).map_err(|why| RangeError {
                    text: range.to_string(), wanted: $wanted, why, example: $example,
                })
            }

            /// Both ends, which are included.
            pub const fn ends(self) -> (i16, i16) {
                (self.first, self.last)
            }
        }

        impl FromStr for $name {
            type Err = RangeError;
            fn from_str(text: &str) -> Result<Self, RangeError> {
                let read: fn(&str) -> Option<i16> = $read;
                let error = |why| RangeError { text: text.to_owned(), wanted: $wanted, why, example: $example };
                let end = |part: &str| read(part.trim()).ok_or_else(|| error(format!("{:?} is none", part.trim())));
                let (first, last) = text.split_once(':').unwrap_or((text, text));
                Self::new(end(first)?, end(last)?).map_err(|RangeError { why, .. }| error(why))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let show: fn(i16) -> String = $show;
                f.write_str(&show(self.first))?;
                if self.first == self.last { Ok(()) } else { write!(f, ":{}", show(self.last)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = RangeError;
            fn try_from(text: String) -> Result<Self, RangeError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(range: $name) -> Self {
                range.to_string()
            }
        }
    )*};
}

ranges! {
    /// Days of the week, Sunday (0) to Saturday (6): `monday:friday`, `sunday`.
    WeekdayRange: "a range of weekdays", "monday:friday",
        |text| named(&WEEKDAYS, 0, text), |day| name_of(&WEEKDAYS, 0, day), |first, last| ordered((first, last), (0, 6));
    /// Days of the month, from its start (1) or its end (-1): `1:7`, `-3:-1`, `1:-1`.
    DayRange: "a range of days of the month", "-3:-1", number, |day| day.to_string(), days;
    /// Months, by name or number: `january:march`, `6`.
    MonthRange: "a range of months", "january:march",
        |text| named(&MONTHS, 1, text).or_else(|| number(text)), |month| name_of(&MONTHS, 1, month),
        |first, last| ordered((first, last), (1, 12));
    /// Years: `2026:2027`.
    YearRange: "a range of years", "2026:2027", number, |year| year.to_string(),
        |first, last| ordered((first, last), (1, 9999));
}

fn ordered((first, last): (i16, i16), allowed: (i16, i16)) -> Result<(), String> {
    match [first, last].into_iter().find(|end| !(allowed.0..=allowed.1).contains(end)) {
        Some(end) => Err(format!("{end} is out of range")),
        None if first > last => Err("it ends before it starts".to_owned()),
        None => Ok(()),
    }
}

/// Source: `DayOfMonthRange.UnmarshalYAML`. The shortest month, 28 days, decides what can never be.
fn days(first: i16, last: i16) -> Result<(), String> {
    if let Some(end) = [first, last].into_iter().find(|end| *end == 0 || !(-31..=31).contains(end)) {
        return Err(format!("{end} is out of range"));
    }
    if first < 0 && last > 0 {
        return Err("what starts from the end of the month must end from there".to_owned());
    }
    let of_shortest = |day: i16| if day < 0 { 28 + day } else { day };
    if of_shortest(first) > of_shortest(last) { Err("it ends before it starts".to_owned()) } else { Ok(()) }
}

impl WeekdayRange {
    /// Whether it has that day.
    pub fn contains(self, day: Weekday) -> bool {
        (self.first..=self.last).contains(&i16::from(day.to_sunday_zero_offset()))
    }
}

impl DayRange {
    /// Whether it has that day of a month of so many days. A range that starts after the end of the month has none of it.
    pub fn contains(self, day: i8, days_in_month: i8) -> bool {
        let days = i16::from(days_in_month);
        let from_start = |end: i16| if end < 0 { days + end + 1 } else { end };
        (from_start(self.first)..=from_start(self.last)).contains(&i16::from(day))
    }
}

impl MonthRange {
    /// Whether it has that month.
    pub fn contains(self, month: i8) -> bool {
        (self.first..=self.last).contains(&i16::from(month))
    }
}

impl YearRange {
    /// Whether it has that year.
    pub fn contains(self, year: i16) -> bool {
        (self.first..=self.last).contains(&year)
    }
}

/// A part of each day, its end excluded: `09:00-17:00`, `22:00-24:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockRange {
    first: u16,
    end: u16,
}

impl ClockRange {
    /// From `start` to before `end`, both `HH:MM`, the latest `24:00`.
    ///
    /// # Errors
    /// One is no time of day, or the end is not after the start.
    pub fn new(start: &str, end: &str) -> Result<Self, RangeError> {
        let error = |why: String| RangeError {
            text: format!("{start}-{end}"),
            wanted: "a part of the day",
            why,
            example: "09:00-17:00",
        };
        let minute = |text: &str| minute_of(text).ok_or_else(|| error(format!("{text:?} is no time of day")));
        let (first, end) = (minute(start)?, minute(end)?);
        if first < end { Ok(Self { first, end }) } else { Err(error("it does not end after it starts".to_owned())) }
    }

    /// Its first minute of the day.
    pub const fn first(self) -> u16 {
        self.first
    }

    /// The first minute of the day after it, at most 1440.
    pub const fn end(self) -> u16 {
        self.end
    }

    /// Whether it has that minute of the day.
    pub fn contains(self, minute: u16) -> bool {
        (self.first..self.end).contains(&minute)
    }
}

fn minute_of(text: &str) -> Option<u16> {
    let two = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two(hour)?, two(minute)?);
    ((hour < 24 && minute < 60) || (hour, minute) == (24, 0)).then_some(hour * 60 + minute)
}

impl FromStr for ClockRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let (start, end) = text.split_once('-').unwrap_or((text, ""));
        Self::new(start.trim(), end.trim())
    }
}

impl fmt::Display for ClockRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, end } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", first / 60, first % 60, end / 60, end % 60)
    }
}

impl TryFrom<String> for ClockRange {
    type Error = RangeError;
    fn try_from(text: String) -> Result<Self, RangeError> {
        text.parse()
    }
}

impl From<ClockRange> for String {
    fn from(range: ClockRange) -> Self {
        range.to_string()
    }
}
