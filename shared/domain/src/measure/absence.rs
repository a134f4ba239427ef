use std::fmt;
use std::str::FromStr;

use croner::Cron as Pattern;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::Measured;
use super::note::Note;
use crate::metric::Cell;
use crate::units::{Span, Time};

/// When data are due.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Due {
    /// So long after the last.
    Every(Span),
    /// At each of these times.
    Cron(Cron),
}

/// Times of the clock in a time zone: five fields and an IANA name, `0 3 * * 1-5 Europe/Berlin`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cron {
    fields: String,
    zone: String,
}

/// The text names no times.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not five fields.
    #[error("{0:?} is not a cron expression ({1}); write minute, hour, day, month and weekday, such as \"0 3 * * *\"")]
    Fields(String, String),
    /// Not a time zone.
    #[error("{0:?} is not a time zone; write an IANA name such as \"Europe/Berlin\"")]
    Zone(String),
}

impl Cron {
    /// The times that `fields` name in `zone`.
    ///
    /// # Errors
    /// When either cannot be read.
    pub fn new(fields: &str, zone: &str) -> Result<Self, CronError> {
        if fields.split_whitespace().count() != 5 {
            return Err(CronError::Fields(fields.to_owned(), "it has not five fields".to_owned()));
        }
        let pattern = Pattern::from_str(fields);
        let pattern = pattern.map_err(|error| CronError::Fields(fields.to_owned(), error.to_string()))?;
        let zone_read = TimeZone::get(zone).map_err(|_| CronError::Zone(zone.to_owned()))?;
        let never = |error: croner::errors::CronError| CronError::Fields(fields.to_owned(), error.to_string());
        pattern.find_next_occurrence(&Timestamp::UNIX_EPOCH.to_zoned(zone_read), true).map_err(never)?;
        Ok(Self { fields: fields.to_owned(), zone: zone.to_owned() })
    }

    /// The last of its times that is not after `now`, and the one after it.
    pub fn around(&self, now: Time) -> Option<(Time, Time)> {
        let pattern = Pattern::from_str(&self.fields).ok()?;
        let now = Timestamp::from_second(now.epoch()).ok()?.to_zoned(TimeZone::get(&self.zone).ok()?);
        let latest = pattern.find_previous_occurrence(&now, true).ok()?;
        let next = pattern.find_next_occurrence(&now, false).ok()?;
        let time = |at: &jiff::Zoned| Time::from_epoch(at.timestamp().as_second());
        Some((time(&latest), time(&next)))
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.fields, self.zone)
    }
}

impl TryFrom<String> for Cron {
    type Error = CronError;
    fn try_from(text: String) -> Result<Self, CronError> {
        let (fields, zone) = text.rsplit_once(' ').unwrap_or((&text, ""));
        Self::new(fields, zone)
    }
}

impl From<Cron> for String {
    fn from(cron: Cron) -> Self {
        cron.to_string()
    }
}

/// When data last came.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Absence {
    /// End of the last period with data, or the beginning of the watch.
    last: Option<Time>,
    /// Whether there ever were any.
    seen: bool,
    /// The last two times of the cron, of which the later is not reached yet.
    turns: Option<(Time, Time)>,
}

impl Absence {
    /// A period that could not be read might have had data: it says nothing.
    pub(super) fn look(
        &mut self,
        cell: Cell,
        (from, end): (Time, Time),
        due: &Due,
        grace: Span,
        nonzero: bool,
    ) -> Measured {
        let last = *self.last.get_or_insert(from);
        match cell {
            Cell::Value(value) if !(nonzero && value == 0.0) => {
                (self.last, self.seen) = (Some(end), true);
                return Measured { cell: Cell::Value(0.0), note: Note::Present };
            }
            Cell::Unknown => return Measured { cell: Cell::Unknown, note: Note::None },
            _ => {}
        }
        let deadline = match due {
            Due::Every(every) => Some(last + *every + grace),
            Due::Cron(cron) => self.turn(cron, end - grace).filter(|turn| last <= *turn).map(|turn| turn + grace),
        };
        let late = deadline.map_or(Span::default(), |deadline| end.since(deadline));
        let note = Note::Overdue { late, last: self.seen.then_some(last) };
        Measured { cell: Cell::Value(f64::from(late.seconds())), note }
    }

    /// The last time of `cron` that is not after `now`.
    fn turn(&mut self, cron: &Cron, now: Time) -> Option<Time> {
        let known = self.turns.filter(|(last, next)| (*last..*next).contains(&now));
        self.turns = known.or_else(|| cron.around(now));
        self.turns.map(|(last, _)| last)
    }
}
