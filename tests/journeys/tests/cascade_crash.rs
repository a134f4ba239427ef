//! Merge and split are killed before and after each of their calls: the end is always the same.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::EventKind;
use domain::incident::{Severity, State};
use domain::notification::ReceiptState;
use simulator::{Crash, Redelivery};
use tests_journeys::Cascade;

/// The database breaks, then the api; the one is merged into the other; an alert is split off again, and all ends.
/// Calls of ports are counted from the second breach to the end of what `part` is.
fn play(part: Part, redelivery: Redelivery, crash: Option<Crash>) -> (Cascade, u64) {
    let mut cascade = Cascade::new(&[]);
    cascade.tocsin().redelivery = redelivery;
    cascade.fire("database", "errors", Severity::Sev2);
    cascade.run(1);
    let arm = |cascade: &mut Cascade, now: Part| {
        if now == part {
            cascade.tocsin().world.lock().calls = 0;
            if let Some(crash) = crash {
                cascade.tocsin().world.crash(crash);
            }
        }
    };
    let mut calls = 0;
    let mut read = |cascade: &mut Cascade, now: Part| {
        if now == part {
            calls = cascade.tocsin().world.lock().calls;
        }
    };
    arm(&mut cascade, Part::Automatic);
    cascade.fire("api", "errors", Severity::Sev2);
    cascade.fire("api", "latency", Severity::Sev2);
    cascade.run(5);
    read(&mut cascade, Part::Automatic);
    cascade.run(4);
    cascade.fire("mail", "errors", Severity::Sev2);
    cascade.run(1);
    let (root, mail) = (cascade.of("database").id, cascade.of("mail").id);
    arm(&mut cascade, Part::ByHand);
    // A person whose command is lost asks again.
    assert!((0..3).any(|_| cascade.merge(&mail, &root, "ann").is_ok()), "{crash:?}");
    cascade.run(3);
    read(&mut cascade, Part::ByHand);
    cascade.run(4);
    arm(&mut cascade, Part::Split);
    assert!((0..3).any(|_| cascade.split(&root, &[("api", "latency")], "ann").is_ok()), "{crash:?}");
    cascade.run(3);
    read(&mut cascade, Part::Split);
    cascade.run(8);
    for (service, name) in [("database", "errors"), ("api", "errors"), ("mail", "errors"), ("api", "latency")] {
        cascade.recover(service, name);
        cascade.run(1);
    }
    cascade.run(12);
    (cascade, calls)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Automatic,
    ByHand,
    Split,
}

fn check(name: &str, cascade: &Cascade) {
    let incidents = cascade.scene.incidents();
    let states: Vec<_> = incidents.iter().map(|one| (one.service.as_str(), one.state)).collect();
    let merged = incidents.iter().filter(|one| one.merged_into.is_some()).count();
    assert_eq!((incidents.len(), merged), (4, 2), "{name}: {states:?}");
    for one in &incidents {
        let expected = if one.merged_into.is_some() { State::Closed } else { State::Resolved };
        assert_eq!(one.state, expected, "{name}: {}", one.title);
        assert!(!one.has_firing_alerts(), "{name}: {}", one.title);
    }
    let root = cascade.of("database");
    assert_eq!(root.alerts.len(), 3, "{name}");
    let said = |words: &str| root.timeline.iter().filter(|entry| entry.what.to_string().contains(words)).count();
    assert_eq!((said("was merged into this"), said("Split off")), (2, 1), "{name}");
    let world = cascade.scene.tocsin.world.lock();
    assert!(world.open.is_empty(), "{name}: {:?}", world.open);
    assert!(world.outbox.is_empty() && world.bus.is_empty(), "{name}: an event was not published");
    assert!(world.groups.values().all(|group| group.next_wake().is_none()), "{name}: a group waits for ever");
    let ended = |state: &ReceiptState| matches!(state, ReceiptState::Delivered { .. } | ReceiptState::Overtaken { .. });
    assert!(world.receipts.values().all(|receipt| ended(&receipt.state)), "{name}");
    // Whoever was told that something began is told once that it ended, and is told twice only what was lost once.
    let mut told: BTreeMap<(&str, &str, EventKind), usize> = BTreeMap::new();
    let mut sent = BTreeSet::new();
    let mut twice = 0;
    for (channel, message) in &world.inbox {
        twice += usize::from(!sent.insert((channel, message.id.clone())));
        *told.entry((channel, message.incident.id.as_str(), message.event.kind)).or_default() += 1;
    }
    let heard: BTreeSet<_> = told.keys().map(|(channel, id, _)| (*channel, *id)).collect();
    for (channel, id) in heard {
        let ends = told.get(&(channel, id, EventKind::IncidentResolved)).copied().unwrap_or_default();
        assert!(ends >= 1 && ends <= 1 + twice, "{name}: {channel} heard {ends} ends of {id}: {told:?}");
    }
    let tried_again: u32 = world.receipts.values().map(|receipt| receipt.tries.saturating_sub(1)).sum();
    assert!(twice <= 1 && twice <= tried_again as usize, "{name}: {told:?}");
    for one in incidents.iter().filter(|one| one.merged_into.is_none()) {
        let pagers = told.keys().filter(|(channel, id, _)| *channel == "pagerduty" && *id == one.id.as_str()).count();
        assert!(pagers > 0, "{name}: no pager heard of {}", one.title);
    }
}

fn is_killed_everywhere(part: Part, redelivery: Redelivery) {
    let (undisturbed, calls) = play(part, redelivery, None);
    check("undisturbed", &undisturbed);
    assert!(calls > 40, "{part:?} makes {calls} calls");
    for call in 0..calls {
        for crash in [Crash::Before(call), Crash::After(call)] {
            let (cascade, _) = play(part, redelivery, Some(crash));
            assert!(!cascade.scene.tocsin.world.is_armed(), "{crash:?} did not happen");
            check(&format!("{part:?}, {redelivery:?}, {crash:?}"), &cascade);
        }
    }
}

#[test]
fn killed_while_they_become_one() {
    is_killed_everywhere(Part::Automatic, Redelivery::AtOnce);
    is_killed_everywhere(Part::Automatic, Redelivery::OnlyEvents);
}

#[test]
fn killed_while_a_person_merges() {
    is_killed_everywhere(Part::ByHand, Redelivery::AtOnce);
    is_killed_everywhere(Part::ByHand, Redelivery::InMinutes);
}

#[test]
fn killed_while_a_person_splits() {
    is_killed_everywhere(Part::Split, Redelivery::AtOnce);
    is_killed_everywhere(Part::Split, Redelivery::InMinutes);
}
