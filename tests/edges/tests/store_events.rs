//! The log of monitored events, and what their sources usually say.

mod store_world;

use domain::id::MonitoredEventId;
use domain::metric::PushedValue;
use domain::monitored::{Event, EventText, History, Logged, Rules, Standing, Status, Verdict, Volume};
use domain::units::{Span, Time};
use engine::port::{EventLog, LogRange, Recorded};
use serde_json::Map;
use simulator::{World as Simulated, now_or_never};
use store_world::{NOW, World, expires_at};

fn source(name: &str) -> EventText {
    name.parse().expect("it is a name")
}

fn event(name: &str, number: u32, at: Time) -> Event {
    let id = MonitoredEventId::derive(&[&number.to_string()]);
    Event { id, source: source(name), event_type: source("run"), data: Map::new(), metadata: Map::new(), at }
}

/// Sixty events of three sources over four days, eleven of them in the same second.
fn log() -> Vec<Logged> {
    let one = |number: u32| {
        let at = if number < 11 { NOW } else { NOW - Span::from_minutes(97 * number) };
        let status = Status::ALL[number as usize % 3];
        let verdict = Verdict { status, ..Verdict::default() };
        Logged { event: event(["a", "b", "c d"][number as usize / 5 % 3], number, at), verdict, judged_at: NOW }
    };
    (0..60).map(one).collect()
}

#[tokio::test]
async fn every_range_is_what_the_simulator_says() {
    let (world, simulated) = (World::start().await, Simulated::default());
    let store = world.store();
    for logged in log() {
        assert_eq!(store.record(&logged, NOW + Span::DAY).await.unwrap(), Recorded::New);
        now_or_never(simulated.record(&logged, NOW)).unwrap();
    }
    let (mut looked, mut found) = (0, 0);
    for statuses in [Status::ALL.to_vec(), vec![Status::Warning, Status::Critical], vec![Status::Normal]] {
        for of in [None, Some(source("a")), Some(source("c d")), Some(source("nobody"))] {
            for from in [NOW - Span::DAY.times(5), NOW - Span::DAY, NOW] {
                for before in [
                    Logged::place_of(NOW + Span::DAY),
                    log()[3].place(),
                    log()[30].place(),
                    Logged::place_of(NOW - Span::DAY),
                ] {
                    for limit in [1, 7, 100] {
                        let range =
                            LogRange { statuses: statuses.clone(), source: of.clone(), from, before: before.clone() };
                        let expected = now_or_never(simulated.logged(&range, limit)).unwrap();
                        assert_eq!(store.logged(&range, limit).await.unwrap(), expected, "{range:?} {limit}");
                        (looked, found) = (looked + 1, found + expected.len());
                    }
                }
            }
        }
    }
    assert!(looked == 432 && found > 1000, "{looked} {found}");
}

#[tokio::test]
async fn an_event_is_kept_once_replaced_and_forgotten() {
    let world = World::start().await;
    let store = world.store();
    let all = log();
    let first = &all[0];
    assert_eq!(store.record(first, NOW + Span::DAY).await.unwrap(), Recorded::New);
    let other = Logged { judged_at: NOW + Span::DAY, ..first.clone() };
    let Recorded::AlreadyThere(stored) = store.record(&other, NOW).await.unwrap() else { panic!("it is there") };
    assert_eq!(*stored, *first);
    let rows = world.rows(&world.tables.events, "").await;
    assert_eq!(rows.iter().map(expires_at).collect::<Vec<_>>(), [Some((NOW + Span::DAY).epoch())]);
    store.replace(&other, NOW + Span::DAY).await.unwrap();
    let range =
        LogRange { statuses: Status::ALL.to_vec(), source: None, from: NOW, before: Logged::place_of(NOW + Span::DAY) };
    assert_eq!(store.logged(&range, 10).await.unwrap(), [other]);
    for logged in &all {
        store.record(logged, NOW + Span::DAY).await.unwrap();
    }
    // What is gone already does no harm.
    store.forget(&all[..30]).await.unwrap();
    store.forget(&all[..57]).await.unwrap();
    assert_eq!(world.rows(&world.tables.events, "").await.len(), 3);
}

#[tokio::test]
async fn pushed_values_are_kept_once_and_found_by_their_time() {
    let world = World::start().await;
    let store = world.store();
    let value = |seconds, value| PushedValue {
        series: "shop/orders".parse().unwrap(),
        at: NOW + Span::from_seconds(seconds),
        value,
    };
    let of_minute = |minute: u32, number| vec![value(minute * 60, number), value(minute * 60 + 59, number)];
    for minute in 0..5 {
        let at = (NOW + Span::from_minutes(minute)).floor(Span::MINUTE);
        store.push(0, at, "a", &of_minute(minute, 1.0), NOW + Span::DAY).await.unwrap();
        store.push(0, at, "a", &of_minute(minute, 9.0), NOW + Span::DAY).await.unwrap();
        store.push(0, at, "b", &of_minute(minute, 2.0), NOW + Span::DAY).await.unwrap();
    }
    store.push(1, NOW.floor(Span::MINUTE), "a", &of_minute(0, 5.0), NOW + Span::DAY).await.unwrap();
    let all = store.pushed(0, NOW, NOW + Span::DAY).await.unwrap();
    assert_eq!((all.len(), all.iter().map(|value| value.value).sum::<f64>()), (20, 30.0));
    let some = store.pushed(0, NOW + Span::from_seconds(60), NOW + Span::from_seconds(120)).await.unwrap();
    assert_eq!(some, [value(60, 1.0), value(119, 1.0), value(60, 2.0), value(119, 2.0)]);
    assert_eq!(store.pushed(1, NOW, NOW + Span::MINUTE).await.unwrap().len(), 2);
    assert_eq!(store.pushed(2, NOW, NOW + Span::DAY).await.unwrap(), []);
}

#[tokio::test]
async fn of_concurrent_lessons_one_is_kept() {
    let world = World::start().await;
    let store = world.store();
    let (a, run) = (source("a"), source("run"));
    assert_eq!(store.history(&a, &run).await.unwrap(), None);
    let new = History::new(a.clone(), run.clone());
    let learn = |history: &History, number| {
        Rules::default().judge_and_learn(&event("a", number, NOW), Standing { history, hours: &[] }).1
    };
    let (one, two) = (learn(&new, 1), learn(&new, 2));
    let kept = tokio::join!(store.remember(&one, None, NOW), store.remember(&two, None, NOW));
    assert_eq!([kept.0.unwrap(), kept.1.unwrap()].iter().filter(|kept| **kept).count(), 1);
    let stored = store.history(&a, &run).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.learned), (1, 1));
    assert_eq!(store.volume(&a, &run).await.unwrap(), None);
    let mut volume = Volume::default();
    volume.close(&stored, NOW + Span::DAY);
    assert!(store.remember(&learn(&stored, 3), Some(&volume), NOW).await.unwrap());
    assert_eq!(store.volume(&a, &run).await.unwrap(), Some(volume));
    let other = History::new(source("b"), run);
    assert!(store.remember(&learn(&other, 4), None, NOW).await.unwrap());
    let (mut learned, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.histories(1, cursor).await.unwrap();
        learned.extend(page.items.into_iter().map(|history| (history.source.to_string(), history.learned)));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    learned.sort();
    assert_eq!(learned, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
}
