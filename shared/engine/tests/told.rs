//! Random alerts, given twice and out of order, taken, silenced, and functions that die: each group tells each channel each
//! thing once, what fires is told or held by a named cause, and who answers for it is called until somebody takes it.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use domain::alert::{AlertChange, Status};
use domain::escalation::{Policy, State as Stands, Step, Target};
use domain::event::EventKind;
use domain::group::{Outlook, Reason, View};
use domain::id::Fingerprint;
use domain::incident::{Severity, State};
use domain::monitor::Category;
use domain::notification::{Address, Channel, ChannelKind, ReceiptState, Secret, Template};
use domain::on_call::{OnCall, Person};
use domain::routing::{Route, Routing};
use domain::setup::Setup;
use domain::silence::Silence;
use domain::units::{Span, Time};
use proptest::prelude::*;
use serde_json::json;
use simulator::{Crash, Installation, now_or_never};
use tocsin_engine::command::acknowledge;
use tocsin_engine::decide::timing;
use tocsin_engine::raise::raise;

const BEGIN: Time = Time::from_epoch(1_769_990_400);
/// Longer than any silence and any flapping, and shorter than the repeat interval.
const SETTLES_MINUTES: u32 = 180;

#[derive(Clone, Debug)]
enum Act {
    /// An alert changes, or is heard of so many minutes late.
    Change {
        alert: usize,
        firing: bool,
        severity: usize,
        late: u32,
    },
    /// The last change comes again.
    Again,
    Pass {
        minutes: u32,
    },
    /// A function dies so many calls later.
    Crash {
        after: bool,
        calls: u64,
    },
    /// Somebody takes what is open.
    Take,
    Silence {
        minutes: u32,
    },
}

fn name<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn steps() -> impl Strategy<Value = Vec<Act>> {
    let change = (0..4_usize, any::<bool>(), 0..3_usize, 0..3_u32);
    let step = prop_oneof![
        5 => change.prop_map(|(alert, firing, severity, late)| Act::Change { alert, firing, severity, late }),
        1 => Just(Act::Again),
        4 => (1..12_u32).prop_map(|minutes| Act::Pass { minutes }),
        2 => (any::<bool>(), 0..40_u64).prop_map(|(after, calls)| Act::Crash { after, calls }),
        1 => Just(Act::Take),
        1 => (1..30_u32).prop_map(|minutes| Act::Silence { minutes }),
    ];
    prop::collection::vec(step, 1..25)
}

fn channel(called: &str, kind: ChannelKind) -> Channel {
    Channel { name: name(called), kind, template: Template::default(), fallback: None }
}

/// All is told to a mail; what is bad to a pager, too, and calls Ann.
fn setup() -> Setup {
    let mut setup: Setup = serde_json::from_value(json!({
        "sources": [], "services": [], "series": [], "monitors": [], "runbooks": [], "response_enabled": true,
        "channels": [], "look_back": "10m", "post_mortem_severities": [], "default_owner": "t",
        "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
    }))
    .unwrap();
    let mail = ChannelKind::Email { from: name("tocsin@example.com"), to: vec![name("ops@example.com")] };
    let pager = ChannelKind::PagerDuty {
        routing_key: Secret::Ssm("/key".to_owned()),
        url: "https://pager".to_owned(),
        changes: true,
    };
    setup.channels = vec![channel("mail", mail), channel("pager", pager)];
    let bad = Route {
        matchers: name("severity=~\"SEV1|SEV2\""),
        channels: vec![name("mail"), name("pager")],
        escalation: Some(name("shop")),
        ..Route::default()
    };
    setup.routing = Routing::new(Route { channels: vec![name("mail")], routes: vec![bad], ..Route::default() });
    let ann =
        Person { name: name("ann"), zone: name("Europe/Berlin"), addresses: vec![Address::Phone(name("+4930123456"))] };
    let policy = Policy {
        name: name("shop"),
        steps: vec![Step { after: None, targets: vec![Target::Person(name("ann"))] }],
        again_after: None,
        repeat: 1,
        fallback: Some(name("mail")),
        remind_every: None,
    };
    setup.on_call = OnCall { people: vec![ann], policies: vec![policy], ..OnCall::default() };
    setup
}

struct Life {
    tocsin: Installation,
    last: Option<AlertChange>,
    /// Crashes that were armed.
    crashes: usize,
}

impl Life {
    fn take(&mut self, step: &Act) {
        let now = self.tocsin.now;
        match step {
            Act::Change { alert, firing, severity, late } => {
                let service = if *alert < 2 { "shop" } else { "cart" };
                let called = format!("a{alert}");
                self.raise(AlertChange {
                    fingerprint: Fingerprint::derive(&[&called]),
                    name: called,
                    service: name(service),
                    category: Category::Technical,
                    status: if *firing { Status::Firing } else { Status::Resolved },
                    severity: [Severity::Sev1, Severity::Sev2, Severity::Sev3][*severity],
                    at: now - Span::from_minutes(*late),
                    reason: "said so".to_owned(),
                    reading: None,
                    cooldown: Span::from_minutes(10),
                    ends_at: None,
                    labels: BTreeMap::new(),
                });
            }
            Act::Again => {
                if let Some(change) = self.last.clone() {
                    self.raise(change);
                }
            }
            Act::Pass { minutes } => self.tocsin.run(*minutes),
            Act::Crash { after, calls } => {
                self.crashes += 1;
                self.tocsin.world.crash(if *after { Crash::After(*calls) } else { Crash::Before(*calls) });
            }
            Act::Take => self.take_all(),
            Act::Silence { minutes } => self.silence(*minutes),
        }
    }

