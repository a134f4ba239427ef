//! Alerts that senders tell again and again: read together, and due when nobody tells them any more.

mod store_world;
#[path = "store_world/things.rs"]
#[allow(unused, reason = "other tests need the rest of it")]
mod things;

use domain::alert::{Alert, Status};
use domain::id::Fingerprint;
use domain::units::{Span, Time};
use engine::port::{Commit, Due, Ledger};
use store_world::{NOW, World};
use things::alert;

fn firing_until(name: &str, ends_at: Time) -> Alert {
    Alert { ends_at: Some(ends_at), ..alert(name, NOW) }
}

fn commit(alerts: Vec<Alert>) -> Commit {
    Commit { alerts, now: NOW, ..Commit::default() }
}

#[tokio::test]
async fn many_alerts_are_read_in_as_few_calls_as_can_be() {
    let world = World::start().await;
    let store = world.store();
    let alerts: Vec<_> = (0..150).map(|index| alert(&format!("a{index}"), NOW)).collect();
    for some in alerts.chunks(100) {
        store.commit(&commit(some.to_vec())).await.unwrap();
    }
    let mut asked: Vec<_> = alerts.iter().map(|alert| alert.fingerprint.clone()).collect();
    asked.extend([asked[7].clone(), Fingerprint::derive(&["nobody's"])]);
    let before = store.consumed();
    let mut found = store.known_alerts(&asked).await.unwrap();
    assert_eq!((store.consumed() - before).calls, 2);
    let by_fingerprint = |alert: &Alert| alert.fingerprint.clone();
    found.sort_by_key(by_fingerprint);
    let mut expected: Vec<_> = alerts.into_iter().map(|alert| Alert { version: 1, ..alert }).collect();
    expected.sort_by_key(by_fingerprint);
    assert_eq!(found, expected);
    assert_eq!(store.known_alerts(&[]).await, Ok(Vec::new()));
    assert_eq!((store.consumed() - before).calls, 2, "nothing is asked for nothing");
}

#[tokio::test]
async fn an_alert_is_due_when_its_senders_word_ends() {
    let world = World::start().await;
    let store = world.store();
    let minutes = |minutes| NOW + Span::from_minutes(minutes);
    let (early, late) = (firing_until("early", minutes(2)), firing_until("late", minutes(4)));
    let due = |alert: &Alert| Due::Alert(alert.fingerprint.clone());
    store.commit(&commit(vec![early.clone(), late.clone(), alert("endless", NOW)])).await.unwrap();
    assert_eq!(store.due(10, minutes(2) - Span::from_seconds(1)).await, Ok(Vec::new()));
    assert_eq!(store.due(10, minutes(2)).await, Ok(vec![due(&early)]));
    assert_eq!(store.due(10, minutes(9)).await, Ok(vec![due(&early), due(&late)]));
    // Told again, and over.
    let prolonged = Alert { version: 1, ends_at: Some(minutes(6)), ..early };
    let over = Alert { version: 1, status: Status::Resolved, ..late };
    store.commit(&commit(vec![prolonged.clone(), over])).await.unwrap();
    assert_eq!(store.due(10, minutes(5)).await, Ok(Vec::new()));
    assert_eq!(store.due(10, minutes(9)).await, Ok(vec![due(&prolonged)]));
}

#[tokio::test]
async fn an_alert_without_data_is_listed_apart() {
    let world = World::start().await;
    let store = world.store();
    let blind = Alert { status: Status::Pending, ..alert("blind", NOW) };
    let silent = Alert { no_data_since: Some(NOW), ..alert("silent", NOW) };
    store.commit(&commit(vec![blind, silent])).await.unwrap();
    let names = async |status| {
        let page = store.alerts(status, 10, None).await.unwrap();
        page.items.into_iter().map(|alert| alert.name).collect::<Vec<_>>()
    };
    assert_eq!(names(Status::Pending).await, ["blind"]);
    assert_eq!(names(Status::Firing).await, ["silent"]);
    assert_eq!(names(Status::Resolved).await, [""; 0]);
}
