//! One message per incident, edited, with a thread: the real client against a workspace that keeps messages.

use std::time::Duration;

use domain::event::EventKind;
use domain::notification::{
    Address, Channel, ChannelKind, Delivery, Destination, Notification, PhoneNumber, Secret, SenderId, SlackId,
    Template, TopicArn,
};
use engine::port::Messenger;
use testkit::receiver::slack::Posted;
use testkit::receiver::{Options, Order, Receiver, Vendor};
use testkit::sample;
use tocsin_notify::message::{Mail, Notice};
use tocsin_notify::{Carrier, Revealed, Secrets, Vendors};

const TOKEN: &str = "xoxb-1234567890-abcdefghijklmnop";

struct Known;

impl Secrets for Known {
    async fn reveal(&self, secret: &Secret) -> Result<Revealed, String> {
        Ok(Revealed::new(if secret.to_string() == "ssm:/bot" { TOKEN } else { "no-token" }))
    }
}

impl Carrier for Known {
    async fn mail(&self, _: &Mail) -> Delivery {
        unreachable!("a bot sends no mail")
    }

    async fn text(&self, _: &PhoneNumber, _: Option<&SenderId>, _: &str) -> Delivery {
        unreachable!("a bot sends no text message")
    }

    async fn publish(&self, _: &TopicArn, _: &Notice) -> Delivery {
        unreachable!("nothing here is published")
    }
}

struct World {
    receiver: Receiver,
    vendors: Vendors<Known>,
    channel: Channel,
}

impl World {
    async fn start(channel: &str, token: &str) -> Self {
        let receiver = Receiver::start(Options::default()).await.expect("a free port");
        let channel: SlackId = channel.parse().expect("an id");
        let token = Secret::Ssm(token.to_owned());
        let kind = ChannelKind::SlackBot { token, channel, url: receiver.url("/api"), buttons: true };
        let vendors = Vendors::with_timeout(Known, Duration::from_millis(500));
        let channel =
            Channel { name: "bot".parse().expect("a name"), kind, template: Template::default(), fallback: None };
        Self { receiver, vendors, channel }
    }

    /// Tells of `kind`, following the message `follows`.
    async fn tell(&self, kind: EventKind, follows: Option<&str>) -> Delivery {
        self.send(sample::notification(kind, "bot"), follows).await
    }

    async fn send(&self, told: Notification, follows: Option<&str>) -> Delivery {
        let told = Notification { follows: follows.map(str::to_owned), ..told };
        let delivery = self.vendors.deliver(&self.channel, &told).await;
        assert!(!format!("{delivery:?}").contains("abcdefghijklmnop"), "{delivery:?}");
        for received in self.receiver.received() {
            assert_eq!(received.problems, Vec::<String>::new(), "{}", received.path);
        }
        delivery
    }
}

