//! `tocsin detect` as its users call it.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const HEADER: &str = "timestamp,value,anomaly_score,alarm,explanation";
const A_DAY: i64 = 288;

fn detect(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command.current_dir(folder).arg("detect").args(arguments).output().expect("tocsin starts")
}

/// What is printed about a file with this text, and the exit code.
fn judged(text: &str) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("a.csv"), text).expect("a file can be written");
    let output = detect(folder.path(), &["a.csv"]);
    let text = |bytes| String::from_utf8(bytes).expect("tocsin prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A week of five-minute points around 50, with a spike on the last day.
fn week(points: i64) -> String {
    let mut text = "timestamp,value\n".to_owned();
    for number in 0..points {
        let wobble = number * 7919 % 17;
        let value = if number == 6 * A_DAY { 400 } else { 50 + wobble };
        let at = seconds(number);
        writeln!(text, "{at},{value}").expect("memory takes all");
    }
    text
}

/// Seconds since 1970 of that point.
fn seconds(number: i64) -> i64 {
    1_769_868_000 + number * 300
}

/// The message about a file with this text; nothing is judged then.
fn refused(text: &str, expected: &str) {
    assert_eq!(judged(text), (Some(1), String::new(), format!("{expected}\n")), "{text:?}");
}

#[test]
fn a_row_for_each_row_and_a_sentence_for_each_alarm() {
    let input = week(7 * A_DAY);
    let (code, output, told) = judged(&input);
    assert_eq!(code, Some(0), "{told}");
    let lines: Vec<_> = output.lines().collect();
    assert_eq!(lines.len(), input.lines().count());
    assert_eq!(lines[0], HEADER);
    assert!(lines[1].ends_with(",0.000000,false,learning"), "{}", lines[1]);
    let alarms: Vec<_> = lines.iter().filter(|line| line.contains(",true,")).collect();
    let spike = format!("{},400,0.", seconds(6 * A_DAY));
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert!(alarms[0].starts_with(&spike), "{alarms:?}");
    assert!(told.starts_with("a.csv: 2016 rows, 576 of them to learn from, 1 alarm\n"), "{told}");
    assert!(told.contains(" 400: "), "{told}");
}

#[test]
fn what_is_said_of_the_past_does_not_change() {
    // Later the points come less often, which the first ones cannot know.
    let rows = (0..7 * A_DAY).map(|number| (seconds(number) + 400 * (number - 700).max(0), 50 + number * 7919 % 17));
    let text: String = rows.map(|(at, value)| format!("{at},{value}\n")).collect();
    let first = |rows: usize| format!("timestamp,value\n{}", text.split_inclusive('\n').take(rows).collect::<String>());
    let whole = judged(&first(usize::MAX)).1;
    for rows in [1, 2, 33, 34, 577, 690, 1400, 2000] {
        let part = judged(&first(rows)).1;
        assert!(whole.starts_with(&part), "the first {rows} rows are judged otherwise when more follow");
    }
}

#[test]
fn a_folder_keeps_its_shape_and_a_bad_file_does_not_keep_the_others() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let data = folder.path().join("data/deep");
    fs::create_dir_all(&data).expect("a folder can be made");
    fs::write(data.join("a.csv"), week(700)).expect("a file can be written");
    fs::write(data.join("b.csv"), "timestamp,value\nyesterday,1\n").expect("a file can be written");
    fs::write(data.join("c.txt"), "not read").expect("a file can be written");
    let output = detect(folder.path(), &["data", "--out", "results", "--plot"]);
    assert_eq!(output.status.code(), Some(1));
    let results = folder.path().join("results/deep");
    assert!(fs::read_to_string(results.join("a.csv")).expect("it is written").starts_with(HEADER));
    let picture = fs::read_to_string(results.join("a.svg")).expect("it is drawn");
    assert!(picture.starts_with("<svg") && picture.contains("deep/a.csv"), "{picture}");
    let names = fs::read_dir(&results).expect("it is a folder").count();
    assert_eq!(names, 2, "nothing is written for the others");
}

#[test]
fn what_was_read_is_not_overwritten() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("a.csv");
    fs::write(&file, week(3)).expect("a file can be written");
    let output = detect(folder.path(), &["a.csv", "--out", "."]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), told.contains("would be overwritten")), (Some(2), true), "{told}");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), week(3));
}

#[test]
fn times_and_values_as_people_have_them() {
    for time in [
        "1769868000",
        "1769868000.5",
        "2026-01-31T14:00:00Z",
        "2026-01-31T15:00:00+01:00",
        "2026-01-31 14:00:00",
        "2026-01-31 14:00:00.000",
    ] {
        let (code, output, told) = judged(&format!("other,value,timestamp\nx,,{time}\ny,-1e3,{time}\n"));
        assert_eq!(code, Some(0), "{time}: {told}");
        assert_eq!(output.lines().nth(1), Some(format!("{time},,0.000000,false,learning").as_str()));
    }
}

#[test]
fn what_has_no_number_has_no_score() {
    let gaps = week(7 * A_DAY).replace(",53\n", ",NaN\n").replace(",54\n", ",\n").replace(",55\n", ",inf\n");
    let (code, output, told) = judged(&gaps);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(output.lines().count(), gaps.lines().count());
    let empty = output.lines().filter(|line| line.contains(",NaN,") || line.contains(",,") || line.contains(",inf,"));
    assert!(empty.clone().count() > 100);
    assert!(empty.into_iter().all(|line| line.contains(",0.000000,false,")), "{output}");
}

#[test]
fn every_mistake_names_its_place_the_value_and_a_hint() {
    refused(
        "timestamp,value\nyesterday,1\n0,much\n0,1\n0\n",
        "a.csv:2: timestamp \"yesterday\" is no time; write 2026-01-31T14:06:00Z, 2026-01-31 14:06:00 (UTC) or seconds since 1970\n\
         a.csv:3: value \"much\" is no number; write a number, or nothing where there is none\n\
         a.csv:5: 1 fields, the first line has 2; write one value for each column",
    );
    refused(
        "time,value\n0,1\n",
        "a.csv:1: no column timestamp, the first line is \"time,value\"; write \"timestamp,value\"",
    );
    refused("", "a.csv:1: no column timestamp, value, the first line is \"\"; write \"timestamp,value\"");
    let many = format!("timestamp,value\n{}", "x,1\n".repeat(25));
    assert!(judged(&many).2.ends_with("a.csv: 5 more\n"));
}

#[test]
fn what_cannot_be_read_is_another_exit_code() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (arguments, words) in [
        (vec!["missing.csv"], "missing.csv: No such file"),
        (vec!["."], ".: is a folder; say with --out where its results go"),
        (vec![".", "--out", "results"], ".: holds no file that ends in .csv"),
    ] {
        let output = detect(folder.path(), &arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.starts_with(words), "{told}");
    }
    let output = detect(folder.path(), &["a.csv", "--sensitivity", "0"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("write a number from 0.1 to 10"));
}
