//! What a group will do if nothing else happens: its flushes, one after the other, in thought.

use std::collections::BTreeMap;

use domain::event::{IncidentEvent, Telling};
use domain::group::{Group, Outlook, Reason};
use domain::id::{ChannelName, Fingerprint, IncidentId};
use domain::incident::Incident;
use domain::routing::Route;
use domain::units::Time;

use super::{Begin, calls};
use crate::decide::timing;
use crate::flush::{About, Counted, Scene, Thought, heed, think, view};
use crate::paging::Crew;

/// Flushes that are thought of ahead: at five minutes each, three and a half days.
pub(super) const FLUSHES_MAX: usize = 1_000;

/// One alert in one group, and what may hold the group's alerts back.
pub(super) struct Course<'c> {
    pub(super) scene: &'c Scene,
    pub(super) crew: &'c Crew<'c>,
    pub(super) route: &'c Route,
    pub(super) incidents: &'c BTreeMap<IncidentId, Incident>,
    pub(super) fingerprint: &'c Fingerprint,
}

/// Where a course led.
pub(super) struct Led {
    /// The group then.
    pub(super) group: Group,
    /// When the alert was told on the way, why, and where to.
    pub(super) told: Vec<(Time, Reason, Vec<ChannelName>)>,
    /// When its incident first began to look for somebody.
    pub(super) begins: Option<Begin>,
    /// It was not followed to its end, but to here.
    pub(super) looked_until: Option<Time>,
}

impl Led {
    /// Nothing happens.
    pub(super) fn nowhere(group: &Group) -> Self {
        Self { group: group.clone(), told: Vec::new(), begins: None, looked_until: None }
    }
}

impl Course<'_> {
    /// The group at `until`, after all flushes that come before.
    pub(super) fn until(&self, group: &Group, (now, until): (Time, Time)) -> Led {
        self.follow(group, (now, now), |_, at| at >= until)
    }

    /// The next time that the alert is told, from `at` on; an alert that waits for it begins to have somebody called.
    pub(super) fn ahead(&self, group: &Group, (now, at): (Time, Time)) -> Led {
        self.follow(group, (now, at), |led, _| !led.told.is_empty())
    }

    fn follow(&self, group: &Group, (now, from): (Time, Time), is_there: impl Fn(&Led, Time) -> bool) -> Led {
        let mut led = Led::nowhere(group);
        let mut incidents = self.incidents.clone();
        for _ in 0..FLUSHES_MAX {
            let Some(at) = led.group.next_wake().map(|at| at.max(from)) else { return led };
            if is_there(&led, at) {
                return led;
            }
            for incident in incidents.values_mut() {
                calls::bring(incident, self.crew, (now, at));
            }
            let Thought { group, verdict, about, events, called } = think(
                self.scene,
                self.crew.setup,
                (self.route, led.group.clone()),
                (&incidents, &Counted::default()),
                at,
            );
            let own = led.group.members().get(self.fingerprint);
            // In a storm it may be one of those that are only counted, and are told with the others.
            let counted = own.is_none() && self.of(&led.group, &incidents, at) != Outlook::NotHere;
            let incident = own.and_then(|member| member.incident.clone());
            if let Some(policy) = &self.route.escalation
                && led.begins.is_none()
                && let Some(worst) = incident.and_then(|id| called.get(&id))
            {
                led.begins = Some((at, policy.clone(), *worst));
            }
            let is_about =
                |one: &About| one.firing.contains(self.fingerprint) || one.resolved.contains(self.fingerprint);
            let own = about.iter().find(|one| is_about(one)).map(|one| &one.incident.id);
            let its = |event: &&IncidentEvent| counted || own == Some(&event.incident);
            let its: Vec<&IncidentEvent> = events.iter().filter(its).collect();
            if !its.is_empty() {
                led.told.push((at, verdict, self.heard_by(&its)));
            }
            led.group = group;
        }
        led.looked_until = led.group.next_wake();
        led
    }

    /// The channels that hear of it.
    fn heard_by(&self, events: &[&IncidentEvent]) -> Vec<ChannelName> {
        let mut channels: Vec<ChannelName> = Vec::new();
        for event in events {
            let Some(Telling::Group { channels: to, .. }) = &event.telling else { continue };
            let wants =
                |name: &&ChannelName| self.crew.setup.channel(name).is_some_and(|channel| channel.kind.hears(event));
            for name in to.iter().filter(wants) {
                if !channels.contains(name) {
                    channels.push(name.clone());
                }
            }
        }
        channels
    }

    /// What the next flush does about the alert, by the group's own rules.
    pub(super) fn outlook(&self, group: &Group, (now, at): (Time, Time)) -> Outlook {
        let flush = group.next_wake().map_or(at, |next| next.max(at));
        let mut incidents = self.incidents.clone();
        for incident in incidents.values_mut() {
            calls::bring(incident, self.crew, (now, flush));
        }
        self.of(group, &incidents, at)
    }

    fn of(&self, group: &Group, incidents: &BTreeMap<IncidentId, Incident>, at: Time) -> Outlook {
        let flush = group.next_wake().map_or(at, |next| next.max(at));
        let mut group = group.clone();
        heed(&mut group, incidents, flush);
        let view = view(&self.scene.holds(self.crew.setup), self.route, &group, incidents, flush);
        group.outlook(self.fingerprint, &view, &timing(self.route), at)
    }
}
