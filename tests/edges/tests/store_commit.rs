//! A commit in DynamoDB: all of it or nothing, and only on what is still so.

mod store_world;
#[path = "store_world/things.rs"]
mod things;

use std::sync::Arc;

use domain::group::Group;
use domain::id::IncidentId;
use domain::incident::{Incident, What};
use domain::label::Labels;
use domain::report::ActionItemState;
use domain::routing::RoutePath;
use domain::units::Span;
use engine::port::{Commit, CommitError, Ledger, OpenPointer, PortError};
use store_world::{NOW, World, text};
use things::{
    action_item, alert, deployment, everything, history, incident, only_incident, post_mortem, receipt, service,
    serving,
};
use tokio::task::JoinSet;

const LATER: Span = Span::from_minutes(5);

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
        assert_eq!(store.commit(&Commit { alerts, now: NOW, ..commit }).await, Err(conflict));
        assert_eq!(store.alert(&witness.fingerprint).await, Ok(None), "{what}");
    };
    let nothing = Commit::default;
    let stale = alert("errors", NOW + LATER);
    refused(&format!("alert {}", stale.fingerprint), Commit { alerts: vec![stale], ..nothing() }).await;
    for version in [0, 2] {
        let stale = Incident { version, ..known.clone() };
        refused(&format!("incident {}", known.id), only_incident(stale)).await;
    }
    let open = Commit { pointer: OpenPointer::Open, ..only_incident(other.clone()) };
    refused("the open incident of shop-checkout", open).await;
    let close = Commit { pointer: OpenPointer::Close, ..only_incident(other) };
    refused("the open incident of shop-checkout", close).await;
    let again = receipt(&known, "slack");
    refused(&format!("receipt {}", again.id), Commit { receipts: vec![again], ..nothing() }).await;
    refused("target lambda:shop-checkout:live", Commit { target: Some(history(0, vec![])), ..nothing() }).await;
    for seen_at in [NOW, NOW - LATER] {
        let older = Commit { serving: Some(serving("1", seen_at)), ..nothing() };
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
            let mut incident = Incident { version: round, ..incident(NOW) };
            incident.note(NOW, What::Note { by: "a test".to_owned(), text: format!("try {number}") });
            tries.spawn(async move { (store.commit(&only_incident(incident.clone())).await, incident) });
        }
        let (won, lost): (Vec<_>, Vec<_>) = tries.join_all().await.into_iter().partition(|(is, _)| is.is_ok());
        assert_eq!(won.len(), 1);
        assert!(lost.iter().all(|(is, _)| matches!(is, Err(CommitError::Conflict { .. }))), "{lost:?}");
        let stored = store.incident(&incident(NOW).id).await.unwrap().unwrap();
        assert_eq!(stored, Incident { version: round + 1, ..won[0].1.clone() });
    }
}

/// What keeps two flushes of one group from both telling.
#[tokio::test]
async fn of_concurrent_commits_of_a_group_exactly_one_wins() {
    let world = World::start().await;
    let store = Arc::new(world.store());
    let group = Group::open(RoutePath::root(), Labels::new(), NOW);
    for version in 0..3 {
        let mut tries = JoinSet::new();
        for generation in 0..8 {
            let store = Arc::clone(&store);
            let mut group = group.clone();
            (group.version, group.generation) = (version, generation);
            let commit = Commit { groups: vec![group.clone()], now: NOW, ..Commit::default() };
            tries.spawn(async move { (store.commit(&commit).await, group) });
        }
        let (won, lost): (Vec<_>, Vec<_>) = tries.join_all().await.into_iter().partition(|(is, _)| is.is_ok());
        assert_eq!(won.len(), 1);
        assert!(lost.iter().all(|(is, _)| matches!(is, Err(CommitError::Conflict { .. }))), "{lost:?}");
        let stored = store.group(&group.id).await.unwrap().unwrap();
        assert_eq!((stored.version, stored.generation), (version + 1, won[0].1.generation));
    }
}

#[tokio::test]
async fn one_incident_is_open_until_it_closes() {
    let world = World::start().await;
    let store = world.store();
    let (first, second) = (incident(NOW), incident(NOW + LATER));
    let with = |pointer, incident: &Incident, version| Commit {
        pointer,
        ..only_incident(Incident { version, ..incident.clone() })
    };
    assert_eq!(store.commit(&with(OpenPointer::Open, &first, 0)).await, Ok(()));
    assert_eq!(store.commit(&with(OpenPointer::Open, &first, 1)).await, Ok(()), "open already, and the same");
    assert_eq!(store.commit(&with(OpenPointer::Close, &first, 2)).await, Ok(()));
    assert_eq!(store.open_incident(&service(), "").await, Ok(None));
    assert_eq!(store.commit(&with(OpenPointer::Close, &first, 3)).await, Ok(()), "closed already");
    assert_eq!(store.commit(&with(OpenPointer::Open, &second, 0)).await, Ok(()));
    assert_eq!(store.open_incident(&service(), "").await, Ok(Some(second.id)));

    let apart = Incident { key: "k".repeat(3000), id: IncidentId::given("inc-apart"), ..incident(NOW) };
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
    assert_eq!(store.deployments(&service(), NOW, NOW + LATER).await, Ok(vec![deployment("2", NOW)]));
    assert_eq!(store.post_mortem(&incident(NOW).id).await, Ok(Some(post_mortem("second"))));
    let items = world.rows(&world.tables.action_items, "todo-").await;
    assert_eq!(items.len(), 1);
    assert!(items[0]["body"].as_s().unwrap().contains("\"done\""));
    assert_eq!(items[0]["owner"], text("team-shop"));
    assert_eq!(items[0]["listing"], text("action-item"));
}

#[tokio::test]
async fn a_commit_that_is_too_large_is_refused_in_words() {
    let world = World::start().await;
    let store = world.store();
    let alerts = |count: u32| (0..count).map(|number| alert(&format!("monitor-{number}"), NOW)).collect();
    let commit = |count| Commit { alerts: alerts(count), now: NOW, ..Commit::default() };
    assert_eq!(store.commit(&commit(100)).await, Ok(()));
    let refused = store.commit(&commit(101)).await.unwrap_err();
    let words = "DynamoDB refuses: a commit of 101 rows is too large, at most 100 are written together";
    assert_eq!(refused.to_string(), words);
    assert!(matches!(refused, CommitError::Port(PortError::Denied { .. })));

    let of_title = |bytes: usize| Incident { title: "x".repeat(bytes), ..incident(NOW) };
    let refused = store.commit(&only_incident(of_title(409_600))).await.unwrap_err();
    assert!(refused.to_string().contains("at most 409600 fit a row"), "{refused}");
    let rest = 2 * 409_600 - refused_bytes(&refused.to_string());
    assert_eq!(store.commit(&only_incident(of_title(rest))).await, Ok(()), "the largest row that fits");
}

/// The size that a refusal tells: the words are `... has <size> bytes, ...`.
fn refused_bytes(words: &str) -> usize {
    let size = words.split(" has ").nth(1).and_then(|rest| rest.split(' ').next());
    size.and_then(|size| size.parse().ok()).expect("the refusal tells the size")
}
