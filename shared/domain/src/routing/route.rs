use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{ChannelName, IntervalName, PolicyName};
use crate::label::{CORRELATION, Labels, Matchers, SERVICE};
use crate::units::Span;

/// One node of the routing tree, with what it inherits written out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Route {
    /// It takes alerts that satisfy all of these, out of those that its parent takes.
    pub matchers: Matchers,
    /// Which of its alerts are told together.
    pub group_by: GroupBy,
    /// A group's first notification waits so long for further alerts.
    pub group_wait: Span,
    /// News of a group waits until so long after the one before.
    pub group_interval: Span,
    /// A group without news is told again after so long.
    pub repeat_interval: Span,
    /// Where to.
    pub channels: Vec<ChannelName>,
    /// Who is paged until somebody acknowledges; `None`: nobody beyond the channels.
    pub escalation: Option<PolicyName>,
    /// Muted within these times.
    pub mute_in: Vec<IntervalName>,
    /// Muted outside of these times; empty: active always.
    pub active_in: Vec<IntervalName>,
    /// Alerts that it takes go on to its next sibling (`continue` in the configuration).
    pub goes_on: bool,
    /// Looked at first, in this order.
    pub routes: Vec<Route>,
}

impl Default for Route {
    /// Takes everything, to no channel, by Alertmanager's default times: 30 seconds, 5 minutes, 4 hours.
    fn default() -> Self {
        Self {
            matchers: Matchers::default(),
            group_by: GroupBy::default(),
            group_wait: Span::from_seconds(30),
            group_interval: Span::from_minutes(5),
            repeat_interval: Span::HOUR.times(4),
            channels: Vec::new(),
            escalation: None,
            mute_in: Vec::new(),
            active_in: Vec::new(),
            goes_on: false,
            routes: Vec::new(),
        }
    }
}

/// Which alerts of a route are told together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupBy {
    /// Only those that agree in every label (`...`).
    All,
    /// Those that agree in these labels; none: all that the route takes.
    Labels(BTreeSet<String>),
}

impl Default for GroupBy {
    /// By service and correlation.
    fn default() -> Self {
        Self::Labels([SERVICE, CORRELATION].map(str::to_owned).into())
    }
}

impl GroupBy {
    /// The labels that an alert shares with its group, in their order; a label that is missing or empty is left out.
    pub fn of<'l>(&self, labels: &'l Labels) -> impl Iterator<Item = (&'l String, &'l String)> {
        labels.iter().filter(|(label, value)| {
            !value.is_empty()
                && match self {
                    Self::All => true,
                    Self::Labels(by) => by.contains(*label),
                }
        })
    }

    /// As [`GroupBy::of`], by themselves.
    pub fn labels_of(&self, labels: &Labels) -> Labels {
        self.of(labels).map(|(label, value)| (label.clone(), value.clone())).collect()
    }
}
