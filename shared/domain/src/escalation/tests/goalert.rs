//! goalert's scenarios, re-expressed. Source: <https://github.com/target/goalert>, `test/smoke`; the test's name stands
//! above each. The machine's own rules stand in `engine/escalationmanager/db.go`.

use super::{check, clock_policy, goalert_policy, world};
use crate::escalation::{Effect, Why};
use crate::incident::Severity;
use crate::units::Time;

/// `TestEscalation`: the second step follows after the first one's delay.
#[test]
fn escalates_after_the_delay() {
    let policy = || goalert_policy(&[(30, "bob"), (60, "bob2")], 0);
    check(policy(), &[(29, "wait")], &["0 page 1.1 bob"]);
    check(policy(), &[(30, "wait")], &["0 page 1.1 bob", "30 page 1.2 bob2"]);
    check(policy(), &[(89, "wait")], &["0 page 1.1 bob", "30 page 1.2 bob2"]);
}

/// `TestEscalationNotification`: by hand, a policy of one step begins another round, each paged once.
#[test]
fn one_step_escalated_by_hand_is_paged_again() {
    let policy = goalert_policy(&[(60, "bob")], 5);
    let script = [(0, "escalate ann"), (30, "escalate ann"), (60, "wait")];
    check(policy, &script, &["0 page 1.1 bob", "0 page 2.1 bob", "30 page 3.1 bob"]);
}

/// `TestManualEscalation`: what is acknowledged and escalated by hand is unacknowledged again, and the next step is paged.
#[test]
fn escalating_by_hand_takes_the_acknowledgement_back() {
    let policy = goalert_policy(&[(60, "bob"), (60, "jane")], 5);
    let script = [(1, "ack bob"), (100, "escalate ann"), (160, "wait")];
    check(policy, &script, &["0 page 1.1 bob", "100 page 1.2 jane", "160 page 2.1 bob"]);
}

/// `normalEscalation` in `db.go`: by hand the first step follows the last even where no round is left.
#[test]
fn escalating_by_hand_goes_on_after_the_last_round() {
    let policy = || goalert_policy(&[(10, "bob"), (10, "jane")], 0);
    let before = ["0 page 1.1 bob", "10 page 1.2 jane", "20 fallback everybody"];
    let after = ["25 page 2.1 bob", "35 page 2.2 jane", "45 fallback everybody"];
    check(policy(), &[(25, "escalate ann"), (60, "wait")], &[before, after].concat());
}

/// `normalEscalation` in `db.go`: `loop_count < repeat`. goalert then falls silent; we tell the fallback, every hour.
#[test]
fn all_steps_repeat_as_often_as_declared_and_then_the_fallback_is_told() {
    let policy = |repeat| goalert_policy(&[(10, "bob"), (20, "jane")], repeat);
    let round = |n: u32| {
        let at = (n - 1) * 30;
        [format!("{at} page {n}.1 bob"), format!("{} page {n}.2 jane", at + 10)]
    };
    for repeat in 0..=5 {
        let rounds = u32::from(repeat) + 1;
        let end = rounds * 30;
        let mut expected: Vec<String> = (1..=rounds).flat_map(round).collect();
        expected.extend([0, 60, 120].map(|later| format!("{} fallback everybody", end + later)));
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(policy(repeat), &[(end + 179, "wait")], &expected);
    }
}

/// Ours: a policy that names no fallback tells its last step.
#[test]
fn without_a_fallback_the_last_step_is_told() {
    let mut policy = goalert_policy(&[(10, "bob"), (20, "jane")], 0);
    policy.fallback = None;
    check(policy, &[(31, "wait")], &["0 page 1.1 bob", "10 page 1.2 jane", "30 fallback to jane"]);
}

/// `TestTwilioSMSAck`: nothing is sent in the hour after the acknowledgement.
#[test]
fn acknowledging_stops_it() {
    let policy = goalert_policy(&[(15, "bob"), (15, "jane")], 5);
    check(policy, &[(14, "ack bob"), (5000, "wait")], &["0 page 1.1 bob"]);
}

/// The same, after the last round.
#[test]
fn acknowledging_stops_the_fallback() {
    let policy = goalert_policy(&[(15, "bob")], 0);
    check(policy, &[(20, "ack bob"), (5000, "wait")], &["0 page 1.1 bob", "15 fallback everybody"]);
}

/// `TestGenericAPIClose`: closed within the delay, nothing follows; closed and opened again, it begins anew.
#[test]
fn closing_stops_it_and_a_new_trigger_begins_anew() {
    let policy = || goalert_policy(&[(30, "bob"), (30, "jane")], 0);
    check(policy(), &[(29, "resolve"), (5000, "wait")], &["0 page 1.1 bob"]);
    let script = [(31, "resolve"), (40, "reopen"), (69, "wait")];
    check(policy(), &script, &["0 page 1.1 bob", "30 page 1.2 jane", "40 page 1.1 bob"]);
    let acknowledged_before = [(5, "ack bob"), (31, "resolve"), (40, "reopen"), (70, "wait")];
    check(policy(), &acknowledged_before, &["0 page 1.1 bob", "40 page 1.1 bob", "70 page 1.2 jane"]);
}

