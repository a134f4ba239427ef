//! Alerts, incidents and what belongs to them, in DynamoDB: found again as they were written.

mod store_world;
#[path = "store_world/things.rs"]
mod things;

use domain::alert::{Alert, Status};
use domain::deployment::Announcement;
use domain::id::{Fingerprint, IncidentId, NotificationId};
use domain::incident::{Incident, State};
use domain::notification::{Receipt, ReceiptState};
use domain::units::Span;
use engine::port::{Commit, CommitError, Ledger, PortError, Switch};
use store_world::{NOW, World, expires_at, text};
use things::{alert, deployment, everything, history, incident, only_incident, receipt, resource, service};

const LATER: Span = Span::from_minutes(5);

#[tokio::test]
async fn everything_is_found_again_with_its_next_version() {
    let world = World::start().await;
    let (store, all) = (world.store(), everything());
    assert_eq!(store.commit(&all).await, Ok(()));
    let store = world.store();
    let incident = all.incident.unwrap();
    for alert in all.alerts {
        assert_eq!(store.alert(&alert.fingerprint).await, Ok(Some(Alert { version: 1, ..alert })));
    }
    let receipt = Receipt { version: 1, ..all.receipts[0].clone() };
    assert_eq!(store.receipt(&incident.id, &receipt.id).await, Ok(Some(receipt.clone())));
    assert_eq!(store.receipts(&incident.id).await, Ok(vec![receipt]));
    assert_eq!(store.open_incident(&service(), "").await, Ok(Some(incident.id.clone())));
    assert_eq!(store.target_history(&resource()).await, Ok(history(1, vec![NOW])));
    assert_eq!(store.serving(&resource()).await, Ok(all.serving));
    assert_eq!(store.deployments(&service(), NOW, NOW + LATER).await, Ok(vec![all.deployment.unwrap()]));
    let announced = Announcement { version: 1, ..all.announcements[0].clone() };
    assert_eq!(store.announcement(&announced.deployment.id, &announced.channel).await, Ok(Some(announced)));
    assert_eq!(store.post_mortem(&incident.id).await, Ok(all.post_mortem));
    assert_eq!(store.incident(&incident.id.clone()).await, Ok(Some(Incident { version: 1, ..incident })));
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let world = World::start().await;
    let store = world.store();
    for id in ["inc-0", "", &"x".repeat(5000)] {
        assert_eq!(store.incident(&IncidentId::given(id)).await, Ok(None));
        assert_eq!(store.post_mortem(&IncidentId::given(id)).await, Ok(None));
    }
    assert_eq!(store.alert(&Fingerprint::given("alert-0")).await, Ok(None));
    assert_eq!(store.receipt(&IncidentId::given("inc-0"), &NotificationId::given("ntf-0")).await, Ok(None));
    assert_eq!(store.receipts(&IncidentId::given("inc-0")).await, Ok(Vec::new()));
    assert_eq!(store.open_incident(&service(), "").await, Ok(None));
    assert_eq!(store.serving(&resource()).await, Ok(None));
    assert_eq!(store.target_history(&resource()).await, Ok(history(0, Vec::new())));
    assert_eq!(store.kill_switch().await, Ok(Switch::default()));
    assert_eq!(store.commit(&Commit::default()).await, Ok(()), "nothing to write is written");
}

#[tokio::test]
async fn deployments_come_in_order_from_the_start_to_before_the_end() {
    let world = World::start().await;
    let store = world.store();
    for (to, minute) in [("4", 3), ("2", 1), ("3", 2)] {
        let moved = deployment(to, NOW + Span::from_minutes(minute));
        store.commit(&Commit { deployment: Some(moved), now: NOW, ..Commit::default() }).await.unwrap();
    }
    let versions = async |from: u32, until: u32| {
        let (from, until) = (NOW + Span::from_minutes(from), NOW + Span::from_minutes(until));
        let found = store.deployments(&service(), from, until).await.unwrap();
        found.into_iter().map(|deployment| deployment.to).collect::<Vec<_>>()
    };
    assert_eq!(versions(0, 9).await, ["2", "3", "4"]);
    assert_eq!(versions(1, 3).await, ["2", "3"]);
    assert!(versions(2, 2).await.is_empty());
}

