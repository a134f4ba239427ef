//! Teams, Opsgenie, e-mail, text messages and change events: the real client against the receiver.

use std::sync::Mutex;
use std::time::Duration;

use domain::deployment::Deployment;
use domain::event::EventKind;
use domain::notification::{
    Address, Channel, ChannelKind, Delivery, Destination, PhoneNumber, Secret, SenderId, Template, TopicArn,
};
use domain::sample;
use engine::port::Messenger;
use testkit::receiver::{Options, Order, Receiver, Vendor};
use tocsin_notify::message::{Mail, Notice};
use tocsin_notify::{Carrier, Revealed, Secrets, Vendors};

const ROUTING_KEY: &str = "0123456789abcdef0123456789abcdef";

/// Keeps what is sent, and knows one secret of each kind.
struct Post {
    teams: String,
    sent: &'static Mutex<Vec<String>>,
}

impl Secrets for Post {
    async fn reveal(&self, secret: &Secret) -> Result<Revealed, String> {
        Ok(Revealed::new(match secret.to_string().as_str() {
            "ssm:/teams" => &self.teams,
            "ssm:/pager" => ROUTING_KEY,
            _ => "a-key-of-opsgenie",
        }))
    }
}

impl Carrier for Post {
    async fn mail(&self, mail: &Mail) -> Delivery {
        self.sent.lock().expect("nobody panics").push(mail.request().to_string());
        Delivery::Accepted { answer: "SES took it".to_owned(), handle: None }
    }

    async fn text(&self, to: &PhoneNumber, _: Option<&SenderId>, text: &str) -> Delivery {
        self.sent.lock().expect("nobody panics").push(format!("{to}: {text}"));
        Delivery::Accepted { answer: "SNS took it".to_owned(), handle: None }
    }

    async fn publish(&self, topic: &TopicArn, notice: &Notice) -> Delivery {
        let Notice { subject, text, attributes } = notice;
        self.sent.lock().expect("nobody panics").push(format!("{topic} {attributes:?}\n{subject}\n\n{text}"));
        Delivery::Accepted { answer: "SNS took it".to_owned(), handle: None }
    }
}

struct World {
    receiver: Receiver,
    vendors: Vendors<Post>,
    sent: &'static Mutex<Vec<String>>,
}

impl World {
    async fn start() -> Self {
        let receiver = Receiver::start(Options::default()).await.expect("a free port");
        let sent: &'static Mutex<Vec<String>> = Box::leak(Box::default());
        let post = Post { teams: receiver.url("/teams/workflow?sig=abcdefghijkl"), sent };
        Self { vendors: Vendors::with_timeout(post, Duration::from_millis(500)), receiver, sent }
    }

    async fn tell(&self, kind: ChannelKind, template: Template, event: EventKind) -> Delivery {
        let channel = Channel { name: "any".parse().expect("a name"), kind, template, fallback: None };
        let delivery = self.vendors.deliver(&channel, &sample::notification(event, "any")).await;
        for received in self.receiver.received() {
            assert_eq!(received.problems, Vec::<String>::new(), "{}", received.path);
        }
        assert!(!format!("{delivery:?}").contains("abcdefghijkl"), "{delivery:?}");
        delivery
    }
}

fn secret(name: &str) -> Secret {
    Secret::Ssm(name.to_owned())
}

fn kinds(world: &World) -> Vec<ChannelKind> {
    vec![
        ChannelKind::Teams { url: secret("/teams") },
        ChannelKind::Opsgenie { api_key: secret("/opsgenie"), url: world.receiver.url("") },
        ChannelKind::Email {
            from: "tocsin@example.com".parse().expect("an address"),
            to: vec!["ops@example.com".parse().expect("an address")],
        },
        ChannelKind::Sms { to: "+4930123456".parse().expect("a number"), sender: None },
        ChannelKind::Sns { topic: "arn:aws:sns:eu-central-1:123456789012:incidents".parse().expect("an ARN") },
    ]
}

