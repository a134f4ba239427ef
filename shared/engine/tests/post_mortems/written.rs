//! The use case over the simulated world: what is stored after crashes, redelivery, conflicts and a second resolve.

use domain::event::EventKind;
use domain::incident::{Severity, State, What};
use domain::report::PostMortem;
use domain::response::ActionState;
use domain::units::Time;
use simulator::{Crash, World, now_or_never};
use tocsin_engine::perform::UseCaseError;
use tocsin_engine::post_mortem::{Refusal, Written, html_key, markdown_key, write};

use crate::incidents::{bad_release, by_hand};
use crate::scene::{Scene, at, entry, resolved};

const SHARDS: u32 = 1;

fn world(scene: &Scene) -> World {
    let world = World::default();
    {
        let mut inner = world.lock();
        let incident = scene.incident.clone();
        inner.incidents.insert(incident.id.to_string(), incident);
        for deployment in &scene.deployments {
            inner.deployments.insert(deployment.id.to_string(), deployment.clone());
        }
        for chunk in &scene.chunks {
            inner.chunks.insert((chunk.shard, chunk.tick), chunk.clone());
        }
    }
    world
}

fn run(world: &World, scene: &Scene, now: Time) -> Result<Written, UseCaseError> {
    let ports = (world, world, world);
    now_or_never(write(ports, report::render, &scene.setup, &scene.incident.id, SHARDS, now))
}

/// What a reader finds afterwards: post-mortem, follow-ups, reports, timeline, events told or waiting to be.
fn stored(world: &World, scene: &Scene) -> (Option<PostMortem>, Vec<String>, Vec<Vec<u8>>, usize, usize) {
    let inner = world.lock();
    let id = &scene.incident.id;
    let entries = inner.incidents[id.as_str()].timeline.iter();
    let written = entries.filter(|entry| matches!(entry.what, What::PostMortemWritten { .. })).count();
    let told = inner.bus.iter().chain(inner.outbox.values().map(|(_, event)| event));
    let mut ids: Vec<_> =
        told.filter(|event| event.kind == EventKind::PostMortemWritten).map(|event| &event.id).collect();
    ids.sort();
    ids.dedup();
    let reports = [markdown_key(id), html_key(id)];
    (
        inner.post_mortems.get(id.as_str()).cloned(),
        inner.action_items.values().map(|item| item.title.clone()).collect(),
        reports.iter().filter_map(|key| inner.archive.get(key).cloned()).collect(),
        written,
        ids.len(),
    )
}

#[test]
fn it_is_written_once_however_often_it_is_asked_for() {
    let scene = bad_release();
    let world = world(&scene);
    assert!(matches!(run(&world, &scene, at(12, 11)), Ok(Written::Now { .. })));
    let once = stored(&world, &scene);
    assert_eq!((once.2.len(), once.3, once.4), (2, 1, 1));
    assert!(once.0.is_some() && once.1.len() == 2, "{:?}", once.1);
    assert!(matches!(run(&world, &scene, at(14, 0)), Ok(Written::Before(_))));
    assert_eq!(stored(&world, &scene), once);
}

#[test]
fn what_comes_back_has_it_written_anew_and_told_once() {
    let scene = bad_release();
    let world = world(&scene);
    run(&world, &scene, at(12, 11)).expect("nothing disturbs it");
    let again = at(13, 5);
    world.lock().incidents.get_mut(scene.incident.id.as_str()).unwrap().resolved_at = Some(again);
    assert!(matches!(run(&world, &scene, at(13, 6)), Ok(Written::Now { .. })));
    let (post_mortem, _, _, written, told) = stored(&world, &scene);
    assert_eq!((post_mortem.unwrap().resolved_at, written, told), (again, 2, 1));
}

