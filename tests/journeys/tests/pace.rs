//! How often a service is asked about, and what a quiet minute costs in calls.

use std::collections::BTreeMap;

use simulator::Invocation;
use tests_journeys::{GOOD_VERSION, Scene, setup, setup_with};

/// Of each of the next minutes, whether the shop was asked about.
fn asked(scene: &mut Scene, minutes: u32) -> Vec<bool> {
    let minutes = (0..minutes).map(|_| {
        scene.run(1);
        let world = scene.tocsin.world.lock();
        let chunk = &world.chunks[&(0, scene.tocsin.now)];
        !chunk.asked.is_empty()
    });
    minutes.collect()
}

#[test]
fn a_service_that_is_not_critical_is_asked_every_five_minutes_and_every_minute_in_trouble() {
    let mut scene = Scene::new(setup_with(&[("critical: true", "critical: false")]));
    let every_fifth = [false, false, false, false, true];
    assert_eq!(asked(&mut scene, 10), [every_fifth, every_fifth].concat());
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    assert_eq!(asked(&mut scene, 5), every_fifth);
    assert_eq!(scene.incidents().len(), 1, "the fifth minute showed it");
    assert_eq!(asked(&mut scene, 4), [true; 4]);
    scene.errors.clear();
    assert_eq!(asked(&mut scene, 1), [true]);
    assert!(!scene.incident().state.is_open());
    scene.run(5 - u32::try_from(scene.tocsin.now.epoch() / 60 % 5).unwrap());
    assert_eq!(asked(&mut scene, 5), every_fifth, "it is healthy again");
}

#[test]
fn a_critical_service_is_asked_every_minute() {
    let mut scene = Scene::new(setup());
    assert_eq!(asked(&mut scene, 10), [true; 10]);
}

/// The calls that one invocation makes, by their names.
fn calls(scene: &mut Scene, invocation: Invocation) -> BTreeMap<&'static str, u64> {
    scene.tocsin.world.lock().called.clear();
    scene.tocsin.deliver(invocation);
    std::mem::take(&mut scene.tocsin.world.lock().called)
}

#[test]
fn a_quiet_minute_makes_few_calls() {
    let mut scene = Scene::new(setup());
    let mut checkpoints = 0;
    let mut seen = 0;
    for _ in 0..60 {
        scene.measure();
        scene.tocsin.pass();
        let tick = scene.tocsin.now;
        let mut collector = calls(&mut scene, Invocation::Collect { shard: 0, tick });
        // What the alias serves is written down once in ten minutes.
        seen += collector.remove("commit").unwrap_or(0);
        assert_eq!(collector, BTreeMap::from([("alerts", 1), ("append", 1), ("fetch", 1), ("look_up", 1)]));
        let mut evaluator = calls(&mut scene, Invocation::Evaluate { shard: 0 });
        checkpoints += evaluator.remove("save_checkpoint").unwrap_or(0);
        assert_eq!(evaluator, BTreeMap::from([("checkpoint_head", 1), ("chunks", 1), ("slos", 1)]));
        assert_eq!(calls(&mut scene, Invocation::Timekeep), BTreeMap::from([("due", 1), ("logged", 1)]));
        assert!(scene.tocsin.world.lock().bus.is_empty());
    }
    assert_eq!((checkpoints, seen), (2, 6), "the state each half hour, what serves each ten minutes");
}

#[test]
fn a_cold_start_reads_the_checkpoint_and_the_chunks_since() {
    let mut scene = Scene::new(setup());
    scene.tocsin.always_cold = true;
    scene.run(1);
    let evaluator = calls(&mut scene, Invocation::Evaluate { shard: 0 });
    assert_eq!(evaluator, BTreeMap::from([("checkpoint", 1), ("checkpoint_head", 1), ("chunks", 1), ("slos", 1)]));
}
