//! Where alerts go: the tree of routes, what inhibits what, and the times in which routes are muted.
//!
//! The meaning is Alertmanager's (<https://prometheus.io/docs/alerting/latest/configuration/>).

mod inhibition;
mod inhibitors;
mod interval;
mod mute;
mod ranges;
mod reach;
mod route;
#[cfg(test)]
mod tests;
mod trace;
mod tree;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use inhibition::Inhibition;
pub use inhibitors::Inhibitors;
pub use interval::{TimeInterval, contains, next_change};
pub use mute::{Mute, Planned, When};
pub use ranges::{ClockRange, DayRange, MONTHS, MonthRange, RangeError, WEEKDAYS, WeekdayRange, YearRange};
pub use route::{GroupBy, Route};
pub use trace::{Outcome, Step};
use tree::Node;
pub use tree::RoutePath;

use crate::id::IntervalName;
use crate::label::Labels;

/// Routes in one tree; the index numbers them, and nobody reads more.
pub const ROUTES_MAX: usize = 2_000;
/// Groups that one alert may belong to, those of the first routes that it takes: each is a row of its transaction.
pub const GROUPS_MAX: usize = 10;
/// How deep routes may lie within routes.
pub const ROUTE_DEPTH_MAX: usize = 16;

/// Where alerts go. Everything that is inherited in the configuration is written out here.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(from = "Raw")]
pub struct Routing {
    root: Route,
    /// What inhibits what, in the order of the configuration.
    pub inhibitions: Vec<Inhibition>,
    /// The sets of times that routes and maintenance windows name.
    pub intervals: BTreeMap<IntervalName, Vec<TimeInterval>>,
    /// Maintenance windows.
    pub planned: Vec<Planned>,
    #[serde(skip_serializing)]
    index: Node,
    #[serde(skip_serializing)]
    positions: BTreeMap<RoutePath, Vec<usize>>,
}

/// [`Routing`] without what is derived from it.
#[derive(Deserialize)]
struct Raw {
    root: Route,
    inhibitions: Vec<Inhibition>,
    intervals: BTreeMap<IntervalName, Vec<TimeInterval>>,
    planned: Vec<Planned>,
}

impl From<Raw> for Routing {
    fn from(Raw { root, inhibitions, intervals, planned }: Raw) -> Self {
        Self { inhibitions, intervals, planned, ..Self::new(root) }
    }
}

/// A route that an alert takes.
#[derive(Clone, PartialEq, Debug)]
pub struct Matched<'r> {
    /// Its name, which stays the same while the matchers from the root to it do.
    pub path: RoutePath,
    /// The route.
    pub route: &'r Route,
}

impl Default for Routing {
    fn default() -> Self {
        Self::new(Route::default())
    }
}

impl Routing {
    /// The tree under `root`, whose own matchers are not asked, with no inhibitions, intervals or maintenance windows; they
    /// may be set afterwards.
    pub fn new(root: Route) -> Self {
        let index = Node::new(&root);
        let positions = index.positions();
        Self { root, inhibitions: Vec::new(), intervals: BTreeMap::new(), planned: Vec::new(), index, positions }
    }

    /// The root of the tree; it takes what no other route does.
    pub const fn root(&self) -> &Route {
        &self.root
    }

    /// The routes that an alert takes: depth first, the first that matches unless it goes on, a route itself only where
    /// none of its children matches. At least one; the root if nothing else.
    pub fn routes_of<'r>(&'r self, labels: &Labels) -> Vec<Matched<'r>> {
        let mut found = Vec::with_capacity(1);
        self.index.collect(&self.root, labels, &mut found);
        found
    }

    /// The route of that path; `None`: the configuration has none any more.
    pub fn route(&self, path: &RoutePath) -> Option<&Route> {
        let positions = self.positions.get(path)?;
        positions.iter().try_fold(&self.root, |route, position| route.routes.get(*position))
    }

    /// Every route and its path, a parent before its children.
    pub fn walk(&self) -> Vec<Matched<'_>> {
        let mut all = Vec::new();
        self.index.walk(&self.root, &mut all);
        all
    }

    /// Each route that is looked at for these labels, in order, and why it is or is not taken.
    pub fn trace(&self, labels: &Labels) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        trace::look(&self.index, &self.root, labels, 0, &mut steps);
        steps
    }
}
