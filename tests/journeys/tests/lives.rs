//! Lives of incidents: again and anew, together, by hand.

use domain::event::EventKind;
use domain::incident::{Severity, State};
use engine::command;
use simulator::now_or_never;
use tests_journeys::{GOOD_VERSION, Scene, Story, check_golden, setup};

fn fails(scene: &mut Scene, story: &mut Story, percent: f64) {
    story.says(scene, &format!("{percent} % of the requests fail"));
    scene.errors.insert(GOOD_VERSION.to_owned(), percent);
}

#[test]
fn a_breach_within_the_cooldown_reopens_and_a_later_one_is_new() {
    let mut scene = Scene::new(setup());
    let mut story = Story::of("The same trouble again, soon and late", &scene);
    for (percent, minutes) in [(20.0, 4), (0.5, 6), (20.0, 4), (0.5, 25), (20.0, 4), (0.5, 4)] {
        fails(&mut scene, &mut story, percent);
        story.run(&mut scene, minutes);
    }
    assert_eq!(scene.incidents().len(), 2);
    check_golden("again-and-anew", &story.end(&scene));
}

#[test]
fn two_monitors_of_a_service_share_an_incident_that_becomes_worse() {
    let mut scene = Scene::new(setup());
    let mut story = Story::of("A slow shop that begins to fail, then fails badly", &scene);
    story.says(&scene, "the shop becomes slow");
    scene.latency_ms = 4000.0;
    story.run(&mut scene, 6);
    fails(&mut scene, &mut story, 20.0);
    story.run(&mut scene, 3);
    fails(&mut scene, &mut story, 70.0);
    story.run(&mut scene, 3);
    fails(&mut scene, &mut story, 0.5);
    story.run(&mut scene, 3);
    let incident = scene.incident();
    assert_eq!((incident.severity, incident.alerts.len()), (Severity::Sev1, 2));
    assert!(incident.state.is_open(), "the shop is still slow");
    story.says(&scene, "the shop is fast again");
    scene.latency_ms = 180.0;
    story.run(&mut scene, 6);
    assert_eq!(scene.incident().state, State::Resolved);
    check_golden("two-monitors", &story.end(&scene));
}

#[test]
fn a_person_takes_it_and_ends_it_while_it_still_fires() {
    let mut scene = Scene::new(setup());
    let mut story = Story::of("Ended by hand while the alert fires", &scene);
    fails(&mut scene, &mut story, 20.0);
    story.run(&mut scene, 3);
    let id = scene.id();
    story.says(&scene, "ana acknowledges");
    let world = scene.tocsin.world.clone();
    now_or_never(command::acknowledge(&world, &world, &scene.tocsin.setup, (&id, "ana"), scene.tocsin.now)).unwrap();
    story.run(&mut scene, 2);
    story.says(&scene, "ana resolves: a load test, not customers");
    let why = (&id, "ana", "a load test, not customers");
    now_or_never(command::resolve(&world, &world, &scene.tocsin.setup, why, scene.tocsin.now)).unwrap();
    story.run(&mut scene, 5);
    assert_eq!(scene.incident().state, State::Resolved, "it stays ended while no more is wrong");
    fails(&mut scene, &mut story, 70.0);
    story.run(&mut scene, 4);
    assert!(scene.incident().state.is_open(), "what is worse than what was ended is told");
    fails(&mut scene, &mut story, 0.5);
    story.run(&mut scene, 5);
    assert_eq!(scene.incident().state, State::Resolved);
    check_golden("by-hand", &story.end(&scene));
}

/// Who has heard that it still fires, though somebody has ended it, hears when that is over.
#[test]
fn what_fires_on_after_it_was_ended_is_told_to_its_end() {
    let mut scene = Scene::new(setup());
    let mut story = Story::of("It fires on for hours after it was ended", &scene);
    fails(&mut scene, &mut story, 20.0);
    story.run(&mut scene, 3);
    let (id, world) = (scene.id(), scene.tocsin.world.clone());
    let why = (&id, "ana", "a load test");
    now_or_never(command::resolve(&world, &world, &scene.tocsin.setup, why, scene.tocsin.now)).unwrap();
    scene.run(8 * 60);
    fails(&mut scene, &mut story, 0.5);
    story.run(&mut scene, 5);
    let inner = world.lock();
    let told =
        inner.inbox.iter().filter(|(channel, told)| channel == "hook" && told.event.kind == EventKind::IncidentUpdated);
    let said: Vec<&str> = told.map(|(_, told)| told.event.summary.as_str()).collect();
    let (last, repeats) = said.split_last().expect("it is repeated");
    assert!(
        repeats.len() == 2 && repeats.iter().all(|one| one.contains("though ana has resolved the incident")),
        "{said:?}"
    );
    assert!(last.starts_with("over by now"), "{said:?}");
}

#[test]
fn a_resolved_incident_closes_after_a_day() {
    let mut scene = Scene::new(setup());
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    scene.run(3);
    scene.errors.clear();
    scene.run(3);
    assert_eq!(scene.incident().state, State::Resolved);
    scene.run(24 * 60 - 3);
    assert_eq!(scene.incident().state, State::Resolved);
    scene.run(3);
    assert_eq!(scene.incident().state, State::Closed);
}
