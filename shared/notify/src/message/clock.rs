use domain::notification::Notification;
use domain::units::{Time, Zone};
use jiff::Zoned;

/// The clock by which a message says when: of the person it is addressed to, else UTC.
#[derive(Default)]
pub(super) struct Clock(Zone);

impl Clock {
    pub(super) fn of(notification: &Notification) -> Self {
        Self(notification.page.as_ref().and_then(|page| page.zone.clone()).unwrap_or_default())
    }

    /// `2026-01-31 15:03:00 CET`.
    pub(super) fn dated(&self, at: Time) -> String {
        let shown = self.0.shows(at);
        format!("{} {}", shown.strftime("%Y-%m-%d %H:%M:%S"), abbreviation(&shown))
    }

    /// `2026-01-31 15:03:00 CET (UTC+01:00)`: one abbreviation may stand for several zones.
    pub(super) fn exact(&self, at: Time) -> String {
        let shown = self.0.shows(at);
        let offset =
            if abbreviation(&shown).starts_with("UTC") { String::new() } else { format!(" ({})", offset(&shown)) };
        format!("{}{offset}", self.dated(at))
    }

    /// `15:03 CET`, with its date where that is another than at `beside`: for where there is little room.
    pub(super) fn short(&self, at: Time, beside: Time) -> String {
        let shown = self.0.shows(at);
        let format = if shown.date() == self.0.shows(beside).date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
        format!("{} {}", shown.strftime(format), abbreviation(&shown))
    }
}

/// `CET`, or the offset where the zone has no word of its own.
fn abbreviation(shown: &Zoned) -> String {
    let word = shown.strftime("%Z").to_string();
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) { word } else { offset(shown) }
}

fn offset(shown: &Zoned) -> String {
    shown.strftime("UTC%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().expect("an instant")
    }

    fn check(zone: &str, instant: &str, dated: &str, in_full: &str) {
        let clock = Clock(zone.parse().expect("a zone"));
        assert_eq!((clock.dated(at(instant)).as_str(), clock.exact(at(instant)).as_str()), (dated, in_full), "{zone}");
    }

    #[test]
    fn clocks_are_exact_over_their_changes() {
        let same = |zone, instant, text| check(zone, instant, text, text);
        same("UTC", "2026-03-29T00:59:59Z", "2026-03-29 00:59:59 UTC");
        let vienna = |instant, dated: &str, offset| {
            check("Europe/Vienna", instant, dated, &format!("{dated} (UTC{offset})"));
        };
        vienna("2026-03-29T00:59:59Z", "2026-03-29 01:59:59 CET", "+01:00");
        vienna("2026-03-29T01:00:00Z", "2026-03-29 03:00:00 CEST", "+02:00");
        // What the clocks show twice is told apart by the word.
        vienna("2026-10-25T00:30:00Z", "2026-10-25 02:30:00 CEST", "+02:00");
        vienna("2026-10-25T01:30:00Z", "2026-10-25 02:30:00 CET", "+01:00");
        check("Asia/Kolkata", "2026-01-31T20:00:00Z", "2026-02-01 01:30:00 IST", "2026-02-01 01:30:00 IST (UTC+05:30)");
        same("America/Sao_Paulo", "2026-01-31T14:03:00Z", "2026-01-31 11:03:00 UTC-03:00");
    }

    #[test]
    fn the_date_is_said_where_it_is_another() {
        let clock = Clock("Europe/Vienna".parse().expect("a zone"));
        let short = |beside| clock.short(at("2026-01-31T22:30:00Z"), at(beside));
        assert_eq!(short("2026-01-31T22:59:59Z"), "23:30 CET");
        assert_eq!(short("2026-01-31T23:00:00Z"), "2026-01-31 23:30 CET", "the same day in UTC, the next one there");
    }
}
