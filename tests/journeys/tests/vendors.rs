//! What vendors answer, and what becomes of a message that they do not take.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use domain::deployment::Deployment;
use domain::event::{EventKind, IncidentEvent};
use domain::notification::{Channel, Delivery, Notification, ReceiptState};
use domain::units::Span;
use engine::notify::{Links, Notified, TRIES_MAX, notify};
use engine::port::Messenger;
use simulator::{Crash, World, now_or_never};
use tests_journeys::{BAD_VERSION, Scene, Story, check_golden, setup};

fn later(reason: &str, after_seconds: Option<u32>) -> Delivery {
    Delivery::TryLater { reason: reason.to_owned(), after_seconds }
}

/// A bad release while the vendor behind `channel` answers so.
fn check(name: &str, title: &str, channel: &str, answers: Vec<Delivery>, minutes: u32) -> Scene {
    let mut scene = Scene::new(setup());
    let mut story = Story::of(title, &scene);
    scene.answer(channel, answers);
    story.says(&scene, "version 2 is released; 20 % of its requests fail");
    scene.release(BAD_VERSION, 20.0);
    story.run(&mut scene, minutes);
    check_golden(name, &story.end(&scene));
    scene
}

fn told(scene: &Scene, channel: &str, kind: EventKind) -> usize {
    let world = scene.tocsin.world.lock();
    let told = world.inbox.iter().filter(|(name, n)| name == channel && n.event.kind == kind);
    told.count()
}

fn states(scene: &Scene, channel: &str) -> Vec<ReceiptState> {
    let world = scene.tocsin.world.lock();
    let of_channel = world.receipts.values().filter(|receipt| receipt.channel.as_str() == channel);
    of_channel.map(|receipt| receipt.state.clone()).collect()
}

#[test]
fn throttled_messages_come_a_minute_later_and_once() {
    let answers = vec![later("429", Some(30)); 2];
    let scene = check("slack-429", "Slack throttles", "slack", answers, 10);
    assert_eq!(told(&scene, "slack", EventKind::IncidentOpened), 1);
    assert_eq!(told(&scene, "slack", EventKind::ActionPerformed), 1);
}

#[test]
fn a_vendor_in_trouble_is_tried_until_it_takes_it() {
    let scene = check("hook-500", "The webhook answers 500 four times", "hook", vec![later("500", None); 4], 15);
    assert_eq!(told(&scene, "hook", EventKind::IncidentOpened), 1);
    assert!(states(&scene, "hook").iter().all(|state| matches!(state, ReceiptState::Delivered { .. })));
}

#[test]
fn what_is_refused_is_not_tried_again_and_stands_on_the_incident() {
    let refused = Delivery::Refused { answer: "400 invalid routing key".to_owned() };
    let scene = check("pagerduty-400", "PagerDuty refuses", "pagerduty", vec![refused], 10);
    assert_eq!(told(&scene, "pagerduty", EventKind::IncidentOpened), 0);
    let refused = states(&scene, "pagerduty").iter().any(|state| matches!(state, ReceiptState::Refused { .. }));
    assert!(refused);
}

#[test]
fn a_vendor_that_never_answers_is_given_up_and_stands_on_the_incident() {
    let silence = vec![later("no answer", None); 5 * TRIES_MAX as usize];
    let scene = check("slack-silent", "Slack never answers", "slack", silence, 90);
    let states = states(&scene, "slack");
    assert!(!states.is_empty() && states.iter().all(|state| matches!(state, ReceiptState::Failed { .. })));
}

#[test]
fn a_page_that_could_not_be_sent_in_time_is_not_sent_after_the_end() {
    let answers = vec![later("503", None); 3];
    let scene = check("pagerduty-overtaken", "PagerDuty is down while it matters", "pagerduty", answers, 10);
    assert_eq!(told(&scene, "pagerduty", EventKind::IncidentOpened), 0, "the page would have nobody to end it");
    let overtaken = |state: &ReceiptState| matches!(state, ReceiptState::Overtaken { .. });
    assert!(states(&scene, "pagerduty").iter().any(overtaken));
}

