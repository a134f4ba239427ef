use std::collections::BTreeSet;

use crate::id::ServiceName;
use crate::service::Service;
use crate::units::{Span, Time};

/// How far a service may lie from another to be near it: what it calls, and what that calls.
pub const HOPS_MAX: usize = 2;
/// Services near one that are looked at, the nearest first: two reads each when an incident opens.
pub const NEIGHBOURS_MAX: usize = 20;

/// A service near another one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Neighbour<'s> {
    /// Each depends on the next; the service in question stands at one end, the neighbour at the other.
    path: Vec<&'s ServiceName>,
    /// The neighbour stands at the end: the service in question depends on it.
    is_callee: bool,
}

impl<'s> Neighbour<'s> {
    /// Its name.
    pub fn service(&self) -> &'s ServiceName {
        let place = if self.is_callee { self.path.len() - 1 } else { 0 };
        self.path[place]
    }

    /// How many calls lie between.
    pub fn hops(&self) -> usize {
        self.path.len() - 1
    }

    /// Why trouble of the neighbour, which began at `its`, may be that of the service in question, which began at `own`.
    pub fn why(&self, its: Time, own: Time) -> String {
        let when = match (its < own, its == own) {
            (true, _) => format!("{} earlier", own.since(its)),
            (_, true) => "at the same time".to_owned(),
            _ => format!("{} later", its.since(own)),
        };
        let mut names = self.path.iter();
        let first = names.next().map(ToString::to_string).unwrap_or_default();
        let rest: Vec<String> = names.map(ToString::to_string).collect();
        let rest = rest.join(", and that on ");
        if self.is_callee {
            format!("{first} depends on {rest}, which broke {when}")
        } else {
            format!("{first}, which broke {when}, depends on {rest}")
        }
    }
}

/// The services within [`HOPS_MAX`] of `of`, the nearest first and then by name, at most [`NEIGHBOURS_MAX`]. All calls of
/// a path go the same way: two services that only share what they call, or who calls them, are not near each other.
pub fn neighbours<'s>(services: &'s [Service], of: &'s ServiceName) -> Vec<Neighbour<'s>> {
    let below = |name: &ServiceName| -> Vec<&'s ServiceName> {
        let found = services.iter().find(|service| &service.name == name);
        found.map(|service| service.depends_on.iter().collect()).unwrap_or_default()
    };
    let above = |name: &ServiceName| -> Vec<&'s ServiceName> {
        services.iter().filter(|service| service.depends_on.contains(name)).map(|service| &service.name).collect()
    };
    let mut found = walk(of, &below, true);
    found.extend(walk(of, &above, false));
    found.sort_by_key(|near| (near.hops(), near.service(), !near.is_callee));
    let mut seen = BTreeSet::from([of]);
    found.retain(|near| seen.insert(near.service()));
    found.truncate(NEIGHBOURS_MAX);
    found
}

fn walk<'s>(
    of: &'s ServiceName,
    next: &dyn Fn(&ServiceName) -> Vec<&'s ServiceName>,
    is_callee: bool,
) -> Vec<Neighbour<'s>> {
    let mut paths: Vec<Vec<&ServiceName>> = vec![vec![of]];
    let mut found = Vec::new();
    for _ in 0..HOPS_MAX {
        let longer = paths.iter().flat_map(|path| {
            let steps = path.last().map(|last| next(last)).unwrap_or_default();
            steps.into_iter().map(move |step| [path.as_slice(), &[step]].concat())
        });
        paths = longer.collect();
        found.extend(paths.iter().map(|path| {
            let mut path = path.clone();
            if !is_callee {
                path.reverse();
            }
            Neighbour { path, is_callee }
        }));
    }
    found
}

/// How far apart two times are.
pub(super) fn apart(one: Time, other: Time) -> Span {
    one.max(other).since(one.min(other))
}
