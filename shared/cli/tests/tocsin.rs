//! The command as its users call it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const SOUND: &str = "version: 1\nservices: [ { name: shop, owner: team-shop } ]\n";

fn tocsin(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command.current_dir(folder).args(arguments).output().expect("tocsin starts")
}

/// What `arguments` print among `files`, and with which exit code.
fn check(files: &[(&str, &[u8])], arguments: &[&str], expected: (i32, &str)) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    let output = tocsin(folder.path(), arguments);
    let text = String::from_utf8(output.stdout).expect("tocsin prints UTF-8");
    let (code, words) = expected;
    assert_eq!((output.status.code(), text.as_str()), (Some(code), words), "{arguments:?}");
}

#[test]
fn a_line_for_each_sound_configuration() {
    let line = "1 services, 0 series, 0 monitors, 0 objectives, 0 runbooks, 0 channels";
    check(
        &[("a.yaml", SOUND.as_bytes()), ("b.yaml", SOUND.as_bytes())],
        &["check", "a.yaml", "b.yaml"],
        (0, &format!("a.yaml: ok, {line}\nb.yaml: ok, {line}\n")),
    );
}

#[test]
fn all_mistakes_of_all_files() {
    let wrong = SOUND.replace("owner", "ownr");
    check(
        &[("a.yaml", SOUND.as_bytes()), ("b.yaml", wrong.as_bytes())],
        &["check", "b.yaml", "a.yaml"],
        (
            1,
            "b.yaml:2:13 services[0].owner: is missing\n\
             b.yaml:2:27 services[0].ownr: unknown field; did you mean \"owner\"?\n\
             b.yaml: 2 mistakes\n\
             a.yaml: ok, 1 services, 0 series, 0 monitors, 0 objectives, 0 runbooks, 0 channels\n",
        ),
    );
}

#[test]
fn an_unreadable_file_is_another_exit_code() {
    let missing = "a.yaml:1:1: cannot be read: No such file or directory (os error 2)\na.yaml: 1 mistake\n";
    check(&[], &["check", "a.yaml"], (2, missing));
    let odd = "a.yaml:1:1: cannot be read: line 2 is not UTF-8\na.yaml: 1 mistake\n";
    check(&[("a.yaml", b"version: 1\n\xff")], &["check", "a.yaml"], (2, odd));
    let included = format!("{SOUND}include: [ b.yaml ]\n");
    let missing = "a.yaml:3:12 include[0]: cannot be read: No such file or directory (os error 2)\na.yaml: 1 mistake\n";
    check(&[("a.yaml", included.as_bytes())], &["check", "a.yaml"], (2, missing));
}

#[test]
fn json_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), format!("{SOUND}settle: 5\n")).unwrap();
    let output = tocsin(folder.path(), &["check", "--format", "json", "a.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!({ "sound": false, "files": [ { "file": "a.yaml", "sound": false, "more": 0, "notices": [], "mistakes": [ {
        "file": "a.yaml", "line": 3, "column": 9, "field": "settle", "value": "5",
        "wrong": "\"5\" has no unit", "hint": "write \"5m\" (or s, h, d)"
    } ] } ] });
    assert_eq!(found, expected);
}

#[test]
fn help_without_arguments_and_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let help = tocsin(folder.path(), &[]);
    assert_eq!(help.status.code(), Some(2));
    assert!(String::from_utf8(help.stderr).unwrap().contains("Usage: tocsin <COMMAND>"));
    let schema = tocsin(folder.path(), &["schema"]);
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    assert_eq!(schema["$ref"], "#/$defs/Document");
}

#[test]
fn a_bill_that_adds_up_and_mistakes_instead_of_one() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    let example = &format!("{here}/../../infrastructure/config/tocsin.yaml");
    let output = tocsin(folder.path(), &["cost", example]);
    let text = String::from_utf8(output.stdout).expect("tocsin prints UTF-8");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text.contains("metrics asked for x $0.01 / 1,000") && text.contains("100000 series in 200 shards"),
        "{text}"
    );
    let output = tocsin(folder.path(), &["cost", "--format", "json", example]);
    let bill: Value = serde_json::from_slice(&output.stdout).expect("tocsin prints JSON");
    let parts: f64 = bill["whole"].as_array().expect("parts").iter().filter_map(|line| line["dollars"].as_f64()).sum();
    assert!((parts - bill["dollars"].as_f64().expect("a sum")).abs() < 1e-9, "{bill}");

    fs::write(folder.path().join("a.yaml"), SOUND.replace("owner", "ownr")).expect("a file can be written");
    let output = tocsin(folder.path(), &["cost", "a.yaml"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("services[0].ownr: unknown field"));
}
