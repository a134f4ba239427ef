//! Our pipeline as the functions run it, with groups in memory where they have the store.

use std::collections::{BTreeMap, HashMap};

use api::SentAlert;
use domain::alert::{AlertChange, Status};
use domain::group::{Group, Member, View};
use domain::id::GroupId;
use domain::label;
use domain::setup::Setup;
use domain::units::Time;
use engine::decide::{Decision, Known, Place, Placing, alert_changed, places, timing};
use engine::flush::{Holds, view};
use engine::port::Commit;
use engine::sent::{Sender, read};

/// A change of an alert, and what is decided about the alert by itself.
pub(super) struct Case {
    pub(super) change: AlertChange,
    commit: Commit,
}

/// Groups of alerts.
pub(super) struct Pipeline<'s> {
    setup: &'s Setup,
    groups: HashMap<GroupId, Group>,
}

/// What a flush of all groups comes to.
#[derive(Default, Debug)]
pub(super) struct Decided {
    /// Alerts that are told, with each group that tells them.
    pub(super) told: usize,
    /// Alerts that fire and are held back, with each group that does not tell them.
    pub(super) held: usize,
}

/// What the alerts of a request say, read as the API reads `POST /api/v2/alerts`.
pub(super) fn changes(body: &[u8], setup: &Setup, now: Time) -> Vec<AlertChange> {
    let alerts = SentAlert::list(body).expect("it is a list of alerts").into_iter();
    let change = |sent| read(sent, Sender::Prometheus, setup, now).expect("it is taken").change;
    alerts.map(|sent| change(sent.expect("it is an alert"))).collect()
}

impl Case {
    /// An alert that nobody knew: it opens an incident.
    pub(super) fn new(change: AlertChange, now: Time) -> Self {
        let Decision::Commit(commit) = alert_changed(Known::default(), &change, now) else {
            unreachable!("an alert that nobody knew is decided upon")
        };
        Self { change, commit: *commit }
    }

    /// The same alert begins to fire, or is over.
    pub(super) fn becomes(&mut self, status: Status, now: Time) {
        let alert = &mut self.commit.alerts[0];
        (alert.status, alert.changed_at) = (status, now);
        (self.change.status, self.change.at) = (status, now);
    }
}

impl<'s> Pipeline<'s> {
    pub(super) fn new(setup: &'s Setup) -> Self {
        Self { setup, groups: HashMap::new() }
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// Routes an alert that fires, places it in its groups, and asks what holds it back; whether something does.
    pub(super) fn ask(&mut self, case: &Case, holds: &Holds<'_>, now: Time) -> bool {
        let (change, alert) = (&case.change, &case.commit.alerts[0]);
        let labels = label::of_change(change);
        let is_held = holds.first(&change.fingerprint, &labels, now).is_some();
        let places = places(&self.setup.routing, &labels);
        let members = std::iter::repeat_n(Member::of(alert, labels), places.len());
        for (Place { id, path, route }, member) in places.into_iter().zip(members) {
            let open = || Group::open(path, route.group_by.labels_of(&member.labels), now);
            let group = self.groups.entry(id).or_insert_with(open);
            group.place(&change.fingerprint, member, &timing(route), now);
        }
        is_held
    }

    /// Routes a change and places its alert, as the functions do between loading and committing.
    pub(super) fn place(&mut self, case: &mut Case, now: Time) {
        let Case { change, commit } = case;
        let placing = Placing::of(&self.setup.routing, commit.alerts.first(), change);
        let known = placing.groups().iter().filter_map(|id| self.groups.remove(id)).collect();
        placing.place(commit, known, now);
        // Each change here is one to its groups, so all of them come back.
        self.groups.extend(commit.groups.drain(..).map(|group| (group.id.clone(), group)));
        commit.wakes.clear();
    }

    /// Flushes each group: asks of each alert what holds it back, and judges what is to be told.
    pub(super) fn flush(&mut self, holds: &Holds<'_>, now: Time) -> Decided {
        let (mut decided, nobody) = (Decided::default(), BTreeMap::new());
        for group in std::mem::take(&mut self.groups).into_values() {
            let route = self.setup.routing.route(&group.route).expect("the configuration does not change");
            let view: View = view(holds, route, &group, &nobody, now);
            let flushed = group.flush(&view, &timing(route), now);
            decided.told += flushed.tell.map_or(0, |tell| tell.firing.len() + tell.resolved.len());
            decided.held += view.held.len();
            self.groups.insert(flushed.group.id.clone(), flushed.group);
        }
        decided
    }
}
