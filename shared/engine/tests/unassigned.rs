//! What is sent of no configured service: what has nothing to do with each other is not of one incident.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use domain::incident::State;
use domain::units::{Span, Time};
use simulator::{Installation, World, bare_setup, now_or_never};
use tocsin_engine::sent::{Sender, Sent, take};

const BEGIN: Time = Time::from_epoch(1_769_990_400);

/// Sends alerts, one after the other; `!` before the first label: it is over.
fn sent(world: &World, alerts: &[&str]) {
    for (minute, alert) in (0..).zip(alerts) {
        let (over, alert) = alert.strip_prefix('!').map_or((false, *alert), |alert| (true, alert));
        let pairs = alert.split(' ').map(|pair| pair.split_once('=').unwrap());
        let labels: BTreeMap<_, _> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let now = BEGIN + Span::from_minutes(minute);
        let ends_at = over.then_some(now);
        let sent = Sent { labels, starts_at: Some(BEGIN), ends_at, over, ..Sent::default() };
        now_or_never(take(world, world, &bare_setup(), vec![sent], Sender::Prometheus, now)).unwrap();
    }
}

#[test]
fn each_name_and_team_has_an_incident_of_its_own() {
    for (alerts, expected) in [
        (&["alertname=Down instance=a", "alertname=Down instance=b"][..], &["Down: 2"][..]),
        (&["alertname=Down", "alertname=Full"], &["Down: 1", "Full: 1"]),
        (&["alertname=Down team=a", "alertname=Down team=b", "alertname=Down"], &["Down/a: 1", "Down/b: 1", "Down: 1"]),
        (&["alertname=Down owner=a", "alertname=Down owner=a pod=x"], &["Down/a: 2"]),
        (&["alertname=Down correlation=dc", "alertname=Full correlation=dc"], &["dc: 2"]),
        (&["job=x", "job=y"], &["unnamed: 2"]),
    ] {
        let world = World::default();
        sent(&world, alerts);
        let inner = world.lock();
        let mut found: Vec<_> =
            inner.incidents.values().map(|incident| format!("{}: {}", incident.key, incident.alerts.len())).collect();
        found.sort();
        assert_eq!(found, expected, "{alerts:?}");
    }
}

#[test]
fn the_end_of_one_is_not_that_of_another() {
    let world = World::default();
    sent(&world, &["alertname=Down", "alertname=Full", "!alertname=Down"]);
    let inner = world.lock();
    let states: BTreeMap<_, _> = inner.incidents.values().map(|one| (one.key.as_str(), one.state)).collect();
    assert_eq!(states, BTreeMap::from([("Down", State::Resolved), ("Full", State::Triggered)]));
}

#[test]
fn without_services_every_function_does_its_work() {
    let mut tocsin = Installation::new(bare_setup(), 1, BEGIN);
    sent(&tocsin.world, &["alertname=Down"]);
    tocsin.run(30);
    assert!(tocsin.parked.is_empty() && !tocsin.is_waiting(), "{:?}", tocsin.parked);
    let inner = tocsin.world.lock();
    assert_eq!((inner.alerts.len(), inner.incidents.len()), (1, 1), "no function finds anything wrong with itself");
    drop(inner);
    assert!(tocsin.state(0).is_some(), "what was evaluated is known");
}
