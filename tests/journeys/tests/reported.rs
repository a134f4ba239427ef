//! The report counts the calls that people really had.

use domain::notification::Delivery;
use domain::operations::Callee;
use domain::units::Span;
use simulator::now_or_never;
use tests_journeys::{GOOD_VERSION, Scene, setup_on_call};

/// Who was called how often, by the report on the day.
fn called(scene: &Scene) -> Vec<(String, u32)> {
    let (world, now) = (&scene.tocsin.world, scene.tocsin.now);
    let stretch = [now - Span::DAY, now + Span::MINUTE];
    let report = now_or_never(engine::operations::report(world, stretch, None)).expect("the world answers");
    let row = |who: Callee| match who {
        Callee::Person(name) => name.to_string(),
        Callee::Channel(name) => format!("channel {name}"),
    };
    let mut called: Vec<_> = report.called.into_iter().map(|called| (row(called.who), called.pages)).collect();
    called.sort();
    called
}

fn rows(expected: &[(&str, u32)]) -> Vec<(String, u32)> {
    expected.iter().map(|(name, pages)| ((*name).to_owned(), *pages)).collect()
}

fn fails(scene: &mut Scene, minutes: u32) {
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    scene.run(minutes);
}

/// The chat and the hook are told of each incident and call nobody; until somebody takes it the pager rings once.
#[test]
fn each_step_is_a_call_of_whom_it_reached() {
    let mut scene = Scene::new(setup_on_call(&[]));
    fails(&mut scene, 2);
    assert_eq!(called(&scene), rows(&[("ann", 1), ("channel pagerduty", 1)]));
    scene.run(11);
    assert_eq!(called(&scene), rows(&[("ann", 1), ("ben", 1), ("channel pagerduty", 1)]));
    scene.run(4 * 60);
    let all = called(&scene);
    assert_eq!(
        all[..2],
        rows(&[("ann", 4), ("ben", 4)]),
        "in each round once, and when their time to respond was over"
    );
    assert!(all.contains(&("channel pagerduty".to_owned(), 1)), "{all:?}");
    let by_the_fallback = all.iter().find(|(who, _)| who == "channel slack").map(|(_, pages)| *pages);
    assert!(by_the_fallback.is_some_and(|pages| pages >= 2), "the fallback is called each hour: {all:?}");
}

#[test]
fn a_person_at_two_addresses_is_called_once_and_so_is_a_fallback_in_their_place() {
    let addresses = ("[\"phone:+4930123456\"]", "[\"slack:U0ANN\", \"phone:+4930123456\"]");
    let old = "tocsin/webhook-secret\" }";
    let bot = format!("{old}\n  - {{ name: bot, kind: slack-bot, token: \"ssm:/bot\", channel: C0123ABCDEF }}");
    let check = |percent: f64, refusing: &[&str], expected: &str| {
        let mut scene = Scene::new(setup_on_call(&[addresses, (old, &bot)]));
        for who in refusing {
            scene.answer(who, [Delivery::Refused { answer: "200 invalid_auth".to_owned() }]);
        }
        scene.errors.insert(GOOD_VERSION.to_owned(), percent);
        scene.run(4);
        assert_eq!(called(&scene), rows(&[(expected, 1), ("channel pagerduty", 1)]), "{percent} {refusing:?}");
    };
    check(20.0, &[], "ann");
    check(20.0, &["ann.slack"], "ann");
    // The worst calls at all addresses at once.
    check(70.0, &[], "ann");
    check(70.0, &["ann.slack"], "ann");
    let mut scene = Scene::new(setup_on_call(&[]));
    scene.answer("ann.phone", [Delivery::Refused { answer: "opted out".to_owned() }]);
    fails(&mut scene, 4);
    assert_eq!(called(&scene), rows(&[("channel pagerduty", 1), ("channel slack", 1)]));
}
