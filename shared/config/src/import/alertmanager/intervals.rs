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
    let items = fields.items(&["time_intervals"], notes);
    let read = |item: &Node| of_calendar(Fields::of(item, notes)?, notes);
    let times: Option<Vec<Option<Json>>> = items.map(|items| items.iter().map(read).collect());
    let times: Option<Vec<Json>> = times.and_then(|times| times.into_iter().collect());
    fields.rest_unknown(notes);
    let Some(name) = name else {
        notes.add(Note::at(at, "is missing").below("name"));
        return None;
    };
    let Some(times) = times else {
        let lost = Note::at(at, "the interval is not imported: not all of its times can be read");
        notes.add(lost.hint("write it by hand under intervals; what refers to it is silent at no time"));
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

/// Times of the calendar; `None` once what cannot be read is noted, since without it they would be more.
fn of_calendar(mut fields: Fields<'_>, notes: &mut Notes) -> Option<Json> {
    let mut found = serde_json::Map::new();
    let mut is_whole = true;
    let mut clock = Vec::new();
    let ranges = fields.items(&["times"], notes);
    is_whole &= ranges.is_some();
    for range in ranges.unwrap_or_default() {
        match of_clock(range, notes) {
            Some(range) => clock.push(range),
            None => is_whole = false,
        }
    }
    for (theirs, ours) in
        [("weekdays", "days"), ("days_of_month", "days_of_month"), ("months", "months"), ("years", "years")]
    {
        match fields.items(&[theirs], notes).and_then(|items| texts(items, notes)) {
            Some(texts) if texts.is_empty() => {}
            Some(texts) => drop(found.insert(ours.to_owned(), one_or_more(texts))),
            None => is_whole = false,
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
    is_whole.then_some(Json::Object(found))
}

/// A part of the day, such as 09:00-17:00.
fn of_clock(node: &Node, notes: &mut Notes) -> Option<String> {
    let mut range = Fields::of(node, notes)?;
    let mut end = |name: &'static str, notes: &mut Notes| {
        let end = range.text(&[name], notes);
        if end.is_none() {
            notes.add(Note::at(node.at, "is missing, or no time of the clock").below(name));
        }
        end.map(|end| end.text)
    };
    let (from, until) = (end("start_time", notes), end("end_time", notes));
    range.rest_unknown(notes);
    Some(format!("{}-{}", from?, until?))
}
