//! Every message to every vendor as a reviewer reads it, and as the vendor's schema judges it.

use std::fmt::Write;

use domain::alert::AlertSummary;
use domain::event::EventKind;
use domain::id::IncidentId;
use domain::incident::{Related, Standing, State};
use domain::notification::{ChannelKind, Notification, Secret};
use domain::response::{ActionState, Mode};
use serde_json::{Value, json};
use testkit::receiver::{pagerduty, slack, webhook};
use testkit::sample;
use tocsin_notify::message::Words;
use tocsin_notify::{message, signature};

const TOLD: [EventKind; 10] = [
    EventKind::IncidentOpened,
    EventKind::IncidentReopened,
    EventKind::IncidentUpdated,
    EventKind::IncidentAcknowledged,
    EventKind::IncidentResolved,
    EventKind::ActionPlanned,
    EventKind::ActionPerformed,
    EventKind::ActionVerified,
    EventKind::ActionFailed,
    EventKind::PostMortemWritten,
];

/// The message waits for an approval.
fn approval() -> Notification {
    let incident = sample::incident_with_action(Mode::Approve, ActionState::AwaitingApproval);
    let action = Some(incident.actions[0].id.clone());
    let summary = "Waits for approval: roll lambda:shop-checkout:live back from version 2 to version 1, because \
                   lambda:shop-checkout:live moved shortly before the first breach";
    sample::told(incident, EventKind::ActionPlanned, action, summary.to_owned(), sample::after(190), "slack")
}

/// The incident may be part of another one, includes a third, and is merged itself at last.
fn related(channel: &str) -> [(String, Notification); 2] {
    let other = |id: &str, service: &str, why: &str, standing| Related {
        incident: IncidentId::given(id),
        service: service.parse().expect("a name"),
        why: why.to_owned(),
        since: sample::after(180),
        standing,
    };
    let merged = || Standing::Merged { at: sample::after(400), by: "ann".to_owned() };
    let mut incident = sample::incident();
    let mut cart = incident.alerts[0].clone();
    cart.service = Some("shop-cart".parse().expect("a name"));
    incident.alerts.push(AlertSummary { name: "shop-cart-latency".to_owned(), ..cart });
    let why = "shop-checkout depends on payments, which broke 40s earlier";
    incident.related = vec![
        other("inc-payments", "payments", why, Standing::Candidate),
        other("inc-cart", "shop-cart", "shop-cart, which broke 1m later, depends on shop-checkout", merged()),
    ];
    let mut over = incident.clone();
    over.related[0].standing = merged();
    over.merged_into = Some(over.related[0].incident.clone());
    (over.state, over.resolved_at) = (State::Closed, Some(sample::after(400)));
    over.alerts.clear();
    let told = |incident, kind, summary: &str| {
        sample::told(incident, kind, None, summary.to_owned(), sample::after(400), channel)
    };
    let includes = "now includes shop-cart: latency on shop-cart (inc-cart was merged into it by ann)";
    let ends = "merged into inc-payments (queue on payments) by ann";
    [
        ("incident.updated (related)".to_owned(), told(incident, EventKind::IncidentUpdated, includes)),
        ("incident.resolved (merged)".to_owned(), told(over, EventKind::IncidentResolved, ends)),
    ]
}

/// What stands in the blocks, line by line.
fn read(message: &Value) -> String {
    let mut texts = vec![format!("[{}]", message["text"].as_str().expect("a text"))];
    for block in message["blocks"].as_array().expect("blocks") {
        let text = block["text"]["text"].as_str().or(block["elements"][0]["text"].as_str());
        texts.push(text.expect("a text").to_owned());
    }
    texts.join("\n")
}

#[test]
fn slack_reads_well_at_night() {
    let mut told: Vec<(String, Notification)> =
        TOLD.iter().map(|kind| (kind.to_string(), sample::notification(*kind, "slack"))).collect();
    told.push(("action.planned (approval)".to_owned(), approval()));
    told.extend(related("slack"));
    let mut pages = String::new();
    for (kind, notification) in told {
        let message = message::slack(&notification, &Words::default());
        assert_eq!(slack::problems(&message), Vec::<String>::new(), "{kind}");
        write!(pages, "==== {kind}\n{}\n\n", read(&message)).expect("writing to a String does not fail");
    }
    insta::assert_snapshot!("slack", pages);
    insta::assert_json_snapshot!(
        "slack_blocks",
        message::slack(&sample::notification(EventKind::IncidentOpened, "slack"), &Words::default())
    );
}

