//! Alerts leave an incident for one of their own, and which is theirs from then on.

use domain::incident::{Incident, Severity::Sev2};
use engine::command::CommandError;
use tests_journeys::Cascade;

#[test]
fn an_alert_that_was_split_off_comes_back_to_its_own_incident() {
    let mut cascade = Cascade::new(&[]);
    for name in ["errors", "latency", "queue"] {
        cascade.fire("api", name, Sev2);
    }
    cascade.run(2);
    let old = cascade.of("api");
    let own = cascade.split(&old.id, &[("api", "queue")], "ben").unwrap();
    assert!(own.key.starts_with(Incident::SPLIT_KEY));
    cascade.run(2);
    cascade.recover("api", "queue");
    cascade.run(2);
    assert_eq!(cascade.open().iter().map(|one| &one.id).collect::<Vec<_>>(), [&old.id]);
    cascade.fire("api", "queue", Sev2);
    assert_eq!(cascade.open().len(), 2, "within its cooldown it is reopened");
    cascade.fire("api", "other", Sev2);
    let lists = |id| cascade.open().into_iter().find(|one| one.id == id).map(|one| one.alerts.len());
    assert_eq!((lists(old.id.clone()), lists(own.id.clone())), (Some(3), Some(1)), "what is new joins the service's");
    cascade.recover("api", "queue");
    cascade.run(12);
    cascade.fire("api", "queue", Sev2);
    assert_eq!(cascade.open().len(), 1, "beyond it, it joins the service's");
}

#[test]
fn an_alert_follows_its_service_that_was_split_off() {
    for ends in [false, true] {
        let mut cascade = Cascade::new(&[]);
        cascade.fire("database", "errors", Sev2);
        cascade.fire("api", "errors", Sev2);
        cascade.fire("api", "latency", Sev2);
        cascade.run(4);
        let root = cascade.of("database");
        cascade.recover("api", "errors");
        let own = cascade.split(&root.id, &[("api", "latency")], "ben").unwrap();
        if ends {
            cascade.recover("database", "errors");
        }
        cascade.fire("api", "errors", Sev2);
        let lists = cascade.open().into_iter().find(|one| one.id == own.id).map(|one| one.alerts.len());
        assert_eq!((lists, cascade.open().len()), (Some(2), if ends { 1 } else { 2 }), "{ends}");
    }
}

#[test]
fn a_split_that_makes_no_sense_is_refused() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("database", "errors", Sev2);
    cascade.fire("database", "latency", Sev2);
    cascade.run(1);
    cascade.fire("api", "errors", Sev2);
    cascade.run(6);
    let root = cascade.of("database");
    let mut refused = |alerts: &[(&str, &str)]| match cascade.split(&root.id, alerts, "ben") {
        Err(CommandError::NotNow(words)) => words,
        other => panic!("{other:?}"),
    };
    let all = [("database", "errors"), ("database", "latency"), ("api", "errors")];
    assert!(refused(&[]).contains("name 1 to"));
    assert!(refused(&[("mail", "errors")]).contains("lists no alert"));
    assert!(refused(&all).contains("would be left without an alert"));
    assert!(refused(&all[..2]).contains("split off the others instead"));
    cascade.recover("api", "errors");
    let refused = cascade.split(&root.id, &all[2..], "ben").unwrap_err().to_string();
    assert!(refused.contains("is over; only alerts that fire"), "{refused}");
    let gone = cascade.merge(&root.id, &root.id, "ben").unwrap_err().to_string();
    assert!(gone.contains("cannot be merged into itself"), "{gone}");
}
