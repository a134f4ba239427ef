//! A schedule as an iCalendar feed (RFC 5545).

use super::{Override, Schedule, Shift};
use crate::id::PersonName;
use crate::units::{Span, Time};

/// Shifts are told that are not over at the last but one multiple of this since 1970, so that seldom one falls out.
const GRID: Span = Span::DAY.times(28);
/// How far before that the beginning of a shift is looked for, and its end after what is told: first, then, and last.
const BEYOND: [Span; 3] = [GRID, GRID.times(4), Schedule::AHEAD_MAX];
/// How far the feed looks ahead.
const AHEAD: Span = Span::DAY.times(90);
/// The longest line, in bytes without its end (RFC 5545, 3.1).
const LINE_BYTES_MAX: usize = 75;

/// What stands in a calendar without shifts, since one must have a component (RFC 5545, 3.6).
const NO_SHIFT: [&str; 8] = [
    "BEGIN:VTIMEZONE",
    "TZID:UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
];

impl Schedule {
    /// The shifts of the last four weeks or more and the next ninety days, of one `person` or of all, as the text of a
    /// calendar that others subscribe to. A shift keeps its id and its beginning from one reading to the next; of one that
    /// began longer ago than is looked for the id alone. One that ends later than is looked for ends where the feed does.
    pub fn calendar(&self, overrides: &[Override], person: Option<&PersonName>, now: Time) -> String {
        let (begin, mut shifts) = self.whole_shifts(overrides, now.floor(GRID) - GRID, now + AHEAD);
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
        for shift in &shifts {
            self.event(shift, begin, now, &mut text);
        }
        if shifts.is_empty() {
            for line in NO_SHIFT {
                put(&mut text, line);
            }
        }
        put(&mut text, "END:VCALENDAR");
        text
    }

    /// The shifts that are not over at `from` and begin before `until`, whole; and since when their beginning was looked for.
    fn whole_shifts(&self, overrides: &[Override], from: Time, until: Time) -> (Time, Vec<Shift>) {
        let mut found = (from, Vec::new());
        for beyond in BEYOND {
            let (begin, end) = (from - beyond, until + beyond);
            let mut shifts = self.shifts(overrides, begin, end);
            shifts.retain(|shift| shift.ends_at > from && shift.starts_at < until);
            let is_whole = shifts.iter().all(|shift| shift.starts_at > begin && shift.ends_at < end);
            for endless in shifts.iter_mut().filter(|shift| shift.ends_at == end) {
                endless.ends_at = until;
            }
            found = (begin, shifts);
            if is_whole {
                break;
            }
        }
        found
    }

    fn event(&self, shift: &Shift, begin: Time, now: Time, text: &mut String) {
        let Shift { starts_at, person, ends_at } = shift;
        let since = if *starts_at > begin { stamp(*starts_at) } else { "always".to_owned() };
        put(text, "BEGIN:VEVENT");
        put(text, &format!("UID:{}.{person}.{since}@tocsin", self.name));
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
