//! Somebody is called, until somebody takes it.

use domain::event::EventKind;
use domain::id::{IncidentId, SilenceId};
use domain::incident::{State, What};
use domain::link::Claim;
use domain::setup::Setup;
use domain::silence::Silence;
use domain::units::Span;
use engine::command::{self, Calling, CommandError};
use simulator::now_or_never;
use tests_journeys::{GOOD_VERSION, Scene, Story, check_golden, setup_on_call};

fn fails(scene: &mut Scene, percent: f64) {
    scene.errors.insert(GOOD_VERSION.to_owned(), percent);
}

fn press(scene: &Scene, generation: u32, by: &str) -> Result<State, CommandError> {
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    let claim = Claim { incident: scene.id(), generation, expires_at: now + Span::HOUR, person: None };
    now_or_never(command::redeem(world, world, setup, (&claim, by), now)).map(|incident| incident.state)
}

fn call(scene: &Scene, id: &IncidentId, by: &str, wish: Calling) {
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    now_or_never(command::call(world, world, setup, (id, by, wish), now)).expect("it can be done");
}

fn silence(scene: &Scene, minutes: u32) {
    let now = scene.tocsin.now;
    let silence = Silence {
        id: SilenceId::derive(&["a load test"]),
        version: 1,
        matchers: "service=shop-checkout".parse().expect("a matcher"),
        starts_at: now,
        ends_at: now + Span::from_minutes(minutes),
        by: "ann".to_owned(),
        comment: "a load test".to_owned(),
        created_at: now,
    };
    scene.tocsin.world.lock().silences.insert(silence.id.clone(), silence);
}

fn paging(scene: &Scene) -> Vec<String> {
    let said = scene.incident().timeline.into_iter().filter_map(|entry| match entry.what {
        What::Paging { summary } => Some(summary),
        _ => None,
    });
    said.collect()
}

#[test]
fn who_is_on_call_is_called_then_the_next_until_one_takes_it() {
    let mut scene = Scene::new(setup_on_call(&[]));
    let mut story = Story::of("Ann is on call and sleeps; Ben takes it by the link", &scene);
    story.says(&scene, "20 % of the requests fail");
    fails(&mut scene, 20.0);
    story.run(&mut scene, 2);
    assert_eq!((scene.calls("ann.phone"), scene.calls("ben.phone")), (1, 0), "{:?}", paging(&scene));
    story.run(&mut scene, 11);
    assert_eq!((scene.calls("ann.phone"), scene.calls("ben.phone")), (1, 1));
    story.says(&scene, "ben presses the link");
    assert_eq!(press(&scene, 2, "ben"), Ok(State::Acknowledged));
    story.says(&scene, "ben presses again");
    assert!(matches!(press(&scene, 2, "ben"), Err(CommandError::NotNow(_))));
    assert!(matches!(press(&scene, 1, "ann"), Err(CommandError::NotNow(_))), "who comes later is told so");
    story.run(&mut scene, 180);
    assert_eq!((scene.calls("ann.phone"), scene.calls("ben.phone")), (1, 1), "nobody is called any more");
    story.says(&scene, "all is well again");
    fails(&mut scene, 0.5);
    story.run(&mut scene, 5);
    for who in ["ann.phone", "ben.phone", "slack", "pagerduty", "hook"] {
        let ends = scene.told(who).into_iter().filter(|kind| *kind == EventKind::IncidentResolved).count();
        assert_eq!(ends, 1, "{who} hears once that it is over");
    }
    check_golden("called-and-taken", &story.end(&scene));
}

#[test]
fn when_nobody_takes_it_all_rounds_are_called_and_then_the_fallback_each_hour() {
    let mut scene = Scene::new(setup_on_call(&[]));
    let mut story = Story::of("Nobody acknowledges", &scene);
    fails(&mut scene, 20.0);
    story.run(&mut scene, 4 * 60);
    let fallback = paging(&scene).into_iter().filter(|said| said.starts_with("Fallback slack is told")).count();
    assert!(fallback >= 2, "{:?}", paging(&scene));
    assert!(paging(&scene).iter().any(|said| said.contains("nobody acknowledged in 2 rounds of the policy")));
    for who in ["ann.phone", "ben.phone"] {
        assert_eq!(scene.calls(who), 4, "{who}: in each round once, and when their time to respond was over");
    }
    assert!(scene.incident().next_wake.is_some(), "it goes on");
    check_golden("called-and-nobody", &story.end(&scene));
}

/// When somebody was asked for a word, and who.
fn asked(scene: &Scene) -> Vec<String> {
    let said = scene.incident().timeline.into_iter().filter_map(|entry| match entry.what {
        What::Paging { summary } => {
            let (who, rest) = summary.split_once(" is asked for an update: ")?;
            Some(format!("{} {who}: {rest}", entry.at.clock()))
        }
        _ => None,
    });
    said.collect()
}

