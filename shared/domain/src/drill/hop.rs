use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Drill, HOP_TAKES_AT_MOST, Plan, Seen, first_delivered, taken_at};
use crate::incident::{Entry, State, What};
use crate::notification::{Receipt, ReceiptState};
use crate::units::{Span, Time};

/// The hops of the way, in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hop {
    /// The collector has read the breach; known to the minute of its tick.
    Collected,
    /// The evaluator has found it, and an incident is open.
    Evaluated,
    /// The notifier has heard of it over SNS, once the group's time had come.
    Published,
    /// The first channel or person was told.
    Delivered,
    /// The first person was called; left out where no route calls anybody.
    Called,
    /// A person has acknowledged.
    Acknowledged,
    /// The breach was taken back, and the incident has ended by itself.
    Ended,
}

impl Hop {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Collected,
        Self::Evaluated,
        Self::Published,
        Self::Delivered,
        Self::Called,
        Self::Acknowledged,
        Self::Ended,
    ];

    /// Whether the drill needs it.
    pub(super) fn is_wanted(self, seen: &Seen<'_>) -> bool {
        self != Self::Called || seen.incident.is_some_and(|incident| incident.escalation.is_some())
    }

    /// How long it may take after the hop before it.
    pub(super) fn allowed(self, plan: &Plan, group_wait: Span) -> Span {
        match self {
            Self::Published => HOP_TAKES_AT_MOST + group_wait,
            Self::Acknowledged => plan.acknowledge_within,
            _ => HOP_TAKES_AT_MOST,
        }
    }

    /// What is known of the hop that was not done in time.
    pub(super) fn missed(self, plan: &Plan, seen: &Seen<'_>) -> String {
        let within = self.allowed(plan, seen.group_wait);
        match self {
            Self::Collected => format!("the breach was not collected within {within}"),
            Self::Evaluated => format!("the breach was collected, and no incident was open after {within}"),
            Self::Published => format!(
                "an incident was open, and nobody was to be told after {within}; `tocsin explain drill/{}` says why",
                plan.service
            ),
            Self::Delivered | Self::Called => {
                format!("nobody was {self} within {within}: {}", tried(seen.receipts))
            }
            Self::Acknowledged => format!("nobody acknowledged within {within}; told were {}", told(seen.receipts)),
            Self::Ended => format!("the breach was taken back, and its incident had not ended after {within}"),
        }
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Collected => "collected",
            Self::Evaluated => "evaluated",
            Self::Published => "published",
            Self::Delivered => "delivered",
            Self::Called => "called",
            Self::Acknowledged => "acknowledged",
            Self::Ended => "ended",
        })
    }
}

/// The hops that what is stored shows to be done.
pub(super) fn done(drill: &Drill, seen: &Seen<'_>) -> Vec<(Hop, Time)> {
    let Some(incident) = seen.incident else {
        return seen.collected.map(|at| (Hop::Collected, at.max(drill.asked_at))).into_iter().collect();
    };
    let opened = |entry: &&Entry| matches!(entry.what, What::Opened { .. });
    let evaluated = incident.timeline.iter().find(opened).map(|entry| entry.at);
    let ended = incident.resolved_at.filter(|_| incident.state == State::Resolved || incident.state == State::Closed);
    let ended = ended.filter(|_| drill.taken_back_at.is_some() && !incident.has_firing_alerts());
    let hops = [
        // What was evaluated was collected: the tick that read it may have left no time of its own.
        (Hop::Collected, seen.collected.map(|at| at.max(drill.asked_at)).or(evaluated)),
        (Hop::Evaluated, evaluated),
        (Hop::Published, seen.receipts.iter().map(|receipt| receipt.created_at).min()),
        (Hop::Delivered, first_delivered(seen.receipts, |_| true)),
        (Hop::Called, first_delivered(seen.receipts, |receipt| receipt.page.is_some())),
        (Hop::Acknowledged, taken_at(incident, drill.taken_back_at)),
        (Hop::Ended, ended),
    ];
    hops.into_iter().filter_map(|(hop, at)| Some((hop, at?))).collect()
}

/// Who could not be told, and why.
fn tried(receipts: &[Receipt]) -> String {
    let words = |receipt: &Receipt| {
        let why = match &receipt.state {
            ReceiptState::Delivered { .. } => return None,
            ReceiptState::Sending => "is being told",
            ReceiptState::Refused { answer, .. } => answer,
            ReceiptState::Retrying { reason }
            | ReceiptState::Overtaken { reason, .. }
            | ReceiptState::Failed { reason, .. } => reason,
        };
        Some(format!("{} ({why})", receipt.channel))
    };
    listed(receipts.iter().filter_map(words))
}

fn told(receipts: &[Receipt]) -> String {
    let arrived = |receipt: &&Receipt| matches!(receipt.state, ReceiptState::Delivered { .. });
    listed(receipts.iter().filter(arrived).map(|receipt| receipt.channel.to_string()))
}

/// Names in a sentence, each once, at most five.
fn listed(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(5);
    names.truncate(5);
    match (names.is_empty(), more) {
        (true, _) => "nobody".to_owned(),
        (false, 0) => names.join(", "),
        (false, more) => format!("{}, and {more} more", names.join(", ")),
    }
}
