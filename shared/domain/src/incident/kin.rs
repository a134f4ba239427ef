//! How an incident stands to others: it may be one with them, is one with them, or is not.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Entry, Incident, State, What};
use crate::alert::AlertSummary;
use crate::escalation::{Escalation, State as Stands};
use crate::id::{IncidentId, PolicyName, ServiceName};
use crate::monitor::Category;
use crate::units::Time;

/// Another incident that this one may be one with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Related {
    /// Which.
    pub incident: IncidentId,
    /// The service by which it is related.
    pub service: ServiceName,
    /// Why, such as "shop-checkout depends on payments, which broke 40s earlier".
    pub why: String,
    /// When that was seen.
    pub since: Time,
    /// What became of it.
    pub standing: Standing,
}

/// What is known of two incidents that lie near each other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Standing {
    /// They may be one.
    Candidate,
    /// They are most likely one, and are told apart still.
    Confirmed {
        /// Since when.
        at: Time,
        /// Who found it.
        by: String,
    },
    /// They are one: the one goes on in the other.
    Merged {
        /// Since when.
        at: Time,
        /// Who merged them.
        by: String,
    },
    /// They are not one, and are never merged but by a person.
    Dismissed {
        /// Since when.
        at: Time,
        /// Who said so, or split them.
        by: String,
    },
}

impl Standing {
    /// The word in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Confirmed { .. } => "confirmed",
            Self::Merged { .. } => "merged",
            Self::Dismissed { .. } => "dismissed",
        }
    }

    /// Since when it stands so, and who made it so; `None`: nobody has yet.
    pub fn made(&self) -> Option<(Time, &str)> {
        match self {
            Self::Candidate => None,
            Self::Confirmed { at, by } | Self::Merged { at, by } | Self::Dismissed { at, by } => Some((*at, by)),
        }
    }
}

/// Why one incident does not go on in another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeRefused {
    /// They are the same.
    #[error("{0} cannot be merged into itself")]
    Itself(IncidentId),
    /// One of them is over.
    #[error("{incident} is {state}; only open incidents are merged")]
    Over {
        /// Which.
        incident: IncidentId,
        /// Where it stands.
        state: State,
    },
    /// One of them is a drill.
    #[error("{0} is a drill, which is no part of anything")]
    Drill(IncidentId),
    /// Others care for the one than for the other.
    #[error("{from} is {}, and {into} is {}; incidents of two categories are told on two topics and are not merged",
        .categories[0].as_str(), .categories[1].as_str())]
    Categories {
        /// The one that would end.
        from: IncidentId,
        /// The one that would go on.
        into: IncidentId,
        /// Theirs.
        categories: [Category; 2],
    },
    /// Something is being done about the one that would end.
    #[error("an action of {incident} is under way ({action}); merge them when it is done")]
    UnderWay {
        /// Which.
        incident: IncidentId,
        /// What is being done.
        action: String,
    },
    /// The one that would go on cannot hold all.
    #[error("{into} would have {found} {what}, more than {most}; resolve some first")]
    TooMany {
        /// Which.
        into: IncidentId,
        /// Alerts, services or related incidents.
        what: &'static str,
        /// How many there would be.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A call would end that nobody has answered.
    #[error("people are called for {from} by policy {policy}, and {instead}; acknowledge one of them first")]
    Called {
        /// The one that would end.
        from: IncidentId,
        /// By which people are called for it.
        policy: PolicyName,
        /// Who else would be called for both, or when.
        instead: String,
    },
}

impl Incident {
    /// Other incidents that one keeps in mind: more than anybody reads of.
    pub const RELATED_MAX: usize = 30;
    /// Services and keys that one covers beside its own: each is a row of the transaction that opens or ends it.
    pub const COVERS_MAX: usize = 10;
    /// What the key of an incident begins with that a person has split off: only its own alerts come back to it.
    pub const SPLIT_KEY: &str = "split:";

