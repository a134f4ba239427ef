//! Which policy calls, where routes name several.

use domain::escalation::{Policy, Step, Target};
use domain::event::EventKind;
use domain::incident::{Severity, State};
use domain::routing::{Route, Routing};
use domain::units::Span;
use simulator::now_or_never;
use tocsin_engine::command::{Calling, acknowledge, call};

use crate::life::{Act, Life};
use crate::setup::{Terms, name};

#[test]
fn what_becomes_worse_calls_whom_its_own_route_names() {
    let mut life = Life::new(Terms::NONE);
    let desk = Policy {
        name: name("desk"),
        steps: vec![Step { after: None, targets: vec![Target::Channel(name("mail"))] }],
        again_after: None,
        repeat: 3,
        fallback: None,
        remind_every: None,
    };
    life.tocsin.setup.on_call.policies.push(desk);
    let Route { routes, .. } = life.tocsin.setup.routing.root().clone();
    let root = Route { escalation: Some(name("desk")), routes, ..life.tocsin.setup.routing.root().clone() };
    life.tocsin.setup.routing = Routing::new(root);
    let change = |firing, severity| Act::Change { alert: 0, firing, severity, late: 0 };
    life.take(&change(true, 2));
    life.tocsin.run(10);
    assert_eq!(life.told("ann.phone"), []);
    life.take(&change(true, 0));
    life.tocsin.run(1);
    assert_eq!(life.told("ann.phone"), [("shop".to_owned(), EventKind::IncidentOpened)]);
    let paging = |life: &Life| {
        let world = life.tocsin.world.lock();
        world.incidents.values().next().unwrap().escalation.clone().unwrap()
    };
    assert_eq!((paging(&life).policy.as_str(), paging(&life).severity), ("shop", Severity::Sev1));
    // What is milder again does not take it back.
    life.take(&change(true, 2));
    life.tocsin.run(30);
    assert_eq!(paging(&life).policy.as_str(), "shop");
}

#[test]
fn whoever_has_it_is_asked_about_what_is_worse_by_a_route_without_a_policy() {
    let mut life = Life::new(Terms::NONE);
    let root = life.tocsin.setup.routing.root().clone();
    let escalation = root.routes.iter().find_map(|route| route.escalation.clone());
    let routes = root.routes.iter().map(|route| Route { escalation: None, ..route.clone() }).collect();
    life.tocsin.setup.routing = Routing::new(Route { escalation, routes, ..root });
    let change = |alert, severity| Act::Change { alert, firing: true, severity, late: 0 };
    life.take(&change(0, 2));
    life.tocsin.run(2);
    let (world, setup, now) = (&life.tocsin.world, &life.tocsin.setup, life.tocsin.now);
    let id = world.lock().incidents.values().next().unwrap().id.clone();
    now_or_never(acknowledge(world, world, setup, (&id, "ann"), now)).unwrap();
    life.tocsin.drain();
    life.take(&change(1, 0));
    life.tocsin.run(3);
    let incident = life.tocsin.world.lock().incidents[id.as_str()].clone();
    let asked = |words: &str| incident.timeline.iter().any(|entry| entry.what.to_string().contains(words));
    assert!(asked("ann is asked for an update: it is SEV1 now"), "{:?}", incident.timeline);
    assert_eq!(incident.taken_by(), Some("ann"));
}

#[test]
fn a_step_that_is_repeated_when_its_time_is_over_calls_once() {
    let mut life = Life::new(Terms::NONE);
    let within = Severity::Sev2.policy().respond_within;
    life.tocsin.setup.on_call.policies[0].again_after = Some(within);
    life.take(&Act::Change { alert: 0, firing: true, severity: 1, late: 0 });
    life.tocsin.run(within.seconds() / 60 + 2);
    assert_eq!(life.told("ann.phone").len(), 2, "{:?}", life.told("ann.phone"));
    let world = life.tocsin.world.lock();
    let timeline = &world.incidents.values().next().unwrap().timeline;
    let said = |words: &str| timeline.iter().any(|entry| entry.what.to_string().contains(words));
    assert!(
        said("no response within 15m: nobody is told; not ann by text message: called at the same time"),
        "{timeline:?}"
    );
}

