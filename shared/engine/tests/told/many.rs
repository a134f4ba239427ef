//! Groups of many incidents, storms, and what comes back.

use std::collections::BTreeSet;

use domain::event::EventKind;
use domain::group::MEMBERS_MAX;
use domain::notification::ChannelKind;
use domain::routing::{GroupBy, Route, Routing};
use simulator::now_or_never;
use tocsin_engine::command::{Calling, call, resolve};
use tocsin_engine::flush::EACH_MAX;

use crate::life::{Act, Life, SETTLES_MINUTES};
use crate::setup::{Terms, channel, name};

#[test]
fn of_a_group_of_many_incidents_each_channel_hears_of_each() {
    let mut life = Life::new(Terms::TOGETHER);
    for service in ["shop", "cart", "pay"] {
        life.fire(service, "errors");
    }
    life.tocsin.run(1);
    let opened = |service: &str| (service.to_owned(), EventKind::IncidentOpened);
    for who in ["mail", "pager"] {
        let mut told = life.told(who);
        told.sort();
        assert_eq!(told, [opened("cart"), opened("pay"), opened("shop")], "{who}");
    }
    life.recover("shop", "errors");
    life.tocsin.run(10);
    for who in ["mail", "pager"] {
        assert_eq!(life.told(who)[3..], [("shop".to_owned(), EventKind::IncidentResolved)], "{who}");
    }
    life.check_firing();
}

#[test]
fn of_very_many_incidents_pagers_hear_of_each_and_others_how_many_there_are() {
    let mut life = Life::new(Terms::TOGETHER);
    for service in 0..60 {
        life.fire(&format!("s{service}"), "errors");
    }
    life.tocsin.run(1);
    assert_eq!((life.told("pager").len(), life.told("mail").len()), (60, EACH_MAX));
    let world = life.tocsin.world.lock();
    let first = world.inbox.iter().find(|(who, _)| who == "mail").map(|(_, told)| told.event.summary.clone()).unwrap();
    assert!(first.contains("; 50 more incidents: SEV2 on s"), "{first}");
}

#[test]
fn what_a_storm_only_counts_is_told_when_it_comes_and_ends() {
    let mut life = Life::new(Terms::TOGETHER);
    for alert in 0..MEMBERS_MAX + 5 {
        life.fire("shop", &format!("e{alert}"));
    }
    life.tocsin.run(1);
    life.fire("shop", "late");
    for _ in 0..2 {
        life.fire("cart", "errors");
    }
    life.tocsin.run(5);
    let told = life.told("pager");
    let expected = [
        ("shop", EventKind::IncidentOpened),
        ("cart", EventKind::IncidentOpened),
        ("shop", EventKind::IncidentUpdated),
    ];
    assert_eq!(told, expected.map(|(service, kind)| (service.to_owned(), kind)));
    assert_eq!(life.told("mail"), told);
    let world = life.tocsin.world.lock();
    let words: Vec<&str> =
        world.inbox.iter().filter(|(who, _)| who == "mail").map(|(_, told)| told.event.summary.as_str()).collect();
    assert!(words[0].contains("; 7 more are counted only: e"), "{words:?}");
    assert!(words[2].starts_with("1 alert fires: late; 9 more are counted only"), "{words:?}");
    let cart = world.incidents.values().find(|one| one.service.as_str() == "cart").unwrap();
    assert!(cart.escalation.is_some(), "somebody is called for it");
    drop(world);
    life.recover("cart", "errors");
    life.tocsin.run(6);
    assert_eq!(life.told("pager").last(), Some(&("cart".to_owned(), EventKind::IncidentResolved)));
}

#[test]
fn what_comes_back_while_its_route_is_muted_is_told_when_that_is_over() {
    for (back, taken) in [(5, false), (5, true), (30, false), (30, true)] {
        let mut life = Life::new(Terms { quiet: true, ..Terms::NONE });
        life.fire("shop", "errors");
        life.tocsin.run(2);
        if taken {
            life.take_all();
        }
        life.tocsin.run(10);
        life.recover("shop", "errors");
        life.tocsin.run(back);
        life.fire("shop", "errors");
        life.tocsin.run(SETTLES_MINUTES);
        life.check_firing();
        let since = life.told("pager").into_iter().filter(|(_, kind)| *kind != EventKind::IncidentAcknowledged);
        let kinds: Vec<EventKind> = since.map(|(_, kind)| kind).collect();
        let again: &[EventKind] = match (back, taken) {
            (5, false) => &[],
            (5, true) => &[EventKind::IncidentReopened],
            _ => &[EventKind::IncidentResolved, EventKind::IncidentOpened],
        };
        assert_eq!(kinds[1..], *again, "back after {back} minutes, taken: {taken}");
    }
}

