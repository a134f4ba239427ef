use serde::{Deserialize, Serialize};

use super::{Route, Routing, contains, next_change};
use crate::id::IntervalName;
use crate::label::{Labels, Matchers};
use crate::units::Time;

/// A maintenance window as code: alerts that it covers are not told.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Planned {
    /// What it covers.
    pub matchers: Matchers,
    /// When.
    pub when: When,
    /// Why.
    pub comment: String,
}

/// When a maintenance window is open.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Once.
    Between {
        /// Its first instant.
        starts_at: Time,
        /// The first instant after it.
        ends_at: Time,
    },
    /// Whenever the interval of this name is.
    In(IntervalName),
}

/// Why a route is muted as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mute {
    /// It is active only in these intervals, and it is none of their times.
    Inactive(Vec<IntervalName>),
    /// It is muted in this interval, whose time it is.
    Muted(IntervalName),
}

impl Routing {
    /// Why the route is muted at `now`, and when the first of the intervals behind it next begins or ends, looked for over a
    /// year; `None`: it is not. Active times are asked before mute times, as in Alertmanager's pipeline.
    pub fn mute_of(&self, route: &Route, now: Time) -> Option<(Mute, Option<Time>)> {
        if !route.active_in.is_empty() && !route.active_in.iter().any(|name| self.is_in(name, now)) {
            let until = route.active_in.iter().filter_map(|name| self.change_of(name, now)).min();
            return Some((Mute::Inactive(route.active_in.clone()), until));
        }
        let muted = route.mute_in.iter().find(|name| self.is_in(name, now))?;
        Some((Mute::Muted(muted.clone()), self.change_of(muted, now)))
    }

    /// The maintenance window that covers these labels at `now`, and when it ends, looked for over a year; `None`: there is
    /// none.
    pub fn planned_for(&self, labels: &Labels, now: Time) -> Option<(&Planned, Option<Time>)> {
        let open = |planned: &&Planned| match &planned.when {
            When::Between { starts_at, ends_at } => {
                (*starts_at..*ends_at).contains(&now) && planned.matchers.matches(labels)
            }
            When::In(name) => planned.matchers.matches(labels) && self.is_in(name, now),
        };
        let planned = self.planned.iter().find(open)?;
        let until = match &planned.when {
            When::Between { ends_at, .. } => Some(*ends_at),
            When::In(name) => self.change_of(name, now),
        };
        Some((planned, until))
    }

    /// Whether it is the time of that interval; an unknown one has no time.
    pub fn is_in(&self, name: &IntervalName, now: Time) -> bool {
        self.intervals.get(name).is_some_and(|intervals| contains(intervals, now))
    }

    fn change_of(&self, name: &IntervalName, now: Time) -> Option<Time> {
        next_change(self.intervals.get(name)?, now)
    }
}
