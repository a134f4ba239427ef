use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::alert::AlertSummary;
use crate::id::{CallId, Fingerprint};
use crate::incident::{Entry, Incident, State, What};
use crate::label::Labels;
use crate::monitor::Category;
use crate::notification::{Address, Destination, Receipt, ReceiptState};

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
        taken: None,
        next_wake: None,
    }
}

/// A receipt of a notification to a channel, settled so many minutes after the incident opened.
/// What became of what was sent to `to`: `chat` is told, `pager!1` is rung by the incident's call 1, and `ann.phone!1` is an
/// address of a person whom it calls.
fn receipt(incident: &Incident, to: &str, minute: u32, word: &str) -> Receipt {
    let at = incident.opened_at + Span::from_minutes(minute);
    let (channel, call) = to.split_once('!').map_or((to, None), |(channel, call)| (channel, Some(call)));
    let person = channel.split_once('.').map(|(person, means)| Destination::Person {
        person: person.parse().unwrap(),
        address: match means {
            "phone" => Address::Phone("+4915112345678".parse().unwrap()),
            _ => Address::Slack("U012AB3CD".parse().unwrap()),
        },
    });
    let (answer, reason) = (String::new(), String::new());
    let state = match word {
        "delivered" => ReceiptState::Delivered { at, answer, handle: None },
        "refused" => ReceiptState::Refused { at, answer },
        "failed" => ReceiptState::Failed { at, reason },
        "overtaken" => ReceiptState::Overtaken { at, reason },
        _ => ReceiptState::Sending,
    };
    Receipt {
        page: person,
        id: crate::id::NotificationId::derive(&[incident.id.as_str(), to, &minute.to_string()]),
        version: 1,
        incident: incident.id.clone(),
        channel: channel.parse().unwrap(),
        notification: None,
        created_at: at,
        tries: 1,
        state,
        next_wake: None,
        call: call.map(|call| CallId::derive(&[incident.id.as_str(), call])),
    }
}

fn case(incident: Incident, receipts: &[(&str, u32, &str)]) -> Case {
    let receipts = receipts.iter().map(|(to, minute, word)| receipt(&incident, to, *minute, word)).collect();
    Case { incident, receipts }
}

