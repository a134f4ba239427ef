use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::pattern::Pattern;
use super::{LABEL_BYTES_MAX, Labels, MATCHERS_MAX, REGEX_BYTES_MAX, VALUE_BYTES_MAX, classic, parse, value_of};

/// One question to the labels of an alert: `severity=~"SEV1|SEV2"`.
///
/// Regular expressions are anchored at both ends. Text in every format.
#[derive(Clone)]
pub struct Matcher {
    label: String,
    operator: Operator,
    value: String,
    pattern: Option<Pattern>,
}

/// How a matcher asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    NotMatches,
}

impl Operator {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::NotMatches => "!~",
        }
    }

    const fn is_regex(self) -> bool {
        matches!(self, Self::Matches | Self::NotMatches)
    }

    const fn is_negative(self) -> bool {
        matches!(self, Self::NotEqual | Self::NotMatches)
    }
}

/// Why a text is no matcher, or no list of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatcherError {
    /// It cannot be read.
    #[error("{text:?} is no matcher: {why}; write for example severity=~\"SEV1|SEV2\"")]
    Malformed {
        /// The text, shortened.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Not one matcher.
    #[error("{0} matchers stand where one is wanted")]
    NotOne(usize),
    /// The regular expression cannot be used.
    #[error("{pattern:?} is not a regular expression that can be used: {reason}")]
    Regex {
        /// The expression.
        pattern: String,
        /// The library's words.
        reason: String,
    },
    /// A name, value or expression is too long.
    #[error("{what} {text:?} is longer than {limit} bytes")]
    TooLong {
        /// Which part.
        what: &'static str,
        /// The text, shortened.
        text: String,
        /// The longest that is taken, in bytes.
        limit: usize,
    },
    /// More than [`MATCHERS_MAX`].
    #[error("{0} matchers in one list are too many; {MATCHERS_MAX} are the most")]
    TooMany(usize),
}

pub(super) fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

impl Matcher {
    /// The matcher `label operator value`.
    ///
    /// # Errors
    /// The label is empty, something is too long, or the regular expression is none.
    pub fn new(label: impl Into<String>, operator: Operator, value: impl Into<String>) -> Result<Self, MatcherError> {
        let (label, value) = (label.into(), value.into());
        if label.is_empty() {
            return Err(MatcherError::Malformed { text: short(&value), why: "the label has no name" });
        }
        let (what, limit) =
            if operator.is_regex() { ("the expression", REGEX_BYTES_MAX) } else { ("the value", VALUE_BYTES_MAX) };
        for (what, text, limit) in [("the label", &label, LABEL_BYTES_MAX), (what, &value, limit)] {
            if text.len() > limit {
                return Err(MatcherError::TooLong { what, text: short(text), limit });
            }
        }
        let pattern = operator.is_regex().then(|| Pattern::new(&value)).transpose()?;
        Ok(Self { label, operator, value, pattern })
    }

    /// The label that is asked for.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// How it is asked.
    pub const fn operator(&self) -> Operator {
        self.operator
    }

    /// The value or the regular expression.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether the labels satisfy it.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matches_value(value_of(labels, &self.label))
    }

    /// Whether a label of that value satisfies it.
    pub fn matches_value(&self, value: &str) -> bool {
        let found = match &self.pattern {
            None => self.value == value,
            Some(pattern) => pattern.matches(value),
        };
        found != self.operator.is_negative()
    }

    /// The only values that satisfy it, none of them empty; `None`: they cannot be listed.
    pub(super) fn values(&self) -> Option<&[String]> {
        let values = match (&self.pattern, self.operator) {
            (None, Operator::Equal) => std::slice::from_ref(&self.value),
            (Some(pattern), Operator::Matches) => pattern.values()?,
            _ => return None,
        };
        values.iter().all(|value| !value.is_empty()).then_some(values)
    }

    /// What every value that satisfies it begins with; empty where there is nothing certain.
    pub(super) fn start(&self) -> &str {
        match (&self.pattern, self.operator) {
            (Some(pattern), Operator::Matches) => pattern.start(),
            _ => "",
        }
    }

    /// What every value that satisfies it holds; empty where there is nothing certain.
    pub(super) fn inner(&self) -> &str {
        match (&self.pattern, self.operator) {
            (Some(pattern), Operator::Matches) => pattern.inner(),
            _ => "",
        }
    }

    fn parts(&self) -> (&str, &str, Operator) {
        (&self.label, &self.value, self.operator)
    }
}

/// The matchers in a text: `{a="b",c=~"d"}`, the braces optional. What today's syntax refuses is read by the classic one,
/// as Alertmanager's fallback mode does.
pub(super) fn list(text: &str) -> Result<Vec<Matcher>, MatcherError> {
    let parts = parse::parts(text).or_else(|error| classic::parts(text).ok_or(error))?;
    parts.into_iter().map(|(label, operator, value)| Matcher::new(label, operator, value)).collect()
}

impl FromStr for Matcher {
    type Err = MatcherError;

    fn from_str(text: &str) -> Result<Self, MatcherError> {
        let mut all = list(text)?;
        match (all.pop(), all.len()) {
            (Some(matcher), 0) => Ok(matcher),
            (None, _) => Err(MatcherError::NotOne(0)),
            (Some(_), others) => Err(MatcherError::NotOne(others + 1)),
        }
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Matcher {}

impl PartialOrd for Matcher {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By label, value and operator, as Alertmanager sorts them.
impl Ord for Matcher {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if parse::is_plain(&self.label) {
            f.write_str(&self.label)?;
        } else {
            parse::quote(&self.label, f)?;
        }
        f.write_str(self.operator.as_str())?;
        parse::quote(&self.value, f)
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matcher({self})")
    }
}

impl Serialize for Matcher {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