#[test]
fn what_is_silenced_calls_nobody_sooner_and_ends_no_snooze() {
    for is_snoozed in [false, true] {
        let mut life = Life::new(Terms::NONE);
        let change = |alert, severity| Act::Change { alert, firing: true, severity, late: 0 };
        life.take(&change(0, 1));
        life.tocsin.run(2);
        let now = life.tocsin.now;
        if is_snoozed {
            let (world, setup) = (&life.tocsin.world, &life.tocsin.setup);
            let id = world.lock().incidents.values().next().unwrap().id.clone();
            let wish = Calling::Snooze { until: now + Span::HOUR.times(3) };
            now_or_never(call(world, world, setup, (&id, "ann", wish), now)).unwrap();
            life.tocsin.drain();
        }
        life.silence("alertname=a1", 20);
        life.take(&change(1, 0));
        let called = |life: &Life| {
            let world = life.tocsin.world.lock();
            let incident = world.incidents.values().next().unwrap();
            let paging = incident.escalation.clone().unwrap();
            assert_eq!(incident.severity, Severity::Sev1);
            (paging.severity, paging.pages, paging.holder().map(str::to_owned))
        };
        life.tocsin.run(8);
        let ann = is_snoozed.then(|| "ann".to_owned());
        assert_eq!(called(&life), (Severity::Sev2, 1, ann), "snoozed: {is_snoozed}");
        // The silence is over, and what was put off begins anew.
        life.tocsin.run(17);
        let (severity, pages, holder) = called(&life);
        assert_eq!((severity, pages > 1, holder), (Severity::Sev1, true, None), "snoozed: {is_snoozed}");
    }
}

#[test]
fn who_took_it_before_there_was_a_policy_keeps_it_and_is_asked_when_it_is_worse() {
    for (becomes, asked, answers) in [(0, true, true), (0, true, false), (2, false, false)] {
        let mut life = Life::new(Terms::NONE);
        let change = |alert, severity| Act::Change { alert, firing: true, severity, late: 0 };
        life.take(&change(0, 2));
        life.tocsin.run(2);
        let (world, setup, now) = (&life.tocsin.world, &life.tocsin.setup, life.tocsin.now);
        let id = world.lock().incidents.values().next().unwrap().id.clone();
        now_or_never(acknowledge(world, world, setup, (&id, "ann"), now)).unwrap();
        life.tocsin.drain();
        life.take(&change(1, becomes));
        life.tocsin.run(3);
        if answers {
            let (world, setup, now) = (&life.tocsin.world, &life.tocsin.setup, life.tocsin.now);
            now_or_never(acknowledge(world, world, setup, (&id, "ann"), now)).unwrap();
        }
        life.tocsin.run(60);
        let incident = life.tocsin.world.lock().incidents[id.as_str()].clone();
        let keeps = answers || !asked;
        let expected = if keeps { (State::Acknowledged, Some("ann")) } else { (State::Triggered, None) };
        assert_eq!((incident.state, incident.taken_by()), expected);
        let said =
            |words: &str| incident.timeline.iter().filter(|entry| entry.what.to_string().contains(words)).count();
        let words = "ann is asked for an update: it is SEV1 now";
        assert_eq!((said(words), said("pages") > 0), (usize::from(asked), !keeps), "{:?}", incident.timeline);
        assert_eq!(
            said("ann had it, was asked, and gave no word for 5m"),
            usize::from(!keeps),
            "{:?}",
            incident.timeline
        );
        assert_eq!(incident.escalation.is_some(), asked, "the route of the worse one names a policy");
        let world = life.tocsin.world.lock();
        let heard = |words: &str| world.inbox.iter().filter(|(_, told)| told.event.summary.contains(words)).count();
        assert_eq!(
            heard("it is SEV1 now: a1 of shop is Firing. Without a word from you within 5m, others are called."),
            usize::from(asked),
            "what is worse"
        );
    }
}
