//! Metrics that services push, from the push to the alert.

use std::collections::BTreeMap;

use domain::units::Span;
use engine::push::{Measured, push, values_of};
use simulator::now_or_never;
use tests_journeys::{Scene, setup_with};

/// The shop, with a series that it pushes and a monitor of it.
fn scene() -> Scene {
    let sources = ("\nsources:\n", "\nsources:\n  - { name: pushed, kind: pushed }\n");
    let series = ("    series:\n", "    series:\n      - { name: refunds, source: pushed, period: 1m }\n");
    let monitors = (
        "monitors:\n",
        "monitors:\n  - { name: refunds-high, service: SERVICE, signal: { series: refunds }, conditions: [ { severity: SEV3, when: \"> 100\" } ], datapoints: { breaching: 1, of: 1 } }\n",
    );
    let service = Scene::new(tests_journeys::setup()).tocsin.setup.services[0].name.to_string();
    Scene::new(setup_with(&[sources, series, (monitors.0, &monitors.1.replace("SERVICE", &service))]))
}

fn pushed(scene: &Scene, id: &str, value: f64) {
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    let measured = Measured {
        service: None,
        metric: "refunds".to_owned(),
        dimensions: BTreeMap::new(),
        value,
        unit: None,
        at: now + Span::from_seconds(20),
    };
    let values = values_of(setup, &measured, now).expect("a series wants it");
    now_or_never(push(world, 1, id, values, now)).expect("the store answers");
}

#[test]
fn what_is_pushed_is_added_up_judged_and_forgiven() {
    let mut scene = scene();
    scene.run(3);
    for number in 0..3 {
        pushed(&scene, &number.to_string(), 40.0);
        pushed(&scene, &number.to_string(), 40.0);
    }
    scene.run(4);
    let alerts: Vec<String> = scene.tocsin.world.lock().alerts.values().map(|alert| alert.reason.clone()).collect();
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert!(alerts[0].starts_with("refunds 120 (limit > 100)"), "{alerts:?}");
    for number in 10..20 {
        pushed(&scene, &number.to_string(), 1.0);
        scene.run(1);
    }
    assert!(!scene.incident().state.is_open());
}

#[test]
fn a_late_push_is_still_judged() {
    let mut scene = scene();
    scene.run(1);
    let minute = scene.tocsin.now;
    scene.run(5);
    let values = |at| {
        let measured = Measured {
            service: None,
            metric: "refunds".to_owned(),
            dimensions: BTreeMap::new(),
            value: 500.0,
            unit: None,
            at,
        };
        values_of(&scene.tocsin.setup, &measured, scene.tocsin.now)
    };
    assert!(values(minute).is_ok());
    let refused = values(minute - Span::HOUR).unwrap_err().to_string();
    assert!(refused.contains("that each tick looks back"), "{refused}");
}
