//! Two incidents that call people by two policies: the one does not end before somebody has answered for either.

use domain::incident::Incident;
use domain::incident::Severity::{Sev1, Sev2};
use engine::command::CommandError;
use engine::explain::{Subject, explain};
use simulator::now_or_never;
use tests_journeys::{Cascade, TWO_POLICIES};

/// The database and the api fail and call people, each its own.
fn two() -> (Cascade, [Incident; 2]) {
    let mut cascade = Cascade::new(&TWO_POLICIES);
    for service in ["database", "api"] {
        cascade.fire(service, "errors", Sev2);
        cascade.run(1);
    }
    cascade.run(12);
    let both = ["database", "api"].map(|service| cascade.of(service));
    (cascade, both)
}

fn not_merged(incident: &Incident) -> Vec<String> {
    let said = incident.timeline.iter().map(|entry| entry.what.to_string());
    said.filter(|words| words.contains("Not merged yet")).collect()
}

#[test]
fn they_are_merged_when_somebody_has_one_of_them() {
    for taken in ["database", "api"] {
        let (mut cascade, [database, api]) = two();
        assert!(database.still_calls() && api.still_calls(), "nobody has answered");
        let said = not_merged(&api);
        assert_eq!(said.len(), 1, "it is said once, however often it is looked at: {said:?}");
        assert!(said[0].contains("by policy first, and for") && said[0].contains("by policy data"), "{said:?}");
        assert_eq!(cascade.told("ben.phone", &api.id).len(), 1, "the second step was called");
        let id = cascade.of(taken).id;
        cascade.acknowledge(&id, "ann").unwrap();
        cascade.run(4);
        let [database, api] = ["database", "api"].map(|service| cascade.of(service));
        assert_eq!(api.merged_into.as_ref(), Some(&database.id), "{taken}");
        assert_eq!(database.still_calls(), taken == "api", "who is called for the other is called on");
    }
}

/// Nobody has answered for the api, which becomes part of what ann has.
#[test]
fn whoever_has_it_is_asked_about_what_becomes_part_of_it() {
    for word in [true, false] {
        let (mut cascade, [database, _]) = two();
        cascade.acknowledge(&database.id, "ann").unwrap();
        cascade.run(2);
        let asked = cascade.of("database").escalation.unwrap().asked.expect("she is asked");
        assert_eq!((asked.policy.as_str(), asked.severity), ("first", Sev2));
        let said = |cascade: &Cascade, words: &str| {
            let timeline = cascade.of("database").timeline.into_iter();
            timeline.filter(|entry| entry.what.to_string().contains(words)).count()
        };
        assert_eq!(said(&cascade, "ann is asked for an update: there is more to it now"), 1);
        if word {
            cascade.acknowledge(&database.id, "ann").unwrap();
        }
        cascade.run(20);
        let database = cascade.of("database");
        assert_eq!(database.taken_by(), Some("ann").filter(|_| word));
        assert_eq!(said(&cascade, "ann had it, was asked, and gave no word for 15m"), usize::from(!word));
        assert_eq!(
            cascade.of("database").releases,
            u32::from(!word),
            "a pager rings anew if she had it and has it no more"
        );
        assert_eq!(database.escalation.unwrap().policy.as_str(), if word { "data" } else { "first" });
    }
}

/// Ann has the database at SEV3, and has said that the api, which is SEV1, is hers as well.
#[test]
fn who_has_answered_for_what_became_part_of_it_keeps_it() {
    let mut cascade = Cascade::new(&TWO_POLICIES);
    cascade.fire("database", "errors", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev1);
    let database = cascade.of("database").id;
    cascade.acknowledge(&database, "ann").unwrap();
    cascade.run(5);
    assert!(cascade.of("database").escalation.unwrap().asked.is_some(), "it is one, and she is asked");
    cascade.acknowledge(&database, "ann").unwrap();
    cascade.fire("api", "latency", Sev1);
    cascade.run(60);
    assert_eq!(cascade.of("database").taken_by(), Some("ann"));
}

#[test]
fn who_makes_them_one_is_not_asked() {
    let (mut cascade, [database, api]) = two();
    cascade.acknowledge(&database.id, "ann").unwrap();
    let merged = cascade.merge(&api.id, &database.id, "ann").unwrap();
    assert_eq!((merged.taken_by(), merged.escalation.as_ref().unwrap().asked.as_ref()), (Some("ann"), None));
}

#[test]
fn who_is_asked_answers_by_splitting_it_and_nobody_by_what_another_does() {
    for by in ["ann", "ben"] {
        let (mut cascade, [database, _]) = two();
        cascade.acknowledge(&database.id, "ann").unwrap();
        cascade.run(2);
        assert!(cascade.of("database").escalation.unwrap().asked.is_some(), "she is asked about the api");
        cascade.split(&database.id, &[("api", "errors")], by).unwrap();
        cascade.run(20);
        let stays = cascade.open().into_iter().find(|one| one.id == database.id).unwrap();
        assert_eq!(stays.taken_by(), Some("ann").filter(|holder| *holder == by), "{by}");
    }
}

