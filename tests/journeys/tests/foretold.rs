//! What explain foretells is what comes about.

use domain::incident::What;
use domain::label::Labels;
use domain::setup::Setup;
use domain::units::Span;
use engine::explain::{Said, Subject, explain};
use simulator::now_or_never;
use tests_journeys::{GOOD_VERSION, Scene, setup_on_call};

/// What is bad calls the desk, what is worst calls whom the shop's policy names.
fn two_policies() -> Setup {
    setup_on_call(&[
        (
            "  - { severity: [SEV1, SEV2], channels: [slack, pagerduty, hook], escalation: shop }\n",
            "  - { severity: SEV1, channels: [slack, pagerduty, hook], escalation: shop }\n  - { severity: SEV2, channels: [slack], escalation: desk }\n",
        ),
        ("escalations:\n", "escalations:\n  - { name: desk, steps: [ { page: \"channel:slack\" } ] }\n"),
    ])
}

fn policy(scene: &Scene) -> Option<String> {
    scene.incident().escalation.map(|paging| paging.policy.to_string())
}

#[test]
fn the_policy_of_what_is_worse_is_said_to_take_over_and_does() {
    let mut scene = Scene::new(two_policies());
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    scene.run(4);
    assert_eq!(policy(&scene).as_deref(), Some("desk"));
    let labels = [("service", "shop-checkout"), ("severity", "SEV1"), ("alertname", "worse")];
    let labels: Labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    let told = now_or_never(explain(world, setup, (&Subject::Labels(labels), None), now)).expect("it is explained");
    let said: Vec<&Said> = told.steps.iter().map(|step| &step.said).collect();
    let at = now + Span::from_seconds(30);
    let Some(place) = said.iter().position(|said| matches!(said, Said::TakesOver { .. })) else { panic!("{said:?}") };
    assert_eq!(*said[place], Said::TakesOver { at, policy: "shop".parse().expect("a name") });
    let Said::Calls { at: called_at, what: foretold } = said[place + 1] else { panic!("{said:?}") };
    assert_eq!(*called_at, at);
    let foretold = foretold.clone();
    scene.errors.insert(GOOD_VERSION.to_owned(), 60.0);
    scene.run(4);
    assert_eq!(policy(&scene).as_deref(), Some("shop"));
    let paged =
        |entry: &domain::incident::Entry| matches!(&entry.what, What::Paging { summary } if *summary == foretold);
    assert!(scene.incident().timeline.iter().any(paged), "{foretold:?} is not in {:?}", scene.incident().timeline);
}
