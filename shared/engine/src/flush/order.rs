//! Which of the groups of one alert calls first: that which is due first, and of two the one whose route stands first. So
//! who is called is never up to which function is faster, and explaining an alert can say it.

use std::collections::BTreeMap;

use domain::group::Group;
use domain::id::GroupId;
use domain::routing::Routing;

use crate::decide::places;
use crate::port::Ledger;

/// Groups that one flush looks up; of more it is chance which calls first.
const LOOKED_UP_MAX: usize = 20;

/// A group that is to be flushed before this one: it shares an alert that fires, would call people by another policy, and
/// comes first. One that cannot be read holds nobody up.
pub(super) async fn before(store: &impl Ledger, routing: &Routing, group: &Group) -> Option<GroupId> {
    for (id, stands) in rivals(routing, group).into_iter().take(LOOKED_UP_MAX) {
        let Some(due) = store.group(&id).await.ok().flatten().and_then(|other| other.next_wake()) else { continue };
        let comes_first = match stands {
            Stands::Before => Some(due) <= group.next_wake(),
            Stands::Behind => Some(due) < group.next_wake(),
        };
        if comes_first {
            return Some(id);
        }
    }
    None
}

/// Where a route stands among those of one alert, seen from another.
enum Stands {
    Before,
    Behind,
}

/// The other groups of its firing alerts that would call people by another policy.
fn rivals(routing: &Routing, group: &Group) -> BTreeMap<GroupId, Stands> {
    let mut found = BTreeMap::new();
    for member in group.members().values().filter(|member| member.firing) {
        if routing.routes_of(&member.labels).len() < 2 {
            continue;
        }
        let places = places(routing, &member.labels);
        let Some(own) = places.iter().position(|place| place.id == group.id) else { continue };
        let own_policy = &places[own].route.escalation;
        if own_policy.is_none() {
            return found;
        }
        for (nth, place) in places.into_iter().enumerate() {
            let calls = place.route.escalation.is_some() && place.route.escalation != *own_policy;
            if calls {
                found.insert(place.id, if nth < own { Stands::Before } else { Stands::Behind });
            }
        }
    }
    found
}