    /// As a queue delivers it: again until it is taken.
    fn raise(&mut self, change: AlertChange) {
        let (world, setup, now) = (&self.tocsin.world, &self.tocsin.setup, self.tocsin.now);
        while now_or_never(raise(world, world, setup, &change, now)).is_err() {
            world.revive();
        }
        world.revive();
        self.last = Some(change);
        self.tocsin.drain();
    }

    fn take_all(&mut self) {
        let (world, setup, now) = (&self.tocsin.world, &self.tocsin.setup, self.tocsin.now);
        let waiting = |state: State| state == State::Triggered;
        let open: Vec<_> =
            world.lock().incidents.values().filter(|one| waiting(one.state)).map(|one| one.id.clone()).collect();
        for id in open {
            let _ = now_or_never(acknowledge(world, world, setup, (&id, "ben"), now));
            world.revive();
        }
        self.tocsin.drain();
    }

    fn silence(&self, minutes: u32) {
        let now = self.tocsin.now;
        let silence = Silence {
            id: domain::id::SilenceId::derive(&[&now.to_string()]),
            version: 1,
            matchers: name("service=shop"),
            starts_at: now,
            ends_at: now + Span::from_minutes(minutes),
            by: "ben".to_owned(),
            comment: String::new(),
            created_at: now,
        };
        self.tocsin.world.lock().silences.insert(silence.id.clone(), silence);
    }

    /// Nothing is told twice, but what a function had told that died before it could write so.
    fn check_once(&self) {
        let world = self.tocsin.world.lock();
        let mut told: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for (channel, notification) in &world.inbox {
            *told.entry((channel, notification.id.to_string())).or_default() += 1;
        }
        let twice: usize = told.values().map(|times| times - 1).sum();
        assert!(twice <= self.crashes, "{twice} were told again, and {} functions died", self.crashes);
        assert!(world.outbox.is_empty() && world.bus.is_empty(), "all is published");
        let settled =
            |state: &ReceiptState| matches!(state, ReceiptState::Delivered { .. } | ReceiptState::Overtaken { .. });
        assert!(world.receipts.values().all(|receipt| settled(&receipt.state)), "all is told");
    }

    /// What fires was told, and somebody is called for it unless somebody has it.
    fn check_firing(&self) {
        let (setup, now) = (&self.tocsin.setup, self.tocsin.now);
        let world = self.tocsin.world.lock();
        for alert in world.alerts.values().filter(|alert| alert.status == Status::Firing) {
            assert!(!alert.groups.is_empty(), "{alert:?}");
            for id in &alert.groups {
                let group = &world.groups[id];
                let route = setup.routing.route(&group.route).unwrap();
                let outlook = group.outlook(&alert.fingerprint, &View::default(), &timing(route), now);
                let is_told = matches!(outlook, Outlook::Told { .. } | Outlook::Tells { reason: Reason::Repeat, .. });
                assert!(is_told, "{}: {outlook:?} {group:?}", alert.name);
                let incident = &world.incidents[alert.incident.as_ref().unwrap().as_str()];
                assert!(incident.state.is_open(), "what fires has an open incident: {incident:?}");
                if route.escalation.is_none() {
                    continue;
                }
                if let Some(paging) = &incident.escalation {
                    assert_ne!(paging.state, Stands::Over, "nobody has it, and nobody is called");
                    assert!(paging.holder().is_some() || paging.next_wake() > Some(now), "{paging:?}");
                } else {
                    assert_ne!(incident.state, State::Triggered, "somebody must be called: {incident:?}");
                }
            }
        }
    }

    /// What is over, each pager that raised it knows to be over, and nobody is called for it.
    fn check_over(&self) {
        let world = self.tocsin.world.lock();
        for incident in world.incidents.values().filter(|incident| !incident.state.is_open()) {
            assert!(incident.escalation.as_ref().is_none_or(|paging| paging.state == Stands::Over));
            for who in ["pager", "mail", "ann.phone"] {
                let of = world.inbox.iter().filter(|(name, told)| name == who && told.incident.id == incident.id);
                let kinds: Vec<EventKind> = of.map(|(_, told)| told.event.kind).collect();
                let ends = |kind: &EventKind| *kind == EventKind::IncidentResolved;
                // A mail that nobody knows to be sent is sent again, after the end, too; nobody is called like that.
                let is_told = if who == "mail" { kinds.iter().any(ends) } else { kinds.last().is_some_and(ends) };
                assert!(kinds.is_empty() || is_told, "{who}: {kinds:?} {incident:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_is_doubled(steps in steps()) {
        let mut life = Life { tocsin: Installation::new(setup(), 0, BEGIN), last: None, crashes: 0 };
        for step in &steps {
            life.take(step);
        }
        // No function dies any more.
        life.tocsin.world.crash(Crash::Before(u64::MAX));
        life.tocsin.run(SETTLES_MINUTES);
        life.check_once();
        life.check_firing();
        life.check_over();
    }
}
