//! Monitored events, from what a service says to the incident, whatever dies in between.

use domain::incident::State;
use domain::monitored::{Decision, Event, Logged};
use domain::units::Span;
use engine::monitored::observe;
use engine::perform::UseCaseError;
use serde_json::{Map, Value, json};
use simulator::{Crash, now_or_never};
use tests_journeys::{Scene, setup};

fn report(scene: &Scene, number: u32, data: Value) -> Result<Logged, UseCaseError> {
    let Value::Object(data) = data else { panic!("data is an object") };
    let event = Event {
        id: domain::id::MonitoredEventId::derive(&[&number.to_string()]),
        source: scene.tocsin.setup.services[0].name.as_str().parse().expect("it is a name"),
        event_type: "charge".parse().expect("it is a name"),
        data,
        metadata: Map::new(),
        at: scene.tocsin.now + Span::from_seconds(number),
    };
    let now = scene.tocsin.now + Span::from_seconds(number);
    let (world, setup) = (&scene.tocsin.world, &scene.tocsin.setup);
    now_or_never(observe(world, world, setup, event, now))
}

/// Sends until it is answered, as whoever has a timeout does.
fn sent(scene: &Scene, number: u32, data: &Value) -> Logged {
    for _ in 0..5 {
        let answer = report(scene, number, data.clone());
        scene.tocsin.world.revive();
        if let Ok(logged) = answer {
            return logged;
        }
    }
    panic!("five answers were errors")
}

/// A critical event and five normal ones, with a crash at one call: the end is always the same.
#[test]
fn one_event_one_incident_whatever_dies() {
    let mut crashed = 0;
    for call in 0..40 {
        for crash in [Crash::Before(call), Crash::After(call)] {
            let scene = Scene::new(setup());
            scene.tocsin.world.crash(crash);
            let bad = sent(&scene, 0, &json!({ "cpu_usage": 99, "memory_usage": 99 }));
            assert_eq!(bad.verdict.decision, Decision::Escalate);
            assert_eq!(scene.incidents().len(), 1, "{crash:?}");
            for number in 1..=12 {
                sent(&scene, number, &json!({ "number": number }));
            }
            crashed += usize::from(!scene.tocsin.world.is_armed());
            assert_eq!(scene.incident().state, State::Resolved, "{crash:?}");
            let world = scene.tocsin.world.lock();
            assert_eq!((world.events.len(), world.incidents.len()), (13, 1), "{crash:?}");
        }
    }
    assert!(crashed >= 76, "{crashed} of 80 crashes happened");
}

#[test]
fn each_event_teaches_once() {
    let scene = Scene::new(setup());
    for number in 0..20 {
        sent(&scene, number, &json!({ "number": 5 }));
    }
    let world = scene.tocsin.world.lock();
    let history = world.histories.values().next().unwrap();
    assert_eq!((history.learned, history.version, history.statuses), (20, 20, [20, 0, 0]));
}