#[tokio::test]
async fn every_event_is_taken_by_every_kind_that_wants_it() {
    let world = World::start().await;
    for kind in kinds(&world) {
        for event in EventKind::ALL {
            let delivery = world.tell(kind.clone(), Template::default(), *event).await;
            let accepted = matches!(delivery, Delivery::Accepted { .. });
            let told = sample::notification(*event, "any").event;
            assert_eq!(accepted, kind.hears(&told), "{} {event}: {delivery:?}", kind.as_str());
        }
    }
    let paths: Vec<String> = world.receiver.received().iter().map(|received| received.path.clone()).collect();
    let id = sample::incident().id;
    assert!(paths.contains(&format!("/v2/alerts/{id}/close?identifierType=alias")), "{paths:?}");
}

#[tokio::test]
async fn mails_of_one_incident_stand_together_and_text_messages_are_short() {
    let world = World::start().await;
    for kind in kinds(&world).split_off(2) {
        for event in [EventKind::IncidentOpened, EventKind::IncidentResolved] {
            world.tell(kind.clone(), Template::default(), event).await;
        }
    }
    let sent = world.sent.lock().expect("nobody panics").clone();
    let mails: Vec<serde_json::Value> =
        sent[..2].iter().map(|mail| serde_json::from_str(mail).expect("a request is JSON")).collect();
    let simple = |mail: &serde_json::Value, path: &str| mail.pointer(&format!("/Content/Simple{path}")).cloned();
    for path in ["/Subject/Data", "/Headers/0"] {
        assert_eq!(simple(&mails[0], path), simple(&mails[1], path), "{path}");
    }
    assert_ne!(simple(&mails[0], "/Body/Text/Data"), simple(&mails[1], "/Body/Text/Data"));
    insta::assert_snapshot!("mail", simple(&mails[0], "/Body/Text/Data").expect("a text").as_str().expect("a text"));
    insta::assert_snapshot!("text_messages", sent[2..4].join("\n"));
    insta::assert_snapshot!("notices", sent[4..].join("\n\n"));
}

#[tokio::test]
async fn who_has_an_incident_is_asked_for_a_word_by_telephone_too() {
    let world = World::start().await;
    let address = Address::Phone("+4930123456".parse().expect("a number"));
    let ann = Destination::Person { person: "ann".parse().expect("a name"), address };
    let kind = kinds(&world).swap_remove(3);
    let phone = Channel { name: ann.name(), kind, template: Template::default(), fallback: None };
    let delivery = world.vendors.deliver(&phone, &sample::reminder(&ann)).await;
    assert!(matches!(delivery, Delivery::Accepted { .. }), "{delivery:?}");
}

