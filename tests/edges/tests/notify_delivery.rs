//! What becomes of a notification, by what the vendor answers: the real client against the receiver.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::event::EventKind;
use domain::notification::{Channel, ChannelKind, Delivery, PhoneNumber, Secret, SenderId, Template, TopicArn};
use engine::port::Messenger;
use notify::message::{Mail, Notice};
use notify::{Carrier, Revealed, Secrets, Vendors};
use testkit::receiver::{Options, Order, Receiver};
use testkit::sample;

const ROUTING_KEY: &str = "0123456789abcdef0123456789abcdef";
const SIGNING_KEY: &str = "a-signing-key-of-the-test";
const SLACK_PATH: &str = "/services/T00000000/B00000000/abcdefghijklmnop";

/// The secrets by their reference; what is not there cannot be read.
#[derive(Clone, Default)]
struct Known(BTreeMap<String, String>);

impl Secrets for Known {
    async fn reveal(&self, secret: &Secret) -> Result<Revealed, String> {
        let found = self.0.get(&secret.to_string());
        found.map(|text| Revealed::new(text)).ok_or_else(|| "AccessDeniedException".to_owned())
    }
}

impl Carrier for Known {
    async fn mail(&self, _: &Mail) -> Delivery {
        unreachable!("no channel here is told by mail")
    }

    async fn text(&self, _: &PhoneNumber, _: Option<&SenderId>, _: &str) -> Delivery {
        unreachable!("no channel here is told by a text message")
    }

    async fn publish(&self, _: &TopicArn, _: &Notice) -> Delivery {
        unreachable!("nothing here is published")
    }
}

struct World {
    receiver: Receiver,
    vendors: Vendors<Known>,
}

impl World {
    async fn start() -> Self {
        let options = Options { webhook_secret: Some(SIGNING_KEY.to_owned()), ..Options::default() };
        let receiver = Receiver::start(options).await.expect("a free port");
        let secrets = Known(BTreeMap::from([
            ("ssm:/slack".to_owned(), format!("{}\n", receiver.url(SLACK_PATH))),
            ("ssm:/key".to_owned(), ROUTING_KEY.to_owned()),
            ("ssm:/signing".to_owned(), SIGNING_KEY.to_owned()),
            ("ssm:/short".to_owned(), "too-short".to_owned()),
            ("ssm:/empty".to_owned(), String::new()),
            ("ssm:/plain".to_owned(), "http://example.com/services/T/B/abcdefghijklmnop".to_owned()),
            ("ssm:/words".to_owned(), "no address at all".to_owned()),
        ]));
        let vendors = Vendors::with_timeout(secrets, Duration::from_millis(500));
        Self { receiver, vendors }
    }

    fn slack() -> Channel {
        channel("slack", ChannelKind::Slack { url: secret("/slack") })
    }

    fn pagerduty(&self) -> Channel {
        self.pagerduty_with("/key")
    }

    fn pagerduty_with(&self, key: &str) -> Channel {
        let url = self.receiver.url("/v2/enqueue");
        channel("pagerduty", ChannelKind::PagerDuty { routing_key: secret(key), url, changes: true })
    }

    fn hook(&self) -> Channel {
        Self::hook_at(self.receiver.url("/webhook"), "/signing")
    }

    fn hook_at(url: String, key: &str) -> Channel {
        channel("hook", ChannelKind::Webhook { url, signing_secret: secret(key) })
    }

    async fn tell(&self, channel: &Channel, kind: EventKind) -> Delivery {
        let notification = sample::notification(kind, channel.name.as_str());
        let delivery = self.vendors.deliver(channel, &notification).await;
        let said = format!("{delivery:?} {:?}", self.vendors);
        for secret in [ROUTING_KEY, SIGNING_KEY, "abcdefghijklmnop"] {
            assert!(!said.contains(secret), "{said}");
        }
        delivery
    }

    async fn check(&self, channel: &Channel, order: Order, expected: Delivery) {
        self.receiver.order([order.clone()]);
        let delivery = self.tell(channel, EventKind::IncidentOpened).await;
        assert_eq!(delivery, expected, "{} {order:?}", channel.name);
    }
}

fn channel(name: &str, kind: ChannelKind) -> Channel {
    Channel { name: name.parse().expect("a name"), kind, template: Template::default(), fallback: None }
}

fn secret(name: &str) -> Secret {
    Secret::Ssm(name.to_owned())
}

fn accepted(answer: &str) -> Delivery {
    Delivery::Accepted { answer: answer.into(), handle: None }
}

fn refused(answer: &str) -> Delivery {
    Delivery::Refused { answer: answer.into() }
}

fn later(reason: &str, after_seconds: Option<u32>) -> Delivery {
    Delivery::TryLater { reason: reason.into(), after_seconds }
}

#[tokio::test]
async fn every_event_is_valid_for_every_channel_that_wants_it() {
    let world = World::start().await;
    for channel in [World::slack(), world.pagerduty(), world.hook()] {
        for kind in EventKind::ALL {
            let before = world.receiver.received().len();
            let delivery = world.tell(&channel, *kind).await;
            let received = world.receiver.received();
            if channel.kind.wants(*kind) {
                assert!(matches!(delivery, Delivery::Accepted { .. }), "{kind}: {delivery:?}");
                assert_eq!(received.last().expect("it arrived").problems, Vec::<String>::new(), "{kind}");
            } else {
                assert_eq!(delivery, refused(&format!("a channel of this kind is not told of {kind}")));
                assert_eq!(received.len(), before, "nothing is sent");
            }
        }
    }
}

