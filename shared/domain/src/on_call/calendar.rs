//! A schedule as an iCalendar feed (RFC 5545).

use super::{Override, Schedule, Shift};
use crate::id::PersonName;
use crate::units::{Span, Time};

/// Shifts begin to be told at a multiple of this since 1970, so that one that has no beginning keeps its id for as long.
const GRID: Span = Span::DAY.times(28);
/// How far the feed looks ahead.
const AHEAD: Span = Span::DAY.times(90);
/// The longest line, in bytes without its end (RFC 5545, 3.1).
const LINE_BYTES_MAX: usize = 75;

impl Schedule {
    /// The shifts of the last four weeks or more and the next ninety days, of one `person` or of all, as the text of a
    /// calendar that others subscribe to. A shift keeps its id from one reading to the next.
    pub fn calendar(&self, overrides: &[Override], person: Option<&PersonName>, now: Time) -> String {
        let from = now.floor(GRID) - GRID;
        let mut shifts = self.shifts(overrides, from, now + AHEAD);
        shifts.retain(|shift| person.is_none_or(|wanted| wanted == &shift.person));
        let mut text = String::new();
        let title =
            person.map_or_else(|| format!("On call: {}", self.name), |one| format!("On call: {} ({one})", self.name));
        for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tocsin//On call//EN", "CALSCALE:GREGORIAN"] {
            put(&mut text, line);
        }
        put(&mut text, &format!("X-WR-CALNAME:{title}"));
        put(&mut text, &format!("X-WR-TIMEZONE:{}", self.zone));
        put(&mut text, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        for shift in shifts {
            self.event(&shift, now, &mut text);
        }
        put(&mut text, "END:VCALENDAR");
        text
    }

    fn event(&self, shift: &Shift, now: Time, text: &mut String) {
        let Shift { starts_at, person, ends_at } = shift;
        put(text, "BEGIN:VEVENT");
        put(text, &format!("UID:{}.{person}.{}@tocsin", self.name, stamp(*starts_at)));
        put(text, &format!("DTSTAMP:{}", stamp(now)));
        put(text, &format!("DTSTART:{}", stamp(*starts_at)));
        put(text, &format!("DTEND:{}", stamp(*ends_at)));
        put(text, &format!("SUMMARY:{person} is on call for {}", self.name));
        put(text, "TRANSP:TRANSPARENT");
        put(text, "END:VEVENT");
    }
}

/// An instant in UTC: `20260105T080000Z`.
fn stamp(at: Time) -> String {
    at.to_string().chars().filter(|c| !matches!(c, '-' | ':')).collect()
}

/// Adds a line, folded where it is too long. Everything in it is ASCII without `,`, `;` and `\`, since names are.
fn put(text: &mut String, line: &str) {
    let (mut rest, mut room) = (line, LINE_BYTES_MAX);
    while rest.len() > room {
        let (head, tail) = rest.split_at(rest.floor_char_boundary(room));
        text.push_str(head);
        text.push_str("\r\n ");
        (rest, room) = (tail, LINE_BYTES_MAX - 1);
    }
    text.push_str(rest);
    text.push_str("\r\n");
}
