//! `tocsin route` as its users call it.

use std::fs;
use std::process::Command;

const CONFIG: &str = r#"version: 1
services: [ { name: shop, owner: a }, { name: cart, owner: b }, { name: till, owner: b } ]
channels:
  - { name: pager, kind: pagerduty, routing_key: "ssm:/tocsin/pagerduty" }
  - { name: chat, kind: slack, url: "ssm:/tocsin/slack" }
  - { name: mail, kind: email, from: tocsin@example.com, to: [ops@example.com] }
people:
  - { name: ann, addresses: "email:ann@example.com" }
  - { name: bob, addresses: "email:bob@example.com" }
schedules:
  - { name: shop, rotations: [ { name: all, people: [ann, bob], start: "2026-01-05 09:00" } ] }
escalations:
  - { name: shop, steps: [ { page: "schedule:shop" }, { after: 10m, page: "person:bob" } ] }
intervals:
  - { name: nights, times: [ { clock: "00:00-06:00" } ] }
maintenance:
  - { match: [ severity=SEV4 ], from: "2026-02-03T02:00:00Z", until: "2026-02-03T08:00:00Z", comment: disks }
routes:
  - { match: [ severity=SEV1 ], channels: [ pager ], escalation: shop, continue: true }
  - { match: [ service=shop ], channels: [ chat ], mute_in: nights }
  - { match: [ service=till ], escalation: shop }
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

/// Each of `lines` is part of what is printed, in this order.
fn check(labels: &[&str], at: &str, lines: &[&str]) {
    let arguments = [&["route", "tocsin.yaml"], labels, &["--at", at]].concat();
    let (code, text, errors) = run(&arguments);
    assert_eq!(code, Some(0), "{errors}");
    let mut rest = text.as_str();
    for line in lines {
        let Some((_, after)) = rest.split_once(line) else { panic!("{line:?} is not in {rest}\nof {text}") };
        rest = after;
    }
}

const WORST: [&str; 2] = ["service=shop", "severity=SEV1"];

#[test]
fn who_is_told_and_called_by_day() {
    check(
        &WORST,
        "2026-02-02T12:00:00Z",
        &[
            "It is told at 2026-02-02T12:00:30Z to pager",
            "Route {}/{severity=\"SEV1\"} takes it.",
            "Route {}/{service=\"shop\"} takes it.",
            "shop calls people",
            "  interval             Its route is active, and not muted.\n",
            "  planned              No maintenance is planned.\n",
            "It is told at 2026-02-02T12:00:30Z to chat",
            "Step 1, at once: ann by e-mail (on call by schedule shop)",
            "Step 2, after 10m: bob by e-mail",
            "At 2026-02-02T12:00:30Z: Step 1 of 2, round 1, pages schedule shop",
            "At 2026-02-02T12:10:30Z: Step 2 of 2",
        ],
    );
}

#[test]
fn at_night_the_chat_waits_for_the_morning() {
    check(
        &["service=shop", "severity=SEV3"],
        "2026-02-02T03:00:00Z",
        &[
            "It is held back: its route is muted in nights, until 2026-02-02T06:00:00Z.",
            "Route {}/{severity=\"SEV1\"} does not match: severity=\"SEV1\" is not satisfied by \"SEV3\".",
            "! interval",
            "The next flush, at 2026-02-02T03:00:30Z, does not tell of it: its route is muted in nights",
            "It is told at 2026-02-02T06:00:00Z to chat",
            "Nobody is called",
        ],
    );
    check(&["service=cart"], "2026-02-02T03:00:00Z", &["Route {} takes it.", "it leads to no channel"]);
}

#[test]
fn the_answer_names_all_that_holds_it_back() {
    check(
        &["service=shop", "severity=SEV4"],
        "2026-02-03T03:00:00Z",
        &[
            "It is held back: its route is muted in nights, until 2026-02-03T06:00:00Z. ",
            "until 2026-02-03T08:00:00Z. It is told at 2026-02-03T08:00:00Z to chat",
            "\n  route",
        ],
    );
}

#[test]
fn where_no_channel_is_told_nobody_is_said_to_hear() {
    let nobody = "Nobody is told: its route leads to no channel, and calls nobody.";
    check(&["service=cart"], "2026-02-02T12:00:00Z", &[nobody, &format!("\n! tells                {nobody}")]);
    let (_, text, _) = run(&["route", "tocsin.yaml", "service=cart", "--at", "2026-02-02T12:00:00Z"]);
    assert!(!text.contains("tells: ") && !text.contains("It is told"), "{text}");
    let called = "No channel is told, for its route leads to none; shop calls people.";
    check(
        &["service=till"],
        "2026-02-02T12:00:00Z",
        &[called, &format!("\n  tells                {called}"), "ann by e-mail"],
    );
}

#[test]
fn a_service_that_is_not_configured() {
    let unassigned = "\"shpo\" is no configured service: what is sent of it is taken as of service unassigned.";
    check(&["service=shpo"], "2026-02-02T12:00:00Z", &["! service", unassigned, "Route {} takes it."]);
}

#[test]
fn words_that_are_none_of_ours_are_said_to_be_read_as_others() {
    let taken = |severity: &str, words: &str| {
        check(&["service=shop", severity], "2026-02-02T12:00:00Z", &[&format!("  label                {words}\n")]);
    };
    taken("severity=critical", "severity \"critical\" is taken as SEV1.");
    taken("severity=SEV5", "severity \"SEV5\" is taken as SEV3.");
    taken("severity=SEV1 ", "severity \"SEV1 \" is taken as SEV3.");
    taken("category=bizness", "category \"bizness\" is taken as technical.");
    let (_, text, _) = run(&["route", "tocsin.yaml", "service=shop", "severity=SEV1", "category=business"]);
    assert!(!text.contains("is taken as"), "{text}");
}

#[test]
fn what_is_no_label_and_no_configuration() {
    let (code, _, errors) = run(&["route", "tocsin.yaml", "shop"]);
    assert_eq!((code, errors.as_str()), (Some(2), "\"shop\" is not a label; write name=value, such as service=shop\n"));
    let (code, _, errors) = run(&["route", "none.yaml", "a=b"]);
    assert_eq!(code, Some(2), "{errors}");
    let (code, text, _) = run(&["route", "tocsin.yaml", "service=shop", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!((code, &told["labels"]["service"]), (Some(0), &serde_json::json!("shop")));
}