#[test]
fn who_has_it_by_slack_is_asked_there_after_each_while_without_a_word() {
    let mut scene = Scene::new(setup_on_call(&[
        ("repeat: 1\n", "repeat: 1\n    remind_every: 30m\n"),
        ("[\"phone:+4930123456\"]", "[\"slack:U0ANN\", \"phone:+4930123456\"]"),
        ("channels:\n", "channels:\n  - { name: bot, kind: slack-bot, token: \"ssm:/bot\", channel: C0123ABCDEF }\n"),
    ]));
    let mut story = Story::of("Ann takes it by the button and is reminded", &scene);
    fails(&mut scene, 20.0);
    story.run(&mut scene, 2);
    story.says(&scene, "ann presses the button in Slack");
    let (world, setup, id) = (scene.tocsin.world.clone(), scene.tocsin.setup.clone(), scene.id());
    let ann = setup.on_call.in_slack("U0ANN").expect("the configuration knows her").name.as_str();
    now_or_never(command::acknowledge(&world, &world, &setup, (&id, ann), scene.tocsin.now)).unwrap();
    let first = "14:32:00 ann: no word for 30m: ann by Slack (has the incident)";
    story.run(&mut scene, 29);
    assert!(asked(&scene).is_empty(), "{:?}", paging(&scene));
    story.run(&mut scene, 19);
    assert_eq!(asked(&scene), [first]);
    story.says(&scene, "ann writes a note");
    now_or_never(command::note(&world, &world, &setup, (&id, ann, "on it"), scene.tocsin.now)).unwrap();
    story.run(&mut scene, 29);
    assert_eq!(asked(&scene), [first], "a word puts it off");
    story.run(&mut scene, 2);
    let second = "15:20:00 ann: no word for 30m: ann by Slack (has the incident)";
    assert_eq!(asked(&scene), [first, second]);
    let reminders = scene.told("ann.slack").into_iter().filter(|kind| *kind == EventKind::IncidentUpdated).count();
    assert_eq!(reminders, 2, "{:?}", scene.told("ann.slack"));
    story.says(&scene, "all is well again");
    fails(&mut scene, 0.5);
    story.run(&mut scene, 90);
    assert_eq!(scene.incident().state, State::Resolved);
    assert_eq!(asked(&scene).len(), 2, "nobody is asked when it is over");
    check_golden("called-and-reminded", &story.end(&scene));
}

#[test]
fn what_comes_back_within_its_cooldown_calls_again() {
    let mut scene = Scene::new(setup_on_call(&[]));
    for (percent, minutes) in [(20.0, 3), (0.5, 4), (20.0, 4)] {
        fails(&mut scene, percent);
        scene.run(minutes);
    }
    assert_eq!(scene.incidents().len(), 1, "it is the same incident");
    assert_eq!(scene.calls("ann.phone"), 2, "{:?}", paging(&scene));
    assert!(matches!(press(&scene, 1, "ann"), Err(CommandError::NotNow(_))), "the old link is used up");
    assert_eq!(press(&scene, 2, "ann"), Ok(State::Acknowledged));
}

#[test]
fn what_comes_back_and_is_taken_before_the_group_speaks_calls_nobody() {
    let mut scene = Scene::new(setup_on_call(&[("group_wait: 30s", "group_wait: 2m")]));
    for (percent, minutes) in [(20.0, 5), (0.5, 4), (20.0, 1)] {
        fails(&mut scene, percent);
        scene.run(minutes);
    }
    assert_eq!((scene.incident().state, scene.calls("ann.phone")), (State::Triggered, 1), "{:?}", paging(&scene));
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    now_or_never(command::acknowledge(world, world, setup, (&scene.id(), "ben"), now)).unwrap();
    scene.run(30);
    assert_eq!((scene.calls("ann.phone"), scene.calls("ben.phone")), (1, 0), "{:?}", paging(&scene));
}

#[test]
fn a_silence_holds_back_page_and_message_and_both_come_when_it_ends() {
    let mut scene = Scene::new(setup_on_call(&[]));
    silence(&scene, 20);
    fails(&mut scene, 20.0);
    scene.run(19);
    assert!(scene.incident().state.is_open());
    assert!(scene.tocsin.world.lock().inbox.is_empty(), "nobody is told");
    assert!(paging(&scene).is_empty(), "nobody is called");
    scene.run(2);
    assert_eq!(scene.told("pagerduty"), [EventKind::IncidentOpened]);
    assert_eq!(scene.calls("ann.phone"), 1, "{:?}", paging(&scene));
}

#[test]
fn what_ends_under_a_silence_is_told_to_those_who_heard_of_it() {
    let mut scene = Scene::new(setup_on_call(&[]));
    fails(&mut scene, 20.0);
    scene.run(3);
    silence(&scene, 60);
    scene.run(5);
    fails(&mut scene, 0.5);
    scene.run(4);
    assert_eq!(scene.told("pagerduty"), [EventKind::IncidentOpened, EventKind::IncidentResolved]);
    assert_eq!(scene.told("ann.phone"), [EventKind::IncidentOpened, EventKind::IncidentResolved]);
}

