use serde_json::{Value as Json, json};

use super::super::fields::Fields;
use super::super::words::name as in_name;
use super::one_or_more;
use super::routes::texts;
use super::written::Entry;
use crate::notes::{Note, Notes};
use crate::tree::Node;

pub(super) fn read(items: &[Node], notes: &mut Notes) -> Vec<Entry> {
    items.iter().filter_map(|item| one(Fields::of(item, notes)?, notes)).collect()
}

fn one(mut fields: Fields<'_>, notes: &mut Notes) -> Option<Entry> {
    let name = fields.text(&["name"], notes);
    let at = fields.at;
    let mut times: Vec<Json> = Vec::new();
    for item in fields.list(&["time_intervals"], notes) {
        if let Some(item) = Fields::of(item, notes) {
            times.push(of_calendar(item, notes));
        }
    }
    fields.rest_unknown(notes);
    let Some(name) = name else {
        notes.add(Note::at(at, "is missing").below("name"));
        return None;
    };
    if times.is_empty() {
        let note = Note::at(at, "an interval without times never is");
        notes.add(note.hint("it is left out, and so is what refers to it"));
        return None;
    }
    let mut entry = Entry::default();
    entry.put("name", json!(in_name(name.text)));
    entry.put("times", times.into());
    Some(entry)
}

fn of_calendar(mut fields: Fields<'_>, notes: &mut Notes) -> Json {
    let mut found = serde_json::Map::new();
    let mut clock = Vec::new();
    for range in fields.list(&["times"], notes) {
        let Some(mut range) = Fields::of(range, notes) else { continue };
        let (from, until) = (range.text(&["start_time"], notes), range.text(&["end_time"], notes));
        range.rest_unknown(notes);
        if let (Some(from), Some(until)) = (from, until) {
            clock.push(format!("{}-{}", from.text, until.text));
        }
    }
    for (theirs, ours) in
        [("weekdays", "days"), ("days_of_month", "days_of_month"), ("months", "months"), ("years", "years")]
    {
        let texts = texts(fields.list(&[theirs], notes), notes);
        if !texts.is_empty() {
            found.insert(ours.to_owned(), one_or_more(texts));
        }
    }
    if !clock.is_empty() {
        found.insert("clock".to_owned(), one_or_more(clock));
    }
    if let Some(zone) = fields.text(&["location"], notes) {
        if zone.text == "Local" {
            let note = Note::at(zone.at, "there is no local time here; it is taken for UTC");
            notes.add(note.hint("write the zone into the result, such as Europe/Berlin"));
        } else {
            found.insert("zone".to_owned(), json!(zone.text));
        }
    }
    fields.rest_unknown(notes);
    Json::Object(found)
}
