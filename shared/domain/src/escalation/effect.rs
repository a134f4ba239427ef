use std::fmt;

use serde::{Deserialize, Serialize};

use super::Target;
use crate::id::{ChannelName, PolicyName};
use crate::incident::Severity;
use crate::units::Span;

/// What the machine wants done. `Display` is a sentence for the timeline.
///
/// `generation` counts what one incident's escalation has asked to be sent, over all its rounds and reopens: ids of
/// messages are derived from the incident and it, and so are links.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Effect {
    /// Page these.
    Page {
        /// For ids.
        generation: u32,
        /// Which round, from 0.
        round: u32,
        /// Which step, from 0.
        step: usize,
        /// Of how many.
        steps: usize,
        /// Who.
        targets: Vec<Target>,
        /// Why now.
        why: Why,
    },
    /// Nobody stands behind these now; the next step is paged at once. Only to be said.
    Skipped {
        /// Which round, from 0.
        round: u32,
        /// Which step, from 0.
        step: usize,
        /// Of how many.
        steps: usize,
        /// Who is not there.
        targets: Vec<Target>,
    },
    /// The severity's time to respond is over: page those of the step again, at every address they have.
    Overdue {
        /// For ids.
        generation: u32,
        /// Which step, from 0.
        step: usize,
        /// Who.
        targets: Vec<Target>,
        /// How long the severity gives.
        respond_within: Span,
    },
    /// Tell the fallback.
    Fallback {
        /// For ids.
        generation: u32,
        /// What the policy names; `None`: it names none, and `targets` are told.
        channel: Option<ChannelName>,
        /// The targets of the last step.
        targets: Vec<Target>,
        /// Why.
        cause: Cause,
    },
    /// Ask the holder for a word.
    Remind {
        /// For ids.
        generation: u32,
        /// Who holds it.
        holder: String,
        /// Why.
        prompt: Prompt,
    },
}

/// Why a step is paged now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Why {
    /// The incident began.
    Began,
    /// It is back, or nobody has it any more.
    Again,
    /// Nobody acknowledged since the page before.
    Unacknowledged {
        /// How long.
        waited: Span,
    },
    /// Nobody stands behind the step before.
    NobodyBefore,
    /// A person asked for it.
    ByHand {
        /// Who.
        by: String,
    },
    /// The snooze is over.
    SnoozeOver {
        /// Who had snoozed it.
        by: String,
    },
    /// It was snoozed, or nobody had answered, and has become worse.
    Worse {
        /// How bad.
        severity: Severity,
    },
    /// Another policy applies now.
    OtherPolicy,
    /// Whoever has it was asked about it, and gave no word.
    NoAnswer {
        /// Who.
        by: String,
        /// How long it was waited for.
        waited: Span,
    },
}

/// Why the fallback is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Cause {
    /// All rounds are over.
    Exhausted {
        /// How many there were.
        rounds: u32,
    },
    /// Still nobody, an hour later.
    StillUnacknowledged,
    /// A step was due and nobody stands behind it or the rest of the round.
    NobodyOnCall,
}

/// Why the holder is asked for a word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Prompt {
    /// There was none for so long.
    NoWord {
        /// How long.
        since: Span,
    },
    /// It has become worse.
    Worse {
        /// How bad.
        severity: Severity,
        /// How long a word is waited for.
        within: Span,
    },
    /// A route with another policy tells of it, or another incident is part of it now.
    Joined {
        /// Which calls without a word.
        policy: PolicyName,
        /// How bad that is which it calls for.
        severity: Severity,
        /// How long a word is waited for.
        within: Span,
    },
    /// It has become worse, and another policy calls for it.
    Outranked {
        /// Which.
        policy: PolicyName,
        /// How bad.
        severity: Severity,
    },
}

impl Effect {
    /// What ids are derived from; `None`: nothing is sent.
    pub const fn generation(&self) -> Option<u32> {
        match self {
            Self::Page { generation, .. }
            | Self::Overdue { generation, .. }
            | Self::Fallback { generation, .. }
            | Self::Remind { generation, .. } => Some(*generation),
            Self::Skipped { .. } => None,
        }
    }
}

fn listed(targets: &[Target]) -> String {
    targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page { round, step, steps, targets, why, .. } => {
                write!(f, "Step {} of {steps}, round {}, pages {}: {why}", step + 1, round + 1, listed(targets))
            }
            Self::Skipped { round, step, steps, targets } => {
                let targets = listed(targets);
                write!(
                    f,
                    "Step {} of {steps}, round {}, is skipped: nobody is there for {targets}",
                    step + 1,
                    round + 1
                )
            }
            Self::Overdue { step, targets, respond_within, .. } => {
                let targets = listed(targets);
                write!(f, "Step {} pages {targets} again: no response within {respond_within}", step + 1)
            }
            Self::Fallback { channel: Some(channel), cause, .. } => write!(f, "Fallback {channel} is told: {cause}"),
            Self::Fallback { channel: None, targets, cause, .. } => {
                write!(f, "{} are told, for the policy names no fallback: {cause}", listed(targets))
            }
            Self::Remind { holder, prompt, .. } => write!(f, "{holder} is asked for an update: {prompt}"),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Began => f.write_str("the incident began"),
            Self::Again => f.write_str("it needs somebody again"),
            Self::Unacknowledged { waited } => write!(f, "nobody acknowledged for {waited}"),
            Self::NobodyBefore => f.write_str("nobody is there for the step before"),
            Self::ByHand { by } => write!(f, "{by} escalated it"),
            Self::SnoozeOver { by } => write!(f, "the snooze by {by} is over"),
            Self::Worse { severity } => write!(f, "it is {severity} now"),
            Self::OtherPolicy => f.write_str("another policy applies now"),
            Self::NoAnswer { by, waited } => write!(f, "{by} had it, was asked, and gave no word for {waited}"),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhausted { rounds: 1 } => f.write_str("nobody acknowledged in the one round of the policy"),
            Self::Exhausted { rounds } => write!(f, "nobody acknowledged in {rounds} rounds of the policy"),
            Self::StillUnacknowledged => f.write_str("still nobody has acknowledged"),
            Self::NobodyOnCall => f.write_str("a step was due and nobody is there for it"),
        }
    }
}

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWord { since } => write!(f, "no word for {since}"),
            Self::Worse { severity, within } => {
                write!(f, "it is {severity} now; without a word within {within} the first step is paged again")
            }
            Self::Joined { policy, within, .. } => {
                write!(f, "there is more to it now; without a word within {within} policy {policy} calls")
            }
            Self::Outranked { policy, severity } => write!(f, "it is {severity} now, and policy {policy} calls"),
        }
    }
}
