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

/// Flushes of a group that are thought of before the time that is asked for, and from there on: at five minutes each, three
/// and a half days.
pub(super) const FLUSHES_MAX: usize = 1_000;

/// One of the alert's groups, and what may hold its alerts back.
pub(super) struct Home<'c> {
    pub(super) group: Group,
    pub(super) route: &'c Route,
    pub(super) scene: Scene,
}

/// An alert on its way through its groups. They are followed together: who is called by one may let go of the incident, and
/// then others tell again what was taken.
pub(super) struct Course<'c> {
    pub(super) crew: &'c Crew<'c>,
    pub(super) fingerprint: &'c Fingerprint,
    /// The incidents of the alerts of all these groups.
    pub(super) incidents: BTreeMap<IncidentId, Incident>,
}

/// A notification of the alert.
pub(super) type Tells = (Time, Reason, Vec<ChannelName>);

/// Where a course leads in one group.
pub(super) struct Led {
    /// The group at the time that is asked for, after all flushes that come before.
    pub(super) group: Group,
    /// What its next flush does about the alert.
    pub(super) outlook: Outlook,
    /// What was told of the alert before that time.
    pub(super) told: Vec<Tells>,
    /// What is told next.
    pub(super) next: Option<Tells>,
    /// When it has somebody called for the alert's incident: first, and whenever something worse may be told.
    pub(super) begins: Vec<Begin>,
    /// It was not followed to its end, but to here.
    pub(super) looked_until: Option<Time>,
}

/// A group that is followed.
struct Walk {
    group: Group,
    /// Flushes since it set out, or since it was at the time that is asked for.
    flushes: usize,
    /// At the time that is asked for.
    there: Option<(Group, Outlook)>,
    told: Vec<Tells>,
    next: Option<Tells>,
    begins: Vec<Begin>,
}

impl Walk {
    fn new(group: &Group) -> Self {
        Self { group: group.clone(), flushes: 0, there: None, told: Vec::new(), next: None, begins: Vec::new() }
    }

    /// When it is flushed next; where it would not come to `at`, it goes on from there.
    fn due(&self, (clock, at): (Time, Time)) -> Option<Time> {
        let is_short = self.there.is_none() && self.flushes >= FLUSHES_MAX;
        self.group.next_wake().map(|due| due.max(if is_short { clock.max(at) } else { clock }))
    }

    fn is_tired(&self) -> bool {
        self.there.is_some() && self.flushes >= FLUSHES_MAX
    }

    /// Nothing more is asked of it.
    fn is_done(&self) -> bool {
        self.next.is_some() || self.is_tired() || self.group.next_wake().is_none()
    }
}

impl Course<'_> {
    /// Where each group is led at `at`, and what is told there of the alert from then on.
    pub(super) fn lead(&self, homes: &[Home<'_>], (now, at): (Time, Time)) -> Vec<Led> {
        let mut incidents = self.incidents.clone();
        let mut walks: Vec<Walk> = homes.iter().map(|home| Walk::new(&home.group)).collect();
        let mut clock = now.min(at);
        while !walks.iter().all(Walk::is_done) {
            let due = |(nth, walk): (usize, &Walk)| Some((walk.due((clock, at)).filter(|_| !walk.is_tired())?, nth));
            let Some((time, nth)) = walks.iter().enumerate().filter_map(due).min() else { break };
            for incident in incidents.values_mut() {
                calls::bring(incident, self.crew, (clock, time));
            }
            clock = time;
            self.step(&homes[nth], &mut walks[nth], &mut incidents, (time, at));
        }
        let led = |(home, walk): (&Home<'_>, Walk)| {
            let there = || (walk.group.clone(), self.outlook(home, &walk.group, &incidents, at));
            let (group, outlook) = walk.there.clone().unwrap_or_else(there);
            let looked_until = walk.group.next_wake().filter(|_| walk.is_tired());
            Led { group, outlook, told: walk.told, next: walk.next, begins: walk.begins, looked_until }
        };
        homes.iter().zip(walks).map(led).collect()
    }

    /// Flushes one group in thought.
    fn step(
        &self,
        home: &Home<'_>,
        walk: &mut Walk,
        incidents: &mut BTreeMap<IncidentId, Incident>,
        (time, at): (Time, Time),
    ) {
        if time >= at && walk.there.is_none() {
            walk.there = Some((walk.group.clone(), self.outlook(home, &walk.group, incidents, at)));
            walk.flushes = 0;
        }
        walk.flushes += 1;
        let before = walk.group.clone();
        let flushed = (home.route, before.clone());
        let Thought { group, verdict, about, events, called } =
            think(&home.scene, self.crew.setup, flushed, (incidents, &Counted::default()), time);
        walk.group = group;
        let own = before.members().get(self.fingerprint);
        // In a storm it may be one of those that are only counted, and are told with the others.
        let counted = own.is_none() && self.outlook(home, &before, incidents, time) != Outlook::NotHere;
        let worst = own.and_then(|member| called.get(member.incident.as_ref()?));
        let known = walk.begins.last().map(|(.., known)| *known);
        if let Some(worst) = worst.filter(|worst| known.is_none_or(|known| **worst < known)) {
            walk.begins.push((time, home.route.escalation.clone(), *worst));
        }
        for (id, worst) in &called {
            if let Some(incident) = incidents.get_mut(id) {
                calls::begin(incident, (home.route.escalation.as_ref(), *worst), self.crew, time);
            }
        }
        let is_about = |one: &About| one.firing.contains(self.fingerprint) || one.resolved.contains(self.fingerprint);
        let own = about.iter().find(|one| is_about(one)).map(|one| &one.incident.id);
        let its: Vec<&IncidentEvent> = events.iter().filter(|event| counted || own == Some(&event.incident)).collect();
        if its.is_empty() {
            return;
        }
        let tells = (time, verdict, self.heard_by(&its));
        if walk.there.is_none() {
            walk.told.push(tells);
        } else {
            walk.next.get_or_insert(tells);
        }
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

    /// What the next flush of `group` from `at` on does about the alert, by its own rules.
    fn outlook(&self, home: &Home<'_>, group: &Group, incidents: &BTreeMap<IncidentId, Incident>, at: Time) -> Outlook {
        let flush = group.next_wake().map_or(at, |next| next.max(at));
        let mut group = group.clone();
        heed(&mut group, incidents, flush);
        let view = view(&home.scene.holds(self.crew.setup), home.route, &group, incidents, flush);
        group.outlook(self.fingerprint, &view, &timing(home.route), at)
    }
}