    /// The services and keys whose alerts join it while it is open: its own first. The row of each says that this
    /// incident is the open one.
    pub fn pairs(&self) -> impl Iterator<Item = (&ServiceName, &str)> {
        let own = std::iter::once((&self.service, self.key.as_str()));
        own.chain(self.covers.iter().map(|(service, key)| (service, key.as_str())))
    }

    /// The services whose alerts join it, each once.
    pub fn services(&self) -> BTreeSet<&ServiceName> {
        self.pairs().map(|(service, _)| service).collect()
    }

    /// The incidents that went on in this one.
    pub fn merged(&self) -> impl Iterator<Item = &IncidentId> {
        let merged = self.related.iter().filter(|one| matches!(one.standing, Standing::Merged { .. }));
        merged.map(|one| &one.incident).filter(|id| Some(*id) != self.merged_into.as_ref())
    }

    /// The service that an alert of it is about.
    pub fn service_of<'i>(&'i self, alert: &'i AlertSummary) -> &'i ServiceName {
        alert.service.as_ref().unwrap_or(&self.service)
    }

    /// What it may be one with, for people: the nearest, with the reason, and how many more.
    pub fn may_be_part_of(&self) -> Option<String> {
        let may = |one: &&Related| matches!(one.standing, Standing::Candidate | Standing::Confirmed { .. });
        let mut others = self.related.iter().filter(may);
        let first = others.next()?;
        let more = match others.count() {
            0 => String::new(),
            more => format!(", or of {more} more"),
        };
        Some(format!("may be part of {}{more}: {}", first.incident, first.why))
    }

    /// When it was found, for the last time if it came back, and its id: who came later keeps in mind who came before.
    pub fn found(&self) -> (Time, &IncidentId) {
        let begins = |entry: &&Entry| matches!(entry.what, What::Opened { .. } | What::Reopened { .. });
        let found = self.timeline.iter().rev().find(begins).map_or(self.opened_at, |entry| entry.at);
        (found, &self.id)
    }

    /// When its trouble began, for the last time if it came back.
    pub fn began_at(&self) -> Time {
        let reopened = self.timeline.iter().rev().find(|entry| matches!(entry.what, What::Reopened { .. }));
        reopened.map_or(self.opened_at, |entry| entry.at)
    }

    /// Whether it is known that it is not one with `other`.
    pub fn is_apart_from(&self, other: &Self) -> bool {
        let is_dismissed = |one: &Related| matches!(one.standing, Standing::Dismissed { .. });
        self.relation(&other.id).is_some_and(is_dismissed)
    }

    /// What it keeps in mind of that incident.
    pub fn relation(&self, id: &IncidentId) -> Option<&Related> {
        self.related.iter().find(|one| &one.incident == id)
    }

    /// Keeps `related` in mind, in the place of what it knew of that incident. With too many, the first goes that may
    /// only be one with it. False: there is no room.
    pub fn relate(&mut self, related: Related) -> bool {
        if let Some(known) = self.related.iter_mut().find(|known| known.incident == related.incident) {
            *known = related;
            return true;
        }
        if self.related.len() >= Self::RELATED_MAX {
            let spare = self.related.iter().position(|known| known.standing == Standing::Candidate);
            let Some(spare) = spare else { return false };
            self.related.remove(spare);
        }
        self.related.push(related);
        true
    }

    /// Whether somebody is called for it, and called again, until somebody takes it.
    pub fn still_calls(&self) -> bool {
        let calls = |stands: &Stands| matches!(stands, Stands::Paging | Stands::Exhausted { .. });
        self.state.is_open() && self.escalation.as_ref().is_some_and(|paging| calls(&paging.state))
    }

    /// Whether people are called for it, now, when a snooze is over, or when nobody answers.
    pub fn will_call(&self) -> bool {
        let calls_later = |paging: &Escalation| {
            paging.asked.is_some() || !paging.put_off.is_empty() || matches!(paging.state, Stands::Snoozed { .. })
        };
        self.still_calls() || self.state.is_open() && self.escalation.as_ref().is_some_and(calls_later)
    }
}
