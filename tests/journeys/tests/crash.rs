//! Every function is killed before and after each of its calls, one call after the other: the end is always the same.
//!
//! What may happen twice, and why. A vendor takes a message and the process dies before its receipt is committed: nobody
//! knows, so it is sent again two minutes later. Slack shows it twice, `PagerDuty` folds it by its dedup key, a
//! webhook's reader by its idempotency key. Nothing else may: an alias moves once, an incident opens once.
//!
//! What may not happen at all: a page whose notifier died and came back only when the incident was over. It is
//! overtaken, since nobody would end it; people read of it in Slack.

use std::collections::{BTreeMap, BTreeSet};

use domain::incident::State;
use domain::notification::ReceiptState;
use domain::response::ActionState;
use simulator::{Crash, Invocation, Redelivery};
use tests_journeys::{BAD_VERSION, GOOD_VERSION, Scene, setup};

/// After this many minutes the undisturbed journey has reached its post-mortem.
const EVENTFUL_MINUTES: u32 = 4;
/// After this many the disturbed one has, too: the longest way is a try of two minutes after three deliveries.
const MINUTES: u32 = 20;

/// The message that pages somebody.
const PAGE: &str = "pagerduty incident.opened";

struct End {
    scene: Scene,
    /// Calls that the eventful minutes made.
    calls: u64,
}

fn journey(redelivery: Redelivery, crash: Option<Crash>) -> End {
    let mut scene = Scene::new(setup());
    scene.tocsin.redelivery = redelivery;
    scene.release(BAD_VERSION, 20.0);
    scene.tocsin.world.lock().calls = 0;
    if let Some(crash) = crash {
        scene.tocsin.world.crash(crash);
    }
    scene.run(EVENTFUL_MINUTES);
    let calls = scene.tocsin.world.lock().calls;
    scene.run(MINUTES - EVENTFUL_MINUTES);
    End { scene, calls }
}

/// A text without its numbers that tell a time.
fn timeless(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let is_time =
            word.starts_with(|c: char| c.is_ascii_digit()) && word.ends_with(|c: char| "0123456789smh:".contains(c));
        if is_time { "#" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What must be the same in the end, in lines.
fn same(end: &End) -> Vec<String> {
    let incident = end.scene.incident();
    let mut timeline: Vec<_> = incident
        .timeline
        .iter()
        .map(|entry| timeless(&entry.what.to_string()))
        .collect();
    // Two functions that work on the same minute may be told in either order.
    timeline.sort();
    let world = end.scene.tocsin.world.lock();
    let mut lines = vec![
        format!("{} {} {}", incident.id, incident.severity, incident.state),
        format!(
            "acts {:?}",
            world.aliases.values().map(|alias| &alias.acts).collect::<Vec<_>>()
        ),
        format!(
            "target {:?}",
            world
                .targets
                .values()
                .map(|target| target.acted_at.len())
                .collect::<Vec<_>>()
        ),
    ];
    lines.extend(timeline);
    lines.extend(
        world
            .alerts
            .values()
            .map(|alert| format!("{} {:?}", alert.name, alert.status)),
    );
    lines.extend(world.deployments.values().map(|d| format!("{:?} -> {}", d.from, d.to)));
    lines.extend(world.post_mortems.keys().map(|id| format!("post-mortem {id}")));
    lines.extend(world.archive.keys().map(|key| format!("report {key}")));
    lines.extend(world.action_items.values().map(|item| item.title.clone()));
    let told: BTreeSet<_> = world
        .inbox
        .iter()
        .map(|(channel, n)| format!("{channel} {}", n.event.kind))
        .collect();
    lines.extend(told.into_iter().filter(|line| line != PAGE));
    lines
}

fn check(name: &str, end: &End, expected: &[String]) {
    assert_eq!(same(end), expected, "{name}");
    let scene = &end.scene;
    assert_eq!(scene.version(), GOOD_VERSION, "{name}");
    let incident = scene.incident();
    assert_eq!(incident.state, State::Resolved, "{name}");
    assert!(
        matches!(incident.actions[..], [ref action] if matches!(action.state, ActionState::Verified { .. })),
        "{name}"
    );
    let is_schedule = |call: &Invocation| {
        matches!(
            call,
            Invocation::Collect { .. } | Invocation::Evaluate { .. } | Invocation::Timekeep
        )
    };
    assert!(
        scene.tocsin.parked.iter().all(|(call, _)| is_schedule(call)),
        "{name}: {:?}",
        scene.tocsin.parked
    );
    assert!(!scene.tocsin.is_waiting(), "{name}: an invocation still waits");
    let world = scene.tocsin.world.lock();
    assert!(
        world.outbox.is_empty() && world.bus.is_empty(),
        "{name}: an event was not published"
    );
    let delivered =
        |state: &ReceiptState| matches!(state, ReceiptState::Delivered { .. } | ReceiptState::Overtaken { .. });
    assert!(
        world.receipts.values().all(|receipt| delivered(&receipt.state)),
        "{name}"
    );
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    for (channel, notification) in &world.inbox {
        *sent
            .entry(format!("{channel} {}", notification.event.kind))
            .or_default() += 1;
    }
    let doubled: usize = sent.values().map(|times| times - 1).sum();
    assert!(
        doubled <= 1,
        "{name}: more was doubled than the one message whose receipt was lost: {sent:?}"
    );
    let opened = world
        .inbox
        .iter()
        .filter(|(channel, n)| format!("{channel} {}", n.event.kind) == PAGE);
    let pages: BTreeSet<_> = opened.map(|(_, n)| n.incident.id.clone()).collect();
    let overtaken = world
        .receipts
        .values()
        .any(|receipt| matches!(receipt.state, ReceiptState::Overtaken { .. }));
    assert_eq!(
        pages.len() + usize::from(overtaken),
        1,
        "{name}: one page, by its dedup key"
    );
}

fn killed_everywhere(redelivery: Redelivery) {
    let undisturbed = journey(redelivery, None);
    let expected = same(&undisturbed);
    check("undisturbed", &undisturbed, &expected);
    assert!(undisturbed.calls > 80, "the journey makes {} calls", undisturbed.calls);
    for call in 0..undisturbed.calls {
        for crash in [Crash::Before(call), Crash::After(call)] {
            let end = journey(redelivery, Some(crash));
            check(&format!("{redelivery:?}, {crash:?}"), &end, &expected);
        }
    }
}

#[test]
fn killed_and_called_again_at_once() {
    killed_everywhere(Redelivery::AtOnce);
}

#[test]
fn killed_and_called_again_minutes_later() {
    killed_everywhere(Redelivery::InMinutes);
}

#[test]
fn killed_and_left_to_the_next_tick() {
    killed_everywhere(Redelivery::OnlyEvents);
}
