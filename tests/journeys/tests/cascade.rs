//! A database that breaks takes the api and the checkout along: one incident, not three.

use domain::alert::Status;
use domain::event::EventKind::{self, IncidentAcknowledged, IncidentOpened, IncidentResolved, IncidentUpdated};
use domain::incident::{Incident, Severity, Standing, State};
use engine::command::CommandError;
use simulator::change;
use tests_journeys::{Cascade, Story, check_golden};

use Severity::{Sev1, Sev2};

fn fire(cascade: &mut Cascade, story: &mut Story, service: &str, minutes: u32) {
    story.says(&cascade.scene, &format!("the {service} fails"));
    cascade.fire(service, "errors", Sev2);
    story.run(&mut cascade.scene, minutes);
}

fn count(told: &[EventKind], kind: EventKind) -> usize {
    told.iter().filter(|one| **one == kind).count()
}

fn standings(incident: &Incident) -> Vec<&'static str> {
    incident.related.iter().map(|related| related.standing.as_str()).collect()
}

#[test]
fn a_cascade_becomes_one_incident_that_is_taken_once_and_ends_once() {
    let mut cascade = Cascade::new(&[]);
    let mut story = Story::of("The database breaks, then the api, then the checkout", &cascade.scene);
    for service in ["database", "api", "checkout"] {
        fire(&mut cascade, &mut story, service, 1);
    }
    story.run(&mut cascade.scene, 6);
    let [root, api, shop] = ["database", "api", "checkout"].map(|service| cascade.of(service));
    assert_eq!(cascade.open().iter().map(|one| &one.id).collect::<Vec<_>>(), [&root.id]);
    assert_eq!((api.merged_into.as_ref(), shop.merged_into.as_ref()), (Some(&root.id), Some(&root.id)));
    assert_eq!(root.alerts.len(), 3);
    story.says(&cascade.scene, "ann takes it");
    cascade.acknowledge(&root.id, "ann").unwrap();
    story.run(&mut cascade.scene, 60);
    story.says(&cascade.scene, "all are well again");
    for service in ["database", "api", "checkout"] {
        cascade.recover(service, "errors");
        story.run(&mut cascade.scene, 1);
    }
    story.run(&mut cascade.scene, 10);
    assert_eq!(cascade.of("database").state, State::Resolved);
    for channel in ["slack", "pagerduty", "desk"] {
        let told = cascade.told(channel, &root.id);
        let ends = (count(&told, IncidentAcknowledged), count(&told, IncidentResolved));
        assert_eq!(ends, (1, 1), "{channel}: {told:?}");
        for gone in [&api, &shop] {
            let told = cascade.told(channel, &gone.id);
            assert_eq!(told, [IncidentOpened, IncidentResolved], "{channel}");
        }
    }
    let pages = count(&cascade.told("ann.phone", &root.id), IncidentOpened);
    assert_eq!((pages, cascade.told("ben.phone", &root.id).len()), (1, 0));
    check_golden("cascade", &story.end(&cascade.scene));
}

#[test]
fn in_whatever_order_they_are_found() {
    for order in [["checkout", "database", "api"], ["checkout", "api", "database"], ["api", "checkout", "database"]] {
        let mut cascade = Cascade::new(&[]);
        for service in order {
            cascade.fire(service, "errors", Sev2);
            cascade.run(1);
        }
        cascade.run(6);
        let open = cascade.open();
        assert_eq!(open.len(), 1, "{order:?}: {:?}", open.iter().map(|one| &one.title).collect::<Vec<_>>());
        assert_eq!((open[0].service.as_str(), open[0].alerts.len()), (order[0], 3), "{order:?}");
    }
}

#[test]
fn two_that_open_in_one_second_become_one() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("api", "errors", Sev2);
    cascade.fire("database", "errors", Sev2);
    cascade.run(6);
    assert_eq!(cascade.open().len(), 1);
}

#[test]
fn a_service_that_nobody_calls_stays_apart_and_two_calls_away_may_be_one() {
    let mut cascade = Cascade::new(&[]);
    for service in ["database", "mail", "checkout"] {
        cascade.fire(service, "errors", Sev2);
        cascade.run(1);
    }
    cascade.run(6);
    assert_eq!(cascade.open().len(), 3);
    assert!(cascade.of("mail").related.is_empty());
    let shop = cascade.of("checkout");
    assert_eq!(standings(&shop), ["candidate"]);
    let why = "checkout depends on api, and that on database, which broke 2m earlier";
    assert_eq!(shop.related[0].why, why);
    let told = cascade.scene.tocsin.world.lock().inbox.clone();
    let first = told.iter().find(|(_, told)| told.incident.id == shop.id).unwrap();
    assert!(first.1.event.summary.contains(&format!("may be part of {}: {why}", cascade.of("database").id)));
    cascade.fire("api", "errors", Sev2);
    cascade.run(6);
    assert_eq!(cascade.open().len(), 2, "the api lies between them");
}

