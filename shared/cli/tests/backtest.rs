//! `tocsin backtest` as its users call it, on the example of the documentation.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn example() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../docs/examples/backtest"].iter().collect()
}

fn backtest(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command.current_dir(folder).arg("backtest").args(arguments).output().expect("tocsin starts")
}

const COMPARED: [&str; 10] = [
    "--config",
    "after.yaml",
    "--against",
    "before.yaml",
    "--history",
    "history",
    "--labels",
    "incidents.csv",
    "--warm-up",
    "2d",
];

/// Exit code, output and messages of the example with these arguments beside.
fn compared(more: &[&str]) -> (Option<i32>, String, String) {
    let output = backtest(&example(), &[&COMPARED, more].concat());
    let text = |bytes| String::from_utf8(bytes).expect("tocsin prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_example_reads_as_the_documentation_shows_it() {
    let (code, text, told) = compared(&["--fail-on", "pages>3/week", "--fail-on", "missed>0"]);
    assert_eq!((code, told.as_str()), (Some(0), ""), "{text}");
    let golden = example().join("compared.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &text).expect("the golden file can be written");
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    assert!(text == expected, "compared.txt differs; UPDATE_GOLDEN=1 writes it anew, read the difference:\n{text}");
}

#[test]
fn a_condition_that_is_met_is_told_and_exits_with_1() {
    let (code, text, told) = compared(&["--fail-on", "pages>1/week", "--fail-on", "longest-delay>=25m"]);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(
        told, "--fail-on \"pages>1/week\" is met: 1.75\n--fail-on \"longest-delay>=25m\" is met: 25m\n",
        "{text}"
    );
}

#[test]
fn the_same_as_json() {
    let (code, text, _) = compared(&["--format", "json", "--fail-on", "gone>50"]);
    let json: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(code, Some(1));
    assert_eq!(json["before"]["calls"].as_array().map(Vec::len), Some(56));
    let calls = json["after"]["calls"].as_array().expect("a list");
    assert_eq!(calls.iter().filter(|call| call["kind"] == "page").count(), 3, "{calls:?}");
    assert_eq!(json["after"]["detection"]["incidents"][0]["by"], "shop-errors");
    assert_eq!(json["after"]["detection"]["median_delay"], "25m");
    assert_eq!(json["fail_on"][0]["found"], 53.0);
    let fates: Vec<_> = json["difference"]["monitors"].as_array().expect("a list").iter().map(|m| &m["gone"]).collect();
    assert_eq!(fates, [53, 0]);
}

#[test]
fn pictures_are_written_beside_the_tables_or_drawn_in_characters() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let out = folder.path().display().to_string();
    let (code, text, _) = compared(&["--plot", "--out", &out]);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("it is written");
    assert_eq!((code, read("backtest.txt")), (Some(0), text));
    assert!(serde_json::from_str::<Value>(&read("backtest.json")).is_ok());
    let picture = read("shop-errors.svg");
    for words in ["errors / requests, in percent, limits (orange)", "fires", "before", "was wrong"] {
        assert!(picture.starts_with("<svg") && picture.contains(words), "{words}");
    }
    assert!(read("shop-requests-odd.svg").contains("what was expected (blue)"));
    let (_, text, _) = compared(&["--plot"]);
    let strips: Vec<_> = text.lines().filter(|line| line.trim_start().starts_with("fires ")).collect();
    let fired = |line: &str| line.split('.').filter(|part| part.contains('#')).count();
    assert_eq!(strips.iter().map(|line| fired(line)).collect::<Vec<_>>(), [3, 1], "{text}");
}

/// The message and exit code 2, with these files beside a sound configuration and a history of one number.
fn refused(files: &[(&str, &str)], arguments: &[&str], expected: &str) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let configuration = fs::read_to_string(example().join("before.yaml")).expect("it is there");
    fs::create_dir_all(folder.path().join("history/shop")).expect("a folder can be made");
    let usual = [("a.yaml", &*configuration), ("history/shop/errors.csv", "timestamp,value\n2026-03-02,1\n")];
    for (name, text) in usual.iter().chain(files) {
        fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    let arguments = [&["--config", "a.yaml", "--history", "history"], arguments].concat();
    let output = backtest(folder.path(), &arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), told.trim_end()), (Some(2), expected), "{arguments:?}");
}

#[test]
fn every_mistake_says_where_and_what_to_write() {
    const SOUND: &str = "timestamp,value\n1772409600,1\n1772496000,2\n";
    refused(
        &[("history/shop/errors.csv", "timestamp,value\nyesterday,1\n")],
        &[],
        "history/shop/errors.csv:2: timestamp \"yesterday\" is no time; write 2026-01-31T14:06:00Z, 2026-01-31 14:06:00 (UTC) or seconds since 1970",
    );
    refused(
        &[("history/index.csv", "file,series\nshop/error.csv,shop/errors\n")],
        &[],
        "history/index.csv:2: file \"shop/error.csv\" is not in the folder",
    );
    refused(
        &[("history/shop/errors.csv", SOUND)],
        &["--from", "2026-03-09"],
        "--from 2026-03-09T00:00:00Z is not before --to 2026-03-03T00:10:00Z; the history goes from 2026-03-02T00:00:00Z to 2026-03-03T00:10:00Z",
    );
    refused(
        &[("history/shop/errors.csv", SOUND)],
        &["--fail-on", "missed>0", "--fail-on", "new>0"],
        "--fail-on \"missed>0\" needs --labels FILE, which says what really happened\n--fail-on \"new>0\" needs --against FILE, to have something to compare with",
    );
    refused(
        &[("l.csv", "service,start,end\nshop,2026-03-02,noon\nshop,2026-03-03,2026-03-02\n")],
        &["--labels", "l.csv"],
        "l.csv:2: end \"noon\" is no time; write 2026-01-31 or 2026-01-31T14:00:00Z\nl.csv:3: end \"2026-03-02\" is not after start \"2026-03-03\"",
    );
    refused(
        &[("b.yaml", "version: 1\nmonitor: []\n")],
        &["--against", "b.yaml"],
        "b.yaml:2:1 monitor: unknown field; did you mean \"monitors\"?\nb.yaml: 1 mistake",
    );
}

#[test]
fn what_is_odd_about_a_history_is_noted() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::create_dir_all(folder.path().join("history/shop")).expect("a folder can be made");
    let rows: String = (0..20).map(|minute| format!("{},1\n", 1_772_409_600 + 60 * minute)).collect();
    fs::write(folder.path().join("history/shop/errors.csv"), format!("timestamp,value\n{rows}"))
        .expect("it is written");
    fs::write(folder.path().join("history/other.csv"), "timestamp,value\n0,1\n").expect("it is written");
    fs::copy(example().join("before.yaml"), folder.path().join("a.yaml")).expect("it is copied");
    let output = backtest(folder.path(), &["--config", "a.yaml", "--history", "history"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    for note in [
        "note: shop/errors: 20 rows are joined into 2 periods of 10m (sum)\n",
        "note: history: no series of the configuration: other.csv\n",
        "note: shop/requests: no history, so shop-errors sees no data\n",
    ] {
        assert!(text.contains(note), "{note:?} is missing in:\n{text}");
    }
}
