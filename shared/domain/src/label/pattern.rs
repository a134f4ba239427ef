use regex_lite::{Regex, RegexBuilder};

use super::MatcherError;

/// A compiled expression may take so many bytes; `a{1000}{1000}` would take a gigabyte.
const COMPILED_BYTES_MAX: usize = 256 << 10;
/// What has a meaning in a regular expression.
const META: &str = r"\.+*?()|[]{}^$";

/// An anchored regular expression; the usual shapes are compared without running it.
#[derive(Clone)]
pub(super) enum Pattern {
    /// `.*`
    Any,
    /// `.+`
    Present,
    /// `a|b`, `x-(a|b)`
    OneOf(Vec<String>),
    /// `a.*`
    Starts(String),
    /// All others, and the plain text that each match begins with.
    Regex(String, Regex),
}

impl Pattern {
    pub(super) fn new(text: &str) -> Result<Self, MatcherError> {
        let error = |reason: String| MatcherError::Regex { pattern: text.to_owned(), reason };
        // By itself first, so that `a)(b` does not pass for `(?:a)(b)`.
        let compiled = |text: &str| RegexBuilder::new(text).size_limit(COMPILED_BYTES_MAX).build();
        compiled(text).map_err(|reason| error(reason.to_string()))?;
        let regex = compiled(&format!("^(?:{text})$")).map_err(|reason| error(reason.to_string()))?;
        Ok(match text {
            ".*" => Self::Any,
            ".+" => Self::Present,
            _ => match (alternatives(text), text.strip_suffix(".*").and_then(literal)) {
                (Some(values), _) => Self::OneOf(values),
                (None, Some(start)) => Self::Starts(start),
                (None, None) => Self::Regex(lead(text), regex),
            },
        })
    }

    pub(super) fn matches(&self, value: &str) -> bool {
        match self {
            Self::Any => !value.contains('\n'),
            Self::Present => !value.is_empty() && !value.contains('\n'),
            Self::OneOf(values) => values.iter().any(|one| one == value),
            Self::Starts(start) => value.strip_prefix(start.as_str()).is_some_and(|rest| !rest.contains('\n')),
            Self::Regex(lead, regex) => value.starts_with(lead.as_str()) && regex.is_match(value),
        }
    }

    /// The only values that match, where they can be listed.
    pub(super) fn values(&self) -> Option<&[String]> {
        match self {
            Self::OneOf(values) => Some(values),
            _ => None,
        }
    }

    /// What every value that matches begins with, other than those of [`Pattern::values`]; empty where nothing is certain.
    pub(super) fn start(&self) -> &str {
        match self {
            Self::Starts(start) | Self::Regex(start, _) => start,
            _ => "",
        }
    }
}

/// The text that the expression stands for, where it stands for exactly one.
fn literal(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => plain.push(rest.next().filter(char::is_ascii_punctuation)?),
            c if META.contains(c) => return None,
            c => plain.push(c),
        }
    }
    Some(plain)
}

/// The texts that `a|b`, `x(a|b)y` or `(?:a|b)` stands for.
fn alternatives(text: &str) -> Option<Vec<String>> {
    let (before, inner, after) = match (text.split_once('('), text.rsplit_once(')')) {
        (None, None) => ("", text, ""),
        (Some((before, _)), Some((_, after))) => {
            let inner = text.get(before.len() + 1..text.len() - after.len() - 1)?;
            (before, inner.strip_prefix("?:").unwrap_or(inner), after)
        }
        _ => return None,
    };
    let (before, after) = (literal(before)?, literal(after)?);
    inner.split('|').map(|one| literal(one).map(|one| format!("{before}{one}{after}"))).collect()
}

/// The plain text that every match begins with; empty where that is not certain.
fn lead(text: &str) -> String {
    if text.contains('|') {
        return String::new();
    }
    let plain: &str = text.split(|c| META.contains(c)).next().unwrap_or_default();
    match text[plain.len()..].chars().next() {
        // The last character may be missing.
        Some('?' | '*' | '{') => plain.char_indices().next_back().map_or("", |(at, _)| &plain[..at]).to_owned(),
        _ => plain.to_owned(),
    }
}
