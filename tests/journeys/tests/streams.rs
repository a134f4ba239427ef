//! Streams of changed alerts, doubled and shuffled as queues do, with people in between.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use domain::alert::{Alert, AlertChange, Status};
use domain::id::{Fingerprint, IncidentId};
use domain::incident::{Incident, Severity, State, What};
use domain::monitor::Category;
use domain::routing::Routing;
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::command;
use engine::raise::{lapse, raise};
use proptest::prelude::*;
use simulator::{World, now_or_never};
use tests_journeys::setup;

const BEGIN: Time = Time::from_epoch(1_769_868_000);

#[derive(Clone, Debug)]
enum Happening {
    /// The alert turns to the other status, or fires at another severity.
    Change { alert: usize, severity: usize, worse: bool },
    /// A change that was delivered before comes again.
    Again(usize),
    /// A person takes the incident that is open longest.
    Acknowledged,
    /// A person ends the incident that is open longest, whatever its alerts say.
    Ended,
    /// Time passes.
    Minutes(u32),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0..5_usize, 0..4_usize, any::<bool>()).prop_map(|(alert, severity, worse)| Happening::Change {
            alert,
            severity,
            worse
        }),
        3 => any::<usize>().prop_map(Happening::Again),
        1 => Just(Happening::Acknowledged),
        1 => Just(Happening::Ended),
        2 => (1..40_u32).prop_map(Happening::Minutes),
    ]
}

/// A detector's change, and how many places later than it was sent it arrives.
#[derive(Clone, Debug)]
struct Sent {
    what: Happening,
    late: usize,
}

fn streams() -> impl Strategy<Value = Vec<Sent>> {
    let late = prop_oneof![3 => Just(0_usize), 1 => 1..4_usize];
    let sent = (happening(), late).prop_map(|(what, late)| Sent { what, late });
    proptest::collection::vec(sent, 1..40)
}

/// The alerts: two of one service, one of it with a correlation key, two of another.
fn change(alert: usize, status: Status, severity: usize, at: Time) -> AlertChange {
    let (service, key) = [("shop", ""), ("shop", ""), ("shop", "eu"), ("mail", ""), ("mail", "")][alert];
    let label = (!key.is_empty()).then(|| ("correlation".to_owned(), key.to_owned()));
    AlertChange {
        fingerprint: Fingerprint::derive(&["alert", &alert.to_string()]),
        name: format!("alert-{alert}"),
        service: service.parse().unwrap(),
        category: Category::Technical,
        status,
        severity: Severity::ALL[severity],
        at,
        reason: format!("{status:?} at {at}"),
        reading: None,
        cooldown: Span::from_minutes(10),
        ends_at: None,
        labels: label.into_iter().collect(),
    }
}

/// Puts the stream on the wire: each detector's changes in the order of time, delivered in another.
enum Arrives {
    Change(AlertChange),
    Person(Happening),
}

fn arrivals(stream: &[Sent]) -> Vec<(Time, Arrives)> {
    let mut now = BEGIN;
    let mut firing: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    let mut sent: Vec<AlertChange> = Vec::new();
    let mut wire: Vec<(usize, Time, Arrives)> = Vec::new();
    for (place, Sent { what, late }) in stream.iter().enumerate() {
        now = now + Span::from_seconds(20);
        let arrives = match what {
            Happening::Change { alert, severity, worse } => {
                let was = firing.get(alert).copied().flatten();
                let fires = was.is_none() || *worse;
                // A detector tells a change, never the same again.
                let severity = if was == Some(*severity) { (severity + 1) % 4 } else { *severity };
                firing.insert(*alert, fires.then_some(severity));
                let status = if fires { Status::Firing } else { Status::Resolved };
                sent.push(change(*alert, status, severity, now));
                Arrives::Change(sent.last().unwrap().clone())
            }
            Happening::Again(which) if !sent.is_empty() => Arrives::Change(sent[which % sent.len()].clone()),
            Happening::Again(_) => continue,
            Happening::Minutes(minutes) => {
                now = now + Span::from_minutes(*minutes);
                continue;
            }
            person => Arrives::Person(person.clone()),
        };
        wire.push((place + late, now, arrives));
    }
    wire.sort_by_key(|(place, ..)| *place);
    let mut clock = BEGIN;
    wire.into_iter()
        .map(|(_, at, arrives)| {
            clock = clock.max(at);
            (clock, arrives)
        })
        .collect()
}

/// A configuration whose alerts nobody is told of.
fn bare() -> Setup {
    Setup { routing: Routing::default(), ..setup() }
}

fn play(stream: &[Sent], mut check: impl FnMut(&World)) -> World {
    let (world, quiet) = (World::default(), bare());
    for (now, arrives) in arrivals(stream) {
        match arrives {
            Arrives::Change(change) => {
                drop(now_or_never(raise(&world, &world, &quiet, &change, now)).unwrap());
            }
            Arrives::Person(what) => act(&world, &quiet, &what, now),
        }
        check(&world);
    }
    world
}

fn act(world: &World, setup: &Setup, what: &Happening, now: Time) {
    let open: Vec<IncidentId> = world.lock().open.values().map(IncidentId::given).collect();
    let Some(id) = open.first() else { return };
    let done = match what {
        Happening::Acknowledged => now_or_never(command::acknowledge(world, world, setup, (id, "ana"), now)),
        _ => now_or_never(command::resolve(world, world, setup, (id, "ana", "not now"), now)),
    };
    // It may be refused; that changes nothing.
    drop(done);
}

