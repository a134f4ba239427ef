use crate::golden;
use crate::sound::{SOUND, edited, mistakes, read};

/// The mistakes that `old` replaced by `new` in the sound configuration gives, without their places.
fn found(old: &str, new: &str) -> Vec<String> {
    let found = mistakes(&edited(&[(old, new)]));
    found.lines().map(|line| line.split_once(' ').expect("a place comes first").1.to_owned()).collect()
}

fn check(old: &str, new: &str, expected: &[&str]) {
    assert_eq!(found(old, new), expected, "{old} -> {new}");
}

/// The block with the mistakes that are found.
fn renewed(block: &str, found: &[String]) -> String {
    let edit = block.lines().filter(|line| !line.starts_with('=')).map(str::to_owned);
    edit.chain(found.iter().map(|line| format!("= {line}"))).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_kind_of_mistake() {
    let edits = golden::text("tests/config/golden/edits.txt");
    let mut text = edits.clone();
    let blocks: Vec<&str> = edits.trim_end().split("\n\n").filter(|block| !block.starts_with('#')).collect();
    for block in &blocks {
        let part = |sign: &str| -> Vec<&str> {
            block
                .lines()
                .filter_map(|line| line.strip_prefix(sign))
                .map(|line| line.strip_prefix(' ').unwrap_or(line))
                .collect()
        };
        let (old, new) = (part("-").join("\n"), part("+").join("\n"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            text = text.replace(block, &renewed(block, &found(&old, &new)));
        } else {
            check(&old, &new, &part("="));
        }
    }
    if text != edits {
        std::fs::write("tests/config/golden/edits.txt", text).expect("it can be written");
    }
    assert!(blocks.len() > 100, "the file was read");
}

#[test]
fn the_sound_configuration_is_sound() {
    assert_eq!(mistakes(SOUND), "");
}

#[test]
fn places_are_those_of_the_value_and_of_an_unknown_key() {
    let found = mistakes(&edited(&[("cooldown: 15m", "cooldown: 5"), ("version: 1\n", "version: 1\nsettel: 1\n")]));
    assert_eq!(
        found,
        "tocsin.yaml:2:1 settel: unknown field; did you mean \"settle\"?\n\
         tocsin.yaml:45:15 monitors[0].cooldown: \"5\" has no unit; write \"5m\" (or s, h, d)"
    );
}

#[test]
fn a_rotation_whose_name_is_wrong_is_one_mistake() {
    let edits = [
        ("name: nights, people", "name: \"all nights\", people"),
        ("rotation:shop/nights", "rotation:shop/all nights"),
    ];
    let found = mistakes(&edited(&edits));
    assert!(found.lines().count() == 1 && found.contains("schedules[0].rotations[0].name"), "{found}");
}

#[test]
fn what_touches_is_no_mistake() {
    for edits in [
        // At 5 it recovers, above 5 it breaches.
        &[("\"< 3%\"", "\"<= 5%\"")][..],
        // A band has two sides.
        &[("\"> 10%\", recover: \"< 5%\"", "\"< 1%\"")],
        // 1440 periods of a minute, kept for a day.
        &[("of: 3", "of: 1438"), ("metrics: 30d", "metrics: 1d")],
        &[("of: 3", "of: 1440")],
        &[("period: 5m, unit: bytes", "period: 10s, unit: bytes")],
        &[("period: 5m, unit: bytes", "period: 1h, unit: bytes")],
        &[("pace: 5m", "pace: 1h")],
    ] {
        assert_eq!(mistakes(&edited(edits)), "", "{edits:?}");
    }
}

#[test]
fn a_window_longer_than_retention() {
    let found = mistakes(&edited(&[("of: 3", "of: 1440"), ("metrics: 30d", "metrics: 1d")]));
    let expected = "monitors[0].datapoints: 1442 periods of 1m look back 1d2m, longer than retention.metrics 1d; lower \"of\", \
                    or keep metrics for longer";
    assert!(found.ends_with(expected), "{found}");
}

#[test]
fn limits_that_are_none() {
    for odd in ["> NaN", "> inf", "> -inf", "> 1e999", "5", "=> 5", ">", "over 5"] {
        let expected = format!(
            "monitors[0].conditions[0].when: {odd:?} is not a limit; write an operator (>, >=, <, <=) and a finite number, such as \"> 5%\""
        );
        check("when: \"> 5%\"", &format!("when: {odd:?}"), &[&expected]);
    }
}

#[test]
fn a_long_chain_of_services_is_no_circle() {
    let chain = |last: &str| {
        let name = |index: usize| {
            if index == 4999 { last.to_owned() } else { format!("[s{}]", index + 1) }
        };
        let services: Vec<String> =
            (0..5000).map(|index| format!("  - {{ name: s{index}, owner: o, depends_on: {} }}", name(index))).collect();
        mistakes(&format!("version: 1\nservices:\n{}", services.join("\n"))).lines().count()
    };
    assert_eq!([chain("[]"), chain("[s4998]"), chain("[s0]")], [0, 1, 1]);
}

#[test]
fn a_secret_in_clear_is_in_no_part_of_a_mistake() {
    for (old, new) in [
        ("\"ssm:/tocsin/slack\"", "hunter2"),
        ("{ bearer: \"ssm:/tocsin/prom\" }", "hunter2"),
        ("{ bearer:", "{ token: hunter2, bearer:"),
        ("https://hooks.example.com/x", "https://u:hunter2@hooks.example.com/x"),
        ("https://hooks.example.com/x", "http://hooks.example.com/?key=hunter2"),
        ("\"secretsmanager:hook\"", "{ key: hunter2 }"),
    ] {
        let found = format!("{:?}", read(&edited(&[(old, new)])).unwrap_err());
        assert!(!found.contains("hunter2"), "{found}");
    }
}

#[test]
fn nothing_to_watch() {
    for text in ["version: 1", "version: 1\nservices: []"] {
        let expected = "no service is watched, and nobody is told; declare a service, or the channels that alerts of others are told to";
        assert_eq!(mistakes(text), format!("tocsin.yaml:1:1 services: {expected}"));
    }
}

#[test]
fn what_others_watch_needs_no_service() {
    let text =
        "version: 1\nchannels: [ { name: ops, kind: slack, url: \"ssm:/ops\" } ]\ngrouping: { channels: [ ops ] }\n";
    assert!(read(text).unwrap().services.is_empty());
}
