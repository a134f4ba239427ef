use std::fmt::Write;

use config::{ALIAS_NODES_MAX, DEPTH_MAX, FILE_BYTES_MAX, Mistakes, QUERIES_PER_SHARD_MAX, Reading};
use proptest::prelude::*;

use crate::sound::{SOUND, mistakes, read};

fn check(text: &str, expected: &str) {
    let found = mistakes(text);
    assert!(found.contains(expected) && found.len() < 1000, "{expected}: {found:.1000}");
}

#[test]
fn nothing_and_what_is_no_yaml() {
    for empty in ["", "\n", "# only a comment\n", "---\n", "~"] {
        check(empty, "tocsin.yaml:1:1: the file is empty; begin with \"version: 1\"");
    }
    check("- a", "tocsin.yaml:1:1: is a list; write a mapping");
    check("a: [", "this is not YAML");
    check("a: b\n\tc: d", "found a tab");
    check("a: *nothing", "this is not YAML");
    check("version: 1\n---\nversion: 1", "a second document begins here");
    check("a: &a [ *a ]", "an alias stands within what it repeats");
    check("a: { when: > 5% }", "put the value into quotes, such as \"> 5%\"");
}

#[test]
fn a_long_file_is_refused_unread() {
    let comment = |bytes: usize| format!("{SOUND}#{}\n", "x".repeat(bytes - SOUND.len() - 2));
    assert_eq!(mistakes(&comment(FILE_BYTES_MAX)), "");
    check(&comment(FILE_BYTES_MAX + 1), "the file has 4194305 bytes, at most 4194304 are read; split it");
    check(&comment(10 << 20), "the file has 10485760 bytes");
}

#[test]
fn deep_nesting_is_refused() {
    let flow = |deep: usize| format!("a: {}{}", "[".repeat(deep), "]".repeat(deep));
    check(&flow(DEPTH_MAX), "unknown field");
    check(&flow(DEPTH_MAX + 1), "this is not YAML");
    check(&flow(100_000), "this is not YAML");
    let mut block = String::new();
    for depth in 0..1000 {
        writeln!(block, "{}a:", " ".repeat(depth)).unwrap();
    }
    check(&block, "this is not YAML");
    check(&"- ".repeat(100_000), "this is not YAML");
}

#[test]
fn a_billion_laughs_are_not_laughed() {
    let mut text = "l0: &l0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n".to_owned();
    for level in 1..10 {
        let before = vec![format!("*l{}", level - 1); 10].join(", ");
        writeln!(text, "l{level}: &l{level} [{before}]").unwrap();
    }
    check(&text, &format!("aliases repeat more than {ALIAS_NODES_MAX} values"));
    let repeated = |nodes: usize| format!("a: [&x 1{}]", ", *x".repeat(nodes - 1));
    check(&repeated(ALIAS_NODES_MAX), "unknown field");
    check(&repeated(ALIAS_NODES_MAX + 1), "aliases repeat more than");
    let fine = SOUND.replacen("labels: { team: shop }\n", "labels: &labels { team: shop }\n", 1);
    let fine = fine.replacen("labels: { team: shop } }\n", "labels: *labels }\n", 1);
    assert_eq!(read(&fine).unwrap(), read(SOUND).unwrap());
}

#[test]
fn long_texts_and_keys_are_refused_briefly() {
    let long = "x".repeat(100_000);
    check(
        &SOUND.replacen("owner: team-shop", &format!("owner: {long}"), 1),
        "services[0].owner: is longer than 8192 bytes",
    );
    check(&format!("{SOUND}? {long}\n: 1\n"), "the name of a field is longer than 256 bytes");
}

#[test]
fn mistakes_are_listed_up_to_a_number_and_counted_beyond() {
    let text = |count: usize| (0..count).map(|index| format!("x{index}: 1")).collect::<Vec<_>>().join("\n");
    for (wrong, listed, more) in [(198, 199, 0), (199, 200, 0), (200, 200, 1), (100_000, 200, 99_801)] {
        let found = read(&format!("{SOUND}{}\nversion: 1\n", text(wrong))).unwrap_err();
        assert_eq!((found.list.len(), found.more), (listed, more));
    }
    assert_eq!(Mistakes::LISTED_MAX, 200);
}

#[test]
fn a_shard_asks_so_many_queries() {
    let series = |count: usize, last: &str| {
        let mut text = "version: 1\nsources: [ { name: cw, kind: cloudwatch } ]\nservices:\n  - name: s\n    owner: o\n    series:\n".to_owned();
        for index in 0..count {
            let statistic = if index + 1 == count { last } else { "Sum" };
            writeln!(
                text,
                "      - {{ name: s{index}, source: cw, namespace: N, metric: M, statistic: {statistic}, period: 1m }}"
            )
            .unwrap();
        }
        text
    };
    let shard = |text: &str, shards: u32| {
        let mut reading = Reading::of("tocsin.yaml");
        reading.give(Ok(text.to_owned()));
        reading.finish(Some(shards)).map(|_| ()).map_err(|mistakes| mistakes.to_string())
    };
    assert_eq!(shard(&series(QUERIES_PER_SHARD_MAX, "Sum"), 1), Ok(()));
    let expected = "tocsin.yaml:1:1 services: shard 0 of 1 asks 501 queries, more than QUERIES_PER_SHARD_MAX = 500; raise the \
                    Terraform variable \"shards\" (and give it as --shards)";
    assert_eq!(shard(&series(QUERIES_PER_SHARD_MAX, "Average"), 1), Err(expected.to_owned()));
    assert_eq!(shard(&series(QUERIES_PER_SHARD_MAX + 1, "Sum"), 1), Err(expected.to_owned()));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_edit_of_a_sound_file_makes_it_panic(
        at in 0..SOUND.len(), length in 0..20usize, put in "[ -~\n]{0,8}|[&*!|>%@`\\[\\]{}]{1,4}",
    ) {
        let mut text = SOUND.to_owned();
        let end = (at + length).min(text.len());
        text.replace_range(at..end, &put);
        if let Err(mistakes) = read(&text) {
            prop_assert!(mistakes.list.iter().all(|mistake| mistake.line > 0 && mistake.column > 0));
            prop_assert!(mistakes.count() > 0);
        }
    }
}

#[test]
fn routes_are_so_many_and_so_deep() {
    let config = |routes: &str| {
        format!(
            "version: 1\nservices: [ {{ name: s, owner: o }} ]\nchannels: [ {{ name: c, kind: slack, url: \"ssm:/c\" }} ]\n\
             grouping: {{ channels: [c] }}\nroutes: [ {routes} ]\n"
        )
    };
    let many = |count: usize| (0..count).map(|n| format!("{{ match: a={n} }}")).collect::<Vec<_>>().join(", ");
    let deep = |levels: usize| {
        let open: String = (1..levels).map(|level| format!("{{ match: a{level}=1, routes: [ ")).collect();
        format!("{open}{{ match: a=1 }}{}", " ] }".repeat(levels - 1))
    };
    for (routes, expected) in [
        (many(2000), None),
        (many(2001), Some("routes[2000]: more than 2000 routes")),
        (deep(10), None),
        (deep(11), Some("routes lie more than 10 deep")),
    ] {
        let found = mistakes(&config(&routes));
        match expected {
            None => assert_eq!(found, ""),
            Some(words) => assert!(found.lines().count() == 1 && found.contains(words), "{found}"),
        }
    }
}