#[test]
fn what_comes_back_after_another_group_told_the_end_is_told() {
    let mut life = Life::new(Terms::TOGETHER);
    let change = |alert, firing, severity| Act::Change { alert, firing, severity, late: 0 };
    let (bad, worse, mild) = (1, 0, 2);
    let acts = [
        change(1, true, bad),
        change(2, true, bad),
        change(0, true, mild),
        Act::Pass { minutes: 6 },
        // Told at once, so that its group waits for five minutes; the other group speaks as soon as all of it is over.
        change(1, true, worse),
        Act::Pass { minutes: 1 },
        change(1, false, worse),
        change(0, false, mild),
        Act::Pass { minutes: 1 },
        change(1, true, worse),
        Act::Pass { minutes: 10 },
    ];
    for act in &acts {
        life.take(act);
    }
    life.check_firing();
    let kinds: Vec<EventKind> = life.told("pager").into_iter().map(|(_, kind)| kind).collect();
    let [.., ended, again] = kinds[..] else { panic!("{kinds:?}") };
    assert_eq!((ended, again), (EventKind::IncidentResolved, EventKind::IncidentReopened), "{kinds:?}");
}

#[test]
fn a_group_that_lets_go_of_one_alert_tells_the_end_by_the_other_when_it_may() {
    let mut life = Life::new(Terms { quiet: true, ..Terms::NONE });
    life.fire("shop", "errors");
    life.tocsin.run(10);
    life.fire("shop", "latency");
    life.recover("shop", "errors");
    life.recover("shop", "latency");
    life.tocsin.run(30);
    assert_eq!(life.told("mail"), [("shop".to_owned(), EventKind::IncidentOpened)], "it is quiet");
    life.tocsin.run(SETTLES_MINUTES);
    assert_eq!(life.told("mail")[1..], [("shop".to_owned(), EventKind::IncidentResolved)]);
}

#[test]
fn a_silence_holds_what_a_storm_only_counts() {
    let mut life = Life::new(Terms::TOGETHER);
    life.take(&Act::Silence { minutes: 29 });
    for alert in 0..MEMBERS_MAX + 5 {
        life.fire("shop", &format!("e{alert}"));
    }
    life.tocsin.run(2);
    let whole: Vec<String> = {
        let world = life.tocsin.world.lock();
        let members = world.groups.values().flat_map(|group| group.members().values());
        members.map(|member| member.name.clone()).collect()
    };
    for name in &whole {
        life.recover("shop", name);
    }
    life.tocsin.run(20);
    for who in ["mail", "pager", "ann.phone"] {
        assert_eq!(life.told(who), [], "{who}");
    }
    life.tocsin.run(SETTLES_MINUTES);
    assert_eq!(life.told("pager"), [("shop".to_owned(), EventKind::IncidentOpened)], "those that fire still");
}

#[test]
fn who_cries_wolf_is_called_on_for_when_the_wolf_is_there() {
    let mut life = Life::new(Terms::NONE);
    for _ in 0..3 {
        life.fire("shop", "errors");
        life.tocsin.run(2);
        life.recover("shop", "errors");
        life.tocsin.run(3);
    }
    let told = |life: &Life| ["pager", "ann.phone"].map(|who| life.told(who).len());
    let before = told(&life);
    // Ann is to be called again after half an hour, for nobody has acknowledged; but it is over for now.
    life.tocsin.run(19);
    assert_eq!(told(&life), before, "nobody is called for what is over for now");
    life.fire("shop", "errors");
    life.tocsin.run(1);
    assert_eq!(told(&life), [before[0], before[1] + 1], "{:?}", life.told("ann.phone"));
    life.tocsin.run(SETTLES_MINUTES);
    life.check_firing();
}

