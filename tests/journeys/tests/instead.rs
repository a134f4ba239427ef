//! A channel that cannot be told, and who is told in its place.

use domain::event::EventKind;
use domain::incident::{State, What};
use domain::notification::{Delivery, Page};
use engine::command;
use simulator::now_or_never;
use tests_journeys::{GOOD_VERSION, Scene, setup_on_call};

fn fails(scene: &mut Scene, percent: f64) {
    scene.errors.insert(GOOD_VERSION.to_owned(), percent);
}

#[test]
fn when_a_channel_fails_its_fallback_is_told_once() {
    let old = "tocsin/webhook-secret\" }";
    let new = "tocsin/webhook-secret\", fallback: mail }
  - { name: mail, kind: email, from: tocsin@example.com, to: ops@example.com }";
    let mut scene = Scene::new(setup_on_call(&[(old, new)]));
    scene.answer("hook", [Delivery::Refused { answer: "410 gone".to_owned() }]);
    fails(&mut scene, 20.0);
    scene.run(4);
    assert_eq!(scene.told("mail"), [EventKind::IncidentOpened]);
    let failed = |what: &What| matches!(what, What::NotificationFailed { summary } if summary.contains("410 gone"));
    assert!(scene.incident().timeline.iter().any(|entry| failed(&entry.what)), "it stands on the incident");
}

#[test]
fn a_fallback_waits_a_few_tries_for_a_vendor_that_does_not_answer() {
    let check = |fallback: &str, silent: usize, expected: &[EventKind], tries: Option<&str>| {
        let new = format!(
            "tocsin/webhook-secret\"{fallback} }}
  - {{ name: mail, kind: email, from: tocsin@example.com, to: ops@example.com }}"
        );
        let mut scene = Scene::new(setup_on_call(&[("tocsin/webhook-secret\" }", &new)]));
        let silence = Delivery::TryLater { reason: "no answer within 10 s".to_owned(), after_seconds: None };
        scene.answer("hook", vec![silence; silent]);
        fails(&mut scene, 20.0);
        scene.run(10);
        assert_eq!(scene.told("mail"), expected, "{fallback} {silent}");
        let timeline = scene.incident().timeline;
        let lost = timeline.iter().find_map(|entry| match &entry.what {
            What::NotificationFailed { summary } => Some(summary.clone()),
            _ => None,
        });
        assert_eq!(lost.as_deref(), tries, "{fallback} {silent}");
    };
    let lost = "hook could not be told in 4 tries: no answer within 10 s; mail is told instead";
    check(", fallback: mail", 3, &[], None);
    check(", fallback: mail", 4, &[EventKind::IncidentOpened], Some(lost));
    check("", 4, &[], None);
}

#[test]
fn a_fallback_is_the_next_channel_that_hears_of_such_a_thing() {
    let check = |then: &str, expected: &[EventKind]| {
        let old = "tocsin/webhook-secret\" }";
        let new = format!(
            "tocsin/webhook-secret\", fallback: phone }}
  - {{ name: phone, kind: sms, to: \"+4930999999\"{then} }}
  - {{ name: mail, kind: email, from: tocsin@example.com, to: ops@example.com }}"
        );
        let mut scene = Scene::new(setup_on_call(&[(old, &new)]));
        scene.answer("hook", vec![Delivery::Refused { answer: "410 gone".to_owned() }; 2]);
        fails(&mut scene, 20.0);
        scene.run(4);
        assert_eq!(scene.told("phone"), [EventKind::IncidentOpened]);
        let (world, setup, id, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.id(), scene.tocsin.now);
        let taken = now_or_never(command::acknowledge(world, world, setup, (&id, "ann"), now));
        assert_eq!(taken.map(|incident| incident.state), Ok(State::Acknowledged));
        scene.run(1);
        assert_eq!(scene.told("phone"), [EventKind::IncidentOpened], "it does not ring for that");
        assert_eq!(scene.told("mail"), expected, "{then}");
    };
    check(", fallback: mail", &[EventKind::IncidentAcknowledged]);
    check("", &[]);
}

#[test]
fn a_page_that_is_lost_goes_to_the_next_address_and_then_to_the_fallback() {
    let addresses = ("[\"phone:+4930123456\"]", "[\"slack:U0ANN\", \"phone:+4930123456\"]");
    let old = "tocsin/webhook-secret\" }";
    let bot = format!("{old}\n  - {{ name: bot, kind: slack-bot, token: \"ssm:/bot\", channel: C0123ABCDEF }}");
    let check = |percent: f64, refusing: &[&str], expected: [usize; 2], explained: &str| {
        let mut scene = Scene::new(setup_on_call(&[addresses, (old, &bot)]));
        for who in refusing {
            scene.answer(who, [Delivery::Refused { answer: "200 invalid_auth".to_owned() }]);
        }
        fails(&mut scene, percent);
        scene.run(4);
        let world = scene.tocsin.world.lock();
        let fallbacks: Vec<_> = world.inbox.iter().filter(|(name, n)| name == "slack" && n.page.is_some()).collect();
        for (_, told) in &fallbacks {
            let page = told.page.as_ref().expect("these are pages");
            assert_eq!((&*page.why, &page.acknowledge), ("the fallback, for ann.phone could not be told", &None));
        }
        let fallbacks = fallbacks.len();
        drop(world);
        assert_eq!([scene.calls("ann.phone"), fallbacks], expected, "{percent} {refusing:?}");
        let said = |what: &What| matches!(what, What::NotificationFailed { summary } if summary.contains(explained));
        let explains = scene.incident().timeline.iter().any(|entry| said(&entry.what));
        assert_eq!(explains, !refusing.is_empty(), "{percent} {refusing:?}");
        scene.run(2);
        assert_eq!(scene.calls("ann.phone"), expected[0], "at most once for each address and page");
    };
    check(20.0, &[], [0, 0], "");
    check(20.0, &["ann.slack"], [1, 0], "ann.slack refused it: 200 invalid_auth; ann.phone is told instead");
    check(20.0, &["ann.slack", "ann.phone"], [0, 1], "ann.phone refused it: 200 invalid_auth; slack is told instead");
    // The worst calls at all addresses at once.
    check(70.0, &["ann.slack"], [1, 0], "ann.slack refused it: 200 invalid_auth");
    check(70.0, &["ann.phone"], [0, 0], "ann.phone refused it: 200 invalid_auth");
    check(70.0, &["ann.slack", "ann.phone"], [0, 1], "; slack is told instead");
}

#[test]
fn a_person_at_none_of_whose_addresses_anybody_answers_is_given_up_before_the_next_round() {
    let addresses = ("[\"phone:+4930123456\"]", "[\"slack:U0ANN\", \"phone:+4930123456\"]");
    let old = "tocsin/webhook-secret\" }";
    let bot = format!("{old}\n  - {{ name: bot, kind: slack-bot, token: \"ssm:/bot\", channel: C0123ABCDEF }}");
    let mut scene = Scene::new(setup_on_call(&[addresses, (old, &bot)]));
    for who in ["ann.slack", "ann.phone"] {
        let silence = Delivery::TryLater { reason: "no connection".to_owned(), after_seconds: None };
        scene.answer(who, vec![silence; 40]);
    }
    fails(&mut scene, 70.0);
    scene.run(8);
    let world = scene.tocsin.world.lock();
    let in_place = |page: &Page| page.why.starts_with("the fallback, for ann.");
    let told = world.inbox.iter().filter(|(name, n)| name == "slack" && n.page.as_ref().is_some_and(in_place));
    assert_eq!(told.count(), 1);
}
