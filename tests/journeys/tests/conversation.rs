//! A channel that keeps one message per incident: whatever is told to it follows the first message.

use domain::event::EventKind;
use domain::id::{ChannelName, NotificationId};
use domain::notification::{Channel, ChannelKind, Delivery, Notification, Receipt, ReceiptState, Secret, Template};
use domain::routing::Routing;
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::notify::{Links, TRY_TAKES_AT_MOST, notify};
use simulator::{Crash, now_or_never};
use tests_journeys::{BAD_VERSION, Scene, setup};

/// The shop's setup, with a bot beside each of its channels.
fn with_bot() -> Setup {
    let mut setup = setup();
    let name: ChannelName = "bot".parse().expect("a name");
    let token = Secret::Ssm("/bot".to_owned());
    let channel = "C0123ABCDEF".parse().expect("an id");
    let kind = ChannelKind::SlackBot { token, channel, url: "https://slack.com/api".to_owned(), buttons: true };
    setup.channels.push(Channel { name: name.clone(), kind, template: Template::default(), fallback: None });
    let mut root = setup.routing.root().clone();
    for route in &mut root.routes {
        route.channels.push(name.clone());
    }
    setup.routing = Routing::new(root);
    setup
}

fn told(scene: &Scene) -> Vec<Notification> {
    let world = scene.tocsin.world.lock();
    let mut told: Vec<_> = world.inbox.iter().filter(|(name, _)| name == "bot").map(|(_, n)| n.clone()).collect();
    told.dedup_by(|a, b| a.id == b.id);
    told
}

fn check_one_root(scene: &Scene, why: &str) {
    let told = told(scene);
    let first = told.first().unwrap_or_else(|| panic!("{why}: it was told"));
    assert_eq!(first.follows, None, "{why}");
    let handle = format!("message-{}", first.id);
    for later in &told[1..] {
        assert_eq!(later.follows.as_deref(), Some(&*handle), "{why}: {}", later.event.kind);
    }
}

#[test]
fn all_of_a_bad_release_is_one_message() {
    let mut scene = Scene::new(with_bot());
    scene.release(BAD_VERSION, 20.0);
    scene.run(15);
    check_one_root(&scene, "without a crash");
    let kinds: Vec<EventKind> = told(&scene).iter().map(|notification| notification.event.kind).collect();
    assert!(kinds.len() >= 4 && kinds.contains(&EventKind::IncidentResolved), "{kinds:?}");
}

/// A killed function may leave a message that nobody knows of; the next ones still keep to one.
#[test]
fn whatever_dies_what_follows_keeps_to_one_message() {
    for call in (0..160).step_by(3) {
        for crash in [Crash::Before(call), Crash::After(call)] {
            let mut scene = Scene::new(with_bot());
            scene.release(BAD_VERSION, 20.0);
            scene.tocsin.world.crash(crash);
            scene.run(15);
            let world = scene.tocsin.world.lock();
            let of_bot = world.receipts.values().filter(|receipt| receipt.channel.as_str() == "bot");
            let handles: std::collections::BTreeSet<_> = of_bot
                .filter_map(|receipt| match &receipt.state {
                    ReceiptState::Delivered { handle, .. } => Some(handle.clone()),
                    _ => None,
                })
                .collect();
            assert_eq!(handles.len(), 1, "{crash:?}");
        }
    }
}

#[test]
fn while_one_is_under_way_the_next_waits_and_loses_no_try() {
    let mut scene = Scene::new(with_bot());
    scene.answer("bot", vec![later(); 2]);
    scene.release(BAD_VERSION, 20.0);
    scene.measure();
    while scene.incidents().is_empty() {
        scene.run(1);
    }
    let now = scene.tocsin.now;
    let (setup, world) = (scene.tocsin.setup.clone(), scene.tocsin.world.clone());
    let incident = scene.incidents().remove(0);
    let mine = {
        let mut inner = world.lock();
        let of_bot = inner.receipts.values_mut().find(|receipt| receipt.channel.as_str() == "bot");
        let mine = of_bot.expect("it was begun").clone();
        let other = Receipt {
            id: NotificationId::derive(&["another"]),
            state: ReceiptState::Sending,
            notification: mine.notification.clone().or_else(|| Some(any(&inner.inbox))),
            next_wake: Some(now + TRY_TAKES_AT_MOST),
            ..mine.clone()
        };
        let key = (other.incident.to_string(), other.id.to_string());
        inner.receipts.clear();
        inner.receipts.insert(key, other);
        inner.inbox.clear();
        mine
    };
    let event = event_of(&incident, now);
    let check = |now: Time, expected: fn(&ReceiptState) -> bool, tries: u32| {
        let report =
            now_or_never(notify(&world, &world, &setup, (&event, Links::default()), now)).expect("memory answers");
        let state = report.receipts.iter().find(|(name, _)| name.as_str() == "bot").map(|(_, state)| state.clone());
        assert!(state.as_ref().is_some_and(expected), "{state:?}");
        let inner = world.lock();
        let id = Notification::id_of(&event, &mine.channel);
        assert_eq!(inner.receipts[&(incident.id.to_string(), id.to_string())].tries, tries);
    };
    check(now, |state| matches!(state, ReceiptState::Retrying { .. }), 0);
    check(now + Span::from_seconds(3), |state| matches!(state, ReceiptState::Retrying { .. }), 0);
    check(now + TRY_TAKES_AT_MOST, |state| matches!(state, ReceiptState::Delivered { .. }), 1);
}

fn later() -> Delivery {
    Delivery::TryLater { reason: "503".to_owned(), after_seconds: None }
}

fn any(inbox: &[(String, Notification)]) -> Notification {
    inbox.first().expect("others were told").1.clone()
}

fn event_of(incident: &domain::incident::Incident, now: Time) -> domain::event::IncidentEvent {
    domain::event::IncidentEvent::of(incident, EventKind::IncidentAcknowledged, None, "by ann".to_owned(), now)
}
