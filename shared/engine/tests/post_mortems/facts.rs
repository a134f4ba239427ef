//! Impact, detection, follow-ups and lessons: each from its fact, and at the limit of its rule.

use domain::id::Fingerprint;
use domain::incident::{Severity, What};
use domain::metric::{Failure, FailureKind, Outcome, Query, Statistic};
use domain::monitor::Limit;
use domain::report::Impact;
use domain::response::{ActionState, Mode};
use domain::units::{Span, Time};
use tocsin_engine::post_mortem::DETECTION_SLOW;

use crate::incidents::{bad_release, by_hand, no_cause};
use crate::scene::{Scene, at, entry, name, roll_back};

fn items(scene: &Scene) -> Vec<String> {
    scene.post_mortem().action_items.into_iter().map(|item| item.title).collect()
}

fn has_item(scene: &Scene, words: &str) -> bool {
    items(scene).iter().any(|title| title.contains(words))
}

fn lesson(scene: &Scene, words: &str) -> bool {
    scene.post_mortem().lessons.iter().any(|lesson| lesson.contains(words))
}

fn impact(scene: &Scene) -> Impact {
    scene.post_mortem().impact
}

#[test]
fn requests_and_failures_are_those_of_the_periods_since_the_first_breach() {
    let impact = impact(&bad_release());
    assert_eq!(impact.lasted, Span::from_seconds(9 * 60 + 10));
    assert_eq!((impact.requests, impact.failed), (Some(1401.0), Some(262.0)));
}

#[test]
fn where_less_of_the_ratio_is_worse_its_part_is_what_went_well() {
    let mut scene = bad_release();
    scene.setup.monitors[0].conditions[0].when = name::<Limit>("< 90");
    assert_eq!(impact(&scene).failed, Some(1401.0 - 262.0));
}

#[test]
fn what_cannot_be_added_up_is_missing_and_not_zero() {
    let mut scene = bad_release();
    for series in &mut scene.setup.series {
        if let Query::CloudWatch { statistic, .. } = &mut series.query {
            *statistic = Statistic::Average;
        }
    }
    let averages = impact(&scene);
    assert_eq!((averages.requests, averages.failed), (None, None));
    assert!(averages.missing[0].contains("not counted"), "{:?}", averages.missing);
    assert!(lesson(&scene, "could not be counted"));

    let mut scene = bad_release();
    scene.chunks.clear();
    let nothing = impact(&scene);
    assert_eq!((nothing.requests, nothing.failed), (None, None));
    assert!(nothing.missing[0].contains("no stored samples"), "{:?}", nothing.missing);
}

#[test]
fn a_period_that_was_not_read_is_told_from_one_without_data() {
    let mut scene = bad_release();
    let in_minute = |minute: i64| move |asked: &&mut domain::metric::Asked| asked.from == at(minute, 0);
    for asked in scene.chunks.iter_mut().flat_map(|chunk| &mut chunk.asked).filter(in_minute(5)) {
        let (kind, detail) = (FailureKind::Throttled, String::new());
        asked.outcome = Outcome::Failed(Failure { kind, detail });
    }
    assert!(impact(&scene).missing[0].ends_with("1 of its 7 periods were not read."), "{:?}", impact(&scene).missing);
    for asked in scene.chunks.iter_mut().flat_map(|chunk| &mut chunk.asked).filter(in_minute(5)) {
        asked.outcome = Outcome::Read(Vec::new());
    }
    assert!(impact(&scene).missing[0].ends_with("1 of its 7 periods had no data."), "{:?}", impact(&scene).missing);
}

#[test]
fn detection_is_slow_beyond_its_limit_only() {
    let seen = |after: Span| {
        let mut scene = bad_release();
        scene.incident.timeline[0].at = scene.incident.opened_at + after;
        assert_eq!(scene.post_mortem().detection.delay, after);
        has_item(&scene, "Tighten detection")
    };
    assert!(!seen(DETECTION_SLOW));
    assert!(seen(Span::from_seconds(DETECTION_SLOW.seconds() + 1)));
}

#[test]
fn people_are_late_beyond_their_clock_only() {
    let acknowledged = |at: Option<Time>| {
        let mut scene = no_cause();
        scene.incident.acknowledged_at = at;
        has_item(&scene, "Review who is told")
    };
    let limit = at(9, 10) + Severity::Sev2.policy().respond_within;
    assert!(!acknowledged(Some(limit)));
    assert!(acknowledged(Some(limit + Span::from_seconds(1))));
    assert!(acknowledged(None), "it was open for longer than that");
    assert!(!has_item(&bad_release(), "Review who is told"), "it was over before the clock ran out");
}

#[test]
fn what_became_of_an_action_is_followed_up() {
    let check = |state: ActionState, expected: Option<&str>| {
        let mut scene = no_cause();
        scene.incident.actions = vec![roll_back(&scene.incident, Mode::Suggest, at(9, 12), state.clone())];
        let about_runbook: Vec<_> = items(&scene).into_iter().filter(|title| title.contains("runbook")).collect();
        match expected {
            Some(words) => assert!(about_runbook.len() == 1 && about_runbook[0].contains(words), "{about_runbook:?}"),
            None => assert_eq!(about_runbook, [""; 0], "{state:?}"),
        }
    };
    let (at, reason) = (at(20, 0), "no".to_owned());
    check(ActionState::Suggested, Some("Consider raising the mode"));
    check(ActionState::AwaitingApproval, Some("Consider raising the mode"));
    check(ActionState::Failed { at, reason: reason.clone() }, Some("Mend what kept"));
    check(ActionState::Ineffective { at, reason: reason.clone() }, Some("did not help"));
    check(ActionState::Undone { at }, Some("did not help"));
    check(ActionState::Verified { at }, None);
    check(ActionState::Refused { reason }, None);
}

#[test]
fn follow_ups_are_due_after_the_resolve_the_most_urgent_first_and_owned() {
    for scene in [bad_release(), no_cause(), by_hand()] {
        let post_mortem = scene.post_mortem();
        let due: Vec<_> = post_mortem.action_items.iter().map(|item| item.due).collect();
        assert!(due.is_sorted() && due.iter().all(|due| *due > post_mortem.resolved_at));
        assert!(post_mortem.action_items.iter().all(|item| item.owner == "team-shop"));
    }
}

#[test]
fn a_failed_notification_is_told_once_and_a_reopening_counts() {
    let mut scene = by_hand();
    let failed = scene.incident.timeline[2].clone();
    scene.incident.timeline.insert(3, failed);
    assert!(has_item(&scene, "Mend the channels"));
    assert!(lesson(&scene, "did not arrive: 1"));
    let reason = "fired again".to_owned();
    scene.incident.timeline.insert(4, entry(at(30, 0), What::Reopened { reason }));
    assert!(has_item(&scene, "came back") && lesson(&scene, "times: 1"));
}

#[test]
fn an_alert_that_no_monitor_raised_is_named_as_such() {
    let mut scene = bad_release();
    assert_eq!(scene.post_mortem().detection.by, "monitor shop-checkout-error-rate");
    scene.incident.alerts[0].name = "ErrorRate".to_owned();
    scene.incident.alerts[0].fingerprint = Fingerprint::derive(&["hand"]);
    assert_eq!(scene.post_mortem().detection.by, "alert ErrorRate");
}
