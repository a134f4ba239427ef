//! Alerts that come and go: one incident until they are calm, of which people hear once that it began and once that it is
//! over, and who is called for it is called on.

use domain::event::EventKind;
use domain::incident::Severity::{Sev1, Sev3};
use domain::incident::{State, What};
use tests_journeys::Cascade;

/// The mail fails for `on` minutes and is well for `off`, for two hours.
fn flaps(cascade: &mut Cascade, (on, off): (u32, u32)) {
    for _ in 0..120 / (on + off) {
        cascade.fire("mail", "errors", Sev1);
        cascade.run(on);
        cascade.recover("mail", "errors");
        cascade.run(off);
    }
}

fn calls(cascade: &Cascade) -> Vec<String> {
    let timeline = cascade.of("mail").timeline.into_iter();
    let calls = timeline.filter(|entry| matches!(entry.what, What::Paging { .. }));
    calls.map(|entry| entry.what.to_string()).collect()
}

#[test]
fn who_is_called_is_called_on_up_to_the_fallback() {
    for rhythm in [(4, 1), (2, 2), (3, 1)] {
        let mut cascade = Cascade::new(&[]);
        flaps(&mut cascade, rhythm);
        let calls = calls(&cascade);
        assert!(calls.iter().any(|call| call.contains("Step 2 of 2, round 1, pages ben")), "{rhythm:?}: {calls:#?}");
        assert!(calls.iter().any(|call| call.contains("Step 1 of 2, round 2")), "{rhythm:?}: {calls:#?}");
        assert!(calls.iter().any(|call| call.contains("Fallback slack is told")), "{rhythm:?}: {calls:#?}");
    }
}

#[test]
fn nobody_is_called_for_what_is_over_for_now() {
    let mut cascade = Cascade::new(&[]);
    flaps_until_damped(&mut cascade);
    cascade.recover("mail", "errors");
    let before = calls(&cascade);
    cascade.run(20);
    assert_eq!((calls(&cascade), cascade.of("mail").state), (before.clone(), State::Triggered));
    cascade.fire("mail", "errors", Sev1);
    cascade.run(1);
    let since = &calls(&cascade)[before.len()..];
    assert!(since.iter().any(|call| call.contains("Step 2 of 2, round 1, pages ben")), "due meanwhile: {since:#?}");
}

#[test]
fn whoever_took_it_keeps_it_while_it_flaps() {
    let mut cascade = Cascade::new(&[]);
    flaps_until_damped(&mut cascade);
    let id = cascade.of("mail").id;
    cascade.acknowledge(&id, "ann").unwrap();
    let before = calls(&cascade).len();
    cascade.recover("mail", "errors");
    cascade.run(1);
    flaps(&mut cascade, (2, 2));
    assert_eq!(calls(&cascade).len(), before, "{:#?}", calls(&cascade));
    assert_eq!(cascade.of("mail").taken_by(), Some("ann"));
}

fn flaps_until_damped(cascade: &mut Cascade) {
    for _ in 0..4 {
        cascade.recover("mail", "errors");
        cascade.run(1);
        cascade.fire("mail", "errors", Sev1);
        cascade.run(2);
    }
}

#[test]
fn it_is_one_incident_with_one_end_and_one_post_mortem() {
    let mut cascade = Cascade::new(&[]);
    flaps(&mut cascade, (2, 2));
    let id = cascade.of("mail").id;
    let count = |cascade: &Cascade, what: fn(&What) -> bool| {
        cascade.of("mail").timeline.iter().filter(|entry| what(&entry.what)).count()
    };
    let ends =
        |cascade: &Cascade| count(cascade, |what| matches!(what, What::StateChanged { to: State::Resolved, .. }));
    let before = ends(&cascade);
    assert_eq!((before, cascade.of("mail").state), (2, State::Triggered), "the first two ends are believed");
    cascade.run(90);
    let written = count(&cascade, |what| matches!(what, What::PostMortemWritten { .. }));
    assert_eq!((ends(&cascade), cascade.of("mail").state), (before + 1, State::Resolved));
    assert!(written <= before + 1, "{written}");
    let told = cascade.told("pagerduty", &id);
    assert_eq!(told.iter().filter(|kind| **kind == EventKind::IncidentResolved).count(), before + 1, "{told:?}");
    assert_eq!(told.last(), Some(&EventKind::IncidentResolved));
    let timeline = cascade.of("mail").timeline;
    assert!(timeline.len() < 30, "two hours of coming and going leave few lines: {timeline:#?}");
}

