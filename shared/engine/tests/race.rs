//! Two functions that flush one group at once.

use domain::alert::{AlertChange, Status};
use domain::event::EventKind;
use domain::id::Fingerprint;
use domain::incident::Severity;
use domain::monitor::Category;
use domain::routing::{Route, Routing};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde_json::json;
use simulator::{World, now_or_never};
use tocsin_engine::flush::flush;
use tocsin_engine::raise::raise;

const BEGIN: Time = Time::from_epoch(1_769_990_400);

/// All is told to a mail.
fn setup() -> Setup {
    let mut setup: Setup = serde_json::from_value(json!({
        "sources": [], "services": [], "series": [], "monitors": [], "runbooks": [], "response_enabled": true,
        "channels": [{"name": "mail", "kind": {"kind": "email", "from": "t@example.com", "to": ["ops@example.com"]}}],
        "look_back": "10m", "post_mortem_severities": [], "default_owner": "t",
        "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
    }))
    .expect("it is a setup");
    setup.routing = Routing::new(Route { channels: vec!["mail".parse().expect("a name")], ..Route::default() });
    setup
}

fn change() -> AlertChange {
    AlertChange {
        fingerprint: Fingerprint::derive(&["race"]),
        name: "errors".to_owned(),
        service: "shop".parse().expect("a name"),
        category: Category::Technical,
        status: Status::Firing,
        severity: Severity::Sev2,
        at: BEGIN,
        reason: "bad".to_owned(),
        reading: None,
        cooldown: Span::MINUTE,
        ends_at: None,
        labels: [].into(),
    }
}

#[test]
fn of_two_flushes_of_the_same_version_one_commits_and_tells() {
    let (world, setup) = (World::at(BEGIN), setup());
    now_or_never(raise(&world, &world, &setup, &change(), BEGIN)).expect("it is raised");
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