/// Two weeks of a small team.
fn cases() -> Vec<Case> {
    let by_itself = |minute| Fate { acknowledged: None, ended: Some((minute, "tocsin")) };
    let by_ann = Fate { acknowledged: Some(6), ended: Some((40, "tocsin")) };
    let told = [("pager!1", 1, "delivered"), ("chat", 2, "delivered"), ("chat", 40, "delivered")];
    let week = 7 * 24 * 60;
    vec![
        case(incident("shop", "errors", Severity::Sev2, 10, by_ann), &told),
        case(incident("shop", "errors", Severity::Sev2, 3000, by_itself(5)), &[("pager!1", 3, "delivered")]),
        case(incident("shop", "disk", Severity::Sev4, 4000, by_itself(90)), &[("chat", 1, "delivered")]),
        case(
            incident("cart", "slow", Severity::Sev1, week + 5, Fate::default()),
            &[("pager!1", 2, "refused"), ("chat!1", 9, "delivered"), ("hook", 9, "failed"), ("hook", 10, "sending")],
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
    assert_eq!((total.incidents, total.open, total.unacknowledged, total.unactionable), (5, 1, 3, 3));
    assert_eq!(total.pages, 1 + 1 + 1);
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
    assert_eq!(found, [(MONDAY, true, 3, 2), (MONDAY + Span::DAY.times(7), true, 2, 1)]);
    let from = MONDAY - Span::DAY;
    let found = operations([from, MONDAY + Span::HOUR], None, &cases()[..1]).weeks;
    assert_eq!(found.iter().map(week).collect::<Vec<_>>(), [(from, false, 0, 0), (MONDAY, false, 1, 1)]);
}

/// Name, pages, in a week on average, by week.
fn called(report: &Operations) -> Vec<(String, u32, f64, Vec<u32>)> {
    let row = |row: &Called| {
        let name = match &row.who {
            Callee::Person(name) => name.to_string(),
            Callee::Channel(name) => format!("#{name}"),
        };
        (name, row.pages, row.pages_per_week, row.pages_by_week.clone())
    };
    report.called.iter().map(row).collect()
}

#[test]
fn who_was_called_how_often() {
    let expected = [("#pager", 2, 1.0, vec![2, 0]), ("#chat", 1, 0.5, vec![0, 1])];
    assert_eq!(
        called(&report()),
        expected.map(|(name, pages, average, weeks)| (name.to_owned(), pages, average, weeks))
    );
}

/// A step rings every telephone of a person, an escalation comes round again, and a quiet incident may call as well.
#[test]
fn a_person_is_called_once_by_a_step_however_severe_and_by_however_many_addresses() {
    let week = 7 * 24 * 60;
    let first = incident("shop", "errors", Severity::Sev4, week - 20, Fate::default());
    let second = incident("cart", "slow", Severity::Sev1, week + 90, Fate::default());
    let cases = [
        case(
            first,
            &[
                ("ann.phone!1", 3, "delivered"),
                ("ann.slack!1", 1, "delivered"),
                ("ben.phone!2", 15, "failed"),
                ("ben.slack!2", 16, "delivered"),
                ("ann.phone!3", 30, "delivered"),
                ("ann.slack", 40, "delivered"),
                ("chat", 1, "delivered"),
            ],
        ),
        case(second, &[("ann.phone!1", 0, "refused"), ("ann.slack!1", 0, "delivered")]),
    ];
    let report = operations([MONDAY, MONDAY + Span::DAY.times(14)], None, &cases);
    let expected = [("ann", 3, 1.5, vec![1, 2]), ("ben", 1, 0.5, vec![1, 0])];
    assert_eq!(called(&report), expected.map(|(name, pages, average, weeks)| (name.to_owned(), pages, average, weeks)));
    assert_eq!((report.total.pages, report.weeks[0].tally.pages), (4, 3), "a week has the calls of its incidents");
    let row = |row: &Channel| (row.channel.to_string(), row.notifications.delivered, row.notifications.failed);
    let found: Vec<_> = report.channels.iter().map(row).collect();
    let expected = [("ann.slack", 3, 0), ("ann.phone", 2, 0), ("ben.slack", 1, 0), ("chat", 1, 0), ("ben.phone", 0, 1)];
    assert_eq!(found, expected.map(|(name, delivered, failed)| (name.to_owned(), delivered, failed)));
}

/// What arrived after the stretch is counted where its incidents are.
#[test]
fn a_call_after_the_report_is_in_its_last_week() {
    let late = incident("shop", "errors", Severity::Sev2, 7 * 24 * 60 - 1, Fate::default());
    let report =
        operations([MONDAY, MONDAY + Span::DAY.times(7)], None, &[case(late, &[("ann.phone!1", 5, "delivered")])]);
    assert_eq!(called(&report), [("ann".to_owned(), 1, 1.0, vec![1])]);
}

/// Whom a message was for does not hear it where the fallback is told in their place.
#[test]
fn a_fallback_is_called_in_place_of_whom_it_stands_for() {
    let mut case =
        case(incident("shop", "errors", Severity::Sev2, 0, Fate::default()), &[("ann.phone!1", 1, "delivered")]);
    case.receipts[0].channel = "night-desk".parse().unwrap();
    let report = operations([MONDAY, MONDAY + Span::DAY], None, &[case]);
    assert_eq!(
        report.called.iter().map(|row| row.who.clone()).collect::<Vec<_>>(),
        [Callee::Channel("night-desk".parse().unwrap())]
    );
}

#[test]
fn what_raised_alerts_and_what_called_for_nothing() {
    let report = report();
    let row = |row: &Monitor| (row.monitor.clone(), [row.firings, row.incidents, row.unactionable, row.pages]);
    let found: Vec<_> = report.monitors.iter().map(row).collect();
    let expected = [("errors", [2, 2, 2, 2]), ("slow", [2, 2, 0, 1]), ("disk", [1, 1, 1, 0])];
    assert_eq!(found, expected.map(|(name, numbers)| (name.to_owned(), numbers)));
    assert!((report.monitors[0].share_of_pages - 0.67).abs() < 1e-9);

    let row = |row: &Unactionable| (row.title.clone(), row.short_lived, row.acknowledged, row.notifications);
    let found: Vec<_> = report.unactionable.iter().map(row).collect();
    let expected =
        [("disk on shop", false, false, 1), ("errors on shop", true, false, 1), ("errors on shop", false, true, 3)];
    assert_eq!(found, expected.map(|(title, short, taken, told)| (title.to_owned(), short, taken, told)));

    let row = |row: &Repeat| (row.monitor.clone(), row.incidents, row.first, row.last);
    let found: Vec<_> = report.repeats.iter().map(row).collect();
    let week = 7 * 24 * 60;
    assert_eq!(
        found,
        [("slow".to_owned(), 2, at(week + 5), at(week + 50)), ("errors".to_owned(), 2, at(10), at(3000))]
    );
}

#[test]
fn what_a_person_did_something_about_called_for_something_and_what_was_only_taken_did_not() {
    let by_itself = Fate { acknowledged: None, ended: Some((5, "tocsin")) };
    let quiet = incident("shop", "errors", Severity::Sev2, 0, by_itself);
    let check = |incident: Incident, expected: bool| {
        assert_eq!(case(incident, &[("pager", 1, "delivered")]).is_unactionable(), expected);
    };
    check(quiet.clone(), true);
    check(Incident { state: State::Closed, ..quiet.clone() }, true);
    check(Incident { state: State::Triggered, ..quiet.clone() }, false);
    check(incident("shop", "errors", Severity::Sev2, 0, Fate { ended: Some((5, "ann")), ..by_itself }), false);
    check(incident("shop", "errors", Severity::Sev2, 0, Fate { acknowledged: Some(1), ..by_itself }), true);
    let mut worked_on = quiet.clone();
    let by = "ann".to_owned();
    worked_on.note(at(3), What::StateChanged { from: State::Triggered, to: State::Mitigating, by });
    check(worked_on, false);
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
    let all = of(&[told(&root, "pager!1"), told(&api, "pager!1"), told(&shop, "chat")]);
    assert_eq!((all.incidents, all.unactionable, all.pages, all.notifications.delivered), (1, 1, 2, 3));
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
    let cases: Vec<_> = (0..25).map(|index| case(one(index), &[("pager!1", 1, "delivered")])).collect();
    let report = operations([MONDAY, MONDAY + Span::DAY], None, &cases);
    assert_eq!((report.unactionable.len(), report.monitors.len()), (ROWS_MAX, ROWS_MAX));
    assert_eq!((report.total.unactionable, report.total.pages), (25, 25));
    assert_eq!(report.unactionable[0].opened_at, at(24));
}

fn any_case() -> impl Strategy<Value = Case> {
    let words = prop::sample::select(&["delivered", "refused", "failed", "overtaken", "sending"][..]);
    let channels = prop::sample::select(&["pager!1", "chat", "ann.phone!1", "ann.slack!1", "ann.phone!2"][..]);
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
        prop_assert_eq!(pages(&mut report.called.iter().map(|row| row.pages)), report.total.pages);
        let delivered = report.channels.iter().map(|row| row.notifications.delivered).sum::<u32>();
        prop_assert_eq!(delivered, report.total.notifications.delivered);
        for (index, week) in report.weeks.iter().enumerate().skip(1) {
            // A call may come in the week after its incident, and none before it.
            let by_then = |of: &mut dyn Iterator<Item = u32>| of.take(index).sum::<u32>();
            let opened = by_then(&mut report.weeks.iter().map(|week| week.tally.pages));
            let called: u32 = report.called.iter().map(|row| by_then(&mut row.pages_by_week.iter().copied())).sum();
            prop_assert!(called <= opened, "{called} of {opened} before {}", week.from);
        }
        prop_assert_eq!(pages(&mut report.monitors.iter().map(|row| row.pages)), report.total.pages);
        prop_assert!(report.weeks.windows(2).all(|two| two[0].until == two[1].from));
        cases.reverse();
        prop_assert_eq!(of(&cases), report);
    }
}
