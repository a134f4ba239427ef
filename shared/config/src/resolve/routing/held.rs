use std::collections::BTreeSet;
use std::str::FromStr;

use domain::routing::{Inhibition as Resolved, Planned, When};
use domain::units::Time;

use super::super::Names;
use super::super::checks::twice;
use super::matchers;
use crate::document::{Inhibition, Maintenance};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};

/// A rule by which alerts that fire hold back others.
pub(super) fn inhibition(given: &Given<Inhibition>, names: &Names, notes: &mut Notes) -> Option<Resolved> {
    let Inhibition { name, source, target, equal } = &given.value;
    let source = matchers::some(source, "the source is", names, notes);
    let target = matchers::some(target, "the target is", names, notes);
    let mut labels: BTreeSet<String> = BTreeSet::new();
    for item in equal.items() {
        if !labels.insert(item.value.clone()) {
            twice(item, notes);
        }
    }
    Some(Resolved { name: name.optional()?, source: source?, target: target?, equal: labels })
}

/// Planned work: once, or whenever an interval is.
pub(super) fn planned(given: &Given<Maintenance>, names: &Names, notes: &mut Notes) -> Option<Planned> {
    let Maintenance { matches, from, until, interval, comment } = &given.value;
    let matchers = matchers::some(matches, "it would hold back", names, notes);
    let when = match (interval, from, until) {
        (Field::Absent, Field::Absent, Field::Absent) => {
            let note = Note::at(given.at, "when is missing");
            notes.add(note.hint("write from and until, or the name of an interval"));
            None
        }
        (Field::Absent, ..) => once([("from", from), ("until", until)], given, notes),
        (Field::Given(interval), Field::Absent, Field::Absent) => {
            let is_known = names.intervals.check(&interval.value, interval.at, notes);
            is_known.then(|| interval.value.parse().ok()).flatten().map(When::In)
        }
        (Field::Given(interval), ..) => {
            let note = Note::at(interval.at, "it is either once or in an interval");
            notes.add(note.hint("leave interval out, or from and until"));
            None
        }
        _ => None,
    };
    Some(Planned { matchers: matchers?, when: when?, comment: comment.value()?.clone() })
}

fn once(ends: [(&'static str, &Field<String>); 2], given: &Given<Maintenance>, notes: &mut Notes) -> Option<When> {
    let [starts_at, ends_at] = ends.map(|(name, field)| match field {
        Field::Absent => {
            notes.add(Note::at(given.at, "is missing").below(name).hint("write both from and until"));
            None
        }
        Field::Mistaken => None,
        Field::Given(written) => {
            let time = Time::from_str(&written.value);
            time.map_err(|error| notes.add(Note::of_error(written.at, &error).value(&written.value))).ok()
        }
    });
    let (starts_at, ends_at) = (starts_at?, ends_at?);
    if ends_at <= starts_at {
        let at = ends[1].1.given().map_or(given.at, |until| until.at);
        let note = Note::at(at, format!("{ends_at} is not after {starts_at}")).value(&ends_at.to_string());
        notes.add(note.hint("end it later than it begins"));
        return None;
    }
    Some(When::Between { starts_at, ends_at })
}
