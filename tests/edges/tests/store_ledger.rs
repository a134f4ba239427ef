//! Alerts, incidents and what belongs to them, in DynamoDB: written together or not at all.

mod store_world;
#[path = "store_world/things.rs"]
mod things;

use std::sync::Arc;

use domain::alert::{Alert, Status};
use domain::event::EventKind;
use domain::id::{Fingerprint, IncidentId, NotificationId};
use domain::incident::{Incident, State, What};
use domain::notification::{Receipt, ReceiptState};
use domain::report::ActionItemState;
use domain::units::Span;
use engine::port::{Commit, CommitError, Ledger, OpenPointer, PortError, Switch};
use store_world::{NOW, World, expires_at, text};
use things::{
    action_item, alert, deployment, event, history, incident, post_mortem, receipt, resource, service, serving,
};
use tokio::task::JoinSet;

const LATER: Span = Span::from_minutes(5);

/// A commit with one of everything, all of it new.
fn everything() -> Commit {
    let incident = incident(NOW);
    Commit {
        alerts: vec![alert("errors", NOW), alert("latency", NOW)],
        events: vec![event(&incident, EventKind::IncidentOpened)],
        receipts: vec![receipt(&incident, "slack")],
        pointer: OpenPointer::Open,
        target: Some(history(0, vec![NOW])),
        serving: Some(serving("2", NOW)),
        deployment: Some(deployment("2", NOW)),
        post_mortem: Some(post_mortem("first")),
        action_items: vec![action_item(ActionItemState::Open)],
        incident: Some(incident),
        now: NOW,
    }
}

fn only_incident(incident: Incident) -> Commit {
    Commit {
        incident: Some(incident),
        now: NOW,
        ..Commit::default()
    }
}

#[tokio::test]
async fn everything_is_found_again_with_its_next_version() {
    let world = World::start().await;
    let (store, all) = (world.store(), everything());
    assert_eq!(store.commit(&all).await, Ok(()));
    let store = world.store();
    let incident = all.incident.unwrap();
    for alert in all.alerts {
        assert_eq!(
            store.alert(&alert.fingerprint).await,
            Ok(Some(Alert { version: 1, ..alert }))
        );
    }
    let receipt = Receipt {
        version: 1,
        ..all.receipts[0].clone()
    };
    assert_eq!(
        store.receipt(&incident.id, &receipt.id).await,
        Ok(Some(receipt.clone()))
    );
    assert_eq!(store.receipts(&incident.id).await, Ok(vec![receipt]));
    assert_eq!(store.open_incident(&service(), "").await, Ok(Some(incident.id.clone())));
    assert_eq!(store.target_history(&resource()).await, Ok(history(1, vec![NOW])));
    assert_eq!(store.serving(&resource()).await, Ok(all.serving));
    assert_eq!(
        store.deployments(&service(), NOW, NOW + LATER).await,
        Ok(vec![all.deployment.unwrap()])
    );
    assert_eq!(store.post_mortem(&incident.id).await, Ok(all.post_mortem));
    assert_eq!(
        store.incident(&incident.id.clone()).await,
        Ok(Some(Incident { version: 1, ..incident }))
    );
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
    assert_eq!(
        store
            .receipt(&IncidentId::given("inc-0"), &NotificationId::given("ntf-0"))
            .await,
        Ok(None)
    );
    assert_eq!(store.receipts(&IncidentId::given("inc-0")).await, Ok(Vec::new()));
    assert_eq!(store.open_incident(&service(), "").await, Ok(None));
    assert_eq!(store.serving(&resource()).await, Ok(None));
    assert_eq!(store.target_history(&resource()).await, Ok(history(0, Vec::new())));
    assert_eq!(store.kill_switch().await, Ok(Switch::default()));
    assert_eq!(
        store.commit(&Commit::default()).await,
        Ok(()),
        "nothing to write is written"
    );
}