/// The setup in which a slow shop explains a failing one.
fn inhibiting() -> Setup {
    let rule = "inhibitions:
  - { source: { alertname: shop-checkout-slow }, target: { alertname: shop-checkout-error-rate }, equal: service }

routes:\n";
    setup_on_call(&[("routes:\n", rule)])
}

#[test]
fn what_another_alert_explains_calls_nobody_until_that_is_over() {
    let mut scene = Scene::new(inhibiting());
    scene.latency_ms = 4000.0;
    scene.run(6);
    assert_eq!(scene.told("slack").len(), 1);
    fails(&mut scene, 20.0);
    scene.run(10);
    assert_eq!((scene.told("pagerduty").len(), scene.calls("ann.phone")), (0, 0), "{:?}", paging(&scene));
    scene.latency_ms = 180.0;
    scene.run(12);
    assert_eq!((scene.told("pagerduty").len(), scene.calls("ann.phone")), (1, 1), "{:?}", paging(&scene));
}

#[test]
fn the_last_alert_of_an_incident_may_end_while_it_is_explained() {
    let mut scene = Scene::new(inhibiting());
    fails(&mut scene, 20.0);
    scene.run(3);
    assert_eq!(scene.told("pagerduty"), [EventKind::IncidentOpened]);
    scene.latency_ms = 4000.0;
    scene.run(6);
    fails(&mut scene, 0.5);
    scene.run(8);
    scene.latency_ms = 180.0;
    scene.run(8);
    assert_eq!(scene.incident().state, State::Resolved);
    let ends = scene.told("pagerduty").into_iter().filter(|kind| *kind == EventKind::IncidentResolved).count();
    assert_eq!(ends, 1, "the pager hears that it is over, though its own alert was before");
}

#[test]
fn who_mutes_it_hears_of_it_again_when_it_is_over() {
    let mut scene = Scene::new(setup_on_call(&[("group_wait: 30s", "group_wait: 30s, repeat_interval: 15m")]));
    fails(&mut scene, 20.0);
    scene.run(3);
    let id = scene.id();
    assert_eq!(press(&scene, 1, "ann"), Ok(State::Acknowledged));
    call(&scene, &id, "ann", Calling::Mute);
    scene.run(1);
    let before = scene.told("slack").len();
    scene.run(60);
    assert_eq!(scene.told("slack").len(), before, "{:?}", scene.told("slack"));
    fails(&mut scene, 70.0);
    scene.run(6);
    assert_eq!(scene.told("slack")[before..], [EventKind::IncidentUpdated], "worse than what was muted is told");
    let before = before + 1;
    fails(&mut scene, 0.5);
    scene.run(5);
    let after = &scene.told("slack")[before..];
    assert!(after.contains(&EventKind::IncidentResolved), "{after:?}");
}

#[test]
fn a_pager_hears_the_end_though_the_alert_went_to_another_route() {
    let routes = "  - { severity: [SEV1], channels: [slack, pagerduty, hook], escalation: shop }";
    let old = "  - { severity: [SEV1, SEV2], channels: [slack, pagerduty, hook], escalation: shop }";
    let mut scene = Scene::new(setup_on_call(&[(old, routes)]));
    for (percent, minutes) in [(70.0, 3), (20.0, 6), (0.5, 5)] {
        fails(&mut scene, percent);
        scene.run(minutes);
    }
    assert_eq!(scene.incident().state, State::Resolved);
    assert_eq!(scene.told("pagerduty").last(), Some(&EventKind::IncidentResolved));
    assert_eq!(scene.told("ann.phone").last(), Some(&EventKind::IncidentResolved));
}

#[test]
fn alerts_of_a_route_that_is_gone_are_told_by_the_new_one_and_their_end_by_nobody_else() {
    let mut scene = Scene::new(setup_on_call(&[]));
    fails(&mut scene, 20.0);
    scene.run(3);
    let old = "  - { severity: [SEV1, SEV2], channels: [slack, pagerduty, hook], escalation: shop }\n";
    scene.tocsin.setup = setup_on_call(&[(old, "")]);
    fails(&mut scene, 0.5);
    scene.run(5);
    assert_eq!(scene.incident().state, State::Resolved);
    assert_eq!(scene.told("pagerduty"), [EventKind::IncidentOpened, EventKind::IncidentResolved]);
    assert_eq!(scene.told("slack").iter().filter(|kind| **kind == EventKind::IncidentResolved).count(), 1);
    let world = scene.tocsin.world.lock();
    assert!(world.groups.values().all(|group| group.next_wake().is_none()), "nothing is woken for ever");
}
