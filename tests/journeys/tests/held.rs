//! Somebody has an incident, and it becomes more than what they took.

use domain::event::EventKind;
use domain::id::{PersonName, SilenceId};
use domain::incident::State;
use domain::link::Claim;
use domain::setup::Setup;
use domain::silence::Silence;
use domain::units::Span;
use engine::command::{self, CommandError};
use simulator::now_or_never;
use tests_journeys::{GOOD_VERSION, Scene, Story, check_golden, setup_on_call};

/// SEV2 for ann, who takes it; then SEV1.
fn becomes_worse(setup: Setup, story: &str) -> (Scene, Story) {
    let mut scene = Scene::new(setup);
    let mut story = Story::of(story, &scene);
    story.says(&scene, "20 % of the requests fail");
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    story.run(&mut scene, 3);
    story.says(&scene, "ann presses the link of her page");
    assert_eq!(press(&scene, 1, "ann"), Ok(State::Acknowledged));
    story.run(&mut scene, 5);
    story.says(&scene, "80 % of the requests fail");
    scene.errors.insert(GOOD_VERSION.to_owned(), 80.0);
    story.run(&mut scene, 5);
    (scene, story)
}

fn press(scene: &Scene, generation: u32, by: &str) -> Result<State, CommandError> {
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    let person = Some(by.parse::<PersonName>().expect("a name"));
    let claim = Claim { incident: scene.id(), generation, expires_at: now + Span::HOUR, person };
    now_or_never(command::redeem(world, world, setup, (&claim, by), now)).map(|incident| incident.state)
}

/// How often somebody was called, and what they were asked.
fn heard(scene: &Scene, name: &str) -> (usize, Vec<String>) {
    let world = scene.tocsin.world.lock();
    let told = || world.inbox.iter().filter(|(channel, _)| channel == name).map(|(_, told)| &told.event);
    let calls = told().filter(|event| event.kind == EventKind::IncidentOpened).count();
    let asked = told().filter(|event| event.kind == EventKind::IncidentUpdated);
    (calls, asked.map(|event| event.summary.clone()).collect())
}

fn stands(scene: &Scene) -> (State, Option<String>) {
    let incident = scene.incident();
    (incident.state, incident.taken_by().map(str::to_owned))
}

#[test]
fn without_a_word_others_are_called() {
    let (mut scene, mut story) =
        becomes_worse(setup_on_call(&[]), "Ann has it, and sleeps again when it becomes worse");
    assert_eq!(stands(&scene), (State::Acknowledged, Some("ann".to_owned())));
    let (calls, asked) = heard(&scene, "ann.phone");
    assert_eq!((calls, asked.len()), (1, 1), "{asked:?}");
    assert!(asked[0].contains("Without a word from you within 5m, others are called"), "{asked:?}");
    story.run(&mut scene, 16);
    assert_eq!(stands(&scene), (State::Triggered, None));
    assert!(heard(&scene, "ann.phone").0 > 1 && heard(&scene, "ben.phone").0 > 0, "called, step by step");
    story.says(&scene, "ben presses the link of his page");
    let last = scene.incident().escalation.expect("he was called").pages;
    assert_eq!(press(&scene, last, "ben"), Ok(State::Acknowledged));
    story.run(&mut scene, 60);
    assert_eq!(stands(&scene), (State::Acknowledged, Some("ben".to_owned())));
    check_golden("called-and-asked", &story.end(&scene));
}

#[test]
fn one_press_answers() {
    let (mut scene, _) = becomes_worse(setup_on_call(&[]), "Ann has it still");
    let asked = scene.incident().escalation.expect("she was called").pages;
    assert!(matches!(press(&scene, asked, "ben"), Err(CommandError::NotNow(_))), "it was not he who was asked");
    assert_eq!(press(&scene, asked, "ann"), Ok(State::Acknowledged));
    assert!(matches!(press(&scene, asked, "ann"), Err(CommandError::NotNow(_))), "once");
    scene.tocsin.run(180);
    assert_eq!(stands(&scene), (State::Acknowledged, Some("ann".to_owned())));
    assert_eq!((heard(&scene, "ann.phone").0, heard(&scene, "ben.phone").0), (1, 0));
}

#[test]
fn a_worse_one_with_a_policy_of_its_own_calls_at_once() {
    let routes = "  - { severity: SEV1, channels: [slack, pagerduty, hook], escalation: night }\n  - { severity: [SEV1, SEV2], channels";
    let night = "escalations:\n  - { name: night, steps: [ { page: \"person:ben\" } ], fallback: slack }\n";
    let setup = setup_on_call(&[("  - { severity: [SEV1, SEV2], channels", routes), ("escalations:\n", night)]);
    let (mut scene, _) = becomes_worse(setup, "Ann has it, and SEV1 is Ben's");
    assert_eq!(stands(&scene), (State::Triggered, None));
    assert_eq!(heard(&scene, "ben.phone").0, 1);
    let (calls, asked) = heard(&scene, "ann.phone");
    assert_eq!(calls, 1);
    let last = asked.last().expect("she is told");
    assert!(last.starts_with("it is SEV1 now, and policy night calls: "), "{asked:?}");
    let link = scene.incident().escalation.expect("it calls").pages - 1;
    assert_eq!(press(&scene, link, "ann"), Ok(State::Acknowledged), "she takes it again by what told her");
    scene.tocsin.run(120);
    assert_eq!(heard(&scene, "ben.phone").0, 1, "and is believed");
}

#[test]
fn what_is_silenced_asks_nobody_before_it_may_be_told() {
    let mut scene = Scene::new(setup_on_call(&[]));
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    scene.run(3);
    assert_eq!(press(&scene, 1, "ann"), Ok(State::Acknowledged));
    let now = scene.tocsin.now;
    let silence = Silence {
        id: SilenceId::derive(&["a load test"]),
        version: 1,
        matchers: "service=shop-checkout".parse().expect("a matcher"),
        starts_at: now,
        ends_at: now + Span::from_minutes(30),
        by: "ann".to_owned(),
        comment: "a load test".to_owned(),
        created_at: now,
    };
    scene.tocsin.world.lock().silences.insert(silence.id.clone(), silence);
    scene.errors.insert(GOOD_VERSION.to_owned(), 80.0);
    scene.run(29);
    assert_eq!(stands(&scene), (State::Acknowledged, Some("ann".to_owned())));
    assert_eq!(heard(&scene, "ann.phone"), (1, Vec::new()));
    scene.run(3);
    assert_eq!(heard(&scene, "ann.phone").1.len(), 1, "it may be told now");
    scene.run(10);
    assert_eq!(stands(&scene), (State::Triggered, None));
}