#[test]
fn what_was_muted_before_anybody_heard_of_it_is_told_at_once_when_it_no_longer_is() {
    let mut life = Life::new(Terms::NONE);
    life.fire("shop", "errors");
    let wish = |life: &mut Life, wish: Calling| {
        let (world, setup, now) = (&life.tocsin.world, &life.tocsin.setup, life.tocsin.now);
        let id = world.lock().incidents.values().next().unwrap().id.clone();
        now_or_never(call(world, world, setup, (&id, "ben", wish), now)).unwrap();
        life.tocsin.drain();
    };
    wish(&mut life, Calling::Mute);
    life.tocsin.run(1);
    assert_eq!(["mail", "pager", "ann.phone"].map(|who| life.told(who).len()), [0; 3]);
    wish(&mut life, Calling::Unmute);
    life.tocsin.run(1);
    for who in ["mail", "pager"] {
        assert_eq!(life.told(who), [("shop".to_owned(), EventKind::IncidentOpened)], "{who}");
    }
    life.recover("shop", "errors");
    life.tocsin.run(1);
    assert_eq!(life.told("pager")[1..], [("shop".to_owned(), EventKind::IncidentResolved)]);
    assert_eq!(life.told("ann.phone"), [], "who muted it has it");
}

#[test]
fn alerts_of_one_name_are_counted_and_not_repeated() {
    let mut life = Life::new(Terms::TOGETHER);
    for pod in ["p1", "p2", "p3"] {
        life.fire_of("shop", "errors", pod);
    }
    life.tocsin.run(1);
    life.fire("shop", "latency");
    life.fire_of("shop", "errors", "p4");
    life.fire_of("shop", "errors", "p5");
    life.tocsin.run(10);
    let world = life.tocsin.world.lock();
    let told: Vec<&str> =
        world.inbox.iter().filter(|(who, _)| who == "mail").map(|(_, told)| told.event.summary.as_str()).collect();
    assert!(told[0].starts_with("3 alerts fire: errors on shop"), "{told:?}");
    assert!(told[1].starts_with("3 alerts fire: ") && told[1].contains("2 errors on shop"), "{told:?}");
}

#[test]
fn a_call_says_when_by_the_clock_of_whom_it_calls() {
    let mut life = Life::new(Terms::NONE);
    life.fire("shop", "errors");
    life.tocsin.run(1);
    let world = life.tocsin.world.lock();
    let zones = |who: &str| {
        let told = world.inbox.iter().filter(|(channel, _)| channel == who);
        told.map(|(_, told)| told.page.as_ref().and_then(|page| page.zone.clone())).collect::<Vec<_>>()
    };
    assert_eq!(zones("ann.phone"), [Some(name("Europe/Berlin"))]);
    assert_eq!(zones("mail"), [None]);
}

#[test]
fn a_telephone_hears_that_it_is_worse_and_of_no_other_update() {
    use EventKind::{IncidentOpened, IncidentResolved, IncidentUpdated};
    let mut life = Life::new(Terms::TOGETHER);
    let phone = ChannelKind::Sms { to: name("+4930123456"), sender: None };
    life.tocsin.setup.channels.push(channel("phone", phone));
    let group_by = GroupBy::Labels(BTreeSet::new());
    let root = Route { channels: vec![name("mail"), name("phone")], group_by, ..Route::default() };
    life.tocsin.setup.routing = Routing::new(root);
    let change = |alert, firing, severity| Act::Change { alert, firing, severity, late: 0 };
    let mut check = |act: Act, expected: &[EventKind]| {
        life.take(&act);
        life.tocsin.run(10);
        let told: Vec<EventKind> = life.told("phone").into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(told, expected, "{act:?}");
    };
    let (bad, worse, mild) = (1, 0, 2);
    check(change(0, true, mild), &[IncidentOpened]);
    check(change(1, true, mild), &[IncidentOpened]);
    check(change(0, true, bad), &[IncidentOpened, IncidentUpdated]);
    // It was as bad before.
    check(change(1, true, bad), &[IncidentOpened, IncidentUpdated]);
    check(change(0, true, mild), &[IncidentOpened, IncidentUpdated]);
    check(change(0, true, bad), &[IncidentOpened, IncidentUpdated]);
    check(change(1, true, worse), &[IncidentOpened, IncidentUpdated, IncidentUpdated]);
    check(change(1, false, worse), &[IncidentOpened, IncidentUpdated, IncidentUpdated]);
    check(change(0, false, bad), &[IncidentOpened, IncidentUpdated, IncidentUpdated, IncidentResolved]);
}

