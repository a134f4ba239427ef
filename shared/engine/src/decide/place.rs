use std::collections::BTreeSet;

use domain::alert::{Alert, AlertChange, Status};
use domain::event::{EventKind, IncidentEvent};
use domain::group::{Group, Member, Placed, Timing};
use domain::id::{Fingerprint, GroupId};
use domain::label::{self, Labels};
use domain::routing::{GROUPS_MAX, Matched, Route, RoutePath, Routing};
use domain::units::Time;

use crate::port::{Commit, Wake};

/// A group that a route makes of alerts with some labels.
#[derive(Clone, PartialEq, Debug)]
pub struct Place<'r> {
    /// Its id.
    pub id: GroupId,
    /// Its route.
    pub path: RoutePath,
    /// What the route says.
    pub route: &'r Route,
}

impl Place<'_> {
    /// The group, of which an alert with these labels is the first.
    pub fn open(self, labels: &Labels, now: Time) -> Group {
        Group::open(self.path, self.route.group_by.labels_of(labels), now)
    }
}

/// The groups of an alert with these labels, in the order of the routes; at most [`GROUPS_MAX`].
pub fn places<'r>(routing: &'r Routing, labels: &Labels) -> Vec<Place<'r>> {
    let place = |Matched { path, route }: Matched<'r>| Place {
        id: Group::id_of(&path, route.group_by.of(labels)),
        path,
        route,
    };
    routing.routes_of(labels).into_iter().take(GROUPS_MAX).map(place).collect()
}

/// What a route says about time.
pub fn timing(route: &Route) -> Timing {
    Timing { wait: route.group_wait, interval: route.group_interval, repeat: route.repeat_interval }
}

/// A changed alert on its way into its groups: first the groups that it concerns are loaded, then it is placed.
pub struct Placing<'a> {
    routing: &'a Routing,
    change: &'a AlertChange,
    labels: Labels,
    /// Where it belongs, if it fires.
    places: Vec<Place<'a>>,
    groups: BTreeSet<GroupId>,
}

impl<'a> Placing<'a> {
    /// Routes a change of an alert; `known` is the alert before it.
    pub fn of(routing: &'a Routing, known: Option<&Alert>, change: &'a AlertChange) -> Self {
        let labels = label::of_change(change);
        let fires = change.status == Status::Firing;
        let places = if fires { places(routing, &labels) } else { Vec::new() };
        let before = known.into_iter().flat_map(|alert| &alert.groups);
        let groups = before.chain(places.iter().map(|place| &place.id)).cloned().collect();
        Self { routing, change, labels, places, groups }
    }

    /// Where it belongs, and where it was.
    pub fn groups(&self) -> &BTreeSet<GroupId> {
        &self.groups
    }

    /// Adds to a commit what it means to the groups of its alert: who fires belongs where its labels lead, who no longer
    /// does is over where it was. `known` are those of [`Placing::groups`] that there are.
    pub fn place(self, commit: &mut Commit, mut known: Vec<Group>, now: Time) {
        let routing = self.routing;
        let Some(alert) = commit.alerts.first() else { return };
        let tells =
            |group: &Group| alert.groups.contains(&group.id) && group.members().contains_key(&alert.fingerprint);
        let is_told = known.iter().any(tells);
        let (labels, places) = self.committed(alert);
        let mut changed = Changed::default();
        let mut belongs = None;
        let mut homes: Vec<(Group, Timing)> = Vec::with_capacity(places.len());
        if alert.status == Status::Firing {
            belongs = Some(places.iter().map(|place| place.id.clone()).collect());
            for place in places {
                let found = known.iter().position(|group| group.id == place.id).map(|at| known.remove(at));
                let timing = timing(place.route);
                homes.push((found.unwrap_or_else(|| place.open(&labels, now)), timing));
            }
        }
        let mut departed = Vec::new();
        for group in known.into_iter().filter(|group| alert.groups.contains(&group.id)) {
            if alert.status == Status::Firing {
                departed.push(group);
            } else {
                let timing = routing.route(&group.route).map(timing).unwrap_or_default();
                homes.push((group, timing));
            }
        }
        let member = std::iter::repeat_n(Member::of(alert, labels), homes.len());
        for ((group, timing), member) in homes.into_iter().zip(member) {
            changed.put(group, (&alert.fingerprint, member), &timing, now);
        }
        for group in departed {
            changed.depart(group, &alert.fingerprint);
        }
        if !is_told {
            // No group knows the incident by this alert: whoever has heard of it hears at once that it is over.
            let ends = |event: &&mut IncidentEvent| event.kind == EventKind::IncidentResolved;
            commit.events.iter_mut().filter(ends).for_each(|event| event.by_alert = false);
        }
        if let Some(belongs) = belongs {
            commit.alerts[0].groups = belongs;
        }
        commit.groups.extend(changed.groups);
        commit.wakes.extend(changed.wakes);
    }

    /// The labels and places of the alert as it is committed: those of the change, unless it does not change them.
    fn committed(self, alert: &Alert) -> (Labels, Vec<Place<'a>>) {
        let Self { routing, change, labels, places: found, .. } = self;
        let is_as_told = (alert.status, alert.severity, alert.category)
            == (change.status, change.severity, change.category)
            && (&alert.name, &alert.service, &alert.labels) == (&change.name, &change.service, &change.labels);
        if is_as_told {
            return (labels, found);
        }
        let labels = label::of_alert(alert);
        let places = places(routing, &labels);
        (labels, places)
    }
}

/// The groups that an alert changes, and when they are to be woken anew.
#[derive(Default)]
struct Changed {
    groups: Vec<Group>,
    wakes: Vec<(Wake, Time)>,
}

impl Changed {
    fn put(&mut self, mut group: Group, (fingerprint, member): (&Fingerprint, Member), timing: &Timing, now: Time) {
        let before = group.next_wake();
        match group.place(fingerprint, member, timing, now) {
            Placed::Stale | Placed::NeverFired | Placed::Unchanged => {}
            Placed::Fires | Placed::Resolved | Placed::Known | Placed::NoRoom => self.add(group, before),
        }
    }

    fn depart(&mut self, mut group: Group, fingerprint: &Fingerprint) {
        let before = group.clone();
        group.depart(fingerprint);
        if group != before {
            self.add(group, before.next_wake());
        }
    }

    fn add(&mut self, group: Group, before: Option<Time>) {
        let wake = group.next_wake().filter(|at| Some(*at) != before);
        self.wakes.extend(wake.map(|at| (Wake::Group(group.id.clone()), at)));
        self.groups.push(group);
    }
}

#[cfg(test)]
mod tests {
    use domain::routing::GroupBy;

    use super::*;

    /// Source: Alertmanager's matchers, to which a missing label equals an empty one; so it is for its groups' users.
    #[test]
    fn an_empty_label_groups_as_a_missing_one() {
        let labels = |pairs: &[(&str, &str)]| -> Labels {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        for group_by in [GroupBy::All, GroupBy::Labels(["cluster", "zone"].map(str::to_owned).into())] {
            let routing = Routing::new(Route { group_by, ..Route::default() });
            let of = |pairs: &[(&str, &str)]| places(&routing, &labels(pairs)).remove(0).id;
            assert_eq!(of(&[("cluster", "a"), ("zone", "")]), of(&[("cluster", "a")]));
            assert_ne!(of(&[("cluster", "a"), ("zone", "1")]), of(&[("cluster", "a")]));
        }
    }
}
