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

/// The message that pages somebody.
const PAGE: &str = "pagerduty incident.opened";

struct End {
    scene: Scene,
    /// Calls that the eventful minutes made.
    calls: u64,
}

/// A bad release, in a scene that `prepare` has changed, of which so many minutes are eventful.
#[derive(Clone, Copy)]
struct Journey {
    prepare: fn(&mut Scene),
    eventful_minutes: u32,
    minutes: u32,
}

/// It is rolled back, which helps.
const HEALED: Journey = Journey {
    prepare: |_| {},
    eventful_minutes: 4,
    // The longest way is a try of two minutes after three deliveries.
    minutes: 20,
};

/// It is rolled back, which makes it worse, and the roll-back is undone after ten minutes.
const UNDONE: Journey = Journey {
    prepare: |scene| {
        scene.errors.insert(GOOD_VERSION.to_owned(), 40.0);
    },
    eventful_minutes: 13,
    minutes: 28,
};

impl Journey {
    fn play(self, redelivery: Redelivery, crash: Option<Crash>) -> End {
        let mut scene = Scene::new(setup());
        scene.tocsin.redelivery = redelivery;
        scene.release(BAD_VERSION, 20.0);
        (self.prepare)(&mut scene);
        scene.tocsin.world.lock().calls = 0;
        if let Some(crash) = crash {
            scene.tocsin.world.crash(crash);
        }
        scene.run(self.eventful_minutes);
        let calls = scene.tocsin.world.lock().calls;
        scene.run(self.minutes - self.eventful_minutes);
        End { scene, calls }
    }

    /// Dies at every call, before and after it.
    fn is_killed_everywhere(self, redelivery: Redelivery, check: fn(&str, &End, &[String])) {
        let undisturbed = self.play(redelivery, None);
        let expected = same(&undisturbed);
        check("undisturbed", &undisturbed, &expected);
        assert!(undisturbed.calls > 80, "the journey makes {} calls", undisturbed.calls);
        for call in 0..undisturbed.calls {
            for crash in [Crash::Before(call), Crash::After(call)] {
                let end = self.play(redelivery, Some(crash));
                assert!(!end.scene.tocsin.world.is_armed(), "{crash:?} did not happen");
                check(&format!("{redelivery:?}, {crash:?}"), &end, &expected);
            }
        }
    }
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
    let mut timeline: Vec<_> = incident.timeline.iter().map(|entry| timeless(&entry.what.to_string())).collect();
    // Two functions that work on the same minute may be told in either order.
    timeline.sort();
    let world = end.scene.tocsin.world.lock();
    let mut lines = vec![
        format!("{} {} {}", incident.id, incident.severity, incident.state),
        format!("acts {:?}", world.aliases.values().map(|alias| &alias.acts).collect::<Vec<_>>()),
        format!("target {:?}", world.targets.values().map(|target| target.acted_at.len()).collect::<Vec<_>>()),
    ];
    lines.extend(timeline);
    lines.extend(world.alerts.values().map(|alert| format!("{} {:?}", alert.name, alert.status)));
    lines.extend(world.deployments.values().map(|d| format!("{:?} -> {}", d.from, d.to)));
    lines.extend(world.post_mortems.keys().map(|id| format!("post-mortem {id}")));
    lines.extend(world.archive.keys().map(|key| format!("report {key}")));
    lines.extend(world.action_items.values().map(|item| item.title.clone()));
    let told: BTreeSet<_> = world.inbox.iter().map(|(channel, n)| format!("{channel} {}", n.event.kind)).collect();
    lines.extend(told.into_iter().filter(|line| line != PAGE));
    lines
}

fn check_healed(name: &str, end: &End, expected: &[String]) {
    let incident = end.scene.incident();
    assert_eq!((end.scene.version().as_str(), incident.state), (GOOD_VERSION, State::Resolved), "{name}");
    assert!(matches!(incident.actions[0].state, ActionState::Verified { .. }), "{name}");
    assert_eq!(end.scene.tocsin.world.lock().post_mortems.len(), 1, "{name}");
    check(name, end, expected);
}

fn check_undone(name: &str, end: &End, expected: &[String]) {
    let incident = end.scene.incident();
    assert_eq!((end.scene.version().as_str(), incident.state), (BAD_VERSION, State::Mitigating), "{name}");
    assert!(matches!(incident.actions[0].state, ActionState::Undone { .. }), "{name}");
    check(name, end, expected);
}

fn check(name: &str, end: &End, expected: &[String]) {
    assert_eq!(same(end), expected, "{name}");
    let scene = &end.scene;
    assert_eq!(scene.incident().actions.len(), 1, "{name}");
    let is_schedule = |call: &Invocation| {
        matches!(call, Invocation::Collect { .. } | Invocation::Evaluate { .. } | Invocation::Timekeep)
    };
    assert!(scene.tocsin.parked.iter().all(|(call, _)| is_schedule(call)), "{name}: {:?}", scene.tocsin.parked);
    assert!(!scene.tocsin.is_waiting(), "{name}: an invocation still waits");
    let world = scene.tocsin.world.lock();
    assert!(world.outbox.is_empty() && world.bus.is_empty(), "{name}: an event was not published");
    let delivered =
        |state: &ReceiptState| matches!(state, ReceiptState::Delivered { .. } | ReceiptState::Overtaken { .. });
    assert!(world.receipts.values().all(|receipt| delivered(&receipt.state)), "{name}");
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    for (channel, notification) in &world.inbox {
        *sent.entry(format!("{channel} {}", notification.event.kind)).or_default() += 1;
    }
    let doubled: usize = sent.values().map(|times| times - 1).sum();
    assert!(doubled <= 1, "{name}: more was doubled than the one message whose receipt was lost: {sent:?}");
    let opened = world.inbox.iter().filter(|(channel, n)| format!("{channel} {}", n.event.kind) == PAGE);
    let pages: BTreeSet<_> = opened.map(|(_, n)| n.incident.id.clone()).collect();
    let overtaken = world.receipts.values().any(|receipt| matches!(receipt.state, ReceiptState::Overtaken { .. }));
    assert!(pages.len() <= 1, "{name}: one page, by its dedup key");
    assert!(pages.len() == 1 || overtaken, "{name}: no page, and no word why");
}

#[test]
fn killed_and_called_again_at_once() {
    HEALED.is_killed_everywhere(Redelivery::AtOnce, check_healed);
}

#[test]
fn killed_and_called_again_minutes_later() {
    HEALED.is_killed_everywhere(Redelivery::InMinutes, check_healed);
}

#[test]
fn killed_and_left_to_the_next_tick() {
    HEALED.is_killed_everywhere(Redelivery::OnlyEvents, check_healed);
}

#[test]
fn killed_before_and_while_a_roll_back_is_undone() {
    UNDONE.is_killed_everywhere(Redelivery::AtOnce, check_undone);
    UNDONE.is_killed_everywhere(Redelivery::InMinutes, check_undone);
}