#[test]
fn a_try_that_may_still_be_under_way_is_not_doubled() {
    for call in 0..120 {
        let mut scene = Scene::new(setup());
        scene.release(BAD_VERSION, 20.0);
        scene.tocsin.world.crash(Crash::After(call));
        // The killed notifier is called again within the minute; its try might be of a process that is only slow.
        scene.run(1);
        let world = scene.tocsin.world.lock();
        let mut told: Vec<_> = world.inbox.iter().map(|(channel, n)| (channel, &n.event.id)).collect();
        told.sort();
        let all = told.len();
        told.dedup();
        assert_eq!(told.len(), all, "killed after call {call}");
    }
}

/// A scene whose channels were told that an incident began, and the event that somebody has it.
fn somebody_has_it() -> (Scene, IncidentEvent) {
    let mut scene = Scene::new(setup());
    scene.release(BAD_VERSION, 20.0);
    scene.run(4);
    let (incident, now) = (scene.incident(), scene.tocsin.now);
    let event = IncidentEvent::of(&incident, EventKind::IncidentAcknowledged, None, "by ann".to_owned(), now);
    (scene, event)
}

#[test]
fn each_waits_as_long_as_its_own_vendor_says_whatever_others_wait() {
    let (mut scene, event) = somebody_has_it();
    scene.answer("slack", [later("429", Some(60))]);
    scene.answer("hook", [later("503", None)]);
    let check = |seconds: u32, wait: Option<u32>, slack: usize, hook: usize| {
        let (world, now) = (&scene.tocsin.world, scene.tocsin.now + Span::from_seconds(seconds));
        let report = now_or_never(notify(world, world, &scene.tocsin.setup, (&event, Links::default()), now));
        let Notified { retry_after, .. } = report.expect("memory answers");
        assert_eq!(retry_after, wait.map(Span::from_seconds), "after {seconds} s");
        let kind = EventKind::IncidentAcknowledged;
        assert_eq!((told(&scene, "slack", kind), told(&scene, "hook", kind)), (slack, hook), "after {seconds} s");
    };
    check(0, Some(1), 0, 0);
    check(0, Some(1), 0, 0);
    check(1, Some(59), 0, 1);
    check(59, Some(1), 0, 1);
    check(60, None, 1, 1);
    check(60, None, 1, 1);
}

/// Slack takes nothing until the webhook was told.
struct SlackAfterHook<'w>(&'w World, AtomicBool);

impl Messenger for SlackAfterHook<'_> {
    async fn deliver(&self, channel: &Channel, notification: &Notification) -> Delivery {
        let Self(world, is_told) = self;
        match channel.name.as_str() {
            "hook" => is_told.store(true, Ordering::Relaxed),
            "slack" => {
                let ready = || if is_told.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending };
                poll_fn(|_| ready()).await;
            }
            _ => {}
        }
        world.deliver(channel, notification).await
    }

    async fn announce(&self, channel: &Channel, deployment: &Deployment) -> Delivery {
        self.0.announce(channel, deployment).await
    }
}

#[test]
fn a_vendor_that_does_not_answer_holds_up_no_other() {
    let (scene, event) = somebody_has_it();
    let (world, setup, now) = (&scene.tocsin.world, &scene.tocsin.setup, scene.tocsin.now);
    let messenger = SlackAfterHook(world, AtomicBool::new(false));
    let mut telling = pin!(notify(world, &messenger, setup, (&event, Links::default()), now));
    let mut context = Context::from_waker(Waker::noop());
    let ended = (0..10).any(|_| telling.as_mut().poll(&mut context).is_ready());
    assert!(ended, "slack waits for the hook, and the hook for slack");
    for channel in ["slack", "hook"] {
        assert_eq!(told(&scene, channel, EventKind::IncidentAcknowledged), 1, "{channel}");
    }
}