#[test]
fn what_is_over_whenever_its_group_looks_is_told_since_it_flaps() {
    let mut cascade = Cascade::new(&[("group_wait: 30s", "group_wait: 90s")]);
    for _ in 0..10 {
        cascade.fire("mail", "errors", Sev3);
        cascade.run(1);
        cascade.recover("mail", "errors");
        cascade.run(1);
    }
    let told = cascade.told("slack", &cascade.of("mail").id);
    assert_eq!(told, [EventKind::IncidentReopened]);
}

#[test]
fn nobody_is_woken_first_by_what_is_over_for_now() {
    for is_back in [false, true] {
        let mut cascade = Cascade::new(&[("group_wait: 30s", "group_wait: 90s")]);
        for _ in 0..3 {
            cascade.fire("mail", "errors", Sev1);
            cascade.run(1);
            cascade.recover("mail", "errors");
            cascade.run(1);
        }
        let id = cascade.of("mail").id;
        assert_eq!(cascade.told("pagerduty", &id), [EventKind::IncidentReopened], "it is told once that it flaps");
        assert_eq!(calls(&cascade), [""; 0]);
        if is_back {
            cascade.fire("mail", "errors", Sev1);
            cascade.run(1);
            assert!(calls(&cascade)[0].contains("pages ann"), "{:#?}", calls(&cascade));
            continue;
        }
        cascade.run(60);
        assert_eq!((calls(&cascade).len(), cascade.of("mail").state), (0, State::Resolved));
    }
}

#[test]
fn what_is_over_for_now_explains_nothing_else() {
    let rule = "\ninhibitions: [ { source: { alertname: errors }, target: { alertname: latency }, equal: service } ]\n\nroutes:";
    let mut cascade = Cascade::new(&[("\nroutes:", rule)]);
    flaps_until_damped(&mut cascade);
    cascade.fire("mail", "latency", Sev1);
    cascade.run(6);
    let heard = |cascade: &Cascade| {
        let world = cascade.scene.tocsin.world.lock();
        let told = world.inbox.iter().filter(|(channel, _)| channel == "pagerduty");
        told.filter(|(_, told)| told.event.summary.contains("latency")).count()
    };
    assert_eq!(heard(&cascade), 0, "the errors explain it");
    cascade.recover("mail", "errors");
    cascade.run(6);
    assert!(heard(&cascade) > 0, "they are over for now");
}

#[test]
fn what_a_person_has_ended_and_comes_back_is_told_anew() {
    let mut cascade = Cascade::new(&[]);
    flaps_until_damped(&mut cascade);
    cascade.recover("mail", "errors");
    cascade.run(1);
    let id = cascade.of("mail").id;
    cascade.resolve(&id, "ann").unwrap();
    cascade.run(1);
    let before = (cascade.told("pagerduty", &id).len(), calls(&cascade).len());
    cascade.fire("mail", "errors", Sev1);
    cascade.run(7);
    let told = cascade.told("pagerduty", &id);
    assert_eq!(told[before.0 - 1..], [EventKind::IncidentResolved, EventKind::IncidentReopened]);
    assert!(calls(&cascade).len() > before.1, "{:#?}", calls(&cascade));
}

#[test]
fn what_began_to_flap_while_its_route_was_muted_is_told() {
    let route = "  - { severity: [SEV1, SEV2], channels: [slack, pagerduty, desk], escalation: first }";
    let muted = route.replace("escalation: first", "escalation: first, mute_in: start");
    let start = "\nintervals: [ { name: start, times: [ { clock: \"14:00-14:30\" } ] } ]\n\nroutes:";
    let mut cascade = Cascade::new(&[(route, &muted), ("\nroutes:", start)]);
    flaps(&mut cascade, (2, 2));
    let id = cascade.of("mail").id;
    let told = cascade.told("pagerduty", &id);
    assert_eq!(told.len(), 1, "once, and then it is damped: {told:?}");
    assert!(calls(&cascade).iter().any(|call| call.contains("pages ann")), "{:#?}", calls(&cascade));
    cascade.run(120);
    let told = cascade.told("pagerduty", &id);
    assert_eq!((told.last(), cascade.of("mail").state), (Some(&EventKind::IncidentResolved), State::Resolved));
}

#[test]
fn readers_are_told_that_it_flaps_and_how_often_it_did() {
    let mut cascade = Cascade::new(&[]);
    flaps(&mut cascade, (2, 2));
    cascade.run(90);
    let world = cascade.scene.tocsin.world.lock();
    let told = world.inbox.iter().filter(|(channel, _)| channel == "pagerduty");
    let told: Vec<&str> = told.map(|(_, told)| told.event.summary.as_str()).collect();
    let flaps = "; it has fired 3 times and flaps: until it is calm, no end and no return of it is told";
    assert_eq!(told.iter().filter(|said| said.ends_with(flaps)).count(), 1, "{told:#?}");
    assert!(told.last().unwrap().ends_with("; it had fired 30 times"), "{told:#?}");
}
