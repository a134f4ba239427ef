//! Whatever stands in an incident, the message keeps to the vendor's limits.

use domain::alert::{AlertSummary, Reading};
use domain::event::EventKind;
use domain::id::{DeploymentId, Fingerprint, IncidentId};
use domain::incident::{Incident, Related, Severity, Standing, What};
use domain::label::Labels;
use domain::notification::{EmailAddress, Notification};
use domain::response::{Action, ActionState, Mode};
use domain::service::Resource;
use domain::units::{Time, Unit};
use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::receiver::{opsgenie, pagerduty, slack, teams, webhook};
use testkit::sample;
use tocsin_notify::message::Words;
use tocsin_notify::{message, signature};

/// Words that hurt: controls, Slack's sequences, astral characters, nothing at all, and far too much.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "[&<>|*_~`\"\\\\!@#:]{0,600}",
        "\\PC{0,2000}",
        "[\u{0}-\u{1f}\u{80}-\u{9f}\u{202e} ]{0,50}",
        "[😀𝕏é<&]{3000}",
        Just("<!channel> <@U123> & <https://example.com|x>".to_owned()),
        Just(String::new()),
    ]
}

fn state() -> impl Strategy<Value = ActionState> {
    let at = sample::after(60);
    (words(), 0..12_usize).prop_map(move |(reason, which)| match which {
        0 => ActionState::Shadowed,
        1 => ActionState::Suggested,
        2 => ActionState::AwaitingApproval,
        3 => ActionState::Approved { by: reason },
        4 => ActionState::Refused { reason },
        5 => ActionState::Acting { revision: reason, since: at },
        6 => ActionState::Acted { at, verify_by: at },
        7 => ActionState::Verified { at },
        8 => ActionState::Ineffective { at, reason },
        9 => ActionState::Undoing { since: at, reason },
        10 => ActionState::Undone { at },
        _ => ActionState::Failed { at, reason },
    })
}

/// Labels as senders give them, and links among them.
fn labels() -> impl Strategy<Value = Labels> {
    let name = prop_oneof![
        Just("runbook_url".to_owned()),
        Just("dashboard_url".to_owned()),
        Just("generator_url".to_owned()),
        "[a-z]{1,8}",
        words(),
    ];
    let value = prop_oneof![words(), "https://example.com/[&\\\\%a-z]{0,600}"];
    prop::collection::btree_map(name, value, 0..8).prop_map(Labels::from)
}

fn alert() -> impl Strategy<Value = AlertSummary> {
    (words(), words(), any::<f64>(), any::<bool>(), labels()).prop_map(|(name, signal, value, over, labels)| {
        AlertSummary {
            fingerprint: Fingerprint::derive(&[&name]),
            name,
            severity: Severity::Sev3,
            fired_at: sample::BEGAN,
            resolved_at: over.then(|| sample::after(60)),
            quiet_since: None,
            returns: 0,
            reading: Some(Reading { signal, value, limit: "> 10".parse().expect("a limit"), unit: Unit::Bytes }),
            labels,
            service: None,
        }
    })
}

fn other(index: usize, why: String, which: u8) -> Related {
    let (at, by) = (sample::after(60), why.clone());
    Related {
        incident: IncidentId::derive(&[&index.to_string()]),
        service: "payments".parse().expect("a name"),
        why,
        since: at,
        standing: match which {
            0 => Standing::Candidate,
            1 => Standing::Confirmed { at, by },
            2 => Standing::Merged { at, by },
            _ => Standing::Dismissed { at, by },
        },
    }
}

