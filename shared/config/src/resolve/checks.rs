use std::collections::BTreeMap;
use std::fmt::Display;

use domain::incident::Severity;

use crate::notes::{Note, Notes};
use crate::read::{Field, Given, OneOrMore};

/// Labels of a monitor or runbook.
const LABELS_MAX: usize = 32;
/// A label's value, in characters.
const LABEL_CHARS_MAX: usize = 256;

/// A value between two limits; `None` where nothing or something wrong is given.
pub(super) fn within<T: Copy + PartialOrd + Display>(
    given: Option<&Given<T>>,
    least: T,
    most: T,
    notes: &mut Notes,
) -> Option<T> {
    let given = given?;
    if (least..=most).contains(&given.value) {
        return Some(given.value);
    }
    let wrong = format!("{} is not between {least} and {most}", given.value);
    notes.add(Note::at(given.at, wrong).value(&given.value.to_string()));
    None
}

/// As [`within`], with a default; `None` only after a mistake.
pub(super) fn within_or<T: Copy + PartialOrd + Display>(
    field: &Field<T>,
    default: T,
    [least, most]: [T; 2],
    notes: &mut Notes,
) -> Option<T> {
    match field {
        Field::Absent => Some(default),
        Field::Mistaken => None,
        Field::Given(given) => within(Some(given), least, most, notes),
    }
}

/// The severities, each once.
pub(super) fn unique(severities: &OneOrMore<Severity>, notes: &mut Notes) -> Vec<Severity> {
    let mut found = Vec::new();
    for given in &severities.0 {
        if found.contains(&given.value) {
            twice(given, notes);
        } else {
            found.push(given.value);
        }
    }
    found
}

/// Notes an item that stands in its list already.
pub(super) fn twice<T: Display>(given: &Given<T>, notes: &mut Notes) {
    let text = given.value.to_string();
    let note = Note::at(given.at, format!("{text:?} stands here twice")).value(&text);
    notes.add(note.hint("keep one"));
}

/// The labels, if they are not too many or too long.
pub(super) fn labels(field: &Field<BTreeMap<String, String>>, notes: &mut Notes) -> Option<BTreeMap<String, String>> {
    if let Field::Given(Given { at, value }) = field {
        let long = value.values().any(|label| label.chars().count() > LABEL_CHARS_MAX);
        if value.len() > LABELS_MAX {
            notes.add(Note::at(*at, format!("more than {LABELS_MAX} labels")));
        } else if long {
            notes.add(Note::at(*at, format!("a label is longer than {LABEL_CHARS_MAX} characters")));
        }
    }
    field.or(BTreeMap::new())
}

/// A text in the form that `is_form` knows.
pub(super) fn formed(
    field: &Field<String>,
    is_form: impl Fn(&str) -> bool,
    [wrong, hint]: [&str; 2],
    notes: &mut Notes,
) {
    if let Field::Given(Given { at, value }) = field
        && !is_form(value)
    {
        notes.add(Note::at(*at, format!("{value:?} {wrong}")).value(value).hint(hint));
    }
}