#[test]
fn a_new_incident_of_an_alert_that_fires_on_is_told_as_new() {
    use EventKind::{IncidentOpened, IncidentResolved};
    let mut life = Life::new(Terms::TOGETHER);
    let phone = ChannelKind::Sms { to: name("+4930123456"), sender: None };
    life.tocsin.setup.channels.push(channel("phone", phone));
    let root = Route { channels: vec![name("mail"), name("phone")], ..Route::default() };
    life.tocsin.setup.routing = Routing::new(root);
    let change = |firing, severity| Act::Change { alert: 0, firing, severity, late: 0 };
    life.take(&change(true, 1));
    life.tocsin.run(10);
    let (world, setup, now) = (&life.tocsin.world, &life.tocsin.setup, life.tocsin.now);
    let first = world.lock().incidents.values().next().unwrap().id.clone();
    now_or_never(resolve(world, world, setup, (&first, "ann", "noise"), now)).unwrap();
    life.tocsin.drain();
    life.tocsin.run(40);
    life.take(&change(true, 0));
    life.tocsin.run(10);
    assert_eq!(life.tocsin.world.lock().incidents.len(), 2, "it is another incident");
    life.take(&change(false, 0));
    life.tocsin.run(10);
    let kinds = [IncidentOpened, IncidentResolved, IncidentOpened, IncidentResolved];
    for who in ["mail", "phone"] {
        let told: Vec<EventKind> = life.told(who).into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(told, kinds, "{who}");
    }
}

#[test]
fn what_nobody_has_any_more_is_told_again() {
    let mut life = Life::new(Terms::NONE);
    life.fire("shop", "errors");
    life.fire("shop", "latency");
    life.tocsin.run(2);
    life.take_all();
    life.recover("shop", "latency");
    life.tocsin.run(300);
    let told = life.told("pager").len();
    let (world, setup, now) = (&life.tocsin.world, &life.tocsin.setup, life.tocsin.now);
    let id = world.lock().incidents.values().next().unwrap().id.clone();
    now_or_never(call(world, world, setup, (&id, "ben", Calling::Escalate), now)).unwrap();
    life.tocsin.run(300);
    let again = life.told("pager").split_off(told);
    assert!(again.contains(&("shop".to_owned(), EventKind::IncidentUpdated)), "{again:?}");
}

#[test]
fn what_fires_on_though_a_person_ended_it_is_told_and_called_when_another_alert_brings_the_incident_back() {
    let mut life = Life::new(Terms::NONE);
    life.fire("shop", "errors");
    let mild = |firing| Act::Change { alert: 1, firing, severity: 2, late: 0 };
    life.take(&mild(true));
    life.tocsin.run(2);
    life.end(true);
    life.take(&mild(false));
    life.tocsin.run(2);
    life.take(&mild(true));
    life.tocsin.run(1);
    assert_eq!(life.told("pager").last(), Some(&("shop".to_owned(), EventKind::IncidentReopened)));
    assert_eq!(life.told("ann.phone").last(), Some(&("shop".to_owned(), EventKind::IncidentOpened)));
}

#[test]
fn what_a_person_ended_is_told_though_it_came_and_went_while_its_route_was_muted() {
    let mut life = Life::new(Terms { quiet: true, ..Terms::NONE });
    life.fire("shop", "errors");
    life.tocsin.run(5);
    life.end(true);
    life.recover("shop", "errors");
    life.tocsin.run(5);
    life.fire("shop", "errors");
    life.tocsin.run(1);
    life.recover("shop", "errors");
    life.tocsin.run(1);
    life.fire("shop", "errors");
    life.tocsin.run(60);
    assert_eq!(life.told("pager").last(), Some(&("shop".to_owned(), EventKind::IncidentReopened)));
}