prop_compose! {
    fn any_incident()(
        title in words(),
        alerts in prop::collection::vec(alert(), 0..30),
        changes in prop::collection::vec(words(), 0..30),
        related in prop::collection::vec((words(), 0..4_u8), 0..30),
        is_merged in prop::bool::weighted(0.2),
        states in prop::collection::vec((state(), words(), words()), 0..30),
        severity in prop::sample::select(Severity::ALL.to_vec()),
    ) -> Incident {
        let mut incident = sample::incident_with_action(Mode::Auto, ActionState::Suggested);
        let pattern = incident.actions.pop().expect("the sample has one");
        for (index, (state, reason, function)) in states.into_iter().enumerate() {
            let target = Resource::LambdaAlias { function, alias: "live".to_owned() };
            let id = Action::id_of(&incident.id, &pattern.runbook, index, &target);
            incident.actions.push(Action { id, state, reason, target, ..pattern.clone() });
        }
        for summary in changes {
            let deployment = DeploymentId::derive(&["x"]);
            incident.note(sample::after(1), What::DeploymentSeen { deployment, summary });
        }
        let related: Vec<_> = related.into_iter().enumerate().map(|(index, (why, which))| other(index, why, which)).collect();
        let merged_into = related.first().filter(|_| is_merged).map(|other| other.incident.clone());
        Incident { title, alerts, severity, related, merged_into, ..incident }
    }
}

prop_compose! {
    fn any_notification()(
        incident in any_incident(),
        kind in prop::sample::select(EventKind::ALL.to_vec()),
        summary in words(),
        link in prop_oneof![words(), Just("https://example.com/i?a=1&b=2".to_owned())],
        at in 0_i64..4_000_000_000,
        which in any::<prop::sample::Index>(),
    ) -> Notification {
        let ids: Vec<_> = incident.actions.iter().map(|action| action.id.clone()).collect();
        let action = (!ids.is_empty()).then(|| which.get(&ids).clone());
        let told = sample::told(incident, kind, action, summary, Time::from_epoch(at), "any");
        Notification { link, ..told }
    }
}

fn check(notification: &Notification) {
    let none = Vec::<String>::new();
    assert_eq!(slack::problems(&message::slack(notification, &Words::default())), none);
    assert_eq!(slack::problems(&message::slack_root(notification, &Words::default(), true)), none);
    assert_eq!(slack::problems(&message::slack_reply(notification)), none);
    for mut event in message::pagerduty(notification, &Words::default()) {
        event["routing_key"] = json!("0123456789abcdef0123456789abcdef");
        let length = event.to_string().len();
        assert_eq!(pagerduty::problems(&event, length), none);
        assert!(length <= message::EVENT_BYTES_MAX);
    }
    let own = Words { title: Some("&".repeat(5000)), body: Some("<b>\n".repeat(5000)), note: Some("x".repeat(5000)) };
    for words in [&Words::default(), &own] {
        check_others(notification, words);
    }
    let raw = message::webhook(notification, &Words::default());
    assert!(raw.len() <= message::BODY_BYTES_MAX, "{} bytes", raw.len());
    let body: Value = serde_json::from_slice(&raw).expect("JSON");
    let signed = signature::sign(b"key", 0, &raw);
    let headers = webhook::Headers {
        timestamp: Some("0"),
        signature: Some(&signed),
        idempotency_key: Some(notification.id.as_str()),
    };
    assert_eq!(webhook::problems(headers, &raw, &body, Some("key"), 0), none);
}

