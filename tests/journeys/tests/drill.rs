//! A drill goes the whole way and passes; what is broken on the way is found and told.

use domain::drill::{Drill, Hop, Standing};
use domain::event::EventKind;
use domain::id::SilenceId;
use domain::incident::State;
use domain::notification::Delivery;
use domain::silence::Silence;
use domain::units::Span;
use engine::command;
use engine::drill::{Refused, begin};
use simulator::{Crash, Redelivery, now_or_never};
use tests_journeys::{Scene, Story, check_golden, setup_on_call};

const DRILLED: (&str, &str) = ("post_mortem:", "drills: [ { service: shop-checkout } ]\n\npost_mortem:");

fn scene() -> Scene {
    Scene::new(setup_on_call(&[DRILLED]))
}

fn ask(scene: &Scene) -> Result<(Drill, bool), Refused> {
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    let service = "shop-checkout".parse().expect("a name");
    now_or_never(begin(world, world, setup, (&service, "ann"), now))
}

/// The drill that was asked for last.
fn drill(scene: &Scene) -> Drill {
    let world = scene.tocsin.world.lock();
    world.drills.values().max_by_key(|drill| drill.asked_at).expect("there is a drill").clone()
}

/// Ann takes what she is called for, as soon as she is.
fn ann_acknowledges(scene: &Scene) -> bool {
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    let Some(id) = drill(scene).incident else { return false };
    let is_called = drill(scene).hops.contains_key(&Hop::Called);
    is_called && now_or_never(command::acknowledge(world, world, setup, (&id, "ann"), now)).is_ok()
}

fn hops(scene: &Scene) -> String {
    drill(scene).hops.keys().map(Hop::to_string).collect::<Vec<_>>().join(" ")
}

/// What the alert of the broken way says; `None`: it does not fire.
fn broken(scene: &Scene) -> Option<String> {
    let world = scene.tocsin.world.lock();
    let alert = world.alerts.values().find(|alert| alert.name == "drill-of/shop-checkout")?;
    (alert.status == domain::alert::Status::Firing).then(|| alert.reason.clone())
}

#[test]
fn a_drill_reaches_ann_and_ends_when_she_acknowledges() {
    let mut scene = scene();
    let mut story = Story::of("A drill of the shop: Ann is called and acknowledges", &scene);
    story.run(&mut scene, 2);
    story.says(&scene, "ann asks for a drill");
    assert!(ask(&scene).is_ok_and(|(_, is_new)| is_new));
    assert!(ask(&scene).is_ok_and(|(_, is_new)| !is_new), "asked for twice it is one");
    story.run(&mut scene, 3);
    assert!(matches!(ask(&scene), Err(Refused::Running(..))));
    story.says(&scene, "ann acknowledges");
    assert!(ann_acknowledges(&scene), "{:?}", drill(&scene));
    story.run(&mut scene, 5);
    assert!(matches!(drill(&scene).standing, Standing::Passed { .. }), "{:?}", drill(&scene));
    assert_eq!(hops(&scene), "collected evaluated published delivered called acknowledged ended");
    let times: Vec<_> = drill(&scene).hops.into_values().collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(broken(&scene), None);
    let incident = scene.incident();
    assert!(incident.is_drill() && incident.actions.is_empty() && incident.state == State::Resolved);
    assert!(scene.tocsin.world.lock().post_mortems.is_empty(), "there is nothing to learn from");
    let report =
        now_or_never(engine::operations::report(&scene.tocsin.world, [incident.opened_at, scene.tocsin.now], None));
    assert_eq!(report.expect("the store answers").total.incidents, 0);
    check_golden("drill", &story.end(&scene));
}

#[test]
fn a_drill_that_nobody_acknowledges_says_so_and_the_next_that_passes_ends_it() {
    let mut scene = scene();
    assert!(ask(&scene).is_ok());
    scene.run(25);
    let Standing::Broken { hop, reason, .. } = drill(&scene).standing else { panic!("{:?}", drill(&scene)) };
    assert_eq!(hop, Hop::Acknowledged);
    assert!(reason.contains("told were ann.phone"), "{reason}");
    assert!(broken(&scene).is_some_and(|said| said.contains("nobody acknowledged within 15m")));
    assert!(scene.incidents().iter().filter(|incident| incident.is_drill()).all(|incident| !incident.state.is_open()));
    let own = |scene: &Scene| scene.incidents().into_iter().find(|incident| incident.service.as_str() == "tocsin");
    assert!(own(&scene).is_some_and(|incident| incident.state.is_open()), "the broken way is an incident");

    assert!(ask(&scene).is_ok());
    for _ in 0..10 {
        scene.run(1);
        ann_acknowledges(&scene);
    }
    assert!(matches!(drill(&scene).standing, Standing::Passed { .. }), "{:?}", drill(&scene));
    assert_eq!(broken(&scene), None);
    assert!(own(&scene).is_some_and(|incident| !incident.state.is_open()));
}

