//! The report reads the incidents of its stretch, and no more than it may.

#![allow(clippy::unwrap_used)]

use domain::alert::{AlertChange, Status};
use domain::id::Fingerprint;
use domain::incident::Severity;
use domain::monitor::Category;
use domain::units::{Span, Time};
use simulator::{World, bare_setup, now_or_never};
use tocsin_engine::operations::{INCIDENTS_MAX, report};
use tocsin_engine::raise::raise;

const BEGIN: Time = Time::from_epoch(1_769_990_400);

fn fire(world: &World, service: &str, minute: u32) {
    let at = BEGIN + Span::from_minutes(minute);
    let change = AlertChange {
        fingerprint: Fingerprint::derive(&[service, &minute.to_string()]),
        name: format!("{service}-errors"),
        service: service.parse().unwrap(),
        category: Category::Technical,
        status: Status::Firing,
        severity: Severity::Sev2,
        at,
        reason: "bad".to_owned(),
        reading: None,
        cooldown: Span::MINUTE,
        ends_at: None,
        labels: [("correlation".to_owned(), minute.to_string())].into(),
    };
    now_or_never(raise(world, world, &bare_setup(), &change, at)).unwrap();
}

fn incidents(world: &World, from: u32, until: u32, service: Option<&str>) -> (u32, bool, Time) {
    let stretch = [from, until].map(|minute| BEGIN + Span::from_minutes(minute));
    let service = service.map(|name| name.parse().unwrap());
    let report = now_or_never(report(world, stretch, service)).unwrap();
    (report.total.incidents, report.truncated, report.from)
}

#[test]
fn the_incidents_of_the_stretch_and_no_other() {
    let world = World::default();
    assert_eq!(incidents(&world, 0, 9, None), (0, false, BEGIN));
    for (service, minute) in [("shop", 0), ("shop", 5), ("cart", 6), ("shop", 9)] {
        fire(&world, service, minute);
    }
    let minute = |minute| BEGIN + Span::from_minutes(minute);
    assert_eq!(incidents(&world, 0, 10, None), (4, false, BEGIN));
    assert_eq!(incidents(&world, 5, 9, None), (2, false, minute(5)));
    assert_eq!(incidents(&world, 1, 9, Some("shop")), (1, false, minute(1)));
    assert_eq!(incidents(&world, 1, 9, Some("nobody")), (0, false, minute(1)));
}

#[test]
fn a_report_reads_so_many_incidents_and_says_that_there_were_more() {
    let world = World::default();
    let most = u32::try_from(INCIDENTS_MAX).unwrap();
    for minute in 0..=most {
        fire(&world, "shop", minute);
    }
    assert_eq!(incidents(&world, 1, most + 1, None), (most, false, BEGIN + Span::MINUTE));
    assert_eq!(incidents(&world, 0, most + 1, None), (most, true, BEGIN + Span::MINUTE));
}