#[test]
fn a_person_is_told_to_take_one_first() {
    let (mut cascade, [database, api]) = two();
    for (from, into) in [(&database, &api), (&api, &database)] {
        let refused = cascade.merge(&from.id, &into.id, "ann").unwrap_err();
        assert!(matches!(&refused, CommandError::NotNow(words) if words.contains("acknowledge one")), "{refused}");
    }
    cascade.acknowledge(&api.id, "ann").unwrap();
    let merged = cascade.merge(&api.id, &database.id, "ann").unwrap();
    assert!(merged.still_calls(), "nobody has answered for the database");
}

/// A policy gives way to what is chosen for something worse, never to what is chosen for the same: whether it was chosen
/// for that itself, or by an incident that goes on in this one.
#[test]
fn whoever_is_called_is_not_called_off_for_something_as_bad() {
    for worse in ["api", "checkout"] {
        let mut cascade = Cascade::new(&TWO_POLICIES);
        cascade.fire("api", "errors", Sev2);
        cascade.run(1);
        cascade.fire(worse, "latency", Sev1);
        cascade.fire("database", "errors", Sev2);
        cascade.run(1);
        let (api, database) = (cascade.of("api").id, cascade.of("database").id);
        if worse == "checkout" {
            cascade.merge(&cascade.of("checkout").id, &api, "ann").unwrap();
        }
        cascade.acknowledge(&database, "ben").unwrap();
        cascade.merge(&database, &api, "ben").unwrap();
        cascade.fire("database", "errors", Sev1);
        cascade.run(6);
        let policy = cascade.of("api").escalation.unwrap().policy;
        assert_eq!(policy.as_str(), "first", "it was chosen for a SEV1 of {worse}");
    }
}

#[test]
fn what_somebody_had_does_not_end_in_what_nobody_has() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("checkout", "errors", Sev2);
    let checkout = cascade.of("checkout").id;
    cascade.acknowledge(&checkout, "ben").unwrap();
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    let merged = cascade.merge(&checkout, &cascade.of("api").id, "ann").unwrap();
    // It is over before its group has told of it.
    cascade.recover("api", "errors");
    cascade.run(5);
    assert!(cascade.of("api").still_calls(), "the checkout fails on, and ben knows of that alone");
    assert_eq!(cascade.told("ann.phone", &merged.id).len(), 1);
}

/// Two routes that both take an alert, and call people by policies of their own, look at it in the same second.
#[test]
fn of_two_routes_the_first_calls() {
    let both = |first: &str, second: &str| {
        let own =
            "  - { service: database, severity: [SEV1, SEV2], channels: [slack, pagerduty], escalation: first }\n";
        let route = "  - { severity: [SEV1, SEV2], channels: [slack, pagerduty, desk], escalation: first }";
        let channels = "{ severity: [SEV1, SEV2], channels: [slack, pagerduty]";
        let two =
            format!("  - {channels}, escalation: {first}, continue: true }}\n  - {channels}, escalation: {second} }}");
        Cascade::new(&[TWO_POLICIES[1], (own, ""), (route, &two)])
    };
    for (first, second) in [("first", "data"), ("data", "first")] {
        let mut cascade = both(first, second);
        for service in ["database", "api", "checkout", "mail"] {
            cascade.fire(service, "errors", Sev2);
            let foretold = calls(&mut cascade, service);
            let (begins, other) = (foretold[0].contains("Step 1 of 2, round 1"), &foretold[1]);
            assert!(begins && other.contains(&format!("policy {second} calls nobody")), "{foretold:?}");
            cascade.run(1);
            let paging = cascade.of(service).escalation.unwrap();
            assert_eq!((paging.policy.as_str(), paging.pages), (first, 1), "{service}");
        }
    }
}

fn calls(cascade: &mut Cascade, service: &str) -> Vec<String> {
    let what = Subject::Alert(cascade.of(service).alerts[0].fingerprint.clone());
    let (world, setup, now) = (&cascade.scene.tocsin.world, &cascade.scene.tocsin.setup, cascade.scene.tocsin.now);
    let told = now_or_never(explain(world, setup, (&what, None), now)).expect("it is explained");
    told.steps.into_iter().filter(|step| step.said.kind() == "calls").map(|step| step.to_string()).collect()
}

#[test]
fn who_is_called_for_the_one_is_called_for_the_other_whose_rounds_are_over() {
    let mut cascade = Cascade::new(&[("repeat: 1, ", "again_after: 10m, ")]);
    cascade.fire("database", "errors", Sev2);
    cascade.run(22);
    let database = cascade.of("database");
    cascade.fire("mail", "errors", Sev2);
    cascade.run(2);
    assert_eq!(cascade.told("ann.phone", &database.id).len(), 2, "and once more, late");
    let merged = cascade.merge(&cascade.of("mail").id, &database.id, "ben").unwrap();
    cascade.run(1);
    assert_eq!(cascade.told("ann.phone", &merged.id).len(), 3, "of the mail nobody has answered");
}
