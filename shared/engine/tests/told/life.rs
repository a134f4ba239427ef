use std::collections::BTreeMap;

use domain::alert::{AlertChange, Status};
use domain::escalation::State as Stands;
use domain::event::EventKind;
use domain::group::{Outlook, Reason, View};
use domain::id::{Fingerprint, IncidentId};
use domain::incident::{Incident, Severity, State, What};
use domain::notification::{Notification, ReceiptState};
use domain::silence::Silence;
use domain::units::{Span, Time};
use simulator::{Crash, Installation, change, now_or_never};
use tocsin_engine::command::{acknowledge, resolve};
use tocsin_engine::decide::timing;
use tocsin_engine::raise::raise;

use crate::setup::{Terms, name, setup};

const BEGIN: Time = Time::from_epoch(1_769_990_400);
/// Longer than any silence and any flapping, and shorter than the repeat interval.
pub(crate) const SETTLES_MINUTES: u32 = 180;

#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// An alert changes, or is heard of so many minutes late.
    Change {
        alert: usize,
        firing: bool,
        severity: usize,
        late: u32,
    },
    /// An alert fires and is over, three times, each for so many minutes.
    Flap {
        alert: usize,
        minutes: u32,
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
    /// Somebody ends what flaps and is over for now, or all there is.
    End {
        all: bool,
    },
    Silence {
        minutes: u32,
    },
}

pub(crate) struct Life {
    pub(crate) tocsin: Installation,
    last: Option<AlertChange>,
    /// Crashes that were armed.
    crashes: usize,
}

/// Whether a person has ended it, and it has not come back since.
fn ended_by_hand(incident: &Incident) -> bool {
    let by = incident.timeline.iter().rev().find_map(|entry| match &entry.what {
        What::StateChanged { to: State::Resolved, by, .. } => Some(by.as_str()),
        _ => None,
    });
    !incident.state.is_open() && by == Some("ben")
}

impl Life {
    pub(crate) fn new(terms: Terms) -> Self {
        Self { tocsin: Installation::new(setup(terms), 0, BEGIN), last: None, crashes: 0 }
    }

