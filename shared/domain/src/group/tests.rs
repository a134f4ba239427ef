//! The rules of a flush, one by one; where they come from Alertmanager, its own cases, re-expressed.

mod random;
mod storm;
mod timeline;

use super::*;
use crate::id::SilenceId;

const NOW: Time = Time::from_epoch(1_790_000_000);

fn alert(index: impl std::fmt::Display) -> Fingerprint {
    Fingerprint::given(format!("alert-{index}"))
}

fn member(name: &str, firing: bool, at: Time) -> Member {
    Member {
        name: name.to_owned(),
        service: "shop".parse().expect("a name"),
        severity: Severity::Sev2,
        labels: Labels::from([("alertname".to_owned(), name.to_owned())]),
        firing,
        changed_at: at,
        incident: None,
        flapping: None,
        told: None,
        held: false,
        awaited: false,
    }
}

fn silenced(until: Option<Time>) -> Held {
    let cause = Cause::Silenced { id: SilenceId::given("sil-1"), by: "ann".into(), comment: "known".into() };
    Held { cause, until }
}

fn empty() -> Group {
    Group::open(RoutePath::given("{}"), Labels::from([("service".into(), "shop".into())]), NOW)
}

/// What is to be judged: alerts by number.
#[derive(Default)]
struct Case<'a> {
    /// Told as firing at the last notification.
    told: &'a [u8],
    /// Held back at the last flush, and never told.
    were_held: &'a [u8],
    firing: &'a [u8],
    resolved: &'a [u8],
    held: &'a [u8],
    /// Minutes since the last notification.
    ago: u32,
}

/// The repeat interval is an hour.
fn judged(case: &Case<'_>) -> Reason {
    let told_at = NOW - Span::from_minutes(case.ago);
    let mut group = Group { flushed_at: Some(told_at), next_flush: Some(NOW), ..empty() };
    if !case.told.is_empty() {
        group.told = Some(Told { at: told_at, reason: Reason::First });
    }
    for (indices, firing) in [(case.firing, true), (case.resolved, false)] {
        for index in indices {
            let mut member = member("errors", firing, told_at);
            member.told = case.told.contains(index).then_some(Severity::Sev2);
            member.held = case.were_held.contains(index);
            group.members.insert(alert(index), member);
        }
    }
    let held = case.held.iter().map(|index| (alert(index), silenced(None))).collect();
    let timing = Timing { repeat: Span::HOUR, ..Timing::default() };
    group.flush(&View { held, muted: None }, &timing, NOW).verdict
}

fn check(case: &Case<'_>, expected: &Reason, says: &str) {
    assert_eq!(judged(case), *expected, "{says}");
}

fn all_held(count: usize) -> Reason {
    Reason::AllHeld { held: silenced(None), count }
}

fn nothing_new(ago: u32) -> Reason {
    Reason::NothingNew { until: NOW + Span::from_minutes(60 - ago) }
}

/// `TestDedupStageNeedsUpdate` of prometheus/alertmanager, `notify/notify_test.go`. Its cases where resolved alerts are not
/// sent have no counterpart: whether a channel hears of them is not the group's matter.
#[test]
fn tells_what_needs_an_update() {
    use Reason::{AllResolved, First, NewAlerts, NothingFiring, Repeat, Resolved};
    let case = Case { firing: &[2, 3, 4], ..Case::default() };
    check(&case, &First, "no matching entry should update");
    let case = Case { resolved: &[2, 3, 4], ..Case::default() };
    check(&case, &NothingFiring, "no matching entry shouldn't update if no alert fires");
    let case = Case { told: &[1, 2, 3], firing: &[2, 3, 4], ..Case::default() };
    check(&case, &NewAlerts, "different sets of firing alerts should update");
    let told = Case { told: &[1, 2, 3], firing: &[1, 2, 3], ..Case::default() };
    check(&Case { ago: 1_000_000, ..told }, &Repeat, "a zero timestamp should always update");
    check(&Case { ago: 59, ..told }, &nothing_new(59), "identical sets shouldn't update before the repeat interval");
    check(&Case { ago: 61, ..told }, &Repeat, "identical sets should update after the repeat interval");
    let case = Case { resolved: &[3, 4, 5], ago: 61, ..Case::default() };
    check(&case, &NothingFiring, "different sets of resolved alerts without firing ones shouldn't update");
    let case = Case { told: &[1, 2], firing: &[1], resolved: &[2], ago: 9, ..Case::default() };
    check(&case, &Resolved, "different sets of resolved alerts should update");
    let case = Case { told: &[1, 2], resolved: &[1, 2, 3], ago: 9, ..Case::default() };
    check(&case, &AllResolved, "an empty set of firing alerts should update");
}