#[tokio::test]
async fn a_template_speaks_and_one_that_fails_says_so() {
    let world = World::start().await;
    let template = |body: &str| Template {
        title: Some("{{ incident.severity }} {{ incident.service }}".to_owned()),
        body: Some(body.to_owned()),
    };
    let text = async |body: &str| {
        world.tell(ChannelKind::Teams { url: secret("/teams") }, template(body), EventKind::IncidentOpened).await;
        let card =
            world.receiver.received().last().expect("it arrived").body["attachments"][0]["content"]["body"].clone();
        card.as_array()
            .expect("elements")
            .iter()
            .filter_map(|one| one["text"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(text("{{ what }}").await[0], "SEV2 shop-checkout");
    assert!(text("{{ what }}").await[1].starts_with("errors / requests 37.5 %"));
    let failed = text("{{ wat }}").await.join("\n");
    assert!(failed.contains("What: errors / requests") && failed.contains("template failed, body: line 1"), "{failed}");
    let endless = text("{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}").await;
    assert!(endless.join("\n").contains("template failed"), "{endless:?}");
}

/// A page that somebody acknowledged hears nothing of what is added to it.
#[tokio::test]
async fn what_nobody_has_any_more_rings_on_a_page_of_its_own() {
    let world = World::start().await;
    let kind = ChannelKind::PagerDuty {
        routing_key: secret("/pager"),
        url: world.receiver.url("/v2/enqueue"),
        changes: false,
    };
    let pager = Channel { name: "pager".parse().expect("a name"), kind, template: Template::default(), fallback: None };
    let tell = async |event: EventKind, releases: u32| {
        let mut told = sample::notification(event, "pager");
        told.incident.releases = releases;
        let delivery = world.vendors.deliver(&pager, &told).await;
        (matches!(delivery, Delivery::Accepted { .. }), world.receiver.pages(), world.receiver.open_pages())
    };
    assert_eq!(tell(EventKind::IncidentOpened, 0).await, (true, 1, 1));
    assert_eq!(tell(EventKind::IncidentAcknowledged, 0).await, (true, 1, 1));
    assert_eq!(tell(EventKind::IncidentUpdated, 1).await, (true, 2, 1), "the page before is closed");
    assert_eq!(tell(EventKind::IncidentUpdated, 1).await, (true, 2, 1));
    // The page before is not closed at the first try; it is at the second, which rings no other.
    world.receiver.order([Order::status(202), Order::status(503)]);
    assert!(!tell(EventKind::IncidentUpdated, 2).await.0, "it is tried again");
    assert_eq!(tell(EventKind::IncidentUpdated, 2).await, (true, 3, 1));
    assert_eq!(tell(EventKind::IncidentResolved, 2).await, (true, 3, 0));
    let opsgenie = Channel { kind: kinds(&world).remove(1), ..pager.clone() };
    let mut told = sample::notification(EventKind::IncidentUpdated, "pager");
    told.incident.releases = 1;
    let before = world.receiver.received().len();
    assert!(matches!(world.vendors.deliver(&opsgenie, &told).await, Delivery::Accepted { .. }));
    let calls: Vec<_> = world.receiver.received().split_off(before);
    let id = told.incident.id;
    assert_eq!(calls[0].body["alias"], format!("{id}.1"));
    assert_eq!(calls[1].path, format!("/v2/alerts/{id}/close?identifierType=alias"));
    assert!(world.receiver.received().iter().all(|received| received.problems.is_empty()));
}

#[tokio::test]
async fn pagerduty_hears_of_deployments() {
    let world = World::start().await;
    let deployment = Deployment {
        id: Deployment::id_of("lambda:shop:live", Some("1"), "2", sample::BEGAN),
        service: "shop".parse().expect("a name"),
        resource: None,
        from: Some("1".to_owned()),
        to: "2".to_owned(),
        moved_after: sample::BEGAN,
        moved_by: sample::BEGAN,
        description: "x".repeat(2000),
    };
    let pager = |changes| {
        let kind =
            ChannelKind::PagerDuty { routing_key: secret("/pager"), url: world.receiver.url("/v2/enqueue"), changes };
        Channel { name: "pager".parse().expect("a name"), kind, template: Template::default(), fallback: None }
    };
    let tell = async || world.vendors.announce(&pager(true), &deployment).await;
    assert!(matches!(tell().await, Delivery::Accepted { .. }));
    let received = world.receiver.received().pop().expect("it arrived");
    assert_eq!((received.vendor, received.problems), (Vendor::PagerDutyChange, Vec::new()));
    // 120 calls a minute a key: the vendor says when to come back.
    world.receiver.order([Order::status(429).retry_after(42)]);
    let expected = Delivery::TryLater { reason: "answered 429".to_owned(), after_seconds: Some(42) };
    assert_eq!(tell().await, expected);
    let unwanted = world.vendors.announce(&pager(false), &deployment).await;
    assert!(matches!(unwanted, Delivery::Refused { .. }), "{unwanted:?}");
}
