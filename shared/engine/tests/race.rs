//! Two functions that flush one group at once.

use domain::alert::Status;
use domain::event::EventKind;
use domain::incident::Severity;
use domain::routing::{Route, Routing};
use domain::setup::Setup;
use domain::units::Time;
use serde_json::json;
use simulator::{World, bare_setup, change, now_or_never};
use tocsin_engine::flush::flush;
use tocsin_engine::raise::raise;

const BEGIN: Time = Time::from_epoch(1_769_990_400);

/// All is told to a mail.
fn setup() -> Setup {
    let mut setup = bare_setup();
    let mail = json!([{"name": "mail", "kind": {"kind": "email", "from": "t@example.com", "to": ["ops@example.com"]}}]);
    setup.channels = serde_json::from_value(mail).expect("they are channels");
    setup.routing = Routing::new(Route { channels: vec!["mail".parse().expect("a name")], ..Route::default() });
    setup
}

#[test]
fn of_two_flushes_of_the_same_version_one_commits_and_tells() {
    let (world, setup) = (World::at(BEGIN), setup());
    now_or_never(raise(
        &world,
        &world,
        &setup,
        &change("shop", "errors", Severity::Sev2, Status::Firing, BEGIN),
        BEGIN,
    ))
    .expect("it is raised");
    let group = world.lock().groups.values().next().cloned().expect("the alert was placed");
    let due = group.next_wake().expect("it has something to tell");
    let commits = world.lock().called["commit"];

    let (other, id) = (setup.clone(), group.id.clone());
    world.meanwhile("commit", move |world| {
        let faster = now_or_never(flush(world, world, &other, &id, due));
        assert!(faster.expect("the world answers").is_some(), "it tells");
    });
    let slower = now_or_never(flush(&world, &world, &setup, &group.id, due));
    assert_eq!(slower.expect("the world answers"), None, "it finds nothing to do");

    let world = world.lock();
    assert_eq!(world.called["commit"], commits + 2, "both had decided to tell");
    let now = &world.groups[&group.id];
    assert_eq!((now.version, now.generation), (group.version + 1, group.generation + 1));
    let told = world.bus.iter().filter(|event| event.kind == EventKind::NotificationDue);
    assert_eq!(told.count(), 1);
}
