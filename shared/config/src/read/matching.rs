use domain::label::{Matcher, MatcherError, Matchers, Operator};
use serde_json::{Value as Json, json};

use super::{Read, wrong_kind};
use crate::notes::{Note, Notes};
use crate::schema::Definitions;
use crate::tree::{Key, Node, Value};

/// Matchers that all must hold: a text or texts such as `severity=~"SEV1|SEV2"`, or a mapping of labels to a value, or to
/// values any of which will do.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Matching(pub(crate) Matchers);

const WANTED: &str = "matchers, such as [ severity=~\"SEV1|SEV2\" ], or a mapping, such as { team: shop }";

impl Read for Matching {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let read = match &node.value {
            Value::Scalar(_) => vec![text(node, notes)],
            Value::List(items) => items.iter().map(|item| text(item, notes)).collect(),
            Value::Map(entries) => entries.iter().map(|(key, node)| equality(key, node, notes)).collect(),
            Value::Nothing => {
                wrong_kind(node, WANTED, notes);
                return None;
            }
        };
        // One that is wrong would leave a list that matches more than was meant.
        let all: Option<Vec<Vec<Matcher>>> = read.into_iter().collect();
        taken(node, Matchers::new(all?.into_iter().flatten()), notes).map(Self)
    }

    fn schema(_: &mut Definitions) -> Json {
        let text = json!({ "type": "string", "minLength": 1 });
        let value = json!({ "type": ["string", "number", "boolean"] });
        json!({ "anyOf": [
            text,
            { "type": "array", "items": text },
            { "type": "object", "additionalProperties": { "anyOf": [value, { "type": "array", "items": value }] } },
        ] })
    }
}

fn text(node: &Node, notes: &mut Notes) -> Option<Vec<Matcher>> {
    let Value::Scalar(text) = &node.value else {
        wrong_kind(node, "a matcher, such as severity=~\"SEV1|SEV2\"", notes);
        return None;
    };
    let all = taken(node, text.parse::<Matchers>(), notes)?;
    // As other languages compare; it would ask for a value that begins with the sign.
    if text.contains("==") && all.iter().any(|matcher| matcher.value().starts_with('=')) {
        let odd = Note::at(node.at, format!("{text:?} has one = too many")).value(text);
        notes.add(odd.hint(format!("write {}", text.replacen("==", "=", 1))));
        return None;
    }
    Some(all.iter().cloned().collect())
}

fn equality(key: &Key, node: &Node, notes: &mut Notes) -> Option<Vec<Matcher>> {
    let value = |node: &Node, notes: &mut Notes| match &node.value {
        Value::Scalar(text) => Some(text.clone()),
        Value::Nothing => Some(String::new()),
        _ => {
            wrong_kind(node, "a value, or a list of values", notes);
            None
        }
    };
    let values = match &node.value {
        Value::List(items) if items.is_empty() => {
            notes.add(Note::at(node.at, "no value satisfies it").hint("name at least one"));
            return None;
        }
        Value::List(items) => items.iter().map(|item| value(item, notes)).collect::<Option<Vec<String>>>()?,
        _ => vec![value(node, notes)?],
    };
    taken(node, any_of(&key.text, &values), notes).map(|matcher| vec![matcher])
}

fn taken<T>(node: &Node, read: Result<T, MatcherError>, notes: &mut Notes) -> Option<T> {
    let error = match read {
        Ok(read) => return Some(read),
        Err(error) => error,
    };
    let odd = Note::of_error(node.at, &error);
    notes.add(match (&error, &node.value) {
        (MatcherError::Regex { .. }, _) => {
            odd.hint("write for example service=~\"shop-.*\"; it must match the whole value")
        }
        (_, Value::Scalar(text)) => odd.value(text),
        _ => odd,
    });
    None
}

/// The matcher of one of several values.
///
/// # Errors
/// As of [`Matcher::new`].
pub(crate) fn any_of<T: AsRef<str>>(label: &str, values: &[T]) -> Result<Matcher, MatcherError> {
    if let [value] = values {
        return Matcher::new(label, Operator::Equal, value.as_ref());
    }
    let values: Vec<String> = values.iter().map(|value| escaped(value.as_ref())).collect();
    Matcher::new(label, Operator::Matches, values.join("|"))
}

/// `text` as a regular expression that matches it alone.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