#[test]
fn a_silence_that_covers_the_drill_is_found() {
    let mut scene = scene();
    let now = scene.tocsin.now;
    let silence = Silence {
        id: SilenceId::derive(&["forgotten"]),
        version: 1,
        matchers: "service=shop-checkout".parse().expect("a matcher"),
        starts_at: now,
        ends_at: now + Span::DAY,
        by: "ben".to_owned(),
        comment: "forgotten".to_owned(),
        created_at: now,
    };
    scene.tocsin.world.lock().silences.insert(silence.id.clone(), silence);
    assert!(ask(&scene).is_ok());
    scene.run(12);
    let said = broken(&scene).expect("it broke");
    assert!(
        said.contains("broke before it was published") && said.contains("tocsin explain drill/shop-checkout"),
        "{said}"
    );
}

#[test]
fn a_vendor_that_refuses_is_found_with_its_answer() {
    let mut scene = scene();
    for channel in ["slack", "pagerduty", "hook", "ann.phone", "ben.phone"] {
        let refused = Delivery::Refused { answer: "403 key revoked".to_owned() };
        scene.tocsin.world.lock().answers.entry(channel.to_owned()).or_default().extend(vec![refused; 50]);
    }
    assert!(ask(&scene).is_ok());
    scene.run(12);
    let said = broken(&scene).expect("it broke");
    assert!(said.contains("broke before it was delivered") && said.contains("403 key revoked"), "{said}");
}

#[test]
fn what_is_really_wrong_meanwhile_is_an_incident_of_its_own() {
    let mut scene = scene();
    assert!(ask(&scene).is_ok());
    scene.errors.insert(tests_journeys::GOOD_VERSION.to_owned(), 20.0);
    scene.run(6);
    let (drills, real): (Vec<_>, Vec<_>) =
        scene.incidents().into_iter().partition(domain::incident::Incident::is_drill);
    assert_eq!((drills.len(), real.len()), (1, 1));
    assert!(real[0].state.is_open());
}

/// A drill that Ann acknowledges; returns the calls of ports meanwhile.
fn play(redelivery: Redelivery, crash: Option<Crash>) -> (Scene, u64) {
    let mut scene = scene();
    scene.tocsin.redelivery = redelivery;
    assert!(ask(&scene).is_ok());
    scene.tocsin.world.lock().calls = 0;
    if let Some(crash) = crash {
        scene.tocsin.world.crash(crash);
    }
    let mut calls = 0;
    for minute in 0..16 {
        scene.run(1);
        if minute == 7 {
            calls = scene.tocsin.world.lock().calls;
        }
        let is_armed = scene.tocsin.world.is_armed();
        let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
        let own = scene.incidents().into_iter().find(domain::incident::Incident::is_drill);
        if let Some(own) = own.filter(|own| minute >= 3 && own.state == State::Triggered && !is_armed) {
            let _ = now_or_never(command::acknowledge(world, world, setup, (&own.id, "ann"), now));
        }
    }
    (scene, calls)
}

#[test]
fn whatever_dies_the_drill_passes_once() {
    for redelivery in [Redelivery::AtOnce, Redelivery::OnlyEvents] {
        let (_, calls) = play(redelivery, None);
        assert!(calls > 50, "the drill makes {calls} calls");
        for crash in (0..calls).flat_map(|call| [Crash::Before(call), Crash::After(call)]) {
            let (scene, _) = play(redelivery, Some(crash));
            let name = format!("{redelivery:?}, {crash:?}");
            assert!(matches!(drill(&scene).standing, Standing::Passed { .. }), "{name}: {:?}", drill(&scene));
            assert_eq!(scene.incidents().len(), 1, "{name}");
            assert!(scene.incidents().iter().all(|incident| !incident.state.is_open()), "{name}");
            let world = scene.tocsin.world.lock();
            let ends =
                world.inbox.iter().filter(|(who, n)| who == "slack" && n.event.kind == EventKind::IncidentResolved);
            assert!((1..=2).contains(&ends.count()), "{name}");
        }
    }
}