#[tokio::test]
async fn one_stale_row_keeps_all_from_being_written() {
    let world = World::start().await;
    let store = world.store();
    store.commit(&everything()).await.unwrap();
    let known = incident(NOW);
    let other = incident(NOW + LATER);
    let refused = async |what: &str, commit: Commit| {
        let witness = alert("witness", NOW);
        let alerts = commit.alerts.into_iter().chain([witness.clone()]).collect();
        let conflict = CommitError::Conflict { what: what.to_owned() };
        assert_eq!(
            store
                .commit(&Commit {
                    alerts,
                    now: NOW,
                    ..commit
                })
                .await,
            Err(conflict)
        );
        assert_eq!(store.alert(&witness.fingerprint).await, Ok(None), "{what}");
    };
    let nothing = Commit::default;
    let stale = alert("errors", NOW + LATER);
    refused(
        &format!("alert {}", stale.fingerprint),
        Commit {
            alerts: vec![stale],
            ..nothing()
        },
    )
    .await;
    for version in [0, 2] {
        let stale = Incident {
            version,
            ..known.clone()
        };
        refused(&format!("incident {}", known.id), only_incident(stale)).await;
    }
    let open = Commit {
        pointer: OpenPointer::Open,
        ..only_incident(other.clone())
    };
    refused("the open incident of shop-checkout", open).await;
    let close = Commit {
        pointer: OpenPointer::Close,
        ..only_incident(other)
    };
    refused("the open incident of shop-checkout", close).await;
    let again = receipt(&known, "slack");
    refused(
        &format!("receipt {}", again.id),
        Commit {
            receipts: vec![again],
            ..nothing()
        },
    )
    .await;
    refused(
        "target lambda:shop-checkout:live",
        Commit {
            target: Some(history(0, vec![])),
            ..nothing()
        },
    )
    .await;
    for seen_at in [NOW, NOW - LATER] {
        let older = Commit {
            serving: Some(serving("1", seen_at)),
            ..nothing()
        };
        refused("what lambda:shop-checkout:live serves", older).await;
    }
}

#[tokio::test]
async fn of_concurrent_commits_exactly_one_wins() {
    let world = World::start().await;
    let store = Arc::new(world.store());
    for round in 0..3 {
        let mut tries = JoinSet::new();
        for number in 0..8 {
            let store = Arc::clone(&store);
            let mut incident = Incident {
                version: round,
                ..incident(NOW)
            };
            incident.note(
                NOW,
                What::Note {
                    by: "a test".to_owned(),
                    text: format!("try {number}"),
                },
            );
            tries.spawn(async move { (store.commit(&only_incident(incident.clone())).await, incident) });
        }
        let (won, lost): (Vec<_>, Vec<_>) = tries.join_all().await.into_iter().partition(|(is, _)| is.is_ok());
        assert_eq!(won.len(), 1);
        assert!(
            lost.iter()
                .all(|(is, _)| matches!(is, Err(CommitError::Conflict { .. }))),
            "{lost:?}"
        );
        let stored = store.incident(&incident(NOW).id).await.unwrap().unwrap();
        assert_eq!(
            stored,
            Incident {
                version: round + 1,
                ..won[0].1.clone()
            }
        );
    }
}

#[tokio::test]
async fn one_incident_is_open_until_it_closes() {
    let world = World::start().await;
    let store = world.store();
    let (first, second) = (incident(NOW), incident(NOW + LATER));
    let with = |pointer, incident: &Incident, version| Commit {
        pointer,
        ..only_incident(Incident {
            version,
            ..incident.clone()
        })
    };
    assert_eq!(store.commit(&with(OpenPointer::Open, &first, 0)).await, Ok(()));
    assert_eq!(
        store.commit(&with(OpenPointer::Open, &first, 1)).await,
        Ok(()),
        "open already, and the same"
    );
    assert_eq!(store.commit(&with(OpenPointer::Close, &first, 2)).await, Ok(()));
    assert_eq!(store.open_incident(&service(), "").await, Ok(None));
    assert_eq!(
        store.commit(&with(OpenPointer::Close, &first, 3)).await,
        Ok(()),
        "closed already"
    );
    assert_eq!(store.commit(&with(OpenPointer::Open, &second, 0)).await, Ok(()));
    assert_eq!(store.open_incident(&service(), "").await, Ok(Some(second.id)));

    let apart = Incident {
        key: "k".repeat(3000),
        id: IncidentId::given("inc-apart"),
        ..incident(NOW)
    };
    assert_eq!(store.commit(&with(OpenPointer::Open, &apart, 0)).await, Ok(()));
    assert_eq!(store.open_incident(&service(), &apart.key).await, Ok(Some(apart.id)));
}

#[tokio::test]
async fn what_is_there_already_stays_and_holds_nothing_up() {
    let world = World::start().await;
    let store = world.store();
    let first = Commit {
        deployment: Some(deployment("2", NOW)),
        action_items: vec![action_item(ActionItemState::Done)],
        post_mortem: Some(post_mortem("first")),
        now: NOW,
        ..Commit::default()
    };
    store.commit(&first).await.unwrap();
    let mut told_again = deployment("2", NOW);
    told_again.description = "told again".to_owned();
    let again = Commit {
        deployment: Some(told_again),
        action_items: vec![action_item(ActionItemState::Open)],
        post_mortem: Some(post_mortem("second")),
        now: NOW,
        ..Commit::default()
    };
    assert_eq!(store.commit(&again).await, Ok(()));
    assert_eq!(
        store.deployments(&service(), NOW, NOW + LATER).await,
        Ok(vec![deployment("2", NOW)])
    );
    assert_eq!(
        store.post_mortem(&incident(NOW).id).await,
        Ok(Some(post_mortem("second")))
    );
    let items = world.rows(&world.tables.action_items, "todo-").await;
    assert_eq!(items.len(), 1);
    assert!(items[0]["body"].as_s().unwrap().contains("\"done\""));
    assert_eq!(items[0]["owner"], text("team-shop"));
    assert_eq!(items[0]["listing"], text("action-item"));
}

