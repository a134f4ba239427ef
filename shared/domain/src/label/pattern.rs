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
    /// `.*a.*`, `.*(a|b).*`
    Holds(Vec<String>),
    /// All others, which are run only where a match is possible.
    Regex {
        /// What each match begins with.
        lead: String,
        /// What each match holds.
        inner: String,
        /// What decides where the value is one line, if it is less than the whole: `a[0-9]+` of `a[0-9]+.*`.
        begin: Option<Regex>,
        regex: Regex,
    },
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
            _ => match (alternatives(text), text.strip_suffix(".*").and_then(literal), held(text)) {
                (Some(values), ..) => Self::OneOf(values),
                (None, Some(start), _) => Self::Starts(start),
                (None, None, Some(held)) => Self::Holds(held),
                (None, None, None) => {
                    let (lead, inner) = plain(text);
                    // `a|b.*` is `a` or `b.*`; `\.*` are dots, and `a\` is no expression.
                    let begin = text.strip_suffix(".*").filter(|begin| !begin.contains('|'));
                    let begin = begin.and_then(|begin| compiled(&format!("^(?:{begin})")).ok());
                    Self::Regex { lead, inner, begin, regex }
                }
            },
        })
    }

    pub(super) fn matches(&self, value: &str) -> bool {
        match self {
            Self::Any => !value.contains('\n'),
            Self::Present => !value.is_empty() && !value.contains('\n'),
            Self::OneOf(values) => values.iter().any(|one| one == value),
            Self::Starts(start) => value.strip_prefix(start.as_str()).is_some_and(|rest| !rest.contains('\n')),
            Self::Holds(held) => held.iter().any(|one| value.contains(one.as_str())) && !value.contains('\n'),
            Self::Regex { lead, inner, begin, regex } => {
                let enough = || begin.as_ref().filter(|_| !value.contains('\n')).unwrap_or(regex);
                value.starts_with(lead.as_str()) && value.contains(inner.as_str()) && enough().is_match(value)
            }
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
            Self::Starts(start) | Self::Regex { lead: start, .. } => start,
            _ => "",
        }
    }

    /// What every value that matches holds, where it is known for no other reason; empty where nothing is certain.
    pub(super) fn inner(&self) -> &str {
        match self {
            Self::Holds(held) if held.len() == 1 => &held[0],
            Self::Regex { inner, .. } => inner,
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

/// The texts of which `.*a.*` or `.*(a|b).*` wants one.
fn held(text: &str) -> Option<Vec<String>> {
    let held = text.strip_prefix(".*")?.strip_suffix(".*")?;
    // `.*a|b.*` is `.*a` or `b.*`.
    let held =
        if held.contains('(') { alternatives(held)? } else { vec![literal(held).filter(|_| !held.contains('|'))?] };
    held.iter().all(|one| !one.is_empty() && !one.contains('\n')).then_some(held)
}

/// What every match begins with, and the longest plain text that every match holds, of what comes before the first group;
/// empty where nothing is certain.
fn plain(text: &str) -> (String, String) {
    let (mut runs, mut run) = (Vec::new(), String::new());
    let mut rest = if text.contains('|') { "".chars() } else { text.chars() };
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some(c) if c.is_ascii_punctuation() => {
                    run.push(c);
                    continue;
                }
                Some(c) if "dDsSwW".contains(c) => {}
                // What follows may belong to it: `\x41`.
                _ => break,
            },
            '(' => break,
            '[' => match class(rest.as_str()) {
                Some(after) => rest = after.chars(),
                None => break,
            },
            // The last character may be missing.
            '?' | '*' => drop(run.pop()),
            '+' if rest.as_str().starts_with(['?', '*', '+', '{']) => drop(run.pop()),
            '{' => {
                run.pop();
                rest = rest.as_str().split_once('}').map_or("", |(_, after)| after).chars();
            }
            '.' | '+' | '^' | '$' => {}
            c => {
                run.push(c);
                continue;
            }
        }
        runs.push(std::mem::take(&mut run));
    }
    runs.push(run);
    let lead = runs.first().cloned().unwrap_or_default();
    (lead, runs.into_iter().max_by_key(String::len).unwrap_or_default())
}

/// What follows a class such as `[a-z]`, whose bracket was read; `None`: it is not as plain as that.
fn class(text: &str) -> Option<&str> {
    let (inside, after) = text.split_once(']')?;
    let is_plain = !inside.is_empty() && inside != "^" && !inside.contains(['[', '\\', '&', '~']);
    is_plain.then_some(after)
}
