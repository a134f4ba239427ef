//! Silences: what a person does not want to be told of for a while.
//!
//! The meaning is Alertmanager's (`silence/silence.go`).

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::id::SilenceId;
use crate::label::{Index, Labels, Matchers};
use crate::units::{Span, Time};

/// The longest that a silence may last.
pub const SILENCE_MAX: Span = Span::DAY.times(366);
/// Bytes of a comment, and of a name of a person.
pub const COMMENT_BYTES_MAX: usize = 1024;

/// Alerts that it covers are not told while it is active. Guarded by its version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Silence {
    /// Its identity.
    pub id: SilenceId,
    /// Counts commits, from 1; 0 before the first.
    pub version: u64,
    /// What it covers.
    pub matchers: Matchers,
    /// Its first instant.
    pub starts_at: Time,
    /// The first instant after it.
    pub ends_at: Time,
    /// Who silenced.
    pub by: String,
    /// Why.
    pub comment: String,
    /// When it was made.
    pub created_at: Time,
}

/// Where a silence is in its life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SilenceState {
    /// It has not begun.
    Pending,
    /// It silences.
    Active,
    /// It is over.
    Expired,
}

impl SilenceState {
    /// The word in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Expired => "expired",
        }
    }
}

/// Why there can be no such silence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SilenceError {
    /// It would silence everything.
    #[error("a silence needs a matcher that an empty label does not satisfy; {0} would silence every alert")]
    Everything(String),
    /// Its end is not after its start.
    #[error("a silence ends after it starts; {ends_at} is not after {starts_at}")]
    Order {
        /// As given.
        starts_at: Time,
        /// As given.
        ends_at: Time,
    },
    /// Longer than [`SILENCE_MAX`].
    #[error("a silence lasts at most {SILENCE_MAX}; this one would last {0}")]
    TooLong(Span),
    /// It would be over before it was made.
    #[error("a silence ends in the future; {0} is over")]
    Past(Time),
    /// Nobody or no reason is named, or with too many bytes.
    #[error("a silence names {0} in 1 to {COMMENT_BYTES_MAX} bytes")]
    Unnamed(&'static str),
    /// It was over already.
    #[error("the silence is over since {0}")]
    Expired(Time),
}

impl Silence {
    /// Whether such a silence may be made or stand after a change.
    ///
    /// # Errors
    /// Each variant of [`SilenceError`] but the last (Alertmanager `validateSilence`).
    pub fn check(&self, now: Time) -> Result<(), SilenceError> {
        let Self { starts_at, ends_at, .. } = *self;
        if self.matchers.iter().all(|matcher| matcher.matches_value("")) {
            return Err(SilenceError::Everything(self.matchers.to_string()));
        }
        for (what, text) in [("who silences", &self.by), ("why", &self.comment)] {
            if text.trim().is_empty() || text.len() > COMMENT_BYTES_MAX {
                return Err(SilenceError::Unnamed(what));
            }
        }
        if ends_at <= starts_at {
            return Err(SilenceError::Order { starts_at, ends_at });
        }
        match ends_at.since(starts_at) {
            long if long > SILENCE_MAX => Err(SilenceError::TooLong(long)),
            _ if ends_at <= now => Err(SilenceError::Past(ends_at)),
            _ => Ok(()),
        }
    }

    /// Where it is in its life.
    pub fn state(&self, now: Time) -> SilenceState {
        match now {
            now if now < self.starts_at => SilenceState::Pending,
            now if now < self.ends_at => SilenceState::Active,
            _ => SilenceState::Expired,
        }
    }

    /// It, over at `now`: one that is pending never begins.
    ///
    /// # Errors
    /// It is over already.
    pub fn expire(mut self, now: Time) -> Result<Self, SilenceError> {
        match self.state(now) {
            SilenceState::Expired => return Err(SilenceError::Expired(self.ends_at)),
            SilenceState::Pending => (self.starts_at, self.ends_at) = (now, now),
            SilenceState::Active => self.ends_at = now,
        }
        Ok(self)
    }

    /// It, with another end that lies ahead. Its matchers and its beginning stay, so that what was silenced stays explained
    /// (Alertmanager `canUpdate`).
    ///
    /// # Errors
    /// It is over already, or could not be so from the beginning.
    pub fn until(mut self, ends_at: Time, now: Time) -> Result<Self, SilenceError> {
        if self.state(now) == SilenceState::Expired {
            return Err(SilenceError::Expired(self.ends_at));
        }
        self.ends_at = ends_at;
        self.check(now)?;
        Ok(self)
    }
}

/// Many silences, found by what they cover.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Silences {
    /// The one that ends last first.
    all: Vec<Silence>,
    index: Index,
}

impl Silences {
    /// The first silence that covers these labels and is active: of several the one that ends last.
    pub fn first_match(&self, labels: &Labels, now: Time) -> Option<&Silence> {
        let matches = |position: u32| {
            let silence = &self.all[position as usize];
            silence.state(now) == SilenceState::Active && silence.matchers.matches(labels)
        };
        self.index.first(0, labels, matches).map(|position| &self.all[position as usize])
    }

    /// Each of them, the one that ends last first.
    pub fn iter(&self) -> std::slice::Iter<'_, Silence> {
        self.all.iter()
    }
}

impl FromIterator<Silence> for Silences {
    fn from_iter<I: IntoIterator<Item = Silence>>(silences: I) -> Self {
        let mut all: Vec<Silence> = silences.into_iter().collect();
        all.sort_by(|one, other| other.ends_at.cmp(&one.ends_at).then_with(|| one.id.cmp(&other.id)));
        let index = Index::new(all.iter().map(|silence| &silence.matchers));
        Self { all, index }
    }
}

impl<'s> IntoIterator for &'s Silences {
    type Item = &'s Silence;
    type IntoIter = std::slice::Iter<'s, Silence>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