#[tokio::test]
async fn deployments_come_in_order_from_the_start_to_before_the_end() {
    let world = World::start().await;
    let store = world.store();
    for (to, minute) in [("4", 3), ("2", 1), ("3", 2)] {
        let moved = deployment(to, NOW + Span::from_minutes(minute));
        store
            .commit(&Commit {
                deployment: Some(moved),
                now: NOW,
                ..Commit::default()
            })
            .await
            .unwrap();
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
    let switch = |engaged| Switch {
        engaged,
        by: "alex".to_owned(),
        reason: "release freeze".to_owned(),
        at: NOW,
    };
    for engaged in [true, false] {
        assert_eq!(world.store().set_kill_switch(&switch(engaged)).await, Ok(()));
        assert_eq!(world.store().kill_switch().await, Ok(switch(engaged)));
    }
}

#[tokio::test]
async fn what_is_over_expires_and_what_is_open_does_not() {
    let world = World::start().await;
    let store = world.store().keeping_incidents(Span::DAY);
    let over = Some((NOW + Span::DAY).epoch());
    let check = async |table: &str, key: &str, expected: Option<i64>| {
        let rows = world.rows(table, key).await;
        assert_eq!(rows.iter().map(expires_at).collect::<Vec<_>>(), [expected], "{key}");
    };
    store
        .commit(&Commit {
            alerts: vec![alert("errors", NOW)],
            ..everything()
        })
        .await
        .unwrap();
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
    let sent = ReceiptState::Delivered {
        at: NOW,
        answer: "ok".to_owned(),
    };
    let end = Commit {
        alerts: vec![Alert {
            version: 1,
            status: Status::Resolved,
            ..alert("errors", NOW)
        }],
        receipts: vec![Receipt {
            version: 1,
            state: sent,
            ..receipt(&incident(NOW), "slack")
        }],
        ..only_incident(Incident {
            version: 1,
            state: State::Resolved,
            ..incident(NOW)
        })
    };
    store.commit(&end).await.unwrap();
    for (table, key) in [
        (&tables.alerts, "alert-"),
        (&tables.incidents, "incident"),
        (&tables.incidents, "receipt#"),
    ] {
        check(table, key, over).await;
    }
}

#[tokio::test]
async fn a_commit_that_is_too_large_is_refused_in_words() {
    let world = World::start().await;
    let store = world.store();
    let alerts = |count: u32| {
        (0..count)
            .map(|number| alert(&format!("monitor-{number}"), NOW))
            .collect()
    };
    let commit = |count| Commit {
        alerts: alerts(count),
        now: NOW,
        ..Commit::default()
    };
    assert_eq!(store.commit(&commit(100)).await, Ok(()));
    let refused = store.commit(&commit(101)).await.unwrap_err();
    let words = "DynamoDB refuses: a commit of 101 rows is too large, at most 100 are written together";
    assert_eq!(refused.to_string(), words);
    assert!(matches!(refused, CommitError::Port(PortError::Denied { .. })));

    let of_title = |bytes: usize| Incident {
        title: "x".repeat(bytes),
        ..incident(NOW)
    };
    let refused = store.commit(&only_incident(of_title(409_600))).await.unwrap_err();
    assert!(refused.to_string().contains("at most 409600 fit a row"), "{refused}");
    let rest = 2 * 409_600 - refused_bytes(&refused.to_string());
    assert_eq!(
        store.commit(&only_incident(of_title(rest))).await,
        Ok(()),
        "the largest row that fits"
    );
}

/// The size that a refusal tells: the words are `... has <size> bytes, ...`.
fn refused_bytes(words: &str) -> usize {
    let size = words.split(" has ").nth(1).and_then(|rest| rest.split(' ').next());
    size.and_then(|size| size.parse().ok())
        .expect("the refusal tells the size")
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
    let tables = store::Tables {
        alerts: "none".to_owned(),
        ..world.tables.clone()
    };
    let store = store::Store::new(world.client.clone(), tables);
    let refused = store.alert(&Fingerprint::given("alert-1")).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("DynamoDB refuses: ResourceNotFoundException"),
        "{refused}"
    );
    let refused = store.commit(&everything()).await.unwrap_err();
    assert!(
        matches!(refused, CommitError::Port(PortError::Denied { .. })),
        "{refused}"
    );
}
