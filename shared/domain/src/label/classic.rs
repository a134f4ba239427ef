//! The older, more tolerant syntax of matchers (Alertmanager `matcher/oldparse`): `foo=~\d+`, `foo=`, `foo="a\d"`.

use super::Operator;
use super::parse::Parts;

/// The parts of each matcher in the text, of which there is at least one.
pub(super) fn parts(text: &str) -> Option<Vec<Parts>> {
    let text = text.trim();
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    let mut all: Vec<&str> = split(text);
    if all.last().is_some_and(|last| last.trim().is_empty()) {
        all.pop();
    }
    let all: Vec<Parts> = all.into_iter().map(one).collect::<Option<_>>()?;
    (!all.is_empty()).then_some(all)
}

/// At the commas outside of quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let comma = |c: char| {
        let ends = c == ',' && !quoted;
        match c {
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        ends
    };
    text.split(comma).collect()
}

fn one(text: &str) -> Option<Parts> {
    let text = text.trim();
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let (label, rest) = text.split_at(text.find(|c| !named(c))?);
    if label.is_empty() || label.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let rest = rest.trim_start();
    let operators = [Operator::Matches, Operator::NotMatches, Operator::NotEqual, Operator::Equal];
    let operator = operators.into_iter().find(|operator| rest.starts_with(operator.as_str()))?;
    Some((label.to_owned(), operator, value(rest[operator.as_str().len()..].trim())?))
}

/// The value, in quotes or not; a backslash that escapes nothing stands for itself.
fn value(text: &str) -> Option<String> {
    let (mut open, text) = text.strip_prefix('"').map_or((false, text), |text| (true, text));
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\\', Some('n')) => plain.push('\n'),
            ('\\', Some(escaped @ ('"' | '\\'))) => plain.push(*escaped),
            ('\\', Some(other)) => plain.extend(['\\', *other]),
            ('"', None) if open => {
                open = false;
                continue;
            }
            ('"', _) => return None,
            (c, _) => {
                plain.push(c);
                continue;
            }
        }
        rest.next();
    }
    (!open).then_some(plain)
}
