//! Two incidents of one commit, and the rows that say which one is open: in DynamoDB as in the simulated world.

mod store_world;
#[path = "store_world/things.rs"]
mod things;

use std::sync::Arc;

use domain::id::{IncidentId, ServiceName};
use domain::incident::{Incident, Related, Standing, State};
use domain::units::Span;
use engine::port::{Commit, CommitError, Ledger, OpenPointer};
use store_world::{NOW, World, expires_at};
use things::{incident, only_incident};
use tokio::task::JoinSet;

const PAIRS: [(&str, &str); 4] = [("shop-checkout", ""), ("payments", ""), ("payments", "eu"), ("ledger", "")];

fn name(service: &str) -> ServiceName {
    service.parse().expect("a name")
}

fn cover(pairs: &[(&str, &str)]) -> Vec<(ServiceName, String)> {
    pairs.iter().map(|(service, key)| (name(service), (*key).to_owned())).collect()
}

fn of(service: &str, key: &str, covers: &[(&str, &str)]) -> Incident {
    let id = IncidentId::given(format!("inc-{service}{key}"));
    Incident { id, service: name(service), key: key.to_owned(), covers: cover(covers), ..incident(NOW) }
}

/// It is stored in this version.
fn at(version: u64, incident: &Incident) -> Incident {
    Incident { version, ..incident.clone() }
}

fn open(incident: &Incident) -> Commit {
    Commit { pointer: OpenPointer::Open, ..only_incident(incident.clone()) }
}

fn merged(from: &Incident, into: &Incident) -> Commit {
    let standing = Standing::Merged { at: NOW, by: "ann".to_owned() };
    let (service, why) = (into.service.clone(), "payments broke 40s earlier".to_owned());
    let mut ends = from.clone();
    ends.relate(Related { incident: into.id.clone(), service, why, since: NOW, standing });
    ends.merged_into = Some(into.id.clone());
    ends.state = State::Closed;
    ends.covers.clear();
    let mut goes_on = into.clone();
    goes_on.covers.extend(from.pairs().map(|(service, key)| (service.clone(), key.to_owned())));
    Commit { other: Some(ends), ..open(&goes_on) }
}

/// What is done, whether it is done, and whom the rows of [`PAIRS`] point to then.
type Step = (&'static str, Commit, bool, [Option<&'static str>; 4]);

/// Opens two, merges them, tries what must not be, splits one off, and ends both.
fn course() -> Vec<Step> {
    let (shop, payments) = (of("shop-checkout", "", &[]), of("payments", "", &[("payments", "eu")]));
    let late = of("late", "", &[("payments", "eu"), ("ledger", "")]);
    let (own, paid) = (Some("inc-shop-checkout"), Some("inc-payments"));
    let one = merged(&at(1, &payments), &at(1, &shop));
    let goes_on = one.incident.clone().expect("it is merged into one");
    let ended = one.other.clone().expect("the other is merged into it");
    let mut lets_go = at(3, &goes_on);
    lets_go.covers.truncate(1);
    let apart = of("split", "", &[("payments", "eu")]);
    let split = Commit { other: Some(lets_go.clone()), ..open(&apart) };
    let close = |incident: &Incident| Commit { pointer: OpenPointer::Close, ..open(incident) };
    let only = |incident| Commit { pointer: OpenPointer::Unchanged, ..open(incident) };
    vec![
        ("opens", open(&shop), true, [own, None, None, None]),
        ("opens with two keys", open(&payments), true, [own, paid, paid, None]),
        ("one of two is held by another", open(&late), false, [own, paid, paid, None]),
        ("another holds them, which is not of the commit", open(&at(1, &goes_on)), false, [own, paid, paid, None]),
        ("the other has changed", merged(&payments, &at(1, &shop)), false, [own, paid, paid, None]),
        ("the one that goes on has changed", merged(&at(1, &payments), &shop), false, [own, paid, paid, None]),
        (
            "a merge that points nowhere",
            Commit { pointer: OpenPointer::Unchanged, ..one.clone() },
            true,
            [own, paid, paid, None],
        ),
        ("merges", merged(&at(2, &payments), &at(2, &shop)), true, [own, own, own, None]),
        ("what is merged does not close them", close(&at(3, &payments)), false, [own, own, own, None]),
        ("and is written without them", only(&at(3, &ended)), true, [own, own, own, None]),
        ("splits", split, true, [own, own, Some("inc-split"), None]),
        ("what it let go of is not its own", open(&at(4, &goes_on)), false, [own, own, Some("inc-split"), None]),
        ("the first ends", close(&at(4, &lets_go)), true, [None, None, Some("inc-split"), None]),
        ("the second ends", close(&at(1, &apart)), true, [None, None, None, None]),
        (
            "a key named twice is one row",
            open(&of("ledger", "", &[("ledger", "")])),
            true,
            [None, None, None, Some("inc-ledger")],
        ),
    ]
}

