//! Which change is named, and what is said for and against it.

use std::collections::BTreeMap;

use domain::rca::{Analysis, CauseKind};
use domain::response::{ActionState, Mode};
use domain::units::{Span, Time};
use proptest::prelude::*;
use tocsin_engine::root_cause::{Case, REFERENCE, analyse};

use crate::incidents::{bad_release, no_cause};
use crate::scene::{Scene, at, chunks, live, moved, name, normal, roll_back};

fn analysis(scene: &Scene) -> Analysis {
    scene.with_case(|case: &Case<'_>| analyse(case, at(40, 0)))
}

/// What was named, in order: a version, or a series.
fn named(scene: &Scene) -> Vec<String> {
    let causes = analysis(scene).causes;
    let kinds = causes.into_iter().map(|cause| match cause.kind {
        CauseKind::Deployment(deployment) => deployment.to,
        CauseKind::Dependency { series } => series.to_string(),
    });
    kinds.collect()
}

fn evidence(scene: &Scene) -> String {
    analysis(scene).causes[0].evidence.join("\n")
}

/// Errors from minute 3 to `until`, with nothing released.
fn errors(until: i64) -> Scene {
    let mut scene = no_cause();
    scene.chunks = chunks(-60..40, |id, minute| match id {
        "shop-checkout/errors" if (3..until).contains(&minute) => Some(60.0),
        _ => normal(id, minute),
    });
    scene
}

#[test]
fn the_release_before_the_errors_is_named_and_the_roll_back_is_not() {
    assert_eq!(named(&bad_release()), ["2"]);
}

#[test]
fn a_release_after_the_first_breaching_period_is_no_cause() {
    let released = |after: Time| {
        let mut scene = errors(40);
        scene.deployments = vec![moved("1", "2", after, after + Span::MINUTE, "")];
        named(&scene)
    };
    assert_eq!(released(at(4, 0)), ["2"], "it may have moved within the first breaching period");
    assert_eq!(released(at(4, 1)), [""; 0]);
}

#[test]
fn a_release_is_looked_for_in_the_hour_before() {
    let released = |by: Time| {
        let mut scene = errors(40);
        scene.deployments = vec![moved("1", "2", by, by, "")];
        named(&scene)
    };
    let earliest = at(3, 0) - REFERENCE;
    assert_eq!(released(earliest), ["2"]);
    assert_eq!(released(earliest - Span::from_seconds(1)), [""; 0]);
}

#[test]
fn of_two_releases_the_one_closer_to_the_change_comes_first() {
    let mut scene = errors(40);
    scene.deployments = vec![moved("1", "2", at(-21, 0), at(-20, 0), ""), moved("2", "3", at(1, 0), at(2, 0), "")];
    assert_eq!(named(&scene), ["3", "2"]);
}

#[test]
fn nothing_is_named_when_the_alerts_own_signal_did_not_change() {
    let mut scene = bad_release();
    scene.chunks = chunks(-60..10, normal);
    let analysis = analysis(&scene);
    assert_eq!(analysis.causes, []);
    assert!(analysis.reason.contains("did not leave its normal range"), "{}", analysis.reason);
}

#[test]
fn recovery_after_the_roll_back_is_evidence_and_none_is_counter_evidence() {
    assert!(
        evidence(&bad_release()).contains("fell from 32.33 % to 0.5 % after lambda:shop-checkout:live was rolled back")
    );
    let mut scene = bad_release();
    scene.chunks = errors(40).chunks;
    assert!(evidence(&scene).contains("Against it: after lambda:shop-checkout:live was rolled back"));
}

#[test]
fn a_release_whose_roll_back_helped_comes_before_a_closer_one() {
    let mut scene = bad_release();
    scene.deployments[0] = moved("1", "2", at(-14, 0), at(-13, 0), "");
    let mut told = moved("", "docs", at(2, 50), at(2, 50), "");
    (told.resource, told.from) = (None, None);
    scene.deployments.push(told);
    assert_eq!(named(&scene), ["2", "docs"]);
    scene.deployments.remove(1);
    (scene.acts, scene.incident.actions) = (BTreeMap::new(), Vec::new());
    assert_eq!(named(&scene), ["docs", "2"], "nothing was rolled back");
}

#[test]
fn recovery_under_the_suspected_version_is_counter_evidence() {
    let mut scene = errors(8);
    scene.deployments = vec![moved("1", "2", at(1, 0), at(2, 0), "")];
    assert!(evidence(&scene).contains("still served version 2"));
    scene.incident.resolved_at = None;
    assert!(!evidence(&scene).contains("still served"), "the incident is not over");
}

#[test]
fn a_roll_back_that_was_not_watched_is_known_from_our_own_acts() {
    let mut scene = bad_release();
    let exact = "was rolled back to version 1 at 14:06:13 UTC";
    assert!(evidence(&scene).contains(exact));
    scene.deployments.pop();
    assert!(evidence(&scene).contains(exact));
    scene.acts = BTreeMap::new();
    assert!(!evidence(&scene).contains("rolled back"));
}

#[test]
fn our_own_moves_are_never_causes_whichever_incident_they_were_for() {
    let mut scene = errors(40);
    scene.deployments = vec![moved("2", "1", at(1, 5), at(2, 5), "")];
    assert_eq!(named(&scene), ["1"]);
    scene.acts = BTreeMap::from([(live(), vec![at(1, 30)])]);
    assert_eq!(named(&scene), [""; 0]);
    scene.acts = BTreeMap::new();
    let state = ActionState::Verified { at: at(9, 0) };
    scene.incident.actions = vec![roll_back(&scene.incident, Mode::Auto, at(1, 20), state)];
    assert_eq!(named(&scene), [""; 0]);
}

#[test]
fn a_dependency_that_changed_first_is_named_and_one_that_followed_is_not() {
    let with_payments = |since: i64| {
        let mut scene = errors(40);
        let own = scene.chunks.clone();
        scene.chunks = chunks(-60..40, |id, minute| match id {
            "payments/errors" if minute >= since => Some(30.0),
            "shop-checkout/errors" if minute >= 3 => Some(60.0),
            _ => normal(id, minute),
        });
        assert_eq!(own.len(), scene.chunks.len());
        named(&scene)
    };
    assert_eq!(with_payments(1), ["payments/errors"]);
    assert_eq!(with_payments(3), ["payments/errors"]);
    assert_eq!(with_payments(4), [""; 0]);
}

#[test]
fn a_release_of_a_dependency_that_did_not_change_is_named_with_its_counter_evidence() {
    let mut scene = errors(40);
    let mut release = moved("1", "2", at(1, 0), at(2, 0), "");
    (release.service, release.resource) = (name("payments"), None);
    scene.deployments = vec![release];
    assert!(evidence(&scene).contains("Against it: shop-checkout depends on payments, whose series did not change"));
}

#[test]
fn a_service_without_series_still_has_its_releases() {
    let mut scene = errors(40);
    scene.chunks = Vec::new();
    scene.deployments = vec![moved("1", "2", at(1, 0), at(2, 0), "")];
    assert_eq!(named(&scene), ["2"]);
    assert!(evidence(&scene).contains("The first breach began at 14:03:00 UTC, 1m after"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn scores_are_finite_and_nothing_normal_is_called_a_change(
        scale in 0.001_f64..1e6,
        seed in 0_i64..1000,
        constant in any::<bool>(),
    ) {
        let mut scene = no_cause();
        scene.chunks = chunks(-60..40, |id, minute| {
            let minute = if constant { 0 } else { minute * 31 + seed };
            normal(id, minute).map(|value| value * scale)
        });
        let analysis = analysis(&scene);
        prop_assert!(analysis.causes.is_empty());
        prop_assert!(analysis.changes.is_empty(), "{:?}", analysis.changes);
    }

    #[test]
    fn every_change_that_is_listed_is_finite(values in prop::collection::vec(-1e12_f64..1e12, 100)) {
        let mut scene = no_cause();
        scene.chunks = chunks(-60..40, |_, minute| {
            usize::try_from(minute + 60).ok().and_then(|index| values.get(index).copied())
        });
        for change in analysis(&scene).changes {
            prop_assert!(change.score.is_finite() && change.before.is_finite() && change.during.is_finite());
        }
    }
}
