//! The timekeeper ends what a sender no longer tells.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use domain::alert::Status;
use domain::incident::State;
use domain::units::{Span, Time};
use simulator::{World, bare_setup, now_or_never};
use tocsin_engine::sent::{Sender, Sent, take};
use tocsin_engine::timekeep::timekeep;

const BEGIN: Time = Time::from_epoch(1_769_990_400);

fn minute(minute: u32) -> Time {
    BEGIN + Span::from_minutes(minute)
}

/// What a sender tells in this minute, that it holds for four; whether that changed anything.
fn tell(world: &World, at: u32) -> bool {
    let labels = BTreeMap::from([("alertname".to_owned(), "Errors".to_owned())]);
    let sent = Sent { labels, starts_at: Some(BEGIN), ends_at: Some(minute(at + 4)), ..Sent::default() };
    let taken = now_or_never(take(world, world, &bare_setup(), vec![sent], Sender::Prometheus, minute(at))).unwrap();
    !taken.changed.is_empty()
}

/// How many alerts the timekeeper ends in this minute.
fn keep(world: &World, at: u32) -> usize {
    let kept = now_or_never(timekeep(world, world, &bare_setup(), 1, minute(at))).unwrap();
    assert_eq!(kept.failed, Vec::<String>::new());
    kept.lapsed
}

fn status(world: &World) -> Status {
    world.lock().alerts.values().next().unwrap().status
}

#[test]
fn an_alert_fires_as_long_as_it_is_told_and_two_minutes_more() {
    let world = World::default();
    let mut written = Vec::new();
    for at in 0..12 {
        if tell(&world, at) {
            written.push(at);
        }
        assert_eq!((keep(&world, at), status(&world)), (0, Status::Firing), "minute {at}");
    }
    assert_eq!(written, [0, 3, 6, 9], "every third time");
    // Its word of minute 11 holds until 15, that of minute 9 until 13, and half as long again.
    assert_eq!((keep(&world, 14), status(&world)), (0, Status::Firing));
    assert_eq!((keep(&world, 15), status(&world)), (1, Status::Resolved));
    assert_eq!(keep(&world, 16), 0);
    let inner = world.lock();
    let incident = inner.incidents.values().next().unwrap();
    assert_eq!((incident.state, incident.resolved_at), (State::Resolved, Some(minute(15))));
}

#[test]
fn a_sender_that_comes_back_reopens_its_incident() {
    let world = World::default();
    tell(&world, 0);
    assert_eq!(keep(&world, 6), 1);
    assert!(tell(&world, 8));
    assert_eq!(status(&world), Status::Firing);
    let inner = world.lock();
    assert_eq!(inner.incidents.len(), 1);
    assert_eq!(inner.incidents.values().next().unwrap().state, State::Triggered);
}
