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
