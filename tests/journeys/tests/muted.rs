//! Who mutes an incident knows of it: it is theirs, and the calls end.

use domain::incident::{State, What};
use domain::units::Span;
use engine::command::{self, Calling};
use simulator::now_or_never;
use tests_journeys::{GOOD_VERSION, Scene, setup_on_call};

fn call(scene: &Scene, by: &str, wish: Calling) {
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    now_or_never(command::call(world, world, setup, (&scene.id(), by, wish), now)).expect("it can be done");
}

/// How often anybody was called.
fn calls(scene: &Scene) -> usize {
    let is_call = |what: &What| matches!(what, What::Paging { summary } if summary.contains("pages"));
    scene.incident().timeline.iter().filter(|entry| is_call(&entry.what)).count()
}

fn begun() -> Scene {
    let mut scene = Scene::new(setup_on_call(&[]));
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    scene.run(3);
    assert_eq!(calls(&scene), 1);
    scene
}

#[test]
fn nobody_is_called_for_what_somebody_has_muted() {
    let mut scene = begun();
    call(&scene, "ben", Calling::Mute);
    scene.run(180);
    let incident = scene.incident();
    assert_eq!((incident.state, incident.taken_by(), calls(&scene)), (State::Acknowledged, Some("ben"), 1));
    let told = scene.tocsin.world.lock().inbox.clone();
    let pager = told.iter().filter(|(channel, _)| channel == "pagerduty");
    let acknowledged = pager.filter(|(_, told)| told.event.summary == "acknowledged by ben").count();
    assert_eq!(acknowledged, 1, "the pager rings no more, either");
    call(&scene, "ben", Calling::Unmute);
    scene.run(60);
    assert_eq!((scene.incident().taken_by(), calls(&scene)), (Some("ben"), 1), "who has it keeps it");
}

#[test]
fn who_has_it_keeps_it_when_another_mutes_it_but_for_a_snooze() {
    let mut scene = begun();
    call(&scene, "ann", Calling::TakeOver);
    call(&scene, "ben", Calling::Mute);
    assert_eq!(scene.incident().taken_by(), Some("ann"));
    call(&scene, "ben", Calling::Unmute);
    call(&scene, "ann", Calling::Snooze { until: scene.tocsin.now + Span::HOUR });
    call(&scene, "ben", Calling::Mute);
    scene.run(120);
    assert_eq!((scene.incident().taken_by(), calls(&scene)), (Some("ben"), 1), "nobody is called when it is over");
}
