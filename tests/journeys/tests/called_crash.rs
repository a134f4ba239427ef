//! Every function is killed before and after each of its calls while a group waits and people are called.
//!
//! Each person is called once, twice only when the function died between the vendor's yes and the receipt; nobody is never
//! called, and everybody who was hears once that it is over.

use std::collections::BTreeMap;

use domain::event::EventKind;
use domain::incident::State;
use domain::notification::ReceiptState;
use simulator::{Crash, Redelivery};
use tests_journeys::{GOOD_VERSION, Scene, setup_on_call};

/// The breach, the wait of its group, both steps, and the end.
const EVENTFUL_MINUTES: u32 = 17;
/// The longest way is a try of two minutes after three deliveries, then the next step ten minutes later.
const MINUTES: u32 = 40;

/// Fails for a quarter of an hour; returns the calls of ports that the eventful minutes made.
fn play(redelivery: Redelivery, crash: Option<Crash>) -> (Scene, u64) {
    let mut scene = Scene::new(setup_on_call(&[]));
    scene.tocsin.redelivery = redelivery;
    scene.tocsin.world.lock().calls = 0;
    if let Some(crash) = crash {
        scene.tocsin.world.crash(crash);
    }
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    scene.run(EVENTFUL_MINUTES - 3);
    scene.errors.insert(GOOD_VERSION.to_owned(), 0.5);
    scene.run(3);
    let calls = scene.tocsin.world.lock().calls;
    scene.run(MINUTES - EVENTFUL_MINUTES);
    (scene, calls)
}

fn check(name: &str, scene: &Scene) {
    assert_eq!(scene.incident().state, State::Resolved, "{name}");
    let world = scene.tocsin.world.lock();
    let overtaken = |who: &str| {
        let of = world.receipts.values().filter(|receipt| receipt.channel.as_str() == who);
        of.filter(|receipt| matches!(receipt.state, ReceiptState::Overtaken { .. })).count()
    };
    let mut told: BTreeMap<(&str, EventKind), usize> = BTreeMap::new();
    let mut twice = 0;
    for (who, notification) in &world.inbox {
        let times = told.entry((who, notification.event.kind)).or_default();
        *times += 1;
        twice += usize::from(*times > 1);
    }
    for who in ["slack", "pagerduty", "hook", "ann.phone", "ben.phone"] {
        for kind in [EventKind::IncidentOpened, EventKind::IncidentResolved] {
            let times = told.get(&(who, kind)).copied().unwrap_or_default();
            assert!(times + overtaken(who) >= 1, "{name}: {who} was never told {kind}: {told:?}");
        }
    }
    let tried_again: u32 = world.receipts.values().map(|receipt| receipt.tries.saturating_sub(1)).sum();
    assert!(twice <= 1 && twice <= tried_again as usize, "{name}: {told:?}, {tried_again} tries more");
    assert!(world.outbox.is_empty() && world.bus.is_empty(), "{name}: an event was not published");
    let ended = |state: &ReceiptState| matches!(state, ReceiptState::Delivered { .. } | ReceiptState::Overtaken { .. });
    assert!(world.receipts.values().all(|receipt| ended(&receipt.state)), "{name}");
    assert!(world.groups.values().all(|group| group.next_wake().is_none()), "{name}: a group waits for ever");
}

fn is_killed_everywhere(redelivery: Redelivery) {
    let (undisturbed, calls) = play(redelivery, None);
    check("undisturbed", &undisturbed);
    assert!(calls > 150, "the journey makes {calls} calls");
    for call in 0..calls {
        for crash in [Crash::Before(call), Crash::After(call)] {
            let (scene, _) = play(redelivery, Some(crash));
            assert!(!scene.tocsin.world.is_armed(), "{crash:?} did not happen");
            check(&format!("{redelivery:?}, {crash:?}"), &scene);
        }
    }
}

#[test]
fn killed_and_called_again_at_once() {
    is_killed_everywhere(Redelivery::AtOnce);
}

#[test]
fn killed_and_called_again_minutes_later() {
    is_killed_everywhere(Redelivery::InMinutes);
}

#[test]
fn killed_and_left_to_the_next_tick() {
    is_killed_everywhere(Redelivery::OnlyEvents);
}