    pub(crate) fn take(&mut self, step: &Act) {
        let now = self.tocsin.now;
        match step {
            Act::Change { alert, firing, severity, late } => {
                let service = if *alert < 2 { "shop" } else { "cart" };
                let status = if *firing { Status::Firing } else { Status::Resolved };
                self.raise(AlertChange {
                    severity: [Severity::Sev1, Severity::Sev2, Severity::Sev3][*severity],
                    at: now - Span::from_minutes(*late),
                    ..change(service, &format!("a{alert}"), Severity::Sev2, status, now)
                });
            }
            Act::Flap { alert, minutes } => {
                for time in 0..6 {
                    self.take(&Act::Change { alert: *alert, firing: time % 2 == 0, severity: 1, late: 0 });
                    self.tocsin.run(*minutes);
                }
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
            Act::End { all } => self.end(*all),
            Act::Silence { minutes } => self.silence("service=shop", *minutes),
        }
    }

    pub(crate) fn fire(&mut self, service: &str, called: &str) {
        self.raise(change(service, called, Severity::Sev2, Status::Firing, self.tocsin.now));
    }

    /// One of several alerts of one name.
    pub(crate) fn fire_of(&mut self, service: &str, called: &str, pod: &str) {
        let alert = change(service, called, Severity::Sev2, Status::Firing, self.tocsin.now);
        self.raise(AlertChange { fingerprint: Fingerprint::derive(&[service, called, pod]), ..alert });
    }

    pub(crate) fn recover(&mut self, service: &str, called: &str) {
        self.raise(change(service, called, Severity::Sev2, Status::Resolved, self.tocsin.now));
    }

    /// What one was told, as service and kind.
    pub(crate) fn told(&self, who: &str) -> Vec<(String, EventKind)> {
        let world = self.tocsin.world.lock();
        let told = world.inbox.iter().filter(|(channel, _)| channel == who);
        told.map(|(_, told)| (told.incident.service.to_string(), told.event.kind)).collect()
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

    pub(crate) fn take_all(&mut self) {
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

    /// A minute after what they know, and a minute before what comes next: nobody is as fast as a function.
    pub(crate) fn end(&mut self, all: bool) {
        self.tocsin.run(1);
        let (world, setup, now) = (&self.tocsin.world, &self.tocsin.setup, self.tocsin.now);
        let open: Vec<_> = world
            .lock()
            .incidents
            .values()
            .filter(|one| one.state.is_open() && (all || one.is_quiet()))
            .map(|one| one.id.clone())
            .collect();
        for id in open {
            let _ = now_or_never(resolve(world, world, setup, (&id, "ben", ""), now));
            world.revive();
        }
        self.tocsin.drain();
        self.tocsin.run(1);
    }

    pub(crate) fn silence(&self, matchers: &str, minutes: u32) {
        let now = self.tocsin.now;
        let silence = Silence {
            id: domain::id::SilenceId::derive(&[&now.to_string()]),
            version: 1,
            matchers: name(matchers),
            starts_at: now,
            ends_at: now + Span::from_minutes(minutes),
            by: "ben".to_owned(),
            comment: String::new(),
            created_at: now,
        };
        self.tocsin.world.lock().silences.insert(silence.id.clone(), silence);
    }

    /// Nothing is told twice, but what a function had told that died before it could write so.
    pub(crate) fn check_once(&self) {
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
    pub(crate) fn check_firing(&self) {
        let (setup, now) = (&self.tocsin.setup, self.tocsin.now);
        let world = self.tocsin.world.lock();
        let ended = |id: &IncidentId| ended_by_hand(&world.incidents[id.as_str()]);
        let firing = world.alerts.values().filter(|alert| alert.status == Status::Firing);
        for alert in firing.filter(|alert| !alert.incident.as_ref().is_some_and(ended)) {
            assert!(!alert.groups.is_empty(), "{alert:?}");
            for id in &alert.groups {
                let group = &world.groups[id];
                let route = setup.routing.route(&group.route).unwrap();
                let outlook = group.outlook(&alert.fingerprint, &View::default(), &timing(route), now);
                let is_told = matches!(outlook, Outlook::Told { .. } | Outlook::Tells { reason: Reason::Repeat, .. });
                assert!(is_told, "{}: {outlook:?} {group:?}", alert.name);
                let incident = &world.incidents[alert.incident.as_ref().unwrap().as_str()];
                for channel in &route.channels {
                    let of = |(who, told): &&(String, Notification)| {
                        let says = told.event.kind != EventKind::PostMortemWritten;
                        says && who.as_str() == channel.as_str() && told.incident.id == incident.id
                    };
                    let last = world.inbox.iter().filter(of).max_by_key(|(_, told)| told.event.at);
                    let kind = last.map(|(_, told)| told.event.kind);
                    let knows = kind.is_some_and(|kind| kind != EventKind::IncidentResolved);
                    assert!(knows, "{channel} was last told {kind:?} of {}: {incident:?}", alert.name);
                }
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
    pub(crate) fn check_over(&self) {
        let world = self.tocsin.world.lock();
        for incident in world.incidents.values().filter(|incident| !incident.state.is_open()) {
            assert!(incident.escalation.as_ref().is_none_or(|paging| paging.state == Stands::Over));
            for who in ["pager", "mail", "ann.phone"] {
                let of = world.inbox.iter().filter(|(name, told)| name == who && told.incident.id == incident.id);
                let kinds: Vec<EventKind> = of.map(|(_, told)| told.event.kind).collect();
                let ends = |kind: &EventKind| *kind == EventKind::IncidentResolved;
                // A mail that nobody knows to be sent is sent again, after the end, too; nobody is called like that.
                // Nor is a pager raised for what a person has ended; readers hear that it fires, though that is so.
                let is_told = if who == "mail" {
                    ended_by_hand(incident) || kinds.iter().any(ends)
                } else {
                    kinds.last().is_some_and(ends)
                };
                assert!(kinds.is_empty() || is_told, "{who}: {kinds:?} {incident:?}");
            }
        }
    }
}