/// What others than Slack, PagerDuty and webhooks are told, in our words and in a team's.
fn check_others(notification: &Notification, words: &Words) {
    let none = Vec::<String>::new();
    let card = message::teams(notification, words);
    assert_eq!(teams::problems(&card, card.to_string().len()), none);
    for (path, body) in message::opsgenie(notification, words) {
        assert_eq!(opsgenie::problems(&path, &body), none);
    }
    let to: Vec<EmailAddress> = vec!["ops@example.com".parse().expect("an address")];
    let mail = message::email(notification, words, &to[0], &to);
    assert!(mail.subject.encode_utf16().count() <= message::SUBJECT_MAX && !mail.subject.contains(['\n', '\r']));
    assert!(mail.text.encode_utf16().count() <= message::BODY_MAX);
    assert!(mail.html.len() <= 10 * message::BODY_MAX, "{}", mail.html.len());
    let notice = message::sns(notification, words);
    let subject = notice.subject.as_bytes();
    let is_taken = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    assert!(subject.iter().all(is_taken) && subject.len() <= message::NOTICE_SUBJECT_MAX, "{}", notice.subject);
    assert!(subject.first().is_some_and(u8::is_ascii_graphic), "{:?}", notice.subject);
    assert!(notice.text.len() <= message::NOTICE_BYTES_MAX && !notice.text.is_empty());
    let text = message::sms(notification, words);
    assert!((1..=message::PARTS_MAX).contains(&message::parts(&text)), "{text}");
    if words.body.is_none() {
        return;
    }
    let problems = [message::slack(notification, words), message::slack_root(notification, words, true)];
    // What a team writes itself is not escaped: its own sequences are not judged here, all else is.
    let found = problems.iter().flat_map(slack::problems).find(|problem| !problem.contains("unescaped"));
    assert_eq!(found, None);
    for mut event in message::pagerduty(notification, words) {
        event["routing_key"] = json!("0123456789abcdef0123456789abcdef");
        assert_eq!(pagerduty::problems(&event, event.to_string().len()), none);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_words_make_valid_messages(notification in any_notification()) {
        check(&notification);
    }
}

#[test]
fn the_largest_incident_fits() {
    let mut incident = sample::incident_with_action(Mode::Auto, ActionState::Suggested);
    let (alert, action) = (incident.alerts[0].clone(), incident.actions[0].clone());
    let long = "&<😀\"".repeat(2000);
    let mut alert = AlertSummary { name: long.clone(), ..alert };
    alert.reading.as_mut().expect("the sample has one").signal.clone_from(&long);
    incident.alerts = vec![alert; Incident::ALERTS_MAX];
    for (place, alert) in incident.alerts.iter_mut().enumerate() {
        let link = format!("https://example.com/{place:03}");
        let link = format!("{link}{}", "\\".repeat(message::ADDRESS_BYTES_MAX - link.len()));
        let links = ["runbook_url", "dashboard_url", "generator_url"].map(|name| (name.to_owned(), link.clone()));
        let others = (0..60).map(|one| (format!("label{one}"), format!("{place}{long}")));
        alert.labels = links.into_iter().chain(others).collect();
    }
    incident.unlisted = (0..Incident::UNLISTED_MAX).map(|one| Fingerprint::derive(&[&one.to_string()])).collect();
    incident.actions = vec![Action { reason: long.clone(), ..action }; 200];
    while incident.timeline.len() < Incident::TIMELINE_MAX {
        let deployment = DeploymentId::derive(&["x"]);
        incident.note(sample::after(1), What::DeploymentSeen { deployment, summary: long.clone() });
    }
    incident.related = (0..Incident::RELATED_MAX).map(|index| other(index, long.clone(), 2)).collect();
    incident.title.clone_from(&long);
    for length in [500, 501] {
        let prefix = "https://example.com/?";
        let link = format!("{prefix}{}", "&".repeat(length - prefix.len()));
        let kind = EventKind::IncidentUpdated;
        let told = sample::told(incident.clone(), kind, None, long.clone(), sample::after(60), "any");
        let told = Notification { link, ..told };
        assert_eq!(message::slack(&told, &Words::default()).to_string().contains("|Open the incident>"), length == 500);
        check(&told);
    }
}

#[test]
fn alerts_that_are_not_listed_are_counted() {
    let mut incident = sample::incident();
    incident.alerts = vec![incident.alerts[0].clone(); Incident::ALERTS_MAX];
    incident.unlisted = (0..900).map(|one| Fingerprint::derive(&[&one.to_string()])).collect();
    let told = sample::told(incident, EventKind::IncidentUpdated, None, "more".to_owned(), sample::after(60), "any");
    let text = message::slack(&told, &Words::default()).to_string();
    assert!(text.contains("and 992 more"), "{text}");
}