/// What stands in a message of a bot: its blocks, and what can be pressed.
fn read_with_buttons(message: &Value) -> String {
    let mut texts = Vec::new();
    for block in message["blocks"].as_array().expect("blocks") {
        let text = block["text"]["text"].as_str().or(block["elements"][0]["text"].as_str()).map(str::to_owned);
        let row = || {
            let buttons = block["elements"].as_array().expect("a row has buttons").iter();
            buttons.map(|button| format!("[{}]", button["text"]["text"].as_str().expect("a text"))).collect::<Vec<_>>()
        };
        texts.push(text.unwrap_or_else(|| row().join(" ")));
    }
    texts.join("\n")
}

#[test]
fn a_bots_message_says_how_things_stand_and_its_thread_what_happened() {
    let mut told: Vec<(String, Notification)> =
        TOLD.iter().map(|kind| (kind.to_string(), sample::notification(*kind, "bot"))).collect();
    told.push(("action.planned (approval)".to_owned(), approval()));
    told.extend(related("bot"));
    let mut pages = String::new();
    for (kind, notification) in told {
        let (root, reply) =
            (message::slack_root(&notification, &Words::default(), true), message::slack_reply(&notification));
        for message in [&root, &reply, &message::slack_root(&notification, &Words::default(), false)] {
            assert_eq!(slack::problems(message), Vec::<String>::new(), "{kind}");
        }
        let seen = if reply["reply_broadcast"] == true { " (shown in the channel)" } else { "" };
        let (root, reply) = (read_with_buttons(&root), read_with_buttons(&reply));
        write!(pages, "==== {kind}\n{root}\n---- in the thread{seen}\n{reply}\n\n").expect("a String takes all");
    }
    insta::assert_snapshot!("slack_bot", pages);
    insta::assert_json_snapshot!("slack_bot_blocks", message::slack_root(&approval(), &Words::default(), true));
}

#[test]
fn pagerduty_is_told_of_the_incidents_life_only() {
    let mut events = Vec::new();
    for kind in EventKind::ALL {
        let notification = sample::notification(*kind, "pagerduty");
        let event = message::pagerduty(&notification, &Words::default()).into_iter().next();
        let channel =
            ChannelKind::PagerDuty { routing_key: Secret::Ssm("/k".into()), url: String::new(), changes: true };
        assert_eq!(event.is_some(), channel.wants(*kind), "{kind}");
        let Some(mut event) = event else { continue };
        events.push(json!({"kind": kind, "event": event.clone()}));
        event["routing_key"] = json!("0123456789abcdef0123456789abcdef");
        assert_eq!(pagerduty::problems(&event, event.to_string().len()), Vec::<String>::new(), "{kind}");
        assert_eq!(event["dedup_key"], json!(notification.incident.id));
    }
    for (kind, notification) in related("pagerduty") {
        let mut event = message::pagerduty(&notification, &Words::default()).remove(0);
        events.push(json!({"kind": kind, "event": event.clone()}));
        event["routing_key"] = json!("0123456789abcdef0123456789abcdef");
        assert_eq!(pagerduty::problems(&event, event.to_string().len()), Vec::<String>::new(), "{kind}");
    }
    insta::assert_json_snapshot!("pagerduty", events);
}

#[test]
fn webhooks_carry_the_numbers() {
    let mut bodies = Vec::new();
    let [(_, includes), (_, merged)] = related("hook");
    let told = TOLD.iter().map(|kind| (*kind, sample::notification(*kind, "hook")));
    let of_kin = [includes, merged].map(|notification| (notification.event.kind, notification));
    for (kind, notification) in told.chain(of_kin) {
        let raw = message::webhook(&notification, &Words::default());
        let body: Value = serde_json::from_slice(&raw).expect("JSON");
        let signed = signature::sign(b"key", 1_700_000_000, &raw);
        let headers = webhook::Headers {
            timestamp: Some("1700000000"),
            signature: Some(&signed),
            idempotency_key: Some(notification.id.as_str()),
        };
        let problems = webhook::problems(headers, &raw, &body, Some("key"), 1_700_000_000);
        assert_eq!(problems, Vec::<String>::new(), "{kind}");
        assert_eq!(body["worse_than"] == "SEV2", notification.event.worse_than.is_some(), "{kind}");
        let is_shown = [EventKind::IncidentOpened, EventKind::ActionPerformed].contains(&kind);
        if is_shown || !notification.incident.related.is_empty() {
            bodies.push(body);
        }
    }
    insta::assert_json_snapshot!("webhook", bodies);
}

#[test]
fn messages_are_equal_for_equal_notifications() {
    for kind in TOLD {
        let told = || sample::notification(kind, "slack");
        assert_eq!(
            message::slack(&told(), &Words::default()).to_string(),
            message::slack(&told(), &Words::default()).to_string()
        );
        assert_eq!(message::webhook(&told(), &Words::default()), message::webhook(&told(), &Words::default()));
    }
}