fn ended_by_hand(incident: &Incident) -> bool {
    let last = incident.timeline.iter().rev().find_map(|entry| match &entry.what {
        What::StateChanged { to: State::Resolved, by, .. } => Some(by != "tocsin"),
        _ => None,
    });
    last == Some(true)
}

fn check_world(world: &World, versions: &mut BTreeMap<String, u64>) {
    let world = world.lock();
    let mut open = BTreeMap::new();
    for incident in world.incidents.values() {
        let before = versions.insert(incident.id.to_string(), incident.version).unwrap_or(0);
        assert!(before <= incident.version, "the version of {} fell", incident.id);
        if incident.state.is_open() {
            let pointer = (incident.service.to_string(), incident.key.clone());
            let other = open.insert(pointer, incident.id.to_string());
            assert_eq!(other, None, "{} and {other:?} are both open", incident.id);
        }
        let over = !incident.state.is_open() && !ended_by_hand(incident);
        assert!(!over || !incident.has_firing_alerts(), "{incident:?}");
    }
    assert_eq!(open, world.open, "the pointers are not the open incidents");
    for alert in world.alerts.values() {
        let before = versions.insert(alert.fingerprint.to_string(), alert.version).unwrap_or(0);
        assert!(before <= alert.version, "the version of {} fell", alert.name);
        if alert.status == Status::Firing {
            let incident = &world.incidents[alert.incident.as_ref().unwrap().as_str()];
            assert!(
                incident.state.is_open() || ended_by_hand(incident),
                "{} fires, its incident is {}",
                alert.name,
                incident.state
            );
        }
    }
    let ids: BTreeSet<_> = world.bus.iter().map(|event| event.id.to_string()).collect();
    assert_eq!(ids.len(), world.bus.len(), "two events have one id");
    assert!(world.outbox.is_empty(), "an event was not published");
}

/// Of each alert, the status that its latest change gave it.
fn latest(stream: &[Sent]) -> BTreeMap<String, Status> {
    let mut found: BTreeMap<String, (Time, Status)> = BTreeMap::new();
    for (_, arrives) in arrivals(stream) {
        if let Arrives::Change(change) = arrives {
            let entry = found.entry(change.name.clone()).or_insert((change.at, change.status));
            *entry = (*entry).max((change.at, change.status));
        }
    }
    found.into_iter().map(|(name, (_, status))| (name, status)).collect()
}

/// The world once it was calm for long enough.
fn calm(world: World) -> World {
    let restless: Vec<_> = world.lock().alerts.values().cloned().collect();
    for alert in restless {
        let Some(at) = alert.next_wake() else { continue };
        now_or_never(lapse(&world, &world, &bare(), &alert.fingerprint, at)).unwrap();
    }
    world
}

/// How it stands by its detector's word, whether an end of it is believed or not.
fn by_word(alert: &Alert) -> Status {
    if alert.quiet_since.is_some() { Status::Resolved } else { alert.status }
}

/// The stream without delays; changes still come again.
fn in_order(mut stream: Vec<Sent>) -> Vec<Sent> {
    for sent in &mut stream {
        sent.late = 0;
    }
    stream
}

fn rows(world: &World) -> (BTreeMap<String, Incident>, BTreeMap<String, Alert>) {
    let world = world.lock();
    (world.incidents.clone(), world.alerts.clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_stored_holds_together_at_every_step(stream in streams()) {
        let mut versions = BTreeMap::new();
        play(&stream, |world| check_world(world, &mut versions));
    }

    #[test]
    fn an_alert_stands_as_its_latest_change_says(stream in streams().prop_map(in_order)) {
        let world = play(&stream, |_| {});
        let stored: BTreeMap<_, _> = world.lock().alerts.values().map(|a| (a.name.clone(), by_word(a))).collect();
        prop_assert_eq!(stored, latest(&stream), "an alert does not stand as its latest change says");
    }

    #[test]
    fn an_incident_that_is_open_lists_as_firing_what_fires(stream in streams()) {
        let world = play(&stream, |_| {});
        let world = world.lock();
        for incident in world.incidents.values().filter(|incident| incident.state.is_open()) {
            for listed in &incident.alerts {
                let alert = &world.alerts[listed.fingerprint.as_str()];
                if alert.incident.as_ref() == Some(&incident.id) && alert.quiet_since.is_none() {
                    let fires = alert.status == Status::Firing;
                    prop_assert_eq!(listed.resolved_at.is_none(), fires, "{} in {}", &listed.name, &incident.id);
                }
            }
        }
    }

    #[test]
    fn the_same_stream_gives_the_same_rows_and_doubled_changes_none(stream in streams().prop_map(in_order)) {
        let world = calm(play(&stream, |_| {}));
        let again = calm(play(&stream, |_| {}));
        let events = |world: &World| world.lock().bus.iter().cloned().collect::<Vec<_>>();
        prop_assert_eq!(events(&world), events(&again));
        prop_assert_eq!(rows(&world), rows(&again));
        let (before, quiet) = (rows(&world), bare());
        for (now, arrives) in arrivals(&stream) {
            if let Arrives::Change(change) = arrives {
                now_or_never(raise(&world, &world, &quiet, &change, now)).unwrap();
            }
        }
        prop_assert_eq!(rows(&world), before);
    }
}
