use domain::units::Time;
use serde_json::{Value as Json, json};

use super::Clock;
use super::document::When;
use crate::nearest::nearest;
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, Read, entries, missing, unknown_field};
use crate::schema::Definitions;
use crate::tree::{Node, Place, Value};

/// The kinds of line that a simulation prints, and their fields beside `at` and `kind`.
pub const FIELDS: [(&str, &[&str]); 7] = [
    ("transition", &["monitor", "service", "status", "severity", "since", "alert", "reason"]),
    ("alert", &["id", "name", "service", "status", "severity", "incident", "reason", "quiet_since"]),
    ("incident", &["id", "service", "state", "severity", "what", "reason"]),
    ("notification", &["id", "channel", "event", "incident", "service", "severity", "reason"]),
    ("event", &["id", "source", "event_type", "status", "severity_score", "decision", "reason"]),
    ("command", &["command", "service", "incident", "result", "reason"]),
    ("failure", &["function", "reason"]),
];

/// A line that must be printed, or must not.
#[derive(Clone, PartialEq, Debug)]
pub struct Expected {
    /// Where it stands in the file, from 1.
    pub line: u32,
    /// At exactly this minute; `None`: whenever.
    pub at: Option<Time>,
    /// Not before this minute.
    pub after: Option<Time>,
    /// Not after this minute.
    pub before: Option<Time>,
    /// The kind of line.
    pub kind: String,
    /// What its fields must be; of `reason` a part is enough.
    pub fields: Vec<(String, String)>,
    /// Exactly so often; `None`: at least once.
    pub times: Option<u32>,
}

/// The same, as it is written.
#[derive(Debug, Default)]
pub(super) struct Expectation {
    at: Field<When>,
    after: Field<When>,
    before: Field<When>,
    never: Field<bool>,
    times: Field<u32>,
    kind: Option<String>,
    fields: Vec<(String, String)>,
}

const OWN: [&str; 6] = ["at", "after", "before", "never", "times", "kind"];

impl Read for Expectation {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let entries = entries(node, notes)?;
        let kind = node.field("kind");
        let known: Vec<&str> = FIELDS.iter().map(|(kind, _)| *kind).collect();
        let text = kind.and_then(|kind| if let Value::Scalar(text) = &kind.value { Some(text) } else { None });
        let found = text.and_then(|text| FIELDS.iter().find(|(known, _)| known == text));
        let Some((word, fields)) = found else {
            match (kind, text) {
                (Some(kind), Some(text)) => {
                    let hint = match nearest(text, known.iter().copied()) {
                        Some(name) => format!("did you mean {name:?}?"),
                        None => format!("write one of {}", known.join(", ")),
                    };
                    notes.add(Note::at(kind.at, format!("{text:?} is no kind of line")).value(text).hint(hint));
                }
                (Some(kind), None) => {
                    notes.add(Note::at(kind.at, "is no text").hint(format!("write one of {}", known.join(", "))));
                }
                (None, _) => missing(node, "kind", notes),
            }
            return None;
        };
        let mut expectation = Self { kind: Some((*word).to_owned()), ..Self::default() };
        for (key, value) in entries {
            match key.text.as_str() {
                "at" => expectation.at = Field::read(value, notes),
                "after" => expectation.after = Field::read(value, notes),
                "before" => expectation.before = Field::read(value, notes),
                "never" => expectation.never = Field::read(value, notes),
                "times" => expectation.times = Field::read(value, notes),
                "kind" => {}
                name if fields.contains(&name) => {
                    expectation.fields.extend(String::read(value, notes).map(|text| (name.to_owned(), text)));
                }
                _ => unknown_field(key, &[&OWN[..], fields].concat(), notes),
            }
        }
        Some(expectation)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "object" })
    }
}

impl Expectation {
    /// It, on the scenario's clock.
    pub(super) fn resolve(&self, clock: Clock, notes: &mut Notes, place: Place) -> Option<Expected> {
        let mut minute = |field: &Field<When>| field.given().and_then(|when: &Given<When>| clock.minute(when, notes));
        let (at, after, before) = (minute(&self.at), minute(&self.after), minute(&self.before));
        let never = self.never.value().copied().unwrap_or(false);
        let open = self.after.is_absent() && self.before.is_absent();
        if !open && !self.at.is_absent() {
            notes.add(Note::at(place, "has at beside after or before").hint("write at for one minute, or the others"));
        }
        if never && !self.times.is_absent() {
            notes.add(Note::at(place, "has both never and times").hint("keep one"));
        }
        let times = if never { Some(0) } else { self.times.value().copied() };
        let Expectation { kind, fields, .. } = self;
        Some(Expected { line: place.line, at, after, before, kind: kind.clone()?, fields: fields.clone(), times })
    }
}
