//! What a person who is called reads, by each means, and what whoever has the incident is asked later.

use std::fmt::Write;

use domain::notification::{Address, Destination, Notification};
use serde_json::{Value, json};
use testkit::receiver::{pagerduty, slack};
use testkit::sample;
use tocsin_notify::message::{self, Words};

fn ann(address: Address) -> Destination {
    Destination::Person { person: "ann".parse().expect("a name"), address }
}

/// The texts of a Slack message's blocks, and its buttons.
fn read(message: &Value) -> String {
    assert_eq!(slack::problems(message), Vec::<String>::new());
    let mut lines = Vec::new();
    for block in message["blocks"].as_array().expect("blocks") {
        let texts = std::iter::once(block).chain(block["elements"].as_array().into_iter().flatten());
        let text = |one: &Value| one["text"]["text"].as_str().or(one["text"].as_str()).map(str::to_owned);
        lines.push(texts.filter_map(text).collect::<Vec<_>>().join(" | "));
    }
    lines.join("\n")
}

fn direct_message(told: &Notification) -> String {
    let root = message::slack_root(told, &Words::default(), true);
    format!("{}\n---- in its thread\n{}", read(&root), read(&message::slack_reply(told)))
}

fn mail(told: &Notification) -> String {
    let from = "tocsin@example.com".parse().expect("an address");
    let to = ["ann@example.com".parse().expect("an address")];
    let mail = message::email(told, &Words::default(), &from, &to);
    format!("Subject: {}\n\n{}", mail.subject, mail.text)
}

fn text_message(told: &Notification) -> String {
    let text = message::sms(told, &Words::default());
    assert!(message::parts(&text) <= message::PARTS_MAX, "{text}");
    text
}

fn page(told: &Notification) -> String {
    let mut event = message::pagerduty(told, &Words::default()).remove(0);
    event["routing_key"] = json!("0123456789abcdef0123456789abcdef");
    assert_eq!(pagerduty::problems(&event, event.to_string().len()), Vec::<String>::new());
    format!("{event:#}")
}

fn opsgenie(told: &Notification) -> String {
    let (path, alert) = message::opsgenie(told, &Words::default()).remove(0);
    format!("POST {path}\n{alert:#}")
}

fn channel_message(told: &Notification) -> String {
    read(&message::slack(told, &Words::default()))
}

type Rendered = fn(&Notification) -> String;

#[test]
fn a_budget_that_burns_is_told_with_its_rate_its_limit_and_what_is_left() {
    let all = sample::all("ops");
    let told = all.iter().find(|told| told.incident.title.starts_with("shop-checkout-up")).expect("it is among them");
    let means: [(&str, Rendered); 5] = [
        ("slack", channel_message),
        ("email", mail),
        ("sms", text_message),
        ("pagerduty", page),
        ("opsgenie", opsgenie),
    ];
    let mut text = String::new();
    for (name, rendered) in means {
        let rendered = rendered(told);
        for words in ["21.6", "14.4", "91.3 % of the budget of 30d left"] {
            assert!(rendered.contains(words), "{name} lacks {words}: {rendered}");
        }
        write!(text, "==== {name}\n{rendered}\n\n").expect("a String takes it");
    }
    insta::assert_snapshot!("budget", text);
}

#[test]
fn a_call_says_what_is_wrong_why_you_and_how_to_take_it() {
    let means: [(&str, Destination, Rendered); 5] = [
        ("slack", ann(Address::Slack("U0123ABCDEF".parse().expect("an id"))), direct_message),
        ("email", ann(Address::Email("ann@example.com".parse().expect("an address"))), mail),
        ("sms", ann(Address::Phone("+4930123456".parse().expect("a number"))), text_message),
        ("pagerduty", Destination::Channel("pager".parse().expect("a name")), page),
        ("opsgenie", Destination::Channel("genie".parse().expect("a name")), opsgenie),
    ];
    let mut text = String::new();
    for (name, to, rendered) in means {
        let zoned = |mut told: Notification| {
            let person = to.person().map(|_| "Europe/Vienna".parse().expect("a zone"));
            told.page.as_mut().expect("it is to a person or calls a channel").zone = person;
            rendered(&told)
        };
        let (call, reminder) = (zoned(sample::call(&to)), zoned(sample::reminder(&to)));
        let link = "https://api.example.com/acknowledge/";
        assert!(call.contains(link), "{name}: {call}");
        assert_eq!(reminder.contains(link), to.person().is_some(), "{name}: {reminder}");
        write!(text, "==== {name}: the call\n{call}\n\n==== {name}: the reminder\n{reminder}\n\n")
            .expect("a String takes it");
    }
    insta::assert_snapshot!("pages", text);
}