#[test]
fn what_began_too_long_ago_or_is_over_is_another_story() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(11);
    cascade.fire("api", "errors", Sev2);
    cascade.run(6);
    assert_eq!(cascade.open().len(), 2);
    assert!(cascade.of("api").related.is_empty());

    let mut cascade = Cascade::new(&[]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    cascade.recover("database", "errors");
    cascade.run(6);
    let api = cascade.of("api");
    assert_eq!((api.state, standings(&api)), (State::Triggered, vec!["candidate"]));
    let said = api.timeline.iter().map(|entry| entry.what.to_string()).collect::<Vec<_>>();
    assert!(said.iter().any(|words| words.contains("is resolved; this is not")), "{said:?}");
}

#[test]
fn a_ticket_that_lasts_for_days_keeps_no_page_open() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    let at = cascade.scene.tocsin.now;
    let mut ticket = change("api", "api-up/burn-rate", Severity::Sev3, Status::Firing, at);
    ticket.labels.insert("correlation".to_owned(), "slo/api-up".to_owned());
    cascade.tell(&ticket);
    cascade.run(6);
    assert_eq!((cascade.open().len(), cascade.of("api").related.len()), (2, 0));
    cascade.fire("checkout", "errors", Sev2);
    assert_eq!(standings(&cascade.of("checkout")), ["candidate"], "the database alone");
}

#[test]
fn by_hand_it_is_only_said() {
    let mut cascade = Cascade::new(&[("channels:\n", "correlation: { merge: by-hand }\nchannels:\n")]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    cascade.run(6);
    assert_eq!(cascade.open().len(), 2);
    let [root, api] = ["database", "api"].map(|service| cascade.of(service));
    assert_eq!(standings(&api), ["confirmed"]);
    let merged = cascade.merge(&api.id, &root.id, "ann").unwrap();
    assert_eq!((merged.id.clone(), cascade.open().len()), (root.id.clone(), 1));
    assert_eq!(cascade.merge(&api.id, &root.id, "ann").unwrap().version, merged.version, "asked again");
    let refused = cascade.acknowledge(&api.id, "ben").unwrap_err();
    assert_eq!(refused, CommandError::Merged { incident: api.id.clone(), into: root.id.clone() });
    assert_eq!(standings(&cascade.of("database")), ["merged"]);
}

#[test]
fn nothing_is_merged_into_what_nobody_has_and_nobody_is_called_for() {
    // The database's alerts are told to nobody who would take it.
    let mut cascade =
        Cascade::new(&[("channels: [slack, pagerduty], escalation: first", "channels: [slack, pagerduty]")]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    cascade.run(6);
    let [root, api] = ["database", "api"].map(|service| cascade.of(service));
    assert_eq!((standings(&api), api.still_calls()), (vec!["confirmed"], true));
    let said = api.timeline.iter().map(|entry| entry.what.to_string()).collect::<Vec<_>>();
    assert!(
        said.iter().any(|words| words.contains("Not merged by itself: somebody is still called for it")),
        "{said:?}"
    );
    let pages = |cascade: &Cascade, id| count(&cascade.told("ann.phone", id), IncidentOpened);
    assert_eq!(pages(&cascade, &root.id), 0);
    // A person may: then who was called for the one is called for the other.
    cascade.merge(&api.id, &root.id, "cleo").unwrap();
    cascade.run(1);
    assert_eq!(pages(&cascade, &root.id), 1);
    assert!(cascade.of("database").still_calls());
}

#[test]
fn the_worse_of_both_is_the_severity_and_who_is_called_hears_of_it() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev1);
    cascade.run(6);
    let root = cascade.of("database");
    assert_eq!(root.severity, Sev1);
    assert_eq!(root.escalation.map(|paging| paging.severity), Some(Sev1));
}

#[test]
fn what_is_merged_before_anybody_was_told_is_told_as_part_of_the_other() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(2);
    cascade.fire("mail", "errors", Sev2);
    let [root, mail] = ["database", "mail"].map(|service| cascade.of(service).id);
    cascade.merge(&mail, &root, "ann").unwrap();
    assert!(cascade.told("desk", &root).is_empty());
    cascade.run(1);
    assert_eq!((cascade.told("desk", &root), cascade.told("desk", &mail)), (vec![IncidentOpened], vec![]));
    assert_eq!(cascade.told("pagerduty", &mail), []);
}

