//! How long things are and what they are called.

use tests_tidy::rust_files;

const FILE_LINES_MAX: usize = 400;
const FILE_LINES_MEDIAN_MAX: usize = 120;
const FUNCTION_LINES_MAX: usize = 70;
const MAIN_LINES_MAX: usize = 60;

#[test]
fn files_are_short() {
    let mut lengths = Vec::new();
    for (file, text) in rust_files() {
        let lines = text.lines().count();
        assert!(lines <= FILE_LINES_MAX, "{file} has {lines} lines");
        let is_main = file.starts_with("functions/") && file.ends_with("/main.rs");
        assert!(!is_main || lines <= MAIN_LINES_MAX, "{file} has {lines} lines");
        lengths.push(lines);
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= FILE_LINES_MEDIAN_MAX, "the median file has {median} lines");
}

#[test]
fn functions_are_short() {
    for (file, text) in rust_files() {
        for (name, lines) in functions(&text) {
            assert!(lines <= FUNCTION_LINES_MAX, "{file}: {name} has {lines} lines");
        }
    }
}

/// Each function with its number of lines, as `rustfmt` lays it out: it ends with a brace at its own indentation.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let is_function = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn ", "pub async fn "]
            .iter()
            .any(|begin| code.starts_with(begin))
            || code.starts_with("pub(crate) async fn ")
            || code.starts_with("pub(super) async fn ");
        if !is_function {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - code.len()]);
        let length = lines[start..].iter().position(|line| *line == end).map_or(1, |length| length + 1);
        let one_line = lines[start..]
            .iter()
            .take_while(|line| !line.ends_with('{'))
            .any(|line| line.ends_with(';') || line.ends_with('}'));
        found.push((code.to_owned(), if one_line { 1 } else { length }));
    }
    found
}

#[test]
fn lengths_of_functions_are_counted() {
    let text = "fn a() {\n    b();\n}\n\nimpl X {\n    pub fn c() {\n        if d {\n        }\n    }\n    fn e(&self) -> u8 { 1 }\n}\n";
    let lengths: Vec<usize> = functions(text).into_iter().map(|(_, lines)| lines).collect();
    assert_eq!(lengths, [3, 4, 1]);
}

#[test]
fn names_say_something() {
    let empty = ["Manager", "Helper", "Util", "Utils", "Processor", "Data", "Info"];
    for (file, text) in rust_files() {
        for line in text.lines() {
            let code = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            let named = ["struct ", "enum ", "trait ", "mod "].iter().find_map(|kind| code.strip_prefix(kind));
            let name: String =
                named.unwrap_or_default().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(!empty.iter().any(|word| name.ends_with(word) && name != "MissingData"), "{file}: {name}");
        }
    }
}

#[test]
fn nothing_is_left_undone() {
    // In two halves, so that this file does not find itself.
    let words = [("tod", "o!("), ("unimplemen", "ted!("), ("#[ig", "nore"), ("FIX", "ME"), ("XX", "X ")]
        .map(|(first, second)| format!("{first}{second}"));
    for (file, text) in rust_files() {
        for word in &words {
            assert!(!text.contains(word), "{file} holds {word}");
        }
    }
}