/// `TestMultiAckSecondAckRecorded`, its default: a second acknowledgement is refused with the holder's name.
#[test]
fn a_second_acknowledgement_is_refused() {
    let policy = goalert_policy(&[(30, "bob")], 0);
    let expected = ["0 page 1.1 bob", "2 refused bob has it already; take it over instead"];
    check(policy, &[(1, "ack bob"), (2, "ack jane"), (300, "wait")], &expected);
}

/// `TestEscalationSkipIfEmpty`: a step behind which nobody stands does not use its delay.
#[test]
fn a_step_with_nobody_is_skipped_at_once() {
    let policy = || goalert_policy(&[(60, "nobody"), (60, "bob")], 0);
    check(policy(), &[(0, "away nobody"), (59, "wait")], &["0 skip nobody", "0 page 1.2 bob"]);
    let three = goalert_policy(&[(60, "nobody"), (60, "nobody"), (60, "bob")], 0);
    check(three, &[(0, "away nobody"), (1, "wait")], &["0 skip nobody", "0 skip nobody", "0 page 1.3 bob"]);
}

/// `TestEscalationSkipIfEmpty_SingleStep`: with nowhere to go no round is used up without time; ours tells the fallback,
/// for somebody must hear.
#[test]
fn where_nobody_is_left_the_round_keeps_its_wait_and_the_fallback_is_told() {
    let policy = goalert_policy(&[(60, "nobody")], 1);
    let expected = ["0 skip nobody", "0 fallback everybody", "60 skip nobody", "60 fallback everybody"];
    check(policy, &[(0, "away nobody"), (119, "wait")], &expected);
}

/// `TestAlertLog/NoEPSteps`: a policy without steps is said to be one; ours tells the fallback at once.
#[test]
fn a_policy_without_steps_tells_the_fallback() {
    check(goalert_policy(&[], 0), &[(1, "wait")], &["0 fallback everybody"]);
}

/// `TestPolicyReassignment`: another policy pages at once, and the steps of the former are over.
#[test]
fn another_policy_begins_at_once() {
    let mut world = world(goalert_policy(&[(30, "bob"), (60, "bob")], 0), Severity::Sev4);
    super::play(&mut world, &[(10, "wait")]);
    world.policy = goalert_policy(&[(60, "bob2")], 0);
    world.policy.name = "other".parse().unwrap();
    let now = Time::from_epoch(600);
    let effects = world.escalation.due(&world.policy, &|_| true, now);
    assert!(matches!(&effects[..], [Effect::Page { round: 0, step: 0, why: Why::OtherPolicy, .. }]), "{effects:?}");
    super::play(&mut world, &[(69, "wait")]);
    assert_eq!(world.log, ["0 page 1.1 bob"]);
    super::play(&mut world, &[(70, "wait")]);
    assert_eq!(world.log, ["0 page 1.1 bob", "70 fallback everybody"]);
}

/// `deletedSteps` in `db.go`: the step that was next is gone; the next round begins.
#[test]
fn a_policy_that_has_become_shorter_begins_its_next_round() {
    let mut world = world(goalert_policy(&[(30, "bob"), (30, "jane"), (30, "joe")], 1), Severity::Sev4);
    super::play(&mut world, &[(45, "wait")]);
    world.policy = goalert_policy(&[(30, "bob")], 1);
    super::play(&mut world, &[(60, "wait")]);
    assert_eq!(world.log, ["0 page 1.1 bob", "30 page 1.2 jane", "60 page 2.1 bob"]);
}

/// Late wakes: the step is paged once and whoever is paged has the whole wait; goalert counts from now as well.
#[test]
fn a_late_wake_pages_one_step_and_keeps_the_wait() {
    let policy = clock_policy(&["bob", "jane", "joe"], 0);
    for (late, next) in [(0, 1800 + 1800), (60, 1800 + 1800), (61, 1861 + 1800), (40_000, 41_800 + 1800)] {
        let mut escalation = super::Escalation::start(&policy, Severity::Sev2, Time::from_epoch(0));
        escalation.due(&policy, &|_| true, Time::from_epoch(0));
        let now = Time::from_epoch(1800 + late);
        let effects = escalation.due(&policy, &|_| true, now);
        let [Effect::Overdue { step: 0, .. }, Effect::Page { step: 1, .. }] = &effects[..] else {
            panic!("{effects:?}");
        };
        assert_eq!(escalation.next_at, Some(Time::from_epoch(next)), "{late} s late");
        assert_eq!(escalation.due(&policy, &|_| true, now), [], "a second delivery of the same wake");
    }
}
