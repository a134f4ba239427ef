//! What happens between the steps of an action: a kill switch, a recovery that comes before the record.

use domain::incident::State;
use domain::response::ActionState;
use domain::units::Span;
use engine::port::Switch;
use simulator::{Crash, Invocation, Redelivery};
use tests_journeys::{BAD_VERSION, GOOD_VERSION, Scene, setup};

fn throw_the_switch(scene: &Scene) {
    scene.tocsin.world.lock().switch =
        Switch { engaged: true, by: "ana".to_owned(), reason: "hands off".to_owned(), at: scene.tocsin.now };
}

/// A bad release whose roll-back is at this point after one minute: the alias serves `version`, and the process that
/// had begun to act died.
fn died_while_acting(version: &str) -> Scene {
    let crashes = (0..200).flat_map(|call| [Crash::Before(call), Crash::After(call)]);
    let scenes = crashes.map(|crash| {
        let mut scene = Scene::new(setup());
        scene.tocsin.redelivery = Redelivery::InMinutes;
        scene.release(BAD_VERSION, 20.0);
        scene.tocsin.world.crash(crash);
        scene.run(1);
        scene
    });
    let is_acting = |scene: &Scene| {
        let incidents = scene.incidents();
        let mut actions = incidents.iter().flat_map(|incident| &incident.actions);
        scene.version() == version && actions.any(|action| matches!(action.state, ActionState::Acting { .. }))
    };
    let mut found = scenes.filter(is_acting);
    found.next().expect("a process can die there")
}

fn state(scene: &Scene) -> ActionState {
    scene.incident().actions[0].state.clone()
}

#[test]
fn a_switch_thrown_after_the_intent_stops_the_act() {
    let mut scene = died_while_acting(BAD_VERSION);
    throw_the_switch(&scene);
    scene.run(5);
    assert!(
        matches!(state(&scene), ActionState::Failed { reason, .. } if reason.contains("thrown by ana: hands off")),
        "{:?}",
        state(&scene)
    );
    assert_eq!(scene.version(), BAD_VERSION);
}

#[test]
fn a_switch_thrown_after_the_act_does_not_hide_that_it_was_done() {
    let mut scene = died_while_acting(GOOD_VERSION);
    throw_the_switch(&scene);
    scene.run(5);
    assert!(matches!(state(&scene), ActionState::Verified { .. }), "{:?}", state(&scene));
}

#[test]
fn a_switch_thrown_before_the_check_keeps_what_was_done() {
    let mut scene = Scene::new(setup());
    scene.release(BAD_VERSION, 20.0);
    scene.errors.insert(GOOD_VERSION.to_owned(), 40.0);
    scene.run(5);
    throw_the_switch(&scene);
    scene.run(10);
    assert!(
        matches!(state(&scene), ActionState::Failed { reason, .. } if reason.contains("kill switch")),
        "{:?}",
        state(&scene)
    );
    assert_eq!(scene.version(), GOOD_VERSION, "the roll-back is not undone");
}

#[test]
fn a_record_that_comes_after_the_recovery_says_that_it_helped() {
    let mut scene = died_while_acting(GOOD_VERSION);
    // The next tick comes before the second delivery.
    scene.measure();
    let tick = scene.tocsin.now + Span::MINUTE;
    scene.tocsin.now = tick;
    scene.tocsin.world.lock().now = tick;
    scene.tocsin.deliver(Invocation::Collect { shard: 0, tick });
    scene.tocsin.deliver(Invocation::Evaluate { shard: 0 });
    assert_eq!(scene.incident().state, State::Resolved);
    assert!(matches!(state(&scene), ActionState::Acting { .. }));
    scene.run(3);
    assert!(matches!(state(&scene), ActionState::Verified { .. }), "{:?}", state(&scene));
    assert_eq!(scene.tocsin.world.lock().post_mortems.len(), 1);
}