/// `TestDedup_NeedsUpdateMuteAware` of prometheus/alertmanager, `notify/muted_alerts_test.go`.
#[test]
fn tells_in_view_of_what_is_held_back() {
    use Reason::{AllResolved, First, NewAlerts, NoLongerHeld, NothingFiring, Resolved};
    let none = || Case { ago: 30, ..Case::default() };
    let one: &[u8] = &[1];
    let (two, both): (&[u8], &[u8]) = (&[2], &[1, 2]);
    let rows: [(&str, Case<'_>, Reason); 17] = [
        ("first notification", Case { firing: one, ..none() }, First),
        ("first is held back while all is muted", Case { firing: one, held: one, ..none() }, all_held(1)),
        ("a group only ever resolved", Case { resolved: one, ..none() }, NothingFiring),
        ("a muted alert resolves what was told", Case { told: one, resolved: one, held: one, ..none() }, AllResolved),
        ("resolves, one muted", Case { told: both, resolved: both, held: two, ..none() }, AllResolved),
        ("resolves after it was shown", Case { told: both, resolved: both, ..none() }, AllResolved),
        ("never shown", Case { were_held: one, resolved: one, held: one, ..none() }, NothingFiring),
        (
            "a muted firing alert keeps the group from resolving",
            Case { told: both, firing: two, resolved: one, held: two, ..none() },
            Resolved,
        ),
        ("added", Case { told: one, firing: both, ..none() }, NewAlerts),
        ("becomes visible", Case { told: one, were_held: two, firing: both, ..none() }, NoLongerHeld),
        ("added and unmuted", Case { told: one, were_held: two, firing: &[1, 2, 3], ..none() }, NewAlerts),
        ("reopens after all was muted", Case { were_held: one, firing: one, ..none() }, First),
        ("one resolves", Case { told: both, firing: one, resolved: two, ..none() }, Resolved),
        (
            "a muted one resolves",
            Case { told: one, were_held: two, firing: one, resolved: two, held: two, ..none() },
            nothing_new(30),
        ),
        ("all are muted", Case { told: both, firing: both, held: both, ..none() }, all_held(2)),
        ("all stay muted", Case { told: two, were_held: one, firing: both, held: both, ..none() }, all_held(2)),
        ("never shown, still muted", Case { were_held: one, firing: one, held: one, ago: 120, ..none() }, all_held(1)),
    ];
    for (says, case, expected) in rows {
        check(&case, &expected, says);
    }
}

#[test]
fn a_route_that_is_muted_tells_nothing_and_forgets_nothing() {
    let muted = Held { cause: Cause::MutedTime { interval: "nights".into() }, until: Some(NOW + Span::MINUTE) };
    let view = View { muted: Some(muted.clone()), ..View::default() };
    let mut group = empty();
    let timing = Timing::default();
    group.place(&alert(1), member("errors", true, NOW), &timing, NOW - timing.wait);
    let Flushed { group, tell, verdict } = group.flush(&view, &timing, NOW);
    assert_eq!((tell, verdict), (None, Reason::Muted { held: muted.clone() }));
    assert_eq!(group.next_wake(), muted.until, "it looks again when the interval ends");
    let expected = Outlook::Held { held: muted.clone(), again: muted.until };
    assert_eq!(group.outlook(&alert(1), &view, &timing, NOW), expected);
    let later = NOW + Span::MINUTE;
    let flushed = group.flush(&View::default(), &timing, later);
    assert_eq!(flushed.verdict, Reason::First);
}

#[test]
fn what_resolves_while_the_route_is_muted_is_told_when_it_no_longer_is() {
    let (timing, open) = (Timing::default(), View::default());
    let cause = Cause::InactiveTime { intervals: vec!["days".into()] };
    let muted = View { muted: Some(Held { cause, until: None }), ..View::default() };
    let mut group = empty();
    group.place(&alert(1), member("errors", true, NOW), &timing, NOW - timing.wait);
    let mut group = group.flush(&open, &timing, NOW).group;
    let at = |minutes| NOW + Span::from_minutes(minutes);
    group.place(&alert(1), member("errors", false, at(1)), &timing, at(1));
    let Flushed { group, verdict, .. } = group.flush(&muted, &timing, at(1));
    assert!(matches!(verdict, Reason::Muted { .. }), "{verdict:?}");
    assert_eq!(group.next_wake(), Some(at(6)), "it looks again after the interval");
    let tell = group.flush(&open, &timing, at(6)).tell.expect("its end was not told");
    assert_eq!((tell.reason, tell.resolved), (Reason::AllResolved, vec![alert(1)]));
}

#[test]
fn what_comes_and_goes_between_two_flushes_is_told_unless_it_is_held() {
    let case = Case { told: &[1], firing: &[1], resolved: &[2], ..Case::default() };
    check(&case, &Reason::Resolved, "as in Alertmanager");
    check(&Case { held: &[2], ..case }, &nothing_new(0), "it is held by the time of the flush");
}

#[test]
fn a_worse_severity_is_news_and_a_milder_one_is_not() {
    let timing = Timing::default();
    let mut group = empty();
    group.place(&alert(1), member("errors", true, NOW), &timing, NOW - timing.wait);
    let mut group = group.flush(&View::default(), &timing, NOW).group;
    let with = |severity| Member { severity, ..member("errors", true, NOW) };
    let at = |minutes| NOW + Span::from_minutes(minutes);
    assert_eq!(group.place(&alert(1), with(Severity::Sev3), &timing, at(1)), Placed::Known);
    assert_eq!(group.next_wake(), Some(NOW + timing.repeat));
    assert_eq!(group.place(&alert(1), with(Severity::Sev1), &timing, at(2)), Placed::Fires);
    assert_eq!(group.next_wake(), Some(at(5)));
    assert_eq!(group.flush(&View::default(), &timing, at(5)).verdict, Reason::Worse);
}

#[test]
fn what_was_kept_is_read_back() {
    let timing = Timing::default();
    let mut group = empty();
    group.place(&alert(1), member("errors", true, NOW), &timing, NOW);
    let text = serde_json::to_string(&group).expect("it is plain");
    assert_eq!(serde_json::from_str::<Group>(&text).expect("it was written so"), group);
    for reason in [Reason::First, all_held(3), nothing_new(3), Reason::Acknowledged { by: "ann".into() }] {
        let text = serde_json::to_string(&reason).expect("it is plain");
        assert_eq!(serde_json::from_str::<Reason>(&text).expect("it was written so"), reason, "{text}");
    }
}

#[test]
fn the_name_of_a_group_is_its_route_and_labels() {
    let id = |route: &str, labels: &[(&str, &str)]| {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Group::id_of(&RoutePath::given(route), &labels.collect::<Labels>())
    };
    assert_eq!(id("{}", &[("a", "b")]), id("{}", &[("a", "b")]));
    assert_ne!(id("{}", &[("a", "b")]), id("{}", &[("a", "c")]));
    assert_ne!(id("{}", &[("a", "b")]), id("{}/{x=\"y\"}", &[("a", "b")]));
    assert_ne!(id("{}", &[("a", "b")]), id("{}", &[("a", ""), ("b", "")]));
}