fn handle(delivery: Delivery) -> String {
    match delivery {
        Delivery::Accepted { handle: Some(handle), .. } => handle,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_incident_is_one_message_and_its_thread() {
    let world = World::start("C0123ABCDEF", "/bot").await;
    let first = handle(world.tell(EventKind::IncidentOpened, None).await);
    for kind in [EventKind::ActionPerformed, EventKind::IncidentAcknowledged, EventKind::IncidentResolved] {
        assert_eq!(handle(world.tell(kind, Some(&first)).await), first);
    }
    let messages = world.receiver.messages();
    let (root, thread) = messages.split_first().expect("it was posted");
    assert_eq!((root.edits, thread.len()), (3, 3));
    assert!(thread.iter().all(|reply| reply.thread_ts.as_ref() == Some(&root.ts)));
    let header = root.body["blocks"][0]["text"]["text"].as_str().expect("a header");
    assert!(header.starts_with("✅ Resolved SEV2"), "{header}");
    let rows = root.body["blocks"].as_array().expect("blocks").iter().filter(|block| block["type"] == "actions");
    assert_eq!(rows.count(), 0, "what is over has no buttons");
}

#[tokio::test]
async fn a_member_is_written_to_in_their_own_channel() {
    let world = World::start("U0123ABCDEF", "/bot").await;
    let first = handle(world.tell(EventKind::IncidentOpened, None).await);
    assert!(first.starts_with("D0123ABCDEF/"), "{first}");
    assert_eq!(handle(world.tell(EventKind::IncidentResolved, Some(&first)).await), first);
    assert_eq!(world.receiver.messages().len(), 2);
}

#[tokio::test]
async fn a_call_that_follows_a_message_is_seen() {
    let check = async |to: Destination, id: &str, is_seen: fn(&Posted) -> bool| {
        let world = World::start(id, "/bot").await;
        let first = handle(world.tell(EventKind::IncidentOpened, None).await);
        assert_eq!(handle(world.send(sample::call(&to), Some(&first)).await), first, "what follows edits the first");
        let messages = world.receiver.messages();
        assert_eq!((messages.len(), messages[0].edits), (2, 1), "{id}");
        assert!(is_seen(&messages[1]), "{id}: {:#}", messages[1].body);
        assert!(messages[1].body.to_string().contains("|Acknowledge>"), "{id}");
    };
    let channel = Destination::Channel("bot".parse().expect("a name"));
    check(channel, "C0123ABCDEF", |call| call.thread_ts.is_some() && call.body["reply_broadcast"] == true).await;
    let address = Address::Slack("U0123ABCDEF".parse().expect("an id"));
    let ann = Destination::Person { person: "ann".parse().expect("a name"), address };
    check(ann, "U0123ABCDEF", |call| call.thread_ts.is_none()).await;
}

#[tokio::test]
async fn what_was_deleted_is_posted_anew() {
    let world = World::start("C0123ABCDEF", "/bot").await;
    let first = handle(world.tell(EventKind::IncidentOpened, None).await);
    world.receiver.forget_messages();
    world.tell(EventKind::IncidentOpened, None).await;
    world.receiver.forget_messages();
    let second = handle(world.tell(EventKind::IncidentUpdated, Some("C0123ABCDEF/9.9")).await);
    assert_eq!(world.receiver.messages().len(), 1);
    assert_eq!(first, second, "a new workspace counts anew");
}

#[tokio::test]
async fn refusals_are_final_and_limits_are_waited_for() {
    let check = async |order: Order, follows: Option<&str>, expected: &str| {
        let world = World::start("C0123ABCDEF", "/bot").await;
        let follows = match follows {
            Some(_) => Some(handle(world.tell(EventKind::IncidentOpened, None).await)),
            None => None,
        };
        world.receiver.order([order.clone()]);
        let delivery = world.tell(EventKind::IncidentUpdated, follows.as_deref()).await;
        assert!(format!("{delivery:?}").contains(expected), "{order:?}: {delivery:?}");
    };
    let says = |status, word: &str| {
        let order = Order::status(status).body(format!(r#"{{"ok":false,"error":"{word}"}}"#));
        Order { only: Some(Vendor::SlackApi), ..order }
    };
    check(says(200, "channel_not_found"), None, r#"Refused { answer: "200 channel_not_found" }"#).await;
    check(says(200, "is_archived"), Some("first"), r#"Refused { answer: "200 is_archived" }"#).await;
    check(says(200, "message_not_found"), Some("first"), "200 ok, posted").await;
    check(says(429, "ratelimited").retry_after(30), None, "after_seconds: Some(30)").await;
    check(says(200, "ratelimited").retry_after(3), Some("first"), "after_seconds: Some(3)").await;
    check(Order::silence(), None, "no answer within 0.5 s").await;
    check(Order::hang_up(), Some("first"), "the connection broke").await;
}

#[tokio::test]
async fn a_try_that_failed_after_the_edit_is_repeated_without_a_second_message() {
    let world = World::start("C0123ABCDEF", "/bot").await;
    let first = handle(world.tell(EventKind::IncidentOpened, None).await);
    // The edit passes, the answer in the thread does not.
    world.receiver.order([Order::status(503).at("chat.postMessage")]);
    assert!(matches!(world.tell(EventKind::IncidentUpdated, Some(&first)).await, Delivery::TryLater { .. }));
    world.tell(EventKind::IncidentUpdated, Some(&first)).await;
    let messages = world.receiver.messages();
    assert_eq!(messages.iter().filter(|posted| posted.thread_ts.is_none()).count(), 1);
    assert_eq!(messages.len(), 2);
}

#[tokio::test]
async fn what_is_no_token_is_said_so() {
    let world = World::start("C0123ABCDEF", "/other").await;
    let delivery = world.tell(EventKind::IncidentOpened, None).await;
    let expected = "ssm:/other does not hold a token of Slack, which begins with xoxb-".to_owned();
    assert_eq!(delivery, Delivery::Refused { answer: expected });
    assert!(world.receiver.received().is_empty());
}
