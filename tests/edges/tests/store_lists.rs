//! Lists page by page, and what is due.

mod store_world;
#[path = "store_world/things.rs"]
mod things;

use domain::alert::{Alert, Status};
use domain::drill::{Drill, Plan};
use domain::event::EventKind;
use domain::incident::{Incident, Severity};
use domain::notification::{Receipt, ReceiptState};
use domain::units::Span;
use engine::port::{Commit, Due, Ledger, Orders, PortError, Saved};
use store_world::{NOW, World, text};
use things::{alert, event, incident, receipt};

fn minutes(count: u32) -> Span {
    Span::from_minutes(count)
}

#[tokio::test]
async fn alerts_of_a_status_the_latest_change_first() {
    let world = World::start().await;
    let store = world.store();
    let named = |number: u32| alert(&format!("monitor-{number}"), NOW + minutes(number));
    let resolved = Alert { status: Status::Resolved, ..named(3) };
    let alerts = (0..7).map(|number| if number == 3 { resolved.clone() } else { named(number) }).collect();
    store.commit(&Commit { alerts, now: NOW, ..Commit::default() }).await.unwrap();
    let (mut found, mut cursor, mut sizes) = (Vec::new(), None, Vec::new());
    loop {
        let page = store.alerts(Status::Firing, 4, cursor).await.unwrap();
        sizes.push(page.items.len());
        found.extend(page.items.into_iter().map(|alert| alert.name));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [4, 2]);
    assert_eq!(found, [6, 5, 4, 2, 1, 0].map(|number| format!("monitor-{number}")));
    let (mut firing, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.firing(4, cursor).await.unwrap();
        firing.extend(page.items.into_iter().map(|alert| alert.name));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    found.reverse();
    assert_eq!(firing, found, "the same, the longest unchanged first");
    let page = store.alerts(Status::Resolved, 4, None).await.unwrap();
    assert_eq!((page.items.len(), page.cursor), (1, None));
    assert_eq!(page.items[0].status, Status::Resolved);
}

#[tokio::test]
async fn incidents_the_latest_opened_first() {
    let world = World::start().await;
    let store = world.store();
    for number in 0..3 {
        let incident = Some(incident(NOW + minutes(number)));
        store.commit(&Commit { incident, now: NOW, ..Commit::default() }).await.unwrap();
    }
    let first = store.incidents(2, None).await.unwrap();
    let opened: Vec<_> = first.items.iter().map(|incident| incident.opened_at).collect();
    assert_eq!(opened, [NOW + minutes(2), NOW + minutes(1)]);
    let second = store.incidents(2, first.cursor).await.unwrap();
    assert_eq!(second.items.iter().map(|incident| incident.opened_at).collect::<Vec<_>>(), [NOW]);
    assert_eq!(second.cursor, None);
    assert_eq!(store.incidents(0, None).await.unwrap().items.len(), 1, "a page is at least one row");
}

#[tokio::test]
async fn a_foreign_cursor_is_refused_in_words() {
    let world = World::start().await;
    let store = world.store();
    for cursor in ["", "x", "!!", "eyJwayI6ImEifQ", "MTIj"] {
        let refused = store.incidents(2, Some(cursor.to_owned())).await.unwrap_err();
        let PortError::Unreadable { what, .. } = &refused else { panic!("{refused:?}") };
        assert_eq!(what, store::CURSOR);
        assert_eq!(store.alerts(Status::Firing, 2, Some(cursor.to_owned())).await, Err(refused));
    }
}

#[tokio::test]
async fn what_is_due_the_longest_overdue_first() {
    let world = World::start().await;
    let store = world.store();
    let waiting = Incident { next_wake: Some(NOW + minutes(2)), ..incident(NOW) };
    let idle = incident(NOW + minutes(1));
    let opened = event(&waiting, EventKind::IncidentOpened);
    let retrying = ReceiptState::Retrying { reason: "429".to_owned() };
    let retry = Receipt { state: retrying, next_wake: Some(NOW + minutes(1)), ..receipt(&waiting, "slack") };
    let commit = Commit {
        events: vec![opened.clone()],
        receipts: vec![retry.clone(), receipt(&waiting, "pagerduty")],
        incident: Some(waiting.clone()),
        now: NOW,
        ..Commit::default()
    };
    store.commit(&commit).await.unwrap();
    store.commit(&Commit { incident: Some(idle), now: NOW, ..Commit::default() }).await.unwrap();

    let all = [
        Due::Publish(opened.clone()),
        Due::Receipt(waiting.id.clone(), retry.id.clone()),
        Due::Incident(waiting.id.clone()),
    ];
    let due = async |seconds, limit| store.due(limit, NOW + Span::from_seconds(seconds)).await.unwrap();
    assert_eq!(due(29, 10).await, []);
    assert_eq!(due(30, 10).await, all[..1]);
    assert_eq!(due(60, 10).await, all[..2]);
    assert_eq!(due(120, 10).await, all);
    assert_eq!(due(120, 2).await, all[..2]);

    store.published(&opened).await.unwrap();
    store.published(&opened).await.unwrap();
    assert_eq!(due(120, 10).await, all[1..]);
    let awake = Incident { version: 1, next_wake: None, ..waiting };
    let sent = Receipt { version: 1, next_wake: None, ..retry };
    let commit = Commit { incident: Some(awake), receipts: vec![sent], now: NOW, ..Commit::default() };
    store.commit(&commit).await.unwrap();
    assert_eq!(due(120, 10).await, []);
}

#[tokio::test]
async fn a_due_row_that_cannot_be_read_holds_no_other_up() {
    let world = World::start().await;
    let store = world.store();
    let waiting = Incident { next_wake: Some(NOW), ..incident(NOW) };
    let opened = event(&waiting, EventKind::IncidentOpened);
    let events = vec![opened.clone()];
    let commit = Commit { events, incident: Some(waiting.clone()), now: NOW - minutes(9), ..Commit::default() };
    store.commit(&commit).await.unwrap();
    let mut row = world.rows(&world.tables.incidents, "outbox#").await.remove(0);
    row.insert("body".to_owned(), text("{"));
    world.overwrite(&world.tables.incidents, row).await;
    assert_eq!(store.due(10, NOW).await, Ok(vec![Due::Incident(waiting.id.clone())]));
    let awake = Incident { version: 1, next_wake: None, ..waiting };
    store.commit(&Commit { incident: Some(awake), now: NOW, ..Commit::default() }).await.unwrap();
    let error = store.due(10, NOW).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}/outbox#{} cannot be read", opened.incident, opened.id)), "{error}");
}