#[test]
fn a_death_at_any_call_ends_in_the_same_stored_state() {
    let scene = bad_release();
    let undisturbed = world(&scene);
    run(&undisturbed, &scene, at(12, 11)).expect("nothing disturbs it");
    let calls = undisturbed.lock().calls;
    let expected = stored(&undisturbed, &scene);
    for call in 0..calls {
        for crash in [Crash::Before(call), Crash::After(call)] {
            let world = world(&scene);
            world.crash(crash);
            let _ = run(&world, &scene, at(12, 11));
            assert!(world.revive(), "{crash:?} happened");
            run(&world, &scene, at(12, 11)).expect("the second delivery succeeds");
            assert_eq!(stored(&world, &scene), expected, "{crash:?}");
        }
    }
}

#[test]
fn a_committed_post_mortem_always_has_its_reports() {
    let scene = bad_release();
    for call in 0..40 {
        let world = world(&scene);
        world.crash(Crash::After(call));
        let _ = run(&world, &scene, at(12, 11));
        let (post_mortem, _, reports, ..) = stored(&world, &scene);
        assert!(post_mortem.is_none() || reports.len() == 2, "after call {call}");
    }
}

#[test]
fn an_incident_that_is_open_or_of_another_severity_or_unknown_has_none() {
    let check = |scene: &Scene, expected: &Refusal| {
        let world = world(scene);
        assert_eq!(run(&world, scene, at(12, 11)), Ok(Written::Refused(expected.clone())));
        assert!(world.lock().archive.is_empty());
    };
    let mut scene = bad_release();
    scene.incident.severity = Severity::Sev3;
    check(&scene, &Refusal::Severity(Severity::Sev3));
    let mut scene = bad_release();
    (scene.incident.state, scene.incident.resolved_at) = (State::Triggered, None);
    check(&scene, &Refusal::Open(State::Triggered));
    let scene = bad_release();
    let world = World::default();
    let unknown = Refusal::Unknown(scene.incident.id.clone());
    assert_eq!(run(&world, &scene, at(12, 11)), Ok(Written::Refused(unknown)));
}

#[test]
fn a_second_resolve_is_written_again() {
    let mut scene = bad_release();
    let world = world(&scene);
    run(&world, &scene, at(12, 11)).expect("it is written");
    let id = scene.incident.id.to_string();
    {
        let mut inner = world.lock();
        let incident = inner.incidents.get_mut(&id).expect("it is stored");
        let reason = "fired again within its cooldown of 10m".to_owned();
        incident.timeline.push(entry(at(15, 0), What::Reopened { reason }));
        incident.timeline.push(resolved("tocsin", at(20, 0)));
        incident.resolved_at = Some(at(20, 0));
        scene.incident = incident.clone();
    }
    assert!(matches!(run(&world, &scene, at(20, 1)), Ok(Written::Now { .. })));
    let (post_mortem, items, _, written, _) = stored(&world, &scene);
    assert_eq!(post_mortem.expect("it is stored").resolved_at, at(20, 0));
    assert_eq!(written, 2);
    assert!(items.iter().any(|title| title.contains("came back")), "{items:?}");
}

#[test]
fn an_incident_of_tocsin_itself_is_written_for_the_default_owner() {
    let mut scene = by_hand();
    scene.incident.service = tocsin_engine::own_service();
    let world = world(&scene);
    assert!(matches!(run(&world, &scene, at(52, 1)), Ok(Written::Now { .. })));
    let (post_mortem, ..) = stored(&world, &scene);
    assert_eq!(post_mortem.expect("it is stored").owner, "team-platform");
}

#[test]
fn it_waits_until_what_is_being_done_is_settled() {
    let mut scene = bad_release();
    let settled = scene.incident.actions[0].state.clone();
    scene.incident.actions[0].state = ActionState::Acting { revision: "r".to_owned(), since: at(12, 5) };
    let world = world(&scene);
    let refused = run(&world, &scene, at(12, 11));
    assert!(matches!(refused, Ok(Written::Refused(Refusal::Unsettled(_)))), "{refused:?}");
    assert_eq!(stored(&world, &scene).2.len(), 0);
    world.lock().incidents.get_mut(scene.incident.id.as_str()).unwrap().actions[0].state = settled;
    assert!(matches!(run(&world, &scene, at(12, 13)), Ok(Written::Now { .. })));
}
