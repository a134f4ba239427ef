//! Alerts that come and go: one incident until they are calm, of which people hear once that it began and once that it is
//! over, and who is called for it is called on.

use domain::alert::Status;
use domain::event::EventKind;
use domain::incident::Severity::{Sev1, Sev2, Sev3};
use domain::incident::{Severity, State, What};
use domain::notification::Delivery;
use engine::command::Calling;
use tests_journeys::{Cascade, TWO_POLICIES};

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
    flaps_so_badly(cascade, Sev1);
}

fn flaps_so_badly(cascade: &mut Cascade, severity: Severity) {
    for _ in 0..4 {
        cascade.recover("mail", "errors");
        cascade.run(1);
        cascade.fire("mail", "errors", severity);
        cascade.run(2);
    }
}

/// It became worse than what `ann` took, and was over for now before its group could tell that; what is called since.
fn worse_but_over_for_now(changes: &[(&str, &str)], severities: (Severity, Severity)) -> (Cascade, usize) {
    let mut cascade = Cascade::new(changes);
    flaps_so_badly(&mut cascade, severities.0);
    let id = cascade.of("mail").id;
    cascade.acknowledge(&id, "ann").expect("nobody has it");
    cascade.fire("mail", "errors", severities.1);
    cascade.recover("mail", "errors");
    let (before, told) = (calls(&cascade).len(), cascade.told("slack", &id).len());
    cascade.run(10);
    assert!(cascade.told("slack", &id).len() > told, "it is told");
    (cascade, before)
}

#[test]
fn nobody_is_asked_about_what_is_over_for_now_before_it_is_back() {
    for (ends, is_back) in [("is back", true), ("is taken", false), ("is over", false)] {
        let (mut cascade, before) = worse_but_over_for_now(&[], (Sev2, Sev1));
        assert_eq!(calls(&cascade)[before..], [""; 0], "{ends}");
        if ends == "is taken" {
            let id = cascade.of("mail").id;
            cascade.call(&id, "ben", Calling::TakeOver).unwrap();
        }
        if ends == "is over" {
            cascade.run(60);
            assert_eq!(cascade.of("mail").state, State::Resolved);
        }
        cascade.fire("mail", "errors", Sev1);
        for minutes in [1, 3] {
            cascade.run(minutes);
            let asked = calls(&cascade).iter().filter(|call| call.contains("is asked")).count();
            assert_eq!(asked, usize::from(is_back), "{ends}: {:#?}", calls(&cascade));
        }
    }
}

#[test]
fn a_policy_of_what_is_worse_takes_over_when_it_is_back() {
    let worst_to_data = [
        TWO_POLICIES[1],
        (
            "  - { severity: [SEV1, SEV2]",
            "  - { severity: SEV1, channels: [slack], escalation: data }\n  - { severity: [SEV1, SEV2]",
        ),
    ];
    let (mut cascade, before) = worse_but_over_for_now(&worst_to_data, (Sev2, Sev1));
    assert_eq!((&calls(&cascade)[before..], cascade.of("mail").taken_by()), (&[][..], Some("ann")));
    cascade.fire("mail", "errors", Sev1);
    cascade.run(1);
    let since = calls(&cascade).split_off(before);
    assert!(since.iter().any(|call| call.contains("pages ben: another policy applies now")), "{since:#?}");
}

#[test]
fn what_a_person_has_ended_leaves_nothing_that_seems_to_fire() {
    let mut cascade = Cascade::new(&[]);
    flaps_until_damped(&mut cascade);
    cascade.recover("mail", "errors");
    let id = cascade.of("mail").id;
    cascade.resolve(&id, "ann").unwrap();
    let statuses: Vec<_> = cascade.scene.tocsin.world.lock().alerts.values().map(|alert| alert.status).collect();
    assert_eq!(statuses, [Status::Resolved]);
}

#[test]
fn of_what_a_person_has_ended_nobody_is_told_that_it_must_be_calm() {
    let mut cascade = Cascade::new(&[("group_wait: 30s", "group_wait: 90s")]);
    for _ in 0..2 {
        cascade.fire("mail", "errors", Sev1);
        cascade.recover("mail", "errors");
        cascade.run(3);
    }
    cascade.fire("mail", "errors", Sev1);
    let id = cascade.of("mail").id;
    cascade.resolve(&id, "ann").unwrap();
    cascade.run(10);
    let world = cascade.scene.tocsin.world.lock();
    let said = &world.inbox.iter().rfind(|(channel, _)| channel == "slack").unwrap().1.event.summary;
    assert!(said.contains("though ann has resolved the incident") && !said.contains("flaps"), "{said}");
}

#[test]
fn what_is_split_off_while_it_is_over_for_now_says_why_it_fired() {
    let mut cascade = Cascade::new(&[]);
    cascade.fire("mail", "latency", Sev2);
    flaps_until_damped(&mut cascade);
    cascade.recover("mail", "errors");
    let id = cascade.of("mail").id;
    let own = cascade.split(&id, &[("mail", "errors")], "ben").unwrap();
    let fired: Vec<_> = own.timeline.iter().filter(|entry| matches!(entry.what, What::AlertFired { .. })).collect();
    assert_eq!(fired.len(), 1);
    assert!(fired[0].what.to_string().contains("Firing"), "{fired:#?}");
}

#[test]
fn nobody_is_called_for_two_that_are_over_for_now_and_become_one() {
    let mut cascade = Cascade::new(&[("group_wait: 30s", "group_wait: 90s")]);
    for minute in 0..6 {
        for (service, severity) in [("mail", Sev3), ("api", Sev1)] {
            if minute % 2 == 0 {
                cascade.fire(service, "errors", severity);
            } else {
                cascade.recover(service, "errors");
            }
        }
        cascade.run(1);
    }
    let (mail, api) = (cascade.of("mail"), cascade.of("api"));
    assert!(mail.is_quiet() && api.is_quiet() && api.still_calls());
    cascade.merge(&api.id, &mail.id, "ann").unwrap();
    cascade.run(5);
    assert_eq!(calls(&cascade), [""; 0]);
    cascade.fire("mail", "errors", Sev3);
    cascade.run(1);
    assert!(calls(&cascade)[0].contains("pages ann"), "{:#?}", calls(&cascade));
}

#[test]
fn a_late_try_opens_no_page_that_was_closed_meanwhile() {
    let mut cascade = Cascade::new(&[]);
    let reason = "it does not answer".to_owned();
    cascade.scene.answer("pagerduty", vec![Delivery::TryLater { reason, after_seconds: Some(300) }]);
    cascade.fire("mail", "errors", Sev1);
    cascade.run(1);
    let id = cascade.of("mail").id;
    cascade.acknowledge(&id, "ann").unwrap();
    cascade.call(&id, "ann", Calling::Escalate).unwrap();
    cascade.run(10);
    let world = cascade.scene.tocsin.world.lock();
    let pages = world.inbox.iter().filter(|(channel, _)| channel == "pagerduty");
    let pages: Vec<_> = pages.map(|(_, told)| (told.event.kind, told.incident.releases)).collect();
    assert!(pages.contains(&(EventKind::IncidentOpened, 1)), "{pages:?}");
    assert!(!pages.contains(&(EventKind::IncidentOpened, 0)), "{pages:?}");
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
