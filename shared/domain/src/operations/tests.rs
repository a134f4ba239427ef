use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::alert::AlertSummary;
use crate::id::Fingerprint;
use crate::incident::{Entry, Incident, State, What};
use crate::label::Labels;
use crate::monitor::Category;
use crate::notification::{Receipt, ReceiptState};

/// 2026-02-02T00:00:00Z, a Monday.
const MONDAY: Time = Time::from_epoch(1_769_990_400);

fn at(minute: u32) -> Time {
    MONDAY + Span::from_minutes(minute)
}

/// What became of an incident: who acknowledged it when, and when it ended by whom; minutes after it opened.
#[derive(Clone, Copy, Debug, Default)]
struct Fate {
    acknowledged: Option<u32>,
    ended: Option<(u32, &'static str)>,
}

fn incident(service: &str, monitor: &str, severity: Severity, opened: u32, fate: Fate) -> Incident {
    let opened_at = at(opened);
    let fingerprint = Fingerprint::derive(&[service, monitor]);
    let note = |minute: u32, what| Entry { at: at(opened + minute), what };
    let mut timeline = vec![note(0, What::AlertFired { alert: fingerprint.clone(), reason: String::new() })];
    let changed = |to, by: &str| What::StateChanged { from: State::Triggered, to, by: by.to_owned() };
    timeline.extend(fate.acknowledged.map(|minute| note(minute, changed(State::Acknowledged, "ann"))));
    timeline.extend(fate.ended.map(|(minute, by)| note(minute, changed(State::Resolved, by))));
    let ended_at = fate.ended.map(|(minute, _)| at(opened + minute));
    Incident {
        escalation: None,
        muted: None,
        related: Vec::new(),
        covers: Vec::new(),
        merged_into: None,
        correlate_at: None,
        unlisted: BTreeSet::new(),
        releases: 0,
        id: Incident::id_of(&service.parse().unwrap(), monitor, opened_at),
        version: 1,
        service: service.parse().unwrap(),
        key: String::new(),
        category: Category::Technical,
        severity,
        state: if fate.ended.is_some() { State::Resolved } else { State::Triggered },
        title: format!("{monitor} on {service}"),
        opened_at,
        acknowledged_at: fate.acknowledged.map(|minute| at(opened + minute)),
        resolved_at: ended_at,
        alerts: vec![AlertSummary {
            fingerprint,
            name: monitor.to_owned(),
            severity,
            fired_at: opened_at,
            resolved_at: ended_at,
            quiet_since: None,
            returns: 0,
            reading: None,
            labels: Labels::default(),
            service: None,
        }],
        actions: Vec::new(),
        timeline,
        timeline_dropped: 0,
        next_wake: None,
    }
}

/// A receipt of a notification to a channel, settled so many minutes after the incident opened.
fn receipt(incident: &Incident, channel: &str, minute: u32, word: &str) -> Receipt {
    let at = incident.opened_at + Span::from_minutes(minute);
    let (answer, reason) = (String::new(), String::new());
    let state = match word {
        "delivered" => ReceiptState::Delivered { at, answer, handle: None },
        "refused" => ReceiptState::Refused { at, answer },
        "failed" => ReceiptState::Failed { at, reason },
        "overtaken" => ReceiptState::Overtaken { at, reason },
        _ => ReceiptState::Sending,
    };
    Receipt {
        page: None,
        id: crate::id::NotificationId::derive(&[incident.id.as_str(), channel, &minute.to_string()]),
        version: 1,
        incident: incident.id.clone(),
        channel: channel.parse().unwrap(),
        notification: None,
        created_at: at,
        tries: 1,
        state,
        next_wake: None,
    }
}

fn case(incident: Incident, receipts: &[(&str, u32, &str)]) -> Case {
    let receipts = receipts.iter().map(|(channel, minute, word)| receipt(&incident, channel, *minute, word)).collect();
    Case { incident, receipts }
}

/// Two weeks of a small team.
fn cases() -> Vec<Case> {
    let by_itself = |minute| Fate { acknowledged: None, ended: Some((minute, "tocsin")) };
    let by_ann = Fate { acknowledged: Some(6), ended: Some((40, "tocsin")) };
    let told = [("pager", 1, "delivered"), ("chat", 2, "delivered"), ("chat", 40, "delivered")];
    let week = 7 * 24 * 60;
    vec![
        case(incident("shop", "errors", Severity::Sev2, 10, by_ann), &told),
        case(incident("shop", "errors", Severity::Sev2, 3000, by_itself(5)), &[("pager", 3, "delivered")]),
        case(incident("shop", "disk", Severity::Sev4, 4000, by_itself(90)), &[("chat", 1, "delivered")]),
        case(
            incident("cart", "slow", Severity::Sev1, week + 5, Fate::default()),
            &[("pager", 2, "refused"), ("chat", 9, "delivered"), ("hook", 9, "failed"), ("hook", 10, "sending")],
        ),
        case(incident("cart", "slow", Severity::Sev3, week + 50, by_itself(4)), &[("hook", 1, "overtaken")]),
    ]
}

fn report() -> Operations {
    operations([MONDAY, MONDAY + Span::DAY.times(14)], None, &cases())
}

fn minutes(lengths: &Lengths) -> (u32, Option<[u32; 3]>) {
    let minutes = (|| Some([lengths.mean?, lengths.median?, lengths.p90?].map(|span| span.seconds() / 60)))();
    (lengths.count, minutes)
}

#[test]
fn the_total_of_two_weeks() {
    let total = report().total;
    assert_eq!((total.incidents, total.open, total.unacknowledged, total.unactionable), (5, 1, 3, 2));
    assert_eq!(total.pages, 2 + 1 + 1);
    assert_eq!(minutes(&total.to_tell), (4, Some([3, 1, 9])));
    assert_eq!(minutes(&total.to_acknowledge), (1, Some([6, 6, 6])));
    assert_eq!(minutes(&total.to_resolve), (4, Some([34, 5, 90])));
    let Notifications { delivered, refused, failed, overtaken, under_way } = total.notifications;
    assert_eq!([delivered, refused, failed, overtaken, under_way], [6, 1, 1, 1, 1]);
}

#[test]
fn weeks_begin_on_monday_and_say_whether_they_are_whole() {
    let week = |week: &Week| (week.from, week.whole, week.tally.incidents, week.tally.pages);
    let found: Vec<_> = report().weeks.iter().map(week).collect();
    assert_eq!(found, [(MONDAY, true, 3, 3), (MONDAY + Span::DAY.times(7), true, 2, 1)]);
    let from = MONDAY - Span::DAY;
    let found = operations([from, MONDAY + Span::HOUR], None, &cases()[..1]).weeks;
    assert_eq!(found.iter().map(week).collect::<Vec<_>>(), [(from, false, 0, 0), (MONDAY, false, 1, 2)]);
}

#[test]
fn who_was_called_how_often() {
    let row = |row: &Channel| (row.channel.clone(), row.pages, row.pages_per_week, row.pages_of_worst_week);
    let found: Vec<_> = report().channels.iter().map(row).collect();
    let expected = [("chat", 2, 1.0, 1), ("pager", 2, 1.0, 2), ("hook", 0, 0.0, 0)];
    assert_eq!(found, expected.map(|(name, pages, average, worst)| (name.to_owned(), pages, average, worst)));
}

#[test]
fn what_raised_alerts_and_what_called_for_nothing() {
    let report = report();
    let row = |row: &Monitor| (row.monitor.clone(), [row.firings, row.incidents, row.unactionable, row.pages]);
    let found: Vec<_> = report.monitors.iter().map(row).collect();
    let expected = [("errors", [2, 2, 1, 3]), ("slow", [2, 2, 0, 1]), ("disk", [1, 1, 1, 0])];
    assert_eq!(found, expected.map(|(name, numbers)| (name.to_owned(), numbers)));
    assert!((report.monitors[0].share_of_pages - 0.75).abs() < 1e-9);

    let row = |row: &Unactionable| (row.title.clone(), row.short_lived, row.notifications);
    let found: Vec<_> = report.unactionable.iter().map(row).collect();
    assert_eq!(found, [("disk on shop".to_owned(), false, 1), ("errors on shop".to_owned(), true, 1)]);

    let row = |row: &Repeat| (row.monitor.clone(), row.incidents, row.first, row.last);
    let found: Vec<_> = report.repeats.iter().map(row).collect();
    let week = 7 * 24 * 60;
    assert_eq!(
        found,
        [("slow".to_owned(), 2, at(week + 5), at(week + 50)), ("errors".to_owned(), 2, at(10), at(3000))]
    );
}

#[test]
fn what_a_person_touched_called_for_something() {
    let by_itself = Fate { acknowledged: None, ended: Some((5, "tocsin")) };
    let quiet = incident("shop", "errors", Severity::Sev2, 0, by_itself);
    let check = |incident: Incident, expected: bool| {
        assert_eq!(case(incident, &[("pager", 1, "delivered")]).is_unactionable(), expected);
    };
    check(quiet.clone(), true);
    check(Incident { state: State::Closed, ..quiet.clone() }, true);
    check(Incident { state: State::Triggered, ..quiet.clone() }, false);
    check(incident("shop", "errors", Severity::Sev2, 0, Fate { ended: Some((5, "ann")), ..by_itself }), false);
    check(incident("shop", "errors", Severity::Sev2, 0, Fate { acknowledged: Some(1), ..by_itself }), false);
    let mut noted = quiet.clone();
    noted.note(at(3), What::Note { by: "ann".to_owned(), text: "looking".to_owned() });
    check(noted, false);
    assert!(!case(quiet, &[("pager", 1, "failed")]).is_unactionable(), "nobody was told");
}

#[test]
fn what_was_merged_is_counted_with_what_it_went_on_in() {
    let by_itself = Fate { acknowledged: None, ended: Some((5, "tocsin")) };
    let merged = |service: &str, minute: u32, into: &Incident| {
        let mut merged = incident(service, "errors", Severity::Sev2, minute, by_itself);
        merged.state = State::Closed;
        merged.merged_into = Some(into.id.clone());
        merged
    };
    let root = incident("database", "errors", Severity::Sev2, 0, Fate { acknowledged: Some(2), ..by_itself });
    let api = merged("api", 1, &root);
    let shop = merged("shop", 2, &api);
    let told = |incident: &Incident, channel| case(incident.clone(), &[(channel, 1, "delivered")]);
    let of = |cases: &[Case]| operations([MONDAY, MONDAY + Span::DAY], None, cases).total;
    let all = of(&[told(&root, "pager"), told(&api, "pager"), told(&shop, "chat")]);
    assert_eq!((all.incidents, all.unactionable, all.pages, all.notifications.delivered), (1, 0, 2, 3));
    let alone = of(&[told(&shop, "chat")]);
    assert_eq!((alone.incidents, alone.unactionable), (1, 0), "the report is on one service, and it is no noise of it");
}

#[test]
fn an_alert_that_fires_again_is_counted_again() {
    let by_itself = Fate { acknowledged: None, ended: Some((5, "tocsin")) };
    let mut incident = incident("shop", "errors", Severity::Sev2, 0, by_itself);
    let alert = incident.alerts[0].fingerprint.clone();
    let fired = || What::AlertFired { alert: alert.clone(), reason: String::new() };
    incident.note(at(1), fired());
    incident.note(at(2), What::AlertResolved { alert: alert.clone(), reason: String::new() });
    incident.note(at(3), fired());
    assert_eq!(case(incident.clone(), &[]).firings(&alert), 2);
    incident.timeline.clear();
    assert_eq!(case(incident, &[]).firings(&alert), 1);
}

#[test]
fn lists_have_a_limit_and_counts_do_not() {
    let by_itself = Fate { acknowledged: None, ended: Some((5, "tocsin")) };
    let one = |index: u32| incident("shop", &format!("m{index}"), Severity::Sev2, index, by_itself);
    let cases: Vec<_> = (0..25).map(|index| case(one(index), &[("pager", 1, "delivered")])).collect();
    let report = operations([MONDAY, MONDAY + Span::DAY], None, &cases);
    assert_eq!((report.unactionable.len(), report.monitors.len()), (ROWS_MAX, ROWS_MAX));
    assert_eq!((report.total.unactionable, report.total.pages), (25, 25));
    assert_eq!(report.unactionable[0].opened_at, at(24));
}

fn any_case() -> impl Strategy<Value = Case> {
    let words = prop::sample::select(&["delivered", "refused", "failed", "overtaken", "sending"][..]);
    let channels = prop::sample::select(&["pager", "chat", "hook"][..]);
    let receipts = prop::collection::vec((channels, 0_u32..60, words), 0..6);
    let names = (prop::sample::select(&["shop", "cart"][..]), prop::sample::select(&["errors", "slow"][..]));
    let ended = prop::option::of((0_u32..600, prop::sample::select(&["tocsin", "ann"][..])));
    (names, prop::sample::select(&Severity::ALL[..]), 0_u32..60 * 24 * 28, prop::option::of(0_u32..60), ended, receipts)
        .prop_map(|((service, monitor), severity, opened, acknowledged, ended, receipts)| {
            case(incident(service, monitor, severity, opened, Fate { acknowledged, ended }), &receipts)
        })
}

/// What adds up.
fn parts(tally: &Tally) -> [u32; 9] {
    let Notifications { delivered, refused, failed, .. } = tally.notifications;
    let Tally { incidents, open, unacknowledged, unactionable, pages, to_tell, .. } = tally;
    [*incidents, *open, *unacknowledged, *unactionable, *pages, to_tell.count, delivered, refused, failed]
}

fn sum<'t>(tallies: impl Iterator<Item = &'t Tally>) -> [u32; 9] {
    tallies.map(parts).fold([0; 9], |sum, part| std::array::from_fn(|index| sum[index] + part[index]))
}

