use std::collections::BTreeSet;

use domain::alert::{Alert, AlertChange, Status};
use domain::event::{EventKind, IncidentEvent};
use domain::group::{Group, Member, Timing};
use domain::id::GroupId;
use domain::label::{self, Labels};
use domain::routing::{Matched, Route, RoutePath, Routing};
use domain::units::Time;

use crate::port::{Commit, Wake};

/// Groups that one alert may belong to: each is a row of its transaction.
pub const GROUPS_MAX: usize = 10;

/// A group that a route makes of alerts with some labels.
#[derive(Clone, PartialEq, Debug)]
pub struct Place<'r> {
    /// Its id.
    pub id: GroupId,
    /// Its route.
    pub path: RoutePath,
    /// What the route says.
    pub route: &'r Route,
    /// What its alerts have in common.
    pub labels: Labels,
}

/// The groups of an alert with these labels, in the order of the routes; at most [`GROUPS_MAX`].
pub fn places<'r>(routing: &'r Routing, labels: &Labels) -> Vec<Place<'r>> {
    let place = |Matched { path, route }: Matched<'r>| {
        let common = route.group_by.labels_of(labels);
        Place { id: Group::id_of(&path, &common), path, route, labels: common }
    };
    routing.routes_of(labels).into_iter().take(GROUPS_MAX).map(place).collect()
}

/// What a route says about time.
pub fn timing(route: &Route) -> Timing {
    Timing { wait: route.group_wait, interval: route.group_interval, repeat: route.repeat_interval }
}

/// The groups that a changed alert must be looked up in before [`place`]: where it belongs, and where it was.
pub fn groups_concerned(routing: &Routing, known: Option<&Alert>, change: &AlertChange) -> BTreeSet<GroupId> {
    let before = known.into_iter().flat_map(|alert| alert.groups.iter().cloned());
    let fires = change.status == Status::Firing;
    let now = if fires { places(routing, &label::of_change(change)) } else { Vec::new() };
    before.chain(now.into_iter().map(|place| place.id)).collect()
}

/// Adds to a commit what it means to the groups of its alert: who fires belongs where its labels lead, who no longer
/// does is over where it was. `known` are the groups that [`groups_concerned`] names, as far as there are any.
pub fn place(commit: &mut Commit, known: &[Group], routing: &Routing, now: Time) {
    let Some(alert) = commit.alerts.first().cloned() else { return };
    let member = || Member::of(&alert, label::of_alert(&alert));
    let mut changed: Vec<Group> = Vec::new();
    let mut belongs = alert.groups.clone();
    if alert.status == Status::Firing {
        let places = places(routing, &label::of_alert(&alert));
        belongs = places.iter().map(|place| place.id.clone()).collect();
        for place in places {
            let found = known.iter().find(|group| group.id == place.id).cloned();
            let mut group = found.unwrap_or_else(|| Group::open(place.path.clone(), place.labels.clone(), now));
            group.place(alert.fingerprint.clone(), member(), &timing(place.route), now);
            changed.push(group);
        }
    }
    for group in known.iter().filter(|group| alert.groups.contains(&group.id)) {
        let mut group = group.clone();
        match alert.status {
            Status::Firing if belongs.contains(&group.id) => continue,
            Status::Firing => group.depart(&alert.fingerprint),
            Status::Resolved | Status::Pending => {
                let timing = routing.route(&group.route).map(timing).unwrap_or_default();
                group.place(alert.fingerprint.clone(), member(), &timing, now);
            }
        }
        changed.push(group);
    }
    let tells = |group: &Group| alert.groups.contains(&group.id) && group.members().contains_key(&alert.fingerprint);
    if !known.iter().any(tells) {
        // No group knows the incident by this alert: whoever has heard of it hears at once that it is over.
        let ends = |event: &&mut IncidentEvent| event.kind == EventKind::IncidentResolved;
        commit.events.iter_mut().filter(ends).for_each(|event| event.by_alert = false);
    }
    changed.retain(|group| known.iter().all(|known| known != group));
    for group in &changed {
        let before = known.iter().find(|known| known.id == group.id).and_then(Group::next_wake);
        commit
            .wakes
            .extend(group.next_wake().filter(|at| Some(*at) != before).map(|at| (Wake::Group(group.id.clone()), at)));
    }
    commit.alerts[0].groups = belongs;
    commit.groups.extend(changed);
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
            let of = |pairs: &[(&str, &str)]| places(&routing, &labels(pairs)).remove(0).labels;
            assert_eq!(of(&[("cluster", "a"), ("zone", "")]), of(&[("cluster", "a")]));
            assert_ne!(of(&[("cluster", "a"), ("zone", "1")]), of(&[("cluster", "a")]));
        }
    }
}
