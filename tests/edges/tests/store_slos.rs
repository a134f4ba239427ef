//! Objectives made through the API, snapshots of all, their days, and words about gates.

mod store_world;

use domain::slo::{Count, Counter, Day, GateOverride, Slo, Snapshot, Step};
use domain::units::{Span, Time};
use engine::port::{Saved, Slos, StoredSlo};
use serde_json::json;
use store_world::{NOW, World};

fn slo(name: &str, objective: f64) -> Slo {
    let written = json!({
        "name": name, "service": "shop", "description": "", "objective": objective, "period": { "rolling": "30d" },
        "indicator": { "requests": { "part": "shop/errors", "which": "bad", "total": "shop/requests" } },
        "exclusions": [], "guard": { "events": 10, "confidence": 0.95 }, "no_data": "ignore",
        "burn_rates": [{ "severity": "SEV2", "long": "1h", "short": "5m", "factor": 14.4 }],
        "gate": { "remaining": 0.05 }, "settle": "1m", "cooldown": "10m", "category": "technical", "labels": {},
    });
    serde_json::from_value(written).expect("it is an objective")
}

fn stored(name: &str) -> StoredSlo {
    StoredSlo { slo: slo(name, 0.999), version: 0, created_at: NOW, updated_at: NOW, by: "ann".to_owned() }
}

fn snapshot(name: &str, bad: u32, as_of: Time) -> Snapshot {
    let slo = slo(name, 0.9);
    let mut counter = Counter::new(slo.shape(Span::MINUTE), as_of - Span::HOUR);
    for minute in 0..60 {
        counter.count(Step::Counted(Count::one(minute >= bad)), as_of - Span::HOUR + Span::MINUTE.times(minute));
    }
    Snapshot::of(&slo, &counter, None, bad > 5, (Span::MINUTE, as_of))
}

#[tokio::test]
async fn an_objective_is_changed_at_its_version() {
    let world = World::start().await;
    let store = world.store();
    assert_eq!(store.slo(&"up".parse().unwrap()).await.unwrap(), None);
    assert_eq!(store.save_slo(&stored("up")).await.unwrap(), Saved::Saved);
    assert_eq!(store.save_slo(&stored("up")).await.unwrap(), Saved::Stale, "there is one");
    let first = store.slo(&"up".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(first, StoredSlo { version: 1, ..stored("up") });
    let next = StoredSlo { slo: slo("up", 0.99), ..first.clone() };
    assert_eq!(store.save_slo(&next).await.unwrap(), Saved::Saved);
    assert_eq!(store.save_slo(&next).await.unwrap(), Saved::Stale, "somebody was faster");
    assert_eq!(store.delete_slo(&next).await.unwrap(), Saved::Stale);
    store.save_slo(&stored("down")).await.unwrap();
    let all: Vec<_> = store.slos().await.unwrap().into_iter().map(|stored| (stored.slo.name, stored.version)).collect();
    assert_eq!(all, [("down".parse().unwrap(), 1), ("up".parse().unwrap(), 2)]);
    let last = store.slo(&"up".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(store.delete_slo(&last).await.unwrap(), Saved::Saved);
    assert_eq!(store.slos().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_newest_snapshot_of_each_shard_stands() {
    let world = World::start().await;
    let store = world.store();
    assert_eq!(store.snapshots().await.unwrap(), []);
    store.save_snapshots(0, &[snapshot("a", 1, NOW)], NOW).await.unwrap();
    store.save_snapshots(1, &[snapshot("b", 2, NOW), snapshot("c", 3, NOW)], NOW).await.unwrap();
    let later = NOW + Span::MINUTE;
    store.save_snapshots(0, &[snapshot("a", 9, later)], later).await.unwrap();
    store.save_snapshots(0, &[snapshot("a", 1, NOW)], NOW).await.unwrap();
    let expected = [snapshot("a", 9, later), snapshot("b", 2, NOW), snapshot("c", 3, NOW)];
    assert_eq!(store.snapshots().await.unwrap(), expected, "what came late is left out");
    // Two hundred and fifty objectives fit a row, with sentences about each.
    let many: Vec<_> = (0..250).map(|number| snapshot(&format!("slo-{number}"), number % 60, NOW)).collect();
    store.save_snapshots(2, &many, NOW).await.unwrap();
    assert_eq!(store.snapshots().await.unwrap().len(), 253);
    assert!(store.consumed().write_units <= 40.0, "{:?}", store.consumed());
}

#[tokio::test]
async fn days_and_words_are_kept_in_order() {
    let world = World::start().await;
    let store = world.store();
    let sum = snapshot("up", 3, NOW).budget.counted;
    let day = |back: u32, remaining: f64| Day {
        slo: "up".parse().unwrap(),
        from: NOW.floor(Span::DAY) - Span::DAY.times(back),
        sum,
        remaining,
    };
    store.save_days(&[day(1, 0.5), day(3, 0.9), day(2, 0.7)]).await.unwrap();
    store.save_days(&[day(1, 0.4)]).await.unwrap();
    let (name, from) = ("up".parse().unwrap(), NOW - Span::DAY.times(9));
    let found = store.days(&name, from, NOW).await.unwrap();
    assert_eq!(found, [day(3, 0.9), day(2, 0.7), day(1, 0.4)]);
    assert_eq!(store.days(&name, day(2, 0.0).from, day(1, 0.0).from).await.unwrap(), [day(2, 0.7)]);
    assert_eq!(store.days(&"down".parse().unwrap(), from, NOW).await.unwrap(), []);
    let said = |minute: u32, open: bool| GateOverride {
        service: "shop".parse().unwrap(),
        open,
        by: "ann".to_owned(),
        reason: format!("for the {minute}th time"),
        at: NOW + Span::MINUTE.times(minute),
        until: NOW + Span::HOUR,
    };
    let service = "shop".parse().unwrap();
    for minute in 0..3 {
        store.override_gate(&said(minute, minute != 1)).await.unwrap();
    }
    let found = store.gate_overrides(&service, 2).await.unwrap();
    assert_eq!(found, [said(2, true), said(1, false)], "the latest first");
    assert_eq!(store.gate_overrides(&"cart".parse().unwrap(), 2).await.unwrap(), []);
}
