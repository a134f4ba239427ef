//! What becomes of a roll-back that does not help.

use domain::response::ActionState;
use tests_journeys::{BAD_VERSION, GOOD_VERSION, Scene, Story, check_golden, setup};

/// Version 2 is released and a fifth of its requests fail; of version 1 so many fail from then on.
fn check(name: &str, title: &str, errors_of_old: f64) -> Scene {
    let mut scene = Scene::new(setup());
    let mut story = Story::of(title, &scene);
    story.says(
        &scene,
        &format!("version 2 is released; 20 % of its requests fail, and {errors_of_old} % of those to version 1 would"),
    );
    scene.release(BAD_VERSION, 20.0);
    scene.errors.insert(GOOD_VERSION.to_owned(), errors_of_old);
    story.run(&mut scene, 20);
    check_golden(name, &story.end(&scene));
    scene
}

#[test]
fn one_that_does_not_help_is_told_to_people() {
    let scene = check("roll-back-ineffective", "A roll-back that does not help", 20.0);
    assert!(matches!(scene.incident().actions[0].state, ActionState::Ineffective { .. }));
    assert_eq!(scene.version(), GOOD_VERSION, "no worse is no reason to undo");
}

#[test]
fn one_that_makes_it_worse_is_undone() {
    let scene = check("roll-back-undone", "A roll-back that makes it worse", 40.0);
    assert!(matches!(scene.incident().actions[0].state, ActionState::Undone { .. }));
    assert_eq!(scene.version(), BAD_VERSION);
}
