//! `tocsin preview` and what `tocsin check` says of templates.

use std::path::PathBuf;
use std::process::{Command, Output};

fn tocsin(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tocsin")).args(arguments).output().expect("it runs")
}

fn example() -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../docs/examples/notifications.yaml"].iter().collect();
    path.display().to_string()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn every_channel_of_the_example_is_shown() {
    let shown = tocsin(&["preview", &example()]);
    assert!(shown.status.success(), "{}", out(&shown));
    let text = out(&shown);
    for kind in ["slack", "slack-bot", "pagerduty", "teams", "opsgenie", "email", "sms", "webhook"] {
        assert!(text.contains(&format!(" ({kind}), incident.opened")), "{kind}");
    }
    for words in [
        "[Acknowledge] [Silence 1 h] [Resolve]",
        "[Approve] [Refuse]",
        "Runbook: https://wiki.example.com/shop-checkout",
    ] {
        assert!(text.contains(words), "{words}");
    }
    let page = out(&tocsin(&["preview", &example(), "--channel", "ops", "--event", "incident.opened", "--html"]));
    assert!(page.starts_with("<!doctype html>") && page.contains("<button class=\"primary\">Acknowledge</button>"));
    assert!(!page.contains("phone"), "only the channel that is asked for");
}

#[test]
fn a_person_who_is_called_reads_why_and_how_to_take_it_by_each_address() {
    let text = out(&tocsin(&["preview", &example(), "--person", "ann"]));
    for words in [
        "==== ann.slack (slack-bot), incident.opened, a call: the incident's message",
        "==== ann.phone (sms), incident.opened, a call: to +4930123456, ",
        "==== ann.email (email), incident.updated, a reminder\n",
        "You are called: on call by schedule shop-primary. Acknowledge it within 15m by the link",
        "You have it: say so by the link, or write a note on how it stands",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tocsin.yaml");
    let links = "  links: { signing_secret: \"ssm:/tocsin/links\" }\n";
    let without = std::fs::read_to_string(example()).expect("the example").replace(links, "");
    std::fs::write(&file, without).expect("it is written");
    let without = out(&tocsin(&["preview", &file.display().to_string(), "--person", "ann"]));
    assert!(without.contains("a call: to +4930123456") && !without.contains("/acknowledge/"), "{without}");
    assert!(text.contains("/acknowledge/"), "{text}");
    let page = out(&tocsin(&["preview", &example(), "--person", "ann", "--event", "incident.opened", "--html"]));
    assert!(page.starts_with("<!doctype html>") && page.contains("a call") && !page.contains("a reminder"));
}

#[test]
fn what_is_not_there_is_said_so() {
    let check = |arguments: &[&str], words: &str| {
        let output = tocsin(arguments);
        assert!(output.status.code() == Some(2) && out(&output).contains(words), "{}", out(&output));
    };
    check(&["preview", &example(), "--channel", "nobody"], "there is not a channel \"nobody\"; known: ops, slack");
    check(&["preview", &example(), "--person", "nobody"], "there is not a person \"nobody\"; known: ann");
    for event in ["incident", "notification.due"] {
        let words = format!("people are told of no event {event:?}; known: action.failed");
        check(&["preview", &example(), "--event", event], &words);
    }
    let unheard = "nothing is told of action.planned to phone";
    check(&["preview", &example(), "--channel", "phone", "--event", "action.planned"], unheard);
    check(&["preview", "/nowhere/tocsin.yaml"], "nowhere");
}

#[test]
fn a_template_that_cannot_speak_is_a_mistake_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |template: &str, expected: &str| {
        let text = std::fs::read_to_string(example()).expect("the example").replace(
            "title: \"{{ marker }} {{ incident.severity }} {{ incident.service }}\"",
            &format!("title: {template:?}"),
        );
        let file = folder.path().join("tocsin.yaml");
        std::fs::write(&file, text).expect("it is written");
        let output = tocsin(&["check", &file.display().to_string()]);
        let said = out(&output);
        match expected {
            "" => assert!(output.status.success(), "{template}: {said}"),
            words => {
                assert!(output.status.code() == Some(1) && said.contains(words), "{template}: {said}");
                assert!(said.contains("channels[8].template.title: "), "{said}");
            }
        }
    };
    check("{{ what }}", "");
    check("{{ wat }}", "undefined value: there is no wat; known: ");
    check("{{ incident.sevrity }}", "undefined value: there is no incident.sevrity; known: ");
    for both in ["there is no wat;", "there is no wut;", "2 mistakes"] {
        check("{{ wat }} {{ wut }}", both);
    }
    check("{{ what ", "syntax error");
    check("{% if action is defined %}{{ action }}{% else %}-{% endif %}", "");
    check("{{ action }}", "undefined value");
    check("{{ '' }}", "it says nothing of incident.opened");
    check("{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}x", "fuel");
}