#[tokio::test]
async fn the_kill_switch_is_as_it_was_last_set() {
    let world = World::start().await;
    let switch = |engaged| Switch { engaged, by: "alex".to_owned(), reason: "release freeze".to_owned(), at: NOW };
    for engaged in [true, false] {
        assert_eq!(world.store().set_kill_switch(&switch(engaged)).await, Ok(()));
        assert_eq!(world.store().kill_switch().await, Ok(switch(engaged)));
    }
}

#[tokio::test]
async fn what_is_over_expires_and_what_is_open_does_not() {
    let world = World::start().await;
    let store = world.store();
    store.keep_incidents(Span::DAY);
    let over = Some((NOW + Span::DAY).epoch());
    let check = async |table: &str, key: &str, expected: Option<i64>| {
        let rows = world.rows(table, key).await;
        assert_eq!(rows.iter().map(expires_at).collect::<Vec<_>>(), [expected], "{key}");
    };
    store.commit(&Commit { alerts: vec![alert("errors", NOW)], ..everything() }).await.unwrap();
    let tables = &world.tables;
    for (table, key) in [
        (&tables.alerts, "alert-"),
        (&tables.incidents, "incident"),
        (&tables.incidents, "open"),
        (&tables.incidents, "outbox#"),
        (&tables.incidents, "receipt#"),
        (&tables.action_items, "todo-"),
    ] {
        check(table, key, None).await;
    }
    for (table, key) in [
        (&tables.incidents, "target"),
        (&tables.deployments, "serving"),
        (&tables.deployments, "001900000020#"),
        (&tables.post_mortems, "inc-"),
    ] {
        check(table, key, over).await;
    }
    let sent = ReceiptState::Delivered { at: NOW, answer: "ok".to_owned(), handle: None };
    let end = Commit {
        alerts: vec![Alert { version: 1, status: Status::Resolved, ..alert("errors", NOW) }],
        receipts: vec![Receipt { version: 1, state: sent, ..receipt(&incident(NOW), "slack") }],
        ..only_incident(Incident { version: 1, state: State::Resolved, ..incident(NOW) })
    };
    store.commit(&end).await.unwrap();
    for (table, key) in [(&tables.alerts, "alert-"), (&tables.incidents, "incident"), (&tables.incidents, "receipt#")] {
        check(table, key, over).await;
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named() {
    let world = World::start().await;
    let store = world.store();
    store.commit(&everything()).await.unwrap();
    let mut row = world.rows(&world.tables.incidents, "incident").await.remove(0);
    row.insert("body".to_owned(), text("{}"));
    world.overwrite(&world.tables.incidents, row).await;
    let id = incident(NOW).id;
    let error = store.incident(&id).await.unwrap_err();
    let words = format!("edge-incidents/{id}/incident cannot be read: missing field `id`");
    assert!(error.to_string().starts_with(&words), "{error}");
    assert!(matches!(error, PortError::Unreadable { .. }));
}

#[tokio::test]
async fn a_missing_table_is_refused() {
    let world = World::start().await;
    let tables = store::Tables { alerts: "none".to_owned(), ..world.tables.clone() };
    let store = store::Store::new(world.config.clone(), tables, String::new());
    let refused = store.alert(&Fingerprint::given("alert-1")).await.unwrap_err();
    assert!(refused.to_string().starts_with("DynamoDB refuses: ResourceNotFoundException"), "{refused}");
    let refused = store.commit(&everything()).await.unwrap_err();
    assert!(matches!(refused, CommitError::Port(PortError::Denied { .. })), "{refused}");
}
