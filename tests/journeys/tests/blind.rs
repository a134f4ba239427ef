//! What Tocsin cannot see becomes an incident of its own.

use domain::metric::FailureKind;
use simulator::Invocation;
use tests_journeys::{Scene, Story, check_golden, setup};

#[test]
fn a_source_that_denies_for_five_ticks() {
    let mut scene = Scene::new(setup());
    let mut story = Story::of("CloudWatch may not be read for eight minutes", &scene);
    story.says(&scene, "access to CloudWatch is denied");
    scene.fail_sources(FailureKind::Denied);
    story.run(&mut scene, 4);
    assert!(scene.incidents().is_empty(), "four ticks are not five");
    story.run(&mut scene, 4);
    assert_eq!(scene.incident().service.as_str(), engine::OWN_SERVICE);
    story.says(&scene, "access to CloudWatch is given back");
    scene.mend_sources();
    story.run(&mut scene, 3);
    check_golden("source-denied", &story.end(&scene));
}

#[test]
fn a_collector_that_is_silent() {
    let mut scene = Scene::new(setup());
    let mut story = Story::of("The collector does not run for eight minutes", &scene);
    story.says(&scene, "the collector's schedule is gone");
    for _ in 0..8 {
        scene.measure();
        scene.tocsin.pass();
        scene.tocsin.deliver(Invocation::Evaluate { shard: 0 });
        scene.tocsin.deliver(Invocation::Timekeep);
        scene.tocsin.drain();
        story.catch_up(&scene);
    }
    assert_eq!(scene.incident().service.as_str(), engine::OWN_SERVICE);
    story.says(&scene, "the collector's schedule is back");
    story.run(&mut scene, 3);
    check_golden("collector-silent", &story.end(&scene));
}
