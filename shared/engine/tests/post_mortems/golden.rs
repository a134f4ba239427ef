//! Three incidents as reports. `TOCSIN_UPDATE_GOLDEN=1` writes the files anew; read the difference before committing.

// The rules must not read files or the environment; a test of their output may.
#![allow(clippy::disallowed_methods)]

use std::path::PathBuf;

use crate::incidents::{bad_release, by_hand, no_cause};
use crate::scene::Scene;

fn check(file: &str, found: &str) {
    let path: PathBuf =
        [&*std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests"), "tests/post_mortems/golden", file]
            .iter()
            .collect();
    if std::env::var_os("TOCSIN_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(found, expected, "{file} differs");
}

fn check_both(scene: &Scene, name: &str) {
    let rendered = report::render(&scene.post_mortem());
    check(&format!("{name}.md"), &rendered.markdown);
    check(&format!("{name}.html"), &rendered.html);
}

#[test]
fn a_bad_release_that_was_rolled_back() {
    check_both(&bad_release(), "bad-release");
}

#[test]
fn an_incident_that_nothing_explains() {
    check_both(&no_cause(), "no-cause");
}

#[test]
fn an_alarm_of_another_system_that_nobody_heard_of() {
    check_both(&by_hand(), "by-hand");
}
