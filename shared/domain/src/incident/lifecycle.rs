use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an incident stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nobody has taken it.
    Triggered,
    /// Somebody has taken it.
    Acknowledged,
    /// Something is being done about it, by a person or an action.
    Mitigating,
    /// It is over; a repeat within the cooldown reopens it.
    Resolved,
    /// It is over for good.
    Closed,
}

/// What can happen to an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// Somebody takes it.
    Acknowledge,
    /// Nobody has it any more.
    Release,
    /// Work on it begins.
    Mitigate,
    /// It is over.
    Resolve,
    /// The trouble is back.
    Reopen,
    /// Nothing more will be done.
    Close,
    /// It goes on in another incident.
    Merge,
}

/// Why an incident does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an incident that is {state} cannot be {event}: {reason}")]
pub struct Refused {
    /// Where it stands.
    pub state: State,
    /// What was asked.
    pub event: Event,
    /// Why not.
    pub reason: &'static str,
}

impl State {
    /// The state after `event`.
    ///
    /// # Errors
    /// [`Refused`] with the reason, when the event makes no sense in this state.
    pub const fn after(self, event: Event) -> Result<Self, Refused> {
        let reason = match (self, event) {
            (Self::Triggered, Event::Acknowledge) => return Ok(Self::Acknowledged),
            (Self::Triggered | Self::Acknowledged, Event::Mitigate) => return Ok(Self::Mitigating),
            (Self::Triggered | Self::Acknowledged | Self::Mitigating, Event::Resolve) => return Ok(Self::Resolved),
            (Self::Resolved, Event::Reopen) | (Self::Acknowledged, Event::Release) => return Ok(Self::Triggered),
            (Self::Resolved, Event::Close)
            | (Self::Triggered | Self::Acknowledged | Self::Mitigating, Event::Merge) => return Ok(Self::Closed),
            (Self::Triggered, Event::Release) => "nobody has it",
            (Self::Mitigating, Event::Release) => "it is being worked on",
            (Self::Acknowledged, Event::Acknowledge) => "somebody has it already",
            (Self::Mitigating, Event::Acknowledge | Event::Mitigate) => "it is being worked on already",
            (Self::Resolved, Event::Acknowledge | Event::Mitigate | Event::Release | Event::Merge) => "it is over",
            (Self::Resolved, Event::Resolve) => "it is resolved already",
            (Self::Triggered | Self::Acknowledged | Self::Mitigating, Event::Reopen) => "it is open",
            (Self::Triggered | Self::Acknowledged | Self::Mitigating, Event::Close) => "it must be resolved first",
            (Self::Closed, _) => "it is closed for good; a new breach opens a new incident",
        };
        Err(Refused { state: self, event, reason })
    }

    /// Whether people still have work with it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Triggered | Self::Acknowledged | Self::Mitigating)
    }

    /// The word in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Triggered => "triggered",
            Self::Acknowledged => "acknowledged",
            Self::Mitigating => "mitigating",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Acknowledge => "acknowledged",
            Self::Release => "released",
            Self::Mitigate => "set to mitigating",
            Self::Resolve => "resolved",
            Self::Reopen => "reopened",
            Self::Close => "closed",
            Self::Merge => "merged",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transition_is_legal_or_refused_with_a_reason() {
        use Event::{Acknowledge, Close, Merge, Mitigate, Release, Reopen, Resolve};
        use State::{Acknowledged, Closed, Mitigating, Resolved, Triggered};
        let legal = [
            (Triggered, Acknowledge, Acknowledged),
            (Triggered, Mitigate, Mitigating),
            (Triggered, Resolve, Resolved),
            (Acknowledged, Mitigate, Mitigating),
            (Acknowledged, Resolve, Resolved),
            (Mitigating, Resolve, Resolved),
            (Acknowledged, Release, Triggered),
            (Resolved, Reopen, Triggered),
            (Resolved, Close, Closed),
            (Triggered, Merge, Closed),
            (Acknowledged, Merge, Closed),
            (Mitigating, Merge, Closed),
        ];
        for state in [Triggered, Acknowledged, Mitigating, Resolved, Closed] {
            for event in [Acknowledge, Release, Mitigate, Resolve, Reopen, Close, Merge] {
                let expected = legal.iter().find(|(from, by, _)| *from == state && *by == event).map(|(_, _, to)| *to);
                match state.after(event) {
                    Ok(to) => assert_eq!(Some(to), expected, "{state} {event}"),
                    Err(refused) => {
                        assert_eq!(expected, None, "{state} {event}");
                        assert!(!refused.reason.is_empty());
                    }
                }
            }
        }
    }
}