async fn follow(ledger: &impl Ledger, whose: &str) {
    for (what, commit, is_done, expected) in course() {
        let answer = ledger.commit(&commit).await;
        if is_done {
            assert_eq!(answer, Ok(()), "{whose}: {what}");
        } else {
            assert!(matches!(answer, Err(CommitError::Conflict { .. })), "{whose}: {what}: {answer:?}");
        }
        for ((service, key), expected) in PAIRS.into_iter().zip(expected) {
            let found = ledger.open_incident(&name(service), key).await.expect("the store answers");
            assert_eq!(found.as_ref().map(IncidentId::as_str), expected, "{whose}: {what}: {service} {key}");
        }
        for incident in commit.incident.iter().chain(&commit.other).filter(|_| is_done) {
            let stored = ledger.incident(&incident.id).await.expect("the store answers");
            assert_eq!(stored, Some(at(incident.version + 1, incident)), "{whose}: {what}");
        }
    }
}

#[tokio::test]
async fn pointers_follow_who_goes_on_in_both_worlds_alike() {
    follow(&simulator::World::default(), "simulated").await;
    let world = World::start().await;
    follow(&world.store(), "stored").await;
    let rows = world.rows(&world.tables.incidents, "incident").await;
    let expires = |id: &str| rows.iter().find(|row| row["pk"].as_s().unwrap() == id).map(expires_at);
    assert_eq!(expires("inc-shop-checkout"), Some(None), "what goes on stays");
    let over = (NOW + Span::DAY.times(400)).epoch();
    assert_eq!(expires("inc-payments"), Some(Some(over)), "what was merged goes like all that is over");
}

#[tokio::test]
async fn of_merges_at_the_same_time_exactly_one_is_done() {
    let world = World::start().await;
    let store = Arc::new(world.store());
    let services = ["shop-checkout", "payments", "ledger"];
    for service in services {
        store.commit(&open(&of(service, "", &[]))).await.expect("the store answers");
    }
    let mut tries = JoinSet::new();
    let pairs = services.into_iter().flat_map(|from| services.into_iter().map(move |into| (from, into)));
    for (from, into) in pairs.filter(|(from, into)| from != into) {
        let store = Arc::clone(&store);
        let commit = merged(&at(1, &of(from, "", &[])), &at(1, &of(into, "", &[])));
        tries.spawn(async move { (store.commit(&commit).await, from, into) });
    }
    let (won, lost): (Vec<_>, Vec<_>) = tries.join_all().await.into_iter().partition(|(is, ..)| is.is_ok());
    assert!(lost.iter().all(|(is, ..)| matches!(is, Err(CommitError::Conflict { .. }))), "{lost:?}");
    let [(_, from, into)] = won.as_slice() else { panic!("one of six, not {won:?}") };
    for service in services {
        let holder = if service == *from { into } else { service };
        let found = store.open_incident(&name(service), "").await.expect("the store answers");
        assert_eq!(found, Some(of(holder, "", &[]).id));
    }
}
