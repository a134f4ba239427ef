//! A promise during a bad release: its budget burns, the gate closes, people hear of it once, and it comes back.

use domain::incident::State;
use domain::slo::{GateOverride, Snapshot};
use domain::units::{Span, Time};
use engine::fold::ShardState;
use engine::port::Slos;
use engine::slo::{GateState, gate};
use simulator::{Crash, now_or_never};
use tests_journeys::{BAD_VERSION, Scene, Story, check_golden, setup_with_objective};

fn the_gate(scene: &Scene) -> GateState {
    let (tocsin, service) = (&scene.tocsin, &scene.tocsin.setup.services[0].name);
    now_or_never(gate(&tocsin.world, &tocsin.setup, service, tocsin.now)).expect("memory answers")
}

fn snapshot(scene: &Scene) -> Snapshot {
    scene.tocsin.world.lock().snapshots[&0].1[0].clone()
}

#[test]
fn a_bad_release_spends_the_budget_and_closes_the_gate_until_it_is_back() {
    let mut scene = Scene::new(setup_with_objective());
    assert_eq!(the_gate(&scene).verdict.open, Some(true));
    let mut story = Story::of("A bad release spends the budget", &scene);
    scene.release(BAD_VERSION, 30.0);
    story.says(&scene, "version 2 is released; 30 of 100 requests fail");
    let mut states = Vec::new();
    for _ in 0..12 {
        story.run(&mut scene, 1);
        let verdict = the_gate(&scene).verdict;
        if states.last().is_none_or(|(open, _): &(Option<bool>, String)| *open != verdict.open) {
            story.says(&scene, &format!("the gate is {:?}: {}", verdict.open, verdict.reason));
        }
        states.push((verdict.open, verdict.reason));
    }
    states.dedup_by_key(|(open, _)| *open);
    assert_eq!(states.iter().map(|(open, _)| *open).collect::<Vec<_>>(), [Some(true), Some(false), Some(true)]);
    let incidents = scene.incidents();
    let keys: Vec<_> = incidents.iter().map(|incident| (incident.key.as_str(), incident.state)).collect();
    assert_eq!(keys, [("", State::Resolved), ("slo/shop-checkout-up", State::Resolved)]);
    check_golden("objective", &story.end(&scene));
}

/// Whatever dies at whichever call: the same budget, the same gate, one incident of the objective.
#[test]
fn the_budget_is_counted_once_whatever_dies() {
    let play = |crash: Option<Crash>, cold: bool| {
        let mut scene = Scene::new(setup_with_objective());
        scene.tocsin.always_cold = cold;
        scene.release(BAD_VERSION, 30.0);
        scene.tocsin.world.lock().calls = 0;
        if let Some(crash) = crash {
            scene.tocsin.world.crash(crash);
        }
        scene.run(12);
        let calls = scene.tocsin.world.lock().calls;
        scene.run(10);
        (scene, calls)
    };
    let (undisturbed, calls) = play(None, false);
    let told = |scene: &Scene| {
        let of = scene.incidents().into_iter().filter(|incident| !incident.key.is_empty());
        of.map(|incident| (incident.id, incident.state)).collect::<Vec<_>>()
    };
    let expected = (told(&undisturbed), snapshot(&undisturbed).budget, snapshot(&undisturbed).gate);
    assert_eq!(expected.0.len(), 1);
    let (cold, _) = play(None, true);
    assert_eq!((told(&cold), snapshot(&cold).budget, snapshot(&cold).gate), expected);
    for call in (0..calls).step_by(3) {
        for crash in [Crash::Before(call), Crash::After(call)] {
            let (scene, _) = play(Some(crash), false);
            assert_eq!((told(&scene), snapshot(&scene).budget, snapshot(&scene).gate), expected, "{crash:?}");
        }
    }
}

#[test]
fn snapshots_are_told_when_something_changed_and_else_every_five_minutes() {
    let mut scene = Scene::new(setup_with_objective());
    let saved = |scene: &Scene| scene.tocsin.world.lock().called.get("save_snapshots").copied().unwrap_or_default();
    let before = saved(&scene);
    scene.run(60);
    let quiet = saved(&scene) - before;
    assert_eq!(quiet, 12, "an hour in which nothing happens");
    scene.release(BAD_VERSION, 30.0);
    scene.run(5);
    assert!(saved(&scene) - before - quiet >= 2, "it burns, and comes back");
}

#[test]
fn a_day_is_kept_once_it_is_over() {
    let mut scene = Scene::new(setup_with_objective());
    let midnight: Time = "2026-02-01T00:00:00Z".parse().expect("it is an instant");
    scene.run(midnight.since(scene.tocsin.now).seconds() / 60 + 62);
    let days = scene.tocsin.world.lock().days.values().cloned().collect::<Vec<_>>();
    assert_eq!(days.len(), 1, "{days:?}");
    // Ten hours and a quarter, 600 requests a minute, of which three fail.
    assert_eq!(days[0].from, midnight - Span::DAY);
    let (total, bad) = (days[0].sum.total(), days[0].sum.bad());
    assert!((total / 600.0 - 615.0).abs() <= 10.0 && (bad / total - 0.005).abs() < 1e-9, "{total} {bad}");
}

#[test]
fn a_word_about_the_gate_is_recorded_and_ends() {
    let mut scene = Scene::new(setup_with_objective());
    scene.release(BAD_VERSION, 30.0);
    scene.run(2);
    assert_eq!(the_gate(&scene).verdict.open, Some(false));
    let service = scene.tocsin.setup.services[0].name.clone();
    let at = scene.tocsin.now;
    let (by, reason) = ("ann".to_owned(), "the fix must go out".to_owned());
    let word = GateOverride { service, open: true, by, reason, at, until: at + Span::MINUTE };
    now_or_never(scene.tocsin.world.override_gate(&word)).expect("memory takes it");
    let state = the_gate(&scene);
    assert_eq!((state.verdict.open, state.verdict.overridden), (Some(true), Some(word.clone())));
    scene.tocsin.now = at + Span::MINUTE;
    let state = the_gate(&scene);
    assert_eq!((state.verdict.open, state.overrides), (Some(false), vec![word]));
}

/// A state that grew by single minutes is the one that a cold start finds after it was stored and read again.
#[test]
fn what_was_counted_outlives_the_process() {
    let mut scene = Scene::new(setup_with_objective());
    scene.run(40);
    let (state, wrong) = ShardState::decode(&scene.tocsin.state(0).expect("it is warm"));
    assert_eq!(wrong, None);
    let counter = &state.slos.values().next().expect("it has an objective").counter;
    assert!(counter.history() >= Span::from_minutes(50), "{}", counter.history());
}

/// Series that are asked for seldom leave a budget behind the clock, and nobody without an answer.
#[test]
fn a_slow_series_is_not_a_silent_evaluator() {
    let mut setup = setup_with_objective();
    for service in &mut setup.services {
        service.critical = false;
    }
    for series in &mut setup.series {
        series.pace = Span::from_minutes(15);
    }
    let mut scene = Scene::new(setup);
    scene.run(30);
    for minute in 0..30 {
        scene.run(1);
        let verdict = the_gate(&scene).verdict;
        assert_eq!(verdict.open, Some(true), "{minute}: {}", verdict.reason);
    }
    scene.fail_sources(domain::metric::FailureKind::Unreachable);
    scene.run(70);
    let verdict = the_gate(&scene).verdict;
    assert_eq!(verdict.open, None, "{}", verdict.reason);
    assert!(verdict.reason.contains("nobody knows what is left"), "{}", verdict.reason);
}
