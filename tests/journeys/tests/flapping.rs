//! Alerts that come and go: what is damped was told, and who is called for it is called on.

use domain::event::EventKind;
use domain::incident::Severity::Sev1;
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
fn whoever_took_it_is_called_no_more_while_it_flaps() {
    let mut cascade = Cascade::new(&[]);
    flaps_until_damped(&mut cascade);
    let id = cascade.of("mail").id;
    cascade.acknowledge(&id, "ann").unwrap();
    let before = calls(&cascade).len();
    cascade.recover("mail", "errors");
    cascade.run(1);
    flaps(&mut cascade, (2, 2));
    assert_eq!(calls(&cascade).len(), before, "{:#?}", calls(&cascade));
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
