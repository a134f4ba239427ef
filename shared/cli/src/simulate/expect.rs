use std::fmt::Write;

use config::scenario::{Expected, Scenario};
use domain::units::Time;
use serde_json::Value as Json;

/// The expectations that are not met, each as `line: what was expected` and what came instead.
pub(super) fn unmet(scenario: &Scenario, lines: &[Json]) -> Vec<String> {
    let unmet = scenario.expect.iter().filter_map(|expected| {
        let found: Vec<&Json> = lines.iter().filter(|line| misses(expected, line).is_empty()).collect();
        let met = expected.times.map_or(!found.is_empty(), |times| found.len() == times as usize);
        (!met).then(|| difference(scenario, expected, &found, lines))
    });
    unmet.collect()
}

fn difference(scenario: &Scenario, expected: &Expected, found: &[&Json], lines: &[Json]) -> String {
    let mut text = format!("{}: expected {}", expected.line, described(scenario, expected));
    match expected.times {
        Some(_) if !found.is_empty() => {
            let _ = write!(text, ", came {} times", found.len());
            for line in found {
                let _ = write!(text, "\n    {}", shown(scenario, line));
            }
        }
        _ => {
            let of_kind = lines.iter().filter(|line| line["kind"] == expected.kind.as_str());
            let nearest = of_kind.min_by_key(|line| misses(expected, line).len());
            match nearest {
                None => {
                    let _ = write!(text, "\n    no line of kind {} came", expected.kind);
                }
                Some(line) => {
                    let _ = write!(text, "\n    nearest  {}", shown(scenario, line));
                    for miss in misses(expected, line) {
                        let _ = write!(text, "\n      {miss}");
                    }
                }
            }
        }
    }
    text
}

/// What an expectation says, for people.
fn described(scenario: &Scenario, expected: &Expected) -> String {
    let mut text = match expected.times {
        Some(0) => "never ".to_owned(),
        Some(1) => "once ".to_owned(),
        Some(times) => format!("{times} times "),
        None => String::new(),
    };
    for (word, time) in [("at", expected.at), ("after", expected.after), ("before", expected.before)] {
        if let Some(time) = time {
            let _ = write!(text, "{word} {} ", since(scenario, time));
        }
    }
    text.push_str(&expected.kind);
    for (name, value) in &expected.fields {
        let _ = write!(text, " {name}={value:?}");
    }
    text
}

fn since(scenario: &Scenario, time: Time) -> String {
    let span = time.since(scenario.start);
    if span.is_zero() { "0m".to_owned() } else { span.to_string() }
}

/// A line with its clock beside it, without ids.
fn shown(scenario: &Scenario, line: &Json) -> String {
    let at = line["at"].as_str().and_then(|at| at.parse().ok()).unwrap_or_default();
    let mut text = format!("at {} {}", since(scenario, at), text_of(&line["kind"]));
    let names =
        config::scenario::FIELDS.iter().find(|(kind, _)| line["kind"] == *kind).map_or(&[][..], |(_, names)| names);
    for name in names.iter().filter(|name| !matches!(**name, "id" | "alert" | "incident") && !line[**name].is_null()) {
        let _ = write!(text, " {name}={:?}", text_of(&line[*name]));
    }
    text
}

fn text_of(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What keeps `line` from being what is expected.
fn misses(expected: &Expected, line: &Json) -> Vec<String> {
    let mut misses = Vec::new();
    if line["kind"] != expected.kind.as_str() {
        misses.push(format!("kind is {}", text_of(&line["kind"])));
    }
    let at: Option<Time> = line["at"].as_str().and_then(|at| at.parse().ok());
    let clock = |time: Time| time.to_string();
    for (time, fits, word) in [
        (expected.at, at == expected.at, "not"),
        (expected.after, at >= expected.after, "before"),
        (expected.before, at <= expected.before, "after"),
    ] {
        if let Some(time) = time.filter(|_| !fits) {
            misses.push(format!("at is {}, {word} {}", at.map(clock).unwrap_or_default(), clock(time)));
        }
    }
    for (name, wanted) in &expected.fields {
        let found = text_of(&line[name.as_str()]);
        let fits = if name == "reason" { found.contains(wanted.as_str()) } else { found == *wanted };
        if !fits {
            let holds = if name == "reason" { "does not hold" } else { "not" };
            misses.push(format!("{name} is {found:?}, {holds} {wanted:?}"));
        }
    }
    misses
}
