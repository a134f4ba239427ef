//! `tocsin on-call` as its users call it.

use std::fs;
use std::process::Command;

const CONFIG: &str = r#"version: 1
services: [ { name: shop, owner: team-shop } ]
people:
  - { name: ann, zone: Europe/Berlin, addresses: "phone:+4930123456" }
  - { name: bob, addresses: "phone:+4930123457" }
schedules:
  - { name: shop, zone: Europe/Berlin, rotations: [ { name: all, people: [ann, bob], start: "2026-01-05 09:00" } ] }
  - { name: desk, rotations: [ { name: all, people: bob, start: "2026-01-05 09:00", hours: [ { from: "09:00", until: "17:00" } ] } ] }
"#;

/// Exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("tocsin.yaml"), CONFIG).expect("a file can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    let output = command.current_dir(folder.path()).args(arguments).output().expect("tocsin starts");
    let text = |bytes| String::from_utf8(bytes).expect("tocsin prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn check(arguments: &[&str], code: i32, expected: &str) {
    let (found, text, errors) = run(arguments);
    assert_eq!((found, text.as_str()), (Some(code), expected), "{arguments:?} {errors}");
}

#[test]
fn who_is_on_call_and_who_is_next() {
    // The clocks change on 2026-03-29; the handoff stays at 09:00.
    let shop = "shop: bob until 2026-03-30 09:00 Europe/Berlin (2026-03-30T07:00:00Z), then ann\n";
    let desk = "desk: nobody until 2026-03-29 09:00 UTC (2026-03-29T09:00:00Z), then bob\n";
    let at = ["on-call", "tocsin.yaml", "--at", "2026-03-29T00:00:00Z"];
    check(&at, 0, &format!("{shop}{desk}"));
    check(&[&at[..], &["--schedule", "shop"]].concat(), 0, shop);
    let (code, _, errors) = run(&[&at[..], &["--schedule", "shp"]].concat());
    assert!(
        code == Some(2) && errors.ends_with("tocsin.yaml: there is no such schedule; known: shop, desk\n"),
        "{errors}"
    );
    let (code, text, _) = run(&[&at[..], &["--format", "json", "--schedule", "desk"]].concat());
    let told: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(told["overrides_counted"], false);
    let next = serde_json::json!({ "at": "2026-03-29T09:00:00Z", "on_call": ["bob"] });
    assert_eq!((code, &told["schedules"][0]["next"]), (Some(0), &next));
}

#[test]
fn that_overrides_do_not_count_is_said_in_a_line() {
    let (_, _, errors) = run(&["on-call", "tocsin.yaml"]);
    let note = "note: overrides are made through the API and do not count here; say --api, and they do\n";
    assert_eq!(errors, note);
    let (code, text, errors) = run(&["on-call", "tocsin.yaml", "--api", "http://127.0.0.1:1"]);
    assert!(code == Some(2) && text.is_empty() && errors.contains("/v1/on-call/overrides"), "{errors}");
}

#[test]
fn the_calendar_of_one_schedule() {
    let at = ["on-call", "tocsin.yaml", "--at", "2026-03-29T00:00:00Z", "--calendar"];
    let (code, text, _) = run(&[&at[..], &["--schedule", "shop"]].concat());
    assert_eq!(code, Some(0));
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("DTSTART:20260330T070000Z\r\n"), "{text}");
    assert_eq!(run(&at).0, Some(2), "two schedules are not one calendar");
}

#[test]
fn a_gap_is_told_and_is_no_mistake() {
    let (code, text, _) = run(&["check", "tocsin.yaml"]);
    assert_eq!(code, Some(0));
    assert!(text.starts_with("tocsin.yaml: note: schedule desk: nobody is on call from "), "{text}");
}
