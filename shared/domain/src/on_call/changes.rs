use serde::{Deserialize, Serialize};

use crate::id::{OverrideId, PersonName, ScheduleName};
use crate::units::{Span, Time};

/// A change of who is on call for some time, made by a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Override {
    /// Derived from schedule, change and times.
    pub id: OverrideId,
    /// Counts its writes.
    pub version: u64,
    /// Whose.
    pub schedule: ScheduleName,
    /// The first instant at which it holds.
    pub starts_at: Time,
    /// The first one at which it no longer does.
    pub ends_at: Time,
    /// What changes.
    pub change: Change,
    /// Who made it.
    pub by: String,
    /// Why.
    pub comment: String,
}

impl Override {
    /// How long one may last: longer ones belong into the configuration.
    pub const LENGTH_MAX: Span = Span::DAY.times(92);
    /// Bytes of who made it, and of the comment, at most.
    pub const TEXT_BYTES_MAX: usize = 500;

    /// Whether it holds at `at`.
    pub fn holds(&self, at: Time) -> bool {
        (self.starts_at..self.ends_at).contains(&at)
    }

    /// The id of such a change.
    pub fn id_of(schedule: &ScheduleName, change: &Change, starts_at: Time, ends_at: Time) -> OverrideId {
        let times = [starts_at.epoch().to_string(), ends_at.epoch().to_string()];
        let (word, who, by) = match change {
            Change::Add { person } => ("add", person.as_str(), ""),
            Change::Remove { person } => ("remove", person.as_str(), ""),
            Change::Replace { person, by } => ("replace", person.as_str(), by.as_str()),
        };
        OverrideId::derive(&["override", schedule.as_str(), word, who, by, &times[0], &times[1]])
    }
}

/// What an override does to those whose turn it is. Overrides do not see one another: a person who is added is on call
/// even if another override removes them from their turn.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// This person is on call too.
    Add {
        /// Who.
        person: PersonName,
    },
    /// This person is not, though it is their turn.
    Remove {
        /// Who.
        person: PersonName,
    },
    /// Another one is in their place, whenever it is their turn.
    Replace {
        /// Whose turn it is.
        person: PersonName,
        /// Who is on call.
        by: PersonName,
    },
}

impl Change {
    /// Who is on call out of `turns`, those whose turn it is, while `changes` hold: replacements stand in the place of
    /// those they replace, those who are added come last, nobody twice. Of two changes to one person's turn the one that
    /// began later is the one.
    pub(super) fn apply(turns: Vec<PersonName>, changes: &mut [&Override]) -> Vec<PersonName> {
        changes.sort_by_key(|change| (change.starts_at, &change.id));
        let mut people: Vec<PersonName> = Vec::with_capacity(turns.len());
        let mut put = |person: PersonName| {
            if !people.contains(&person) {
                people.push(person);
            }
        };
        for turn in turns {
            let last = changes.iter().rev().find_map(|held| match &held.change {
                Self::Replace { person, by } if *person == turn => Some(Some(by.clone())),
                Self::Remove { person } if *person == turn => Some(None),
                _ => None,
            });
            if let Some(person) = last.unwrap_or(Some(turn)) {
                put(person);
            }
        }
        for held in changes.iter() {
            if let Self::Add { person } = &held.change {
                put(person.clone());
            }
        }
        people
    }
}