#[tokio::test]
async fn a_drill_is_due_until_it_is_over() {
    let world = World::start().await;
    let store = world.store();
    let service = "shop-checkout".parse().unwrap();
    let plan = Plan { service, severity: Severity::Sev2, acknowledge_within: minutes(15) };
    let begun = Drill::begin(plan, "ann", NOW);
    assert_eq!(store.drill(&begun.id).await.unwrap(), None);
    assert_eq!(store.save_drill(&begun, NOW + minutes(60)).await.unwrap(), Saved::Saved);
    assert_eq!(store.save_drill(&begun, NOW + minutes(60)).await.unwrap(), Saved::Stale, "asked for twice it is one");
    let stored = Drill { version: 1, ..begun.clone() };
    assert_eq!(store.drill(&begun.id).await.unwrap(), Some(stored.clone()));
    assert_eq!(store.drills().await.unwrap(), std::slice::from_ref(&stored));
    assert_eq!(store.due(10, NOW - Span::from_seconds(1)).await.unwrap(), []);
    assert_eq!(store.due(10, NOW).await.unwrap(), [Due::Drill(begun.id.clone())]);
    let over = Drill { next_wake: None, ..stored };
    assert_eq!(store.save_drill(&over, NOW + minutes(60)).await.unwrap(), Saved::Saved);
    assert_eq!(store.due(10, NOW + minutes(60)).await.unwrap(), []);
    assert_eq!(store.drills().await.unwrap(), [Drill { version: 2, ..over }]);
}
