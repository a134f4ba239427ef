//! Alerts of Prometheus as a reader tells them apart, by each means, with the links that their sender gave them.

use std::fmt::Write;

use domain::alert::AlertSummary;
use domain::event::EventKind;
use domain::id::Fingerprint;
use domain::incident::Severity;
use domain::label::Labels;
use domain::notification::{ChannelKind, EmailAddress, Notification, Secret, Template};
use serde_json::{Value, json};
use testkit::receiver::{opsgenie, pagerduty, slack, teams};
use testkit::sample;
use tocsin_notify::message::{self, Words, template};

/// Of one rule, each from another pod; nothing was measured by us.
fn alert(pod: &str, labels: &[(&str, &str)]) -> AlertSummary {
    let fixed = [
        ("alertname", "HighErrorRate"),
        ("service", "shop-checkout"),
        ("severity", "error"),
        ("source", "prometheus"),
        ("namespace", "shop"),
        ("cluster", "eu-1"),
        ("pod", pod),
        ("runbook_url", "https://runbooks.example.com/high-error-rate?a=1&b=2"),
        ("generator_url", "https://prometheus.example.com/graph?g0.expr=rate%28errors%5B5m%5D%29"),
    ];
    let labels = fixed.iter().chain(labels).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    AlertSummary {
        fingerprint: Fingerprint::derive(&[pod]),
        name: "HighErrorRate".to_owned(),
        severity: Severity::Sev2,
        fired_at: sample::BEGAN,
        resolved_at: None,
        quiet_since: None,
        returns: 0,
        reading: None,
        labels: labels.collect::<Labels>(),
        service: None,
    }
}

fn told(alerts: Vec<AlertSummary>, kind: EventKind, summary: &str) -> Notification {
    let mut incident = sample::incident();
    "HighErrorRate on shop-checkout".clone_into(&mut incident.title);
    incident.alerts = alerts;
    sample::told(incident, kind, None, summary.to_owned(), sample::after(180), "any")
}

fn one() -> Notification {
    let alerts = vec![alert("web-7f9c-abcde", &[("path", "/pay")])];
    told(alerts, EventKind::IncidentOpened, "5 % of requests fail")
}

fn several() -> Notification {
    let long = format!("<!channel> *a*_b_ & [x](https://evil.example) {}end", "x".repeat(100));
    let mut alerts = vec![
        alert("web-7f9c-abcde", &[]),
        alert("web-7f9c-fghij", &[("dashboard_url", "javascript:alert(1)")]),
        alert("web-7f9c-klmno", &[("path", &long)]),
    ];
    alerts[2].resolved_at = Some(sample::after(120));
    told(alerts, EventKind::IncidentUpdated, "2 alerts fire: HighErrorRate on shop-checkout")
}

fn slack_message(told: &Notification) -> String {
    let message = message::slack(told, &Words::default());
    assert_eq!(slack::problems(&message), Vec::<String>::new());
    assert_eq!(slack::problems(&message::slack_root(told, &Words::default(), true)), Vec::<String>::new());
    let text = |block: &Value| {
        let text = block["text"]["text"].as_str().or(block["elements"][0]["text"].as_str());
        text.expect("a text").to_owned()
    };
    message["blocks"].as_array().expect("blocks").iter().map(text).collect::<Vec<_>>().join("\n")
}

fn card(told: &Notification) -> String {
    let card = message::teams(told, &Words::default());
    assert_eq!(teams::problems(&card, card.to_string().len()), Vec::<String>::new());
    format!("{:#}", card["attachments"][0]["content"])
}

fn mail(told: &Notification) -> String {
    let address: EmailAddress = "ops@example.com".parse().expect("an address");
    let mail = message::email(told, &Words::default(), &address, std::slice::from_ref(&address));
    format!("{}\n{}", mail.text, mail.html.replace("<p", "\n<p").replace("<div", "\n<div"))
}

fn page(told: &Notification) -> String {
    let mut event = message::pagerduty(told, &Words::default()).remove(0);
    event["routing_key"] = json!("0123456789abcdef0123456789abcdef");
    assert_eq!(pagerduty::problems(&event, event.to_string().len()), Vec::<String>::new());
    format!("{event:#}")
}

fn genie(told: &Notification) -> String {
    let (path, alert) = message::opsgenie(told, &Words::default()).remove(0);
    assert_eq!(opsgenie::problems(&path, &alert), Vec::<String>::new());
    format!("{alert:#}")
}

fn hook(told: &Notification) -> String {
    let body: Value = serde_json::from_slice(&message::webhook(told, &Words::default())).expect("JSON");
    format!("{:#}", body["incident"]["alerts"])
}

fn text_message(told: &Notification) -> String {
    message::sms(told, &Words::default())
}

type Rendered = fn(&Notification) -> String;

#[test]
fn alerts_are_told_apart_and_their_links_open() {
    let means: [(&str, Rendered); 7] = [
        ("slack", slack_message),
        ("teams", card),
        ("email", mail),
        ("pagerduty", page),
        ("opsgenie", genie),
        ("webhook", hook),
        ("sms", text_message),
    ];
    let mut text = String::new();
    for (name, rendered) in means {
        let (one, several) = (rendered(&one()), rendered(&several()));
        write!(text, "==== {name}: one alert\n{one}\n\n==== {name}: several\n{several}\n\n")
            .expect("a String takes it");
    }
    insta::assert_snapshot!("labels", text);
}

#[test]
fn templates_name_labels_and_links() {
    let check = |kind: &ChannelKind, told: &Notification, body: &str, expected: &str| {
        let template = Template { title: None, body: Some(body.to_owned()) };
        let words = template::words(&template, kind, told, sample::after(180));
        assert_eq!((words.body.as_deref(), words.note), (Some(expected), None));
    };
    let teams = ChannelKind::Teams { url: Secret::Ssm("/teams".to_owned()) };
    let slack = ChannelKind::Slack { url: Secret::Ssm("/slack".to_owned()) };
    check(&teams, &one(), "{{ labels.pod }} {{ incident.alerts[0].labels.path }}", "web-7f9c-abcde /pay");
    check(&teams, &one(), "{{ incident.alerts[0].links.runbook[:30] }}", "https://runbooks.example.com/h");
    // What tells alerts apart is not of all of them; what does not open is no link.
    check(&teams, &several(), "{% for name in labels %}{{ name }} {% endfor %}", "cluster namespace ");
    let links = "{% for link in links %}<{{ link.url }}|{{ link.name }}> {% endfor %}";
    let expected = "<https://runbooks.example.com/high-error-rate?a=1&amp;b=2|Runbook> \
                    <https://prometheus.example.com/graph?g0.expr=rate%28errors%5B5m%5D%29|Source> ";
    check(&slack, &several(), links, expected);
    check(&teams, &one(), "{{ since }}", "2026-01-31 14:03:00 UTC");
}
