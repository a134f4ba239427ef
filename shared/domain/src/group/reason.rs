use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{Fingerprint, SilenceId};
use crate::units::Time;

/// Why an alert that fires is not told now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cause {
    /// Another alert that fires explains it.
    Inhibited {
        /// The alert that does.
        by: Fingerprint,
        /// The rule that says so: its name, or its matchers.
        rule: String,
    },
    /// A person silenced it.
    Silenced {
        /// By this silence.
        id: SilenceId,
        /// Who.
        by: String,
        /// Why.
        comment: String,
    },
    /// Planned maintenance.
    Planned {
        /// What is done.
        comment: String,
    },
    /// Its route is muted at this time.
    MutedTime {
        /// By this interval.
        interval: String,
    },
    /// Its route is active at other times only.
    InactiveTime {
        /// In these intervals.
        intervals: Vec<String>,
    },
    /// A person wants to hear of it again when it is resolved.
    MutedUntilResolved {
        /// Who.
        by: String,
    },
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inhibited { by, rule } => write!(f, "inhibited by {by} (rule {rule})"),
            Self::Silenced { id, by, comment } => write!(f, "silenced by {by}: {comment} ({id})"),
            Self::Planned { comment } => write!(f, "planned maintenance: {comment}"),
            Self::MutedTime { interval } => write!(f, "its route is muted in {interval}"),
            Self::InactiveTime { intervals } => write!(f, "its route is active only in {}", intervals.join(", ")),
            Self::MutedUntilResolved { by } => write!(f, "muted by {by} until it is resolved"),
        }
    }
}

/// What holds an alert back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Held {
    /// Why.
    #[serde(flatten)]
    pub cause: Cause,
    /// When that ends as far as is known; `None`: nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            Some(until) => write!(f, "{}, until {until}", self.cause),
            None => write!(f, "{}", self.cause),
        }
    }
}

/// What a flush decided, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Reason {
    /// Told: nothing that fires was told before.
    First,
    /// Told: more alerts fire than were told.
    NewAlerts,
    /// Told: an alert that was told is more severe now.
    Worse,
    /// Told: alerts that were held back no longer are.
    NoLongerHeld,
    /// Told: some alerts are resolved, others still fire.
    Resolved,
    /// Told: all alerts are resolved.
    AllResolved,
    /// Told: nothing changed for as long as the repeat interval.
    Repeat,
    /// Not told: all of it was told.
    NothingNew {
        /// When it will be told again.
        until: Time,
    },
    /// Not told: all of it was told, and somebody has it.
    Acknowledged {
        /// Who.
        by: String,
    },
    /// Not told: each alert that fires is held back.
    AllHeld {
        /// What holds the first of them.
        held: Held,
        /// How many are held.
        count: usize,
    },
    /// Not told: the route is muted at this time.
    Muted {
        /// By what, until when.
        held: Held,
    },
    /// Not told: nothing fires, and nobody was told that anything did.
    NothingFiring,
    /// Not told: the group's time has not come.
    TooEarly {
        /// When it will.
        until: Time,
    },
}

impl Reason {
    /// Whether it is a reason to tell.
    pub const fn tells(&self) -> bool {
        self.is_news() || matches!(self, Self::Resolved | Self::AllResolved | Self::Repeat)
    }

    /// Whether something fires that nobody has heard of, or not as so severe.
    pub const fn is_news(&self) -> bool {
        matches!(self, Self::First | Self::NewAlerts | Self::Worse | Self::NoLongerHeld)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("it is the first notification of the group"),
            Self::NewAlerts => f.write_str("alerts are new in the group"),
            Self::Worse => f.write_str("an alert of the group is more severe than was told"),
            Self::NoLongerHeld => f.write_str("alerts that were held back no longer are"),
            Self::Resolved => f.write_str("some alerts of the group are resolved"),
            Self::AllResolved => f.write_str("all alerts of the group are resolved"),
            Self::Repeat => f.write_str("the group is unchanged for as long as the repeat interval"),
            Self::NothingNew { until } => write!(f, "all of it was told, and will be told again at {until}"),
            Self::Acknowledged { by } => write!(f, "all of it was told, and {by} has it"),
            Self::AllHeld { held, count: 1 } => write!(f, "the alert that fires is held back: {held}"),
            Self::AllHeld { held, count } => write!(f, "all {count} alerts that fire are held back, the first: {held}"),
            Self::Muted { held } => write!(f, "{held}"),
            Self::NothingFiring => f.write_str("nothing fires, and nobody was told that anything did"),
            Self::TooEarly { until } => write!(f, "the group waits for more until {until}"),
        }
    }
}