proptest! {
    #[test]
    fn the_parts_are_the_whole(mut cases in prop::collection::vec(any_case(), 0..30), days in 0_u32..28) {
        // An incident is there once.
        let mut ids = std::collections::BTreeSet::new();
        cases.retain(|case| ids.insert(case.incident.id.clone()));
        let from = MONDAY - Span::DAY.times(days);
        let of = |cases: &[Case]| operations([from, MONDAY + Span::DAY.times(28)], None, cases);
        let report = of(&cases);
        let whole = parts(&report.total);
        prop_assert_eq!(sum(report.severities.iter().map(|row| &row.tally)), whole);
        prop_assert_eq!(sum(report.services.iter().map(|row| &row.tally)), whole);
        prop_assert_eq!(sum(report.weeks.iter().map(|row| &row.tally)), whole);
        let pages = |counts: &mut dyn Iterator<Item = u32>| counts.sum::<u32>();
        prop_assert_eq!(pages(&mut report.channels.iter().map(|row| row.pages)), report.total.pages);
        prop_assert_eq!(pages(&mut report.monitors.iter().map(|row| row.pages)), report.total.pages);
        prop_assert!(report.weeks.windows(2).all(|two| two[0].until == two[1].from));
        cases.reverse();
        prop_assert_eq!(of(&cases), report);
    }
}