#[tokio::test]
async fn one_incident_is_one_page() {
    let world = World::start().await;
    let pager = world.pagerduty();
    for kind in [EventKind::IncidentOpened, EventKind::IncidentOpened, EventKind::IncidentUpdated] {
        world.tell(&pager, kind).await;
    }
    assert_eq!((world.receiver.pages(), world.receiver.open_pages()), (1, 1));
    // The vendor takes it and its answer is lost: told again, it is still the same page.
    world.check(&pager, Order::silence(), later("no answer within 0.5 s", None)).await;
    world.tell(&pager, EventKind::IncidentAcknowledged).await;
    world.tell(&pager, EventKind::IncidentResolved).await;
    assert_eq!((world.receiver.pages(), world.receiver.open_pages()), (1, 0));
    world.tell(&pager, EventKind::IncidentReopened).await;
    assert_eq!((world.receiver.pages(), world.receiver.open_pages()), (2, 1));
}

#[tokio::test]
async fn answers_decide_between_later_and_never() {
    let world = World::start().await;
    let (slack, pager, hook) = (World::slack(), world.pagerduty(), world.hook());
    for channel in [&slack, &pager, &hook] {
        world.check(channel, Order::status(429), later("answered 429", None)).await;
        world.check(channel, Order::status(429).retry_after(30), later("answered 429", Some(30))).await;
        world.check(channel, Order::status(500).body("oh\nno"), later("answered 500 oh no", None)).await;
        world.check(channel, Order::status(503).retry_after(2), later("answered 503", Some(2))).await;
        world.check(channel, Order::status(408), later("answered 408", None)).await;
        for status in [400, 401, 403, 404, 410, 413] {
            let expected = refused(&format!("{status} no"));
            world.check(channel, Order::status(status).body("no"), expected).await;
        }
        world.check(channel, Order::silence(), later("no answer within 0.5 s", None)).await;
        let cut = Order::hang_up();
        world.receiver.order([cut]);
        let broke = world.tell(channel, EventKind::IncidentOpened).await;
        assert!(
            matches!(&broke, Delivery::TryLater { reason, .. } if reason.starts_with("the connection broke")),
            "{broke:?}"
        );
    }
    world.check(&slack, Order::status(200).body("invalid_payload"), refused("200 invalid_payload")).await;
    world.check(&slack, Order::status(200).body("ok"), accepted("200 ok")).await;
    world.check(&hook, Order::status(204), accepted("204")).await;
    let lenient = "answered 200, where 202 is expected";
    world.check(&pager, Order::status(200), later(lenient, None)).await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let world = World::start().await;
    let elsewhere = Order { location: Some(world.receiver.url("/webhook/elsewhere")), ..Order::status(307) };
    world.check(&world.hook(), elsewhere, refused("307 (redirects are not followed)")).await;
    assert_eq!(world.receiver.received().len(), 1);
}

#[tokio::test]
async fn nobody_at_home_is_later() {
    let world = World::start().await;
    let port = {
        let gone = Receiver::start(Options::default()).await.expect("a free port");
        gone.port()
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    let hook = World::hook_at(format!("http://127.0.0.1:{port}/webhook"), "/signing");
    let delivery = world.tell(&hook, EventKind::IncidentOpened).await;
    assert!(
        matches!(&delivery, Delivery::TryLater { reason, .. } if reason.starts_with("no connection")),
        "{delivery:?}"
    );
}

#[tokio::test]
async fn secrets_stay_secret_even_when_the_vendor_repeats_them() {
    let world = World::start().await;
    let echo = |text: String| Order::status(400).body(text);
    let url = world.receiver.url(SLACK_PATH);
    world.check(&World::slack(), echo(format!("no team for {url}")), refused("400 no team for [secret]")).await;
    world.check(&World::slack(), echo(format!("no {SLACK_PATH}")), refused("400 no [secret]")).await;
    world.check(&world.pagerduty(), echo(format!("bad key {ROUTING_KEY}")), refused("400 bad key [secret]")).await;
    let repeated = echo(format!("{SIGNING_KEY} ").repeat(10_000));
    world.receiver.order([repeated]);
    world.tell(&world.hook(), EventKind::IncidentOpened).await;
}

#[tokio::test]
async fn a_secret_that_cannot_be_used_says_so_by_its_name() {
    let world = World::start().await;
    let check = async |channel: Channel, expected: Delivery| {
        assert_eq!(world.tell(&channel, EventKind::IncidentOpened).await, expected);
    };
    let slack = |name: &str| channel("slack", ChannelKind::Slack { url: secret(name) });
    check(slack("/gone"), later("its secret cannot be read: AccessDeniedException", None)).await;
    let no_address = "ssm:/words does not hold a Slack webhook: it is not an address that begins with https://";
    check(slack("/words"), refused(no_address)).await;
    let plain =
        "ssm:/plain does not hold a Slack webhook: it is plain HTTP, which is allowed to loopback only; write https://";
    check(slack("/plain"), refused(plain)).await;
    let short = "ssm:/short does not hold a routing key: it must have 32 characters";
    check(world.pagerduty_with("/short"), refused(short)).await;
    let empty = "ssm:/empty is empty: nothing can be signed with it";
    check(World::hook_at(world.receiver.url("/webhook"), "/empty"), refused(empty)).await;
    assert_eq!(world.receiver.received().len(), 0);
}

#[tokio::test]
async fn a_webhook_is_the_same_message_at_every_try() {
    let world = World::start().await;
    world.receiver.order([Order::status(503)]);
    for _ in 0..2 {
        world.tell(&world.hook(), EventKind::ActionPerformed).await;
    }
    let received = world.receiver.received();
    assert_eq!(received.len(), 2);
    assert!(received.iter().all(|request| request.valid), "{received:?}");
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(received[0].idempotency_key, received[1].idempotency_key);
    assert_eq!(received[0].idempotency_key.as_deref(), received[0].body["id"].as_str());
}
