use super::*;

#[test]
fn a_feed() {
    let mut schedule = schedule("Europe/Berlin", vec![rotation("ann bob", "3 week", "2025-12-29 09:00", vec![])]);
    schedule.name = "shop-and-everything-that-stands-behind-it-in-the-warehouse".parse().unwrap();
    let text = schedule.calendar(&[], Some(&person("bob")), at("2026-01-20T12:00:00Z"));
    let expected = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Tocsin//On call//EN
CALSCALE:GREGORIAN
X-WR-CALNAME:On call: shop-and-everything-that-stands-behind-it-in-the-ware
 house (bob)
X-WR-TIMEZONE:Europe/Berlin
REFRESH-INTERVAL;VALUE=DURATION:PT1H
BEGIN:VEVENT
UID:shop-and-everything-that-stands-behind-it-in-the-warehouse.bob.20260119
 T080000Z@tocsin
DTSTAMP:20260120T120000Z
DTSTART:20260119T080000Z
DTEND:20260209T080000Z
SUMMARY:bob is on call for shop-and-everything-that-stands-behind-it-in-the
 -warehouse
TRANSP:TRANSPARENT
END:VEVENT
";
    let first = text.replace("\r\n", "\n");
    assert!(first.starts_with(expected), "{first}");
    assert!(first.ends_with("END:VEVENT\nEND:VCALENDAR\n"));
    for line in text.split_terminator("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line}");
    }
}

#[test]
fn a_shift_keeps_its_id() {
    let schedule = schedule("America/New_York", vec![rotation("ann bob", "1 day", "2025-01-01 09:00", vec![])]);
    let ids = |now: &str| -> Vec<String> {
        let text = schedule.calendar(&[], None, at(now));
        text.split("\r\n").filter(|line| line.starts_with("UID:")).map(str::to_owned).collect()
    };
    let (first, later) = (ids("2026-03-01T00:00:00Z"), ids("2026-03-09T17:30:00Z"));
    assert!(first.len() > 100);
    assert_eq!(first[..100], later[..100]);
}

/// The id and the beginning of each event in a feed that is read at `now`.
fn events(schedule: &Schedule, made: &[Override], now: &str) -> Vec<String> {
    let text = schedule.calendar(made, None, at(now));
    let events = text.split("BEGIN:VEVENT\r\n").skip(1);
    let told = |line: &&str| ["UID:", "DTSTART:"].iter().any(|field| line.starts_with(field));
    events.map(|event| event.split("\r\n").filter(told).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_shift_keeps_its_beginning_while_the_feed_moves_on() {
    let replaced = make(replace("ann", "joe"), "2026-01-31T12:00:00Z", "2026-02-27T12:00:00Z");
    for (every, made) in [("1 day", vec![]), ("3 week", vec![]), ("5 month", vec![]), ("3 week", vec![replaced])] {
        let schedule = schedule("Europe/Berlin", vec![rotation("ann bob", every, "2023-01-02 09:00", vec![])]);
        let mut before = events(&schedule, &made, "2026-02-01T00:00:00Z");
        for day in 2..=28 {
            let now = events(&schedule, &made, &format!("2026-02-{day:02}T00:00:00Z"));
            let kept = now.iter().take_while(|event| before.contains(event)).count();
            assert!(before.ends_with(&now[..kept]) && now.len() - kept <= 1, "{every}, day {day}: {now:?}, {before:?}");
            before = now;
        }
    }
}

#[test]
fn a_shift_that_goes_on_after_the_feed_has_its_end() {
    let ends = |people: &str, every: &str| -> Vec<String> {
        let schedule = schedule("UTC", vec![rotation(people, every, "2026-01-05 09:00", vec![])]);
        let text = schedule.calendar(&[], None, at("2026-03-01T00:00:00Z"));
        text.split("\r\n").filter_map(|line| line.strip_prefix("DTEND:")).map(str::to_owned).collect()
    };
    let last = |people: &str, every: &str| ends(people, every).pop().unwrap();
    // The feed ends on the thirtieth of May.
    assert_eq!(last("ann bob", "1 week"), "20260601T090000Z");
    assert_eq!(last("ann bob", "12 week"), "20260622T090000Z");
    assert_eq!(last("ann bob", "12 month"), "20270105T090000Z");
    assert_eq!(ends("ann bob", "40 month"), ["20260530T000000Z"]);
    assert_eq!(ends("ann", "1 week"), ["20260530T000000Z"]);
}

#[test]
fn who_is_always_on_call_has_one_shift() {
    let schedule = schedule("UTC", vec![rotation("ann", "1 day", "2020-01-01 09:00", vec![])]);
    for now in ["2026-02-01T00:00:00Z", "2026-06-01T00:00:00Z"] {
        let events = events(&schedule, &[], now);
        assert!(events.len() == 1 && events[0].starts_with("UID:shop.ann.always@tocsin DTSTART:202"), "{events:?}");
    }
}

/// RFC 5545, 3.6: a calendar has at least one component.
#[test]
fn a_feed_without_shifts_is_a_calendar() {
    let schedule = schedule("Europe/Berlin", vec![rotation("ann", "1 week", "2030-01-07 09:00", vec![])]);
    for wanted in [None, Some(person("bob"))] {
        let text = schedule.calendar(&[], wanted.as_ref(), at("2026-01-20T12:00:00Z"));
        let end = "TZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n";
        assert!(text.ends_with(end) && text.matches("BEGIN:VTIMEZONE\r\nTZID:UTC\r\n").count() == 1, "{text}");
        assert!(!text.contains("VEVENT"), "{text}");
    }
}