#[test]
fn what_is_told_again_is_told_of_the_one_that_goes_on() {
    let mut cascade = Cascade::new(&[("group_wait: 30s", "group_wait: 30s, repeat_interval: 1h")]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    cascade.run(65);
    let [root, api] = ["database", "api"].map(|service| cascade.of(service).id);
    let told = cascade.told("desk", &root);
    assert_eq!(
        (told, cascade.told("desk", &api).len()),
        (vec![IncidentUpdated; 2], 2),
        "that it came, and that it fires"
    );
}

#[test]
fn an_alert_of_the_merged_service_joins_and_comes_back_within_its_cooldown() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    cascade.run(6);
    cascade.fire("api", "latency", Sev2);
    cascade.recover("database", "errors");
    cascade.run(1);
    let root = cascade.of("database");
    assert_eq!((root.alerts.len(), cascade.open().len()), (3, 1));
    assert!(root.has_firing_alerts());
    cascade.recover("api", "errors");
    cascade.recover("api", "latency");
    assert!(cascade.open().is_empty());
    assert!(cascade.scene.tocsin.world.lock().open.is_empty(), "no pointer is left");
    cascade.run(2);
    cascade.fire("api", "errors", Sev2);
    let open = cascade.open();
    assert_eq!(open.iter().map(|one| &one.id).collect::<Vec<_>>(), [&root.id]);
    assert_eq!(cascade.scene.tocsin.world.lock().open.len(), 2, "both point to it");
    cascade.run(2);
    cascade.recover("api", "errors");
    cascade.run(30);
    let told = cascade.told("pagerduty", &root.id);
    assert_eq!(count(&told, IncidentResolved), 2, "{told:?}");
}

#[test]
fn a_place_that_another_has_taken_meanwhile_is_not_taken_back() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    cascade.run(6);
    let root = cascade.of("database");
    cascade.recover("database", "errors");
    cascade.run(9);
    cascade.recover("api", "errors");
    cascade.run(5);
    // Beyond the cooldown of its alert, the database opens a new one; the api's is still within.
    cascade.fire("database", "errors", Sev2);
    let anew = cascade.of("database");
    assert_ne!(anew.id, root.id);
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    let open = cascade.open();
    assert_eq!(open.len(), 2, "the old one is not the api's alone, so the api opens its own");
    cascade.run(6);
    assert_eq!(cascade.open().iter().map(|one| &one.id).collect::<Vec<_>>(), [&anew.id], "and they become one");
}

#[test]
fn a_split_makes_two_that_end_by_themselves_and_never_merge_again() {
    let mut cascade = Cascade::new(&[]);
    let mut story = Story::of("The api breaks with the database, and for another reason", &cascade.scene);
    fire(&mut cascade, &mut story, "database", 1);
    fire(&mut cascade, &mut story, "api", 6);
    let root = cascade.of("database");
    story.says(&cascade.scene, "ben splits the api off");
    let own = cascade.split(&root.id, &[("api", "errors")], "ben").unwrap();
    assert_eq!(cascade.split(&root.id, &[("api", "errors")], "ben").unwrap().id, own.id, "asked again");
    assert_eq!((own.service.as_str(), own.key.as_str()), ("api", ""));
    story.run(&mut cascade.scene, 30);
    assert_eq!(cascade.open().len(), 2);
    assert_eq!(standings(&own), ["dismissed"]);
    assert!(cascade.of("database").is_apart_from(&own));
    for (channel, id) in [("slack", &own.id), ("pagerduty", &own.id), ("desk", &own.id)] {
        assert_eq!(count(&cascade.told(channel, id), IncidentOpened), 1, "{channel}");
    }
    assert!(count(&cascade.told("ann.phone", &own.id), IncidentOpened) > 0, "somebody is called for it");
    story.says(&cascade.scene, "the database is well again");
    cascade.recover("database", "errors");
    story.run(&mut cascade.scene, 2);
    assert_eq!(cascade.open().iter().map(|one| &one.id).collect::<Vec<_>>(), [&own.id]);
    story.says(&cascade.scene, "the api too");
    cascade.recover("api", "errors");
    story.run(&mut cascade.scene, 8);
    assert!(cascade.open().is_empty());
    for id in [&root.id, &own.id] {
        assert_eq!(count(&cascade.told("pagerduty", id), IncidentResolved), 1);
    }
    let world = cascade.scene.tocsin.world.lock();
    let pages = world.inbox.iter().filter(|(to, told)| to == "ben.phone" && told.incident.id == root.id);
    let wrong = |words: &str| words.contains("of api") && !words.contains("is Resolved");
    assert!(!pages.clone().any(|(_, told)| wrong(&told.event.summary)), "who is called is told what fires");
    drop(world);
    check_golden("cascade-split", &story.end(&cascade.scene));
}

#[test]
fn a_relation_that_a_person_denies_is_never_confirmed() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    let [root, api] = ["database", "api"].map(|service| cascade.of(service));
    let world = cascade.scene.tocsin.world.clone();
    let now = cascade.scene.tocsin.now;
    let dismiss =
        |id, other| simulator::now_or_never(engine::command::dismiss(&world, &world, (id, other, "ben"), now));
    let kept = dismiss(&root.id, &api.id).unwrap();
    assert_eq!((kept.id.clone(), standings(&kept)), (api.id.clone(), vec!["dismissed"]), "whoever is named first");
    assert_eq!(dismiss(&api.id, &root.id).unwrap().version, kept.version, "asked again");
    assert!(matches!(&kept.related[0].standing, Standing::Dismissed { by, .. } if by == "ben"));
    cascade.run(20);
    assert_eq!(cascade.open().len(), 2);
    assert!(dismiss(&api.id, &api.id).is_err());
    assert!(count(&cascade.told("slack", &root.id), IncidentUpdated) == 0);
}
