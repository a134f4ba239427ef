//! Names that people give and ids that are derived from what they name.
//!
//! Ids are hashes of their parts, never drawn: the same input gives the same id, so a redelivered event writes the
//! same rows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};
use sha2::{Digest, Sha256};

/// The longest name a person may give, in bytes; it must fit a DynamoDB key and a PagerDuty field with room to spare.
pub const NAME_BYTES_MAX: usize = 128;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No characters at all.
    #[error("a name must not be empty")]
    Empty,
    /// Longer than [`NAME_BYTES_MAX`].
    #[error("{0:?} is longer than {NAME_BYTES_MAX} bytes")]
    TooLong(String),
    /// Holds a character outside of letters, digits, `-`, `_`, `.`.
    #[error("{name:?} holds {found:?}; use letters, digits, \"-\", \"_\" and \".\"")]
    Character {
        /// The text.
        name: String,
        /// The first character that may not stand in a name.
        found: char,
    },
}

fn checked(text: &str, also: &[char]) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > NAME_BYTES_MAX {
        return Err(NameError::TooLong(text.chars().take(32).collect()));
    }
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || "-_.".contains(*c) || also.contains(c))) {
        Some(found) => Err(NameError::Character { name: text.to_owned(), found }),
        None => Ok(()),
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident $(with $also:expr)?;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                #[allow(unused_mut, unused_assignments)]
                let mut also: &[char] = &[];
                $(also = $also;)?
                checked(text, also).map(|()| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

names! {
    /// A service: the unit of ownership, sharding and incidents.
    ServiceName;
    /// A series, `service/name`.
    SeriesId with &['/'];
    /// A place that series are read from.
    SourceName;
    /// A rule over series.
    MonitorName with &['/'];
    /// A service level objective.
    SloName with &['/'];
    /// A set of response steps.
    RunbookName;
    /// A place that notifications go to.
    ChannelName;
    /// A person who can be paged.
    PersonName;
    /// Persons who are paged together.
    TeamName;
    /// Who is on call when.
    ScheduleName;
    /// Whom to page, one step after the other.
    PolicyName;
    /// People who take turns on a schedule.
    RotationName;
    /// A set of times, in which routes are muted or active.
    IntervalName;
}

impl SeriesId {
    /// The series `name` of `service`.
    ///
    /// # Errors
    /// As for any name, and when both together are too long.
    pub fn of(service: &ServiceName, name: &str) -> Result<Self, NameError> {
        checked(name, &[])?;
        format!("{service}/{name}").parse()
    }

    /// The part before the slash.
    pub fn service(&self) -> &str {
        self.0.split_once('/').map_or(&*self.0, |(service, _)| service)
    }

    /// The part after the slash.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or(&*self.0, |(_, name)| name)
    }
}

/// `prefix` and 80 bits of SHA-256 over the parts, each preceded by its length, in lower-case hexadecimal.
fn derive(prefix: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut id = String::with_capacity(prefix.len() + 20);
    id.push_str(prefix);
    for byte in &hash.finalize()[..10] {
        id.extend([byte >> 4, byte & 0xf].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])));
    }
    id
}

macro_rules! derived_ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What its ids begin with.
            pub const PREFIX: &str = concat!($prefix, "-");

            /// The id that belongs to `parts`.
            pub fn derive(parts: &[&str]) -> Self {
                Self(derive(Self::PREFIX, parts))
            }

            /// An id as it was stored or as a person typed it; it may name nothing.
            pub fn given(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

derived_ids! {
    /// What is wrong: the identity of an alert over its whole life.
    Fingerprint "alert";
    /// One piece of people's work.
    IncidentId "inc";
    /// A published fact about an incident.
    EventId "evt";
    /// One run of a runbook's step.
    ActionId "act";
    /// One message to one channel.
    NotificationId "ntf";
    /// One attempt to make somebody take an incident, by however many messages.
    CallId "cal";
    /// A change of what serves.
    DeploymentId "dep";
    /// A follow-up of a post-mortem.
    ActionItemId "todo";
    /// An event that a service pushes.
    MonitoredEventId "log";
    /// A change of who is on call.
    OverrideId "ovr";
    /// Alerts that are told together.
    GroupId "grp";
    /// A silence.
    SilenceId "sil";
    /// One walk of the way from a breach to a person.
    DrillId "drl";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(IncidentId::derive(&["ab", "c"]), IncidentId::derive(&["a", "bc"]));
        assert_eq!(IncidentId::derive(&["ab", "c"]), IncidentId::derive(&["ab", "c"]));
        assert_eq!(IncidentId::derive(&["a"]).as_str().len(), "inc-".len() + 20);
    }

    #[test]
    fn names_are_checked() {
        assert!("shop-checkout".parse::<ServiceName>().is_ok());
        assert_eq!("".parse::<ServiceName>(), Err(NameError::Empty));
        assert!("a/b".parse::<ServiceName>().is_err());
        assert!("a/b".parse::<SeriesId>().is_ok());
        assert!("x".repeat(NAME_BYTES_MAX).parse::<ServiceName>().is_ok());
        assert!("x".repeat(NAME_BYTES_MAX + 1).parse::<ServiceName>().is_err());
        assert!("caf\u{e9}".parse::<ServiceName>().is_err());
    }
}
