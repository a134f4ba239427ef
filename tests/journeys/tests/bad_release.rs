//! A bad release, and how far Tocsin may go by itself.

#![allow(clippy::unwrap_used)]

use domain::setup::Setup;
use engine::command::decide_action;
use engine::port::Switch;
use simulator::now_or_never;
use tests_journeys::{BAD_VERSION, GOOD_VERSION, Scene, Story, check_golden, setup, setup_with};

/// A release of whose requests a fifth fails, in a scene that `prepare` has changed, told for half an hour.
fn check(name: &str, title: &str, setup: Setup, prepare: impl FnOnce(&mut Scene)) -> Scene {
    let mut scene = Scene::new(setup);
    let mut story = Story::of(title, &scene);
    story.says(&scene, "version 2 is released; 20 % of its requests fail");
    scene.release(BAD_VERSION, 20.0);
    prepare(&mut scene);
    story.run(&mut scene, 30);
    check_golden(name, &story.end(&scene));
    scene
}

fn in_mode(mode: &str) -> Setup {
    setup_with(&[("mode: auto", &format!("mode: {mode}"))])
}

#[test]
fn in_auto_it_is_rolled_back_and_written_up() {
    let scene = check("bad-release-auto", "A bad release, rolled back without asking", setup(), |_| {});
    assert_eq!(scene.version(), GOOD_VERSION);
    assert_eq!(scene.tocsin.world.lock().post_mortems.len(), 1);
}

#[test]
fn in_suggest_people_are_told_what_would_help() {
    let title = "A bad release; the roll-back is only suggested";
    let scene = check("bad-release-suggest", title, in_mode("suggest"), |_| {});
    assert_eq!(scene.version(), BAD_VERSION);
}

#[test]
fn in_shadow_it_is_written_down_and_nobody_is_told() {
    let title = "A bad release; the roll-back is written down, in shadow";
    let scene = check("bad-release-shadow", title, in_mode("shadow"), |_| {});
    assert_eq!(scene.version(), BAD_VERSION);
}

#[test]
fn switched_off_it_is_not_even_considered() {
    let title = "A bad release; the runbook's step is off";
    let scene = check("bad-release-off", title, in_mode("off"), |_| {});
    assert!(scene.incident().actions.is_empty());
}

#[test]
fn with_all_responses_disabled_nothing_is_done() {
    let setup = setup_with(&[("response: { enabled: true", "response: { enabled: false")]);
    let title = "A bad release; responses are disabled in the configuration";
    let scene = check("bad-release-disabled", title, setup, |_| {});
    assert_eq!(scene.version(), BAD_VERSION);
}

#[test]
fn the_kill_switch_stops_it() {
    let title = "A bad release; the kill switch is thrown";
    let scene = check("bad-release-kill-switch", title, setup(), |scene| {
        scene.tocsin.world.lock().switch = Switch {
            engaged: true,
            by: "ana".to_owned(),
            reason: "the region is being moved".to_owned(),
            at: scene.tocsin.now,
        };
    });
    assert_eq!(scene.version(), BAD_VERSION);
}

#[test]
fn a_weighted_release_is_left_to_a_person() {
    let title = "A bad release that takes a share of the traffic";
    let scene = check("bad-release-weighted", title, setup(), |scene| {
        scene.change_alias(|alias| alias.weighted = true);
    });
    assert_eq!(scene.version(), BAD_VERSION);
}

#[test]
fn with_leave_it_is_rolled_back_after_three_minutes() {
    let story = with_a_word_after_three_minutes(true);
    check_golden("bad-release-approved", &story);
}

#[test]
fn without_leave_it_is_not_rolled_back() {
    let story = with_a_word_after_three_minutes(false);
    check_golden("bad-release-refused", &story);
}

fn with_a_word_after_three_minutes(approve: bool) -> String {
    let mut scene = Scene::new(in_mode("approve"));
    let mut story = Story::of("A bad release; the roll-back waits for leave", &scene);
    story.says(&scene, "version 2 is released; 20 % of its requests fail");
    scene.release(BAD_VERSION, 20.0);
    story.run(&mut scene, 4);
    assert_eq!(scene.version(), BAD_VERSION, "nobody gave leave yet");
    story.says(&scene, if approve { "ana approves" } else { "ana refuses" });
    let incident = scene.incident();
    let about = (&incident.id, &incident.actions[0].id);
    let world = &scene.tocsin.world;
    now_or_never(decide_action(world, world, about, (approve, "ana"), scene.tocsin.now)).unwrap();
    story.run(&mut scene, 15);
    assert_eq!(scene.version(), if approve { GOOD_VERSION } else { BAD_VERSION });
    story.end(&scene)
}

#[test]
fn a_second_one_within_the_hour_is_beyond_the_limit() {
    let mut scene = Scene::new(setup());
    let mut story = Story::of("Two bad releases within an hour; one roll-back an hour is allowed", &scene);
    for version in ["2", "3"] {
        story.says(&scene, &format!("version {version} is released; 20 % of its requests fail"));
        scene.release(version, 20.0);
        story.run(&mut scene, 20);
    }
    assert_eq!(scene.version(), "3");
    check_golden("bad-release-limit", &story.end(&scene));
}

#[test]
fn without_a_release_there_is_nothing_to_roll_back() {
    let mut scene = Scene::new(setup());
    let mut story = Story::of("Trouble that no release explains", &scene);
    story.says(&scene, "20 % of the requests to version 1 fail");
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    story.run(&mut scene, 10);
    assert_eq!(scene.version(), GOOD_VERSION);
    check_golden("no-release", &story.end(&scene));
}

#[test]
fn a_roll_back_of_our_own_is_never_rolled_back_like_a_release() {
    let setup = setup_with(&[("limit: { count: 1, per: 1h }", "limit: { count: 9, per: 1h }")]);
    let mut scene = Scene::new(setup);
    let mut story = Story::of("After a roll-back the old version fails as well", &scene);
    story.says(&scene, "version 2 is released; 20 % of its requests fail");
    scene.release(BAD_VERSION, 20.0);
    story.run(&mut scene, 20);
    story.says(&scene, "20 % of the requests to version 1 fail, too");
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    story.run(&mut scene, 10);
    assert_eq!(scene.version(), GOOD_VERSION, "the bad version must not come back");
    check_golden("own-roll-back", &story.end(&scene));
}
