//! A release reaches the pager as a change event, once, whatever dies or fails on the way; it calls nobody.

#![allow(clippy::unwrap_used)]

use domain::notification::{Delivery, ReceiptState};
use simulator::Crash;
use tests_journeys::{BAD_VERSION, Scene, setup, setup_with};

/// Calls of ports in the minutes in which a release is found and announced, and more.
const CALLS: u64 = 60;

/// What the pager heard of releases: the versions.
fn heard(scene: &Scene) -> Vec<String> {
    let world = scene.tocsin.world.lock();
    world.announced.iter().map(|(channel, deployment)| format!("{channel} {}", deployment.to)).collect()
}

/// A release of a version without errors, seen by the collector.
fn released() -> Scene {
    let mut scene = Scene::new(setup());
    scene.release(BAD_VERSION, 0.5);
    scene
}

#[test]
fn a_release_is_announced_once_and_calls_nobody() {
    let mut scene = released();
    scene.run(10);
    assert_eq!(heard(&scene), ["pagerduty 2"]);
    let world = scene.tocsin.world.lock();
    assert!(world.inbox.is_empty(), "{:?}", world.inbox);
    assert!(world.announcements.values().all(|one| one.next_wake.is_none()), "{:?}", world.announcements);
}

#[test]
fn who_does_not_want_to_hear_of_changes_does_not() {
    let mut scene = Scene::new(setup_with(&[("kind: pagerduty,", "kind: pagerduty, changes: false,")]));
    scene.release(BAD_VERSION, 0.5);
    scene.run(10);
    assert_eq!(heard(&scene), [""; 0]);
    assert_eq!(scene.tocsin.world.lock().deployments.len(), 1);
}

#[test]
fn a_pager_that_cannot_be_told_is_told_later_or_given_up() {
    let later = || Delivery::TryLater { reason: "answered 503".to_owned(), after_seconds: None };
    let check = |answers: Vec<Delivery>, expected: &[&str], state: fn(&ReceiptState) -> bool| {
        let mut scene = released();
        let answers = answers.into_iter().collect();
        scene.tocsin.world.lock().answers_to_changes.insert("pagerduty".to_owned(), answers);
        scene.run(70);
        assert_eq!(heard(&scene), expected);
        let world = scene.tocsin.world.lock();
        let one = world.announcements.values().next().unwrap();
        assert!(state(&one.state) && one.next_wake.is_none(), "{one:?}");
    };
    let told: &[&str] = &["pagerduty 2"];
    check(vec![later(), later(), later()], told, |state| matches!(state, ReceiptState::Delivered { .. }));
    check((0..8).map(|_| later()).collect(), &[], |state| matches!(state, ReceiptState::Failed { .. }));
    let refused = Delivery::Refused { answer: "answered 400".to_owned() };
    check(vec![refused], &[], |state| matches!(state, ReceiptState::Refused { .. }));
}

#[test]
fn whoever_dies_on_the_way_it_is_announced() {
    let mut twice = Vec::new();
    for call in 0..CALLS {
        for crash in [Crash::Before(call), Crash::After(call)] {
            let mut scene = released();
            scene.tocsin.world.crash(crash);
            scene.run(10);
            let told = heard(&scene);
            assert!(matches!(told.len(), 1 | 2) && told.iter().all(|one| one == "pagerduty 2"), "{crash:?}: {told:?}");
            assert!(scene.tocsin.world.lock().announcements.values().all(|one| one.next_wake.is_none()), "{crash:?}");
            twice.extend((told.len() == 2).then_some(crash));
        }
    }
    // Between the pager's answer and the receipt lies what nobody can close: it may hear of it again.
    assert_eq!(twice.len(), 2, "{twice:?}");
}
