use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::matcher::list;
use super::{Labels, MATCHERS_MAX, Matcher, MatcherError};

/// Matchers that all must be satisfied; none match everything. Sorted, no two equal.
///
/// A list of texts in every format.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Matchers(Vec<Matcher>);

impl Matchers {
    /// These matchers.
    ///
    /// # Errors
    /// More than [`MATCHERS_MAX`].
    pub fn new(matchers: impl IntoIterator<Item = Matcher>) -> Result<Self, MatcherError> {
        let mut all: Vec<Matcher> = matchers.into_iter().collect();
        all.sort();
        all.dedup();
        if all.len() > MATCHERS_MAX { Err(MatcherError::TooMany(all.len())) } else { Ok(Self(all)) }
    }

    /// The matchers of several texts, each one or many: `severity="SEV1"` or `{a="b",c=~"d"}`.
    ///
    /// # Errors
    /// The first text that is none, or too many.
    pub fn read<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, MatcherError> {
        let mut all = Vec::new();
        for text in texts {
            all.extend(list(text)?);
        }
        Self::new(all)
    }

    /// Whether the labels satisfy every one.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|matcher| matcher.matches(labels))
    }

    /// The first one that the labels do not satisfy.
    pub fn failing(&self, labels: &Labels) -> Option<&Matcher> {
        self.0.iter().find(|matcher| !matcher.matches(labels))
    }

    /// Each of them, sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Matcher> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none, so that everything matches.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'m> IntoIterator for &'m Matchers {
    type Item = &'m Matcher;
    type IntoIter = std::slice::Iter<'m, Matcher>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromStr for Matchers {
    type Err = MatcherError;

    fn from_str(text: &str) -> Result<Self, MatcherError> {
        Self::read([text])
    }
}

impl fmt::Display for Matchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, matcher) in self.0.iter().enumerate() {
            write!(f, "{}{matcher}", if index == 0 { "" } else { "," })?;
        }
        f.write_str("}")
    }
}

impl<'de> Deserialize<'de> for Matchers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::<Matcher>::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
