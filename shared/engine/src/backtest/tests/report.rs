//! What a run means for people: firings, pages, delays, differences.

use super::*;

fn stretch() -> Stretch {
    Stretch { begin: minute(0), until: minute(240) }
}

/// A report on one series of the shop, whose numbers are `99` in these minutes and nothing is wrong in all others.
fn report(more: &Json, high: &[std::ops::Range<usize>], labels: Option<&[Label]>) -> Report {
    let mut numbers = vec![0.0; 240];
    for minutes in high {
        numbers[minutes.clone()].fill(99.0);
    }
    let setup = setup(&[series("shop/orders", "1m", "1m")], &[monitor("m", "shop", more)]);
    let recordings = Recordings::from([recorded("shop/orders", Span::MINUTE, numbers)]);
    let told = run(&setup, &recordings, stretch(), &mut |_| {});
    Report::of(&setup, &told, (minute(30), minute(240)), labels)
}

fn calls(report: &Report) -> Vec<(i64, CallKind)> {
    report.calls.iter().map(|call| ((call.at.epoch() - MONDAY) / 60, call.kind)).collect()
}

#[test]
fn what_reopens_within_its_cooldown_calls_again_and_what_ended_before_the_range_does_not_count() {
    let report = report(&json!({}), &[5..10, 20..40, 45..50, 100..110], None);
    let told: Vec<_> = report.firings.iter().map(|firing| (firing.told_at.epoch() - MONDAY) / 60).collect();
    assert_eq!(told, [47, 102], "the one from 22 on was told before the range");
    assert_eq!(calls(&report), [(47, CallKind::Page), (102, CallKind::Page)]);
    assert_eq!(report.calls[0].kind, CallKind::Page);
    let line = &report.monitors[0];
    assert_eq!((line.firings, line.fired_for, line.pages, line.tickets), (2, Span::from_minutes(15), 2, 0));
    let people: Vec<_> = report.people.iter().map(|p| (p.kind, p.name.as_str(), p.pages)).collect();
    assert_eq!(
        people,
        [("channel", "chat", 2), ("channel", "pager", 2), ("owner", "team-shop", 2), ("owner", "team-stock", 0)]
    );
}

#[test]
fn a_ticket_that_gets_worse_becomes_a_page() {
    let limit = |severity: &str, above: f64| json!({"severity": severity, "when": {"comparison": ">", "threshold": above}, "recover": null});
    let worse = json!({"conditions": [limit("SEV1", 90.0), limit("SEV3", -1.0)]});
    let report = report(&worse, &[60..70, 100..110], None);
    // It has fired as SEV3 since the first tick, and does so between.
    assert_eq!(calls(&report), [(62, CallKind::Page)], "an incident is as bad as it was at its worst");
    assert!(report.firings.is_empty(), "it began before the range");
}

#[test]
fn firings_are_held_against_what_really_happened() {
    let label = |service: &str, from, until| Label {
        service: service.parse().ok(),
        from: minute(from),
        until: minute(until),
        name: String::new(),
    };
    let labels = [label("shop", 58, 90), label("stock", 58, 90), label("", 150, 160), label("shop", 104, 105)];
    let report = report(&json!({}), &[60..70, 100..110, 200..210], Some(&labels));
    let detection = report.detection.unwrap();
    let delays: Vec<_> = detection.incidents.iter().map(|i| i.delay.map(|delay| delay.seconds() / 60)).collect();
    assert_eq!(delays, [Some(4), None, None, Some(0)], "what fires already is known at once");
    assert_eq!(detection.missed, 2);
    assert_eq!((detection.median_delay, detection.longest_delay), (Some(Span::default()), Some(Span::from_minutes(4))));
    assert_eq!(detection.false_alarms, [2]);
}

#[test]
fn two_runs_are_compared_firing_by_firing() {
    let before = report(&json!({}), &[60..70, 100..110, 200..204], None);
    let calmer = json!({"window": {"breaching": 5, "of": 5}});
    let after = report(&calmer, &[60..70, 100..110, 200..204, 220..230], None);
    let difference = compare(&before, &after);
    let fates: Vec<_> = difference.firings.iter().map(|matched| matched.fate).collect();
    assert_eq!(fates, [Fate::Same, Fate::Same, Fate::Gone, Fate::New]);
    let line = &difference.monitors[0];
    assert_eq!((line.new, line.gone, line.same), (1, 1, 2));
    assert_eq!(difference.firings[0].before.as_ref().map(|old| old.told_at), Some(minute(62)));
    assert_eq!(difference.firings[0].firing.told_at, minute(66));
    let mut renamed = before;
    renamed.firings[0].monitor = "other".to_owned();
    let fates: Vec<_> = compare(&renamed, &after).firings.iter().map(|matched| matched.fate).collect();
    assert_eq!(fates, [Fate::Gone, Fate::New, Fate::Same, Fate::Gone, Fate::New], "of another monitor it is another");
}

#[test]
fn a_monitor_wants_as_much_history_as_its_measure_needs() {
    let check = |more: &Json, expected: &str| {
        let setup = setup(&[series("shop/orders", "1m", "5m")], &[monitor("m", "shop", more)]);
        assert_eq!(warm_up(&setup).to_string(), expected, "{more}");
    };
    check(&json!({}), "9m");
    check(&json!({"measure": {"anomaly": {"sensitivity": 1.0, "side": "both"}}}), "14d9m");
    check(&json!({"measure": {"z-score": {"over": "6h"}}}), "6h9m");
    check(&json!({"measure": {"week-band": {"weeks": 3}}}), "28d9m");
    check(&json!({"measure": {"change": {"against": "last-week", "over": "1h", "at_least": 0.0}}}), "7d1h9m");
}
