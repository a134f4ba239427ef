use std::fmt::Write;

use domain::units::Span;
use serde_json::{Value as Json, json};

use super::super::fields::{Fields, Text};
use super::super::words::name as in_name;
use super::matchers::{self, Words};
use super::written::Entry;
use super::{Known, one_or_more};
use crate::notes::{Note, Notes};
use crate::read::wrong_kind;
use crate::tree::{Node, Value};

/// All routes as they are written.
pub(super) struct Routes {
    pub(super) text: String,
    pub(super) count: usize,
}

/// What is not carried over lies a second below what is.
const SECOND_MS: u64 = 1000;

/// The root: its own fields hold for all, and for what no route takes.
pub(super) fn read(mut root: Fields<'_>, known: &Known, words: &mut Words, notes: &mut Notes) -> Routes {
    let mut grouping = Entry::default();
    match root.text(&["receiver"], notes) {
        Some(receiver) => grouping.put("channels", channels(receiver, known, notes)),
        None => notes.add(Note::at(root.at, "is missing").below("receiver").hint("what no route takes goes nowhere")),
    }
    // Ours groups by service and correlation unless it says otherwise.
    let group_by = root.take(&["group_by"]).map_or_else(Vec::new, |node| labels(node, notes));
    grouping.put("group_by", group_by.into());
    timing(&mut root, &mut grouping, notes);
    let children = root.list(&["routes"], notes);
    if root.is_true(&["continue"], notes) {
        notes.add(Note::at(root.at, "nothing stands behind the root").below("continue").hint("leave it out"));
    }
    root.rest(|_| Some(["the root takes everything, always", "leave it out, or write it at a route below"]), notes);
    let mut routes = Routes { text: String::new(), count: 0 };
    let _ = writeln!(routes.text, "grouping: {}", grouping.line());
    let mut below = String::new();
    for child in children {
        below.push_str(&one(child, 2, known, words, &mut routes.count, notes));
    }
    if !below.is_empty() {
        routes.text.push_str("routes:\n");
        routes.text.push_str(&below);
    }
    routes
}

/// A route and those below it, as an item of a list.
fn one(node: &Node, indent: usize, known: &Known, words: &mut Words, count: &mut usize, notes: &mut Notes) -> String {
    let Some(mut fields) = Fields::of(node, notes) else { return String::new() };
    let found = matchers::read(&mut fields, ["match", "match_re", "matchers"], words, notes);
    let mut entry = Entry::default();
    let Some(found) = found else {
        let lost = Note::at(node.at, "the route is not imported: not all of its matchers can be read");
        notes.add(lost.hint("write it by hand; what it took goes to the routes behind it"));
        return String::new();
    };
    if !found.is_empty() {
        entry.put("match", matchers::written(&found));
    }
    if let Some(receiver) = fields.text(&["receiver"], notes) {
        entry.put("channels", channels(receiver, known, notes));
    }
    if let Some(node) = fields.take(&["group_by"]) {
        entry.put("group_by", one_or_more(labels(node, notes)));
    }
    timing(&mut fields, &mut entry, notes);
    for (theirs, ours) in [("mute_time_intervals", "mute_in"), ("active_time_intervals", "active_in")] {
        let names = intervals(fields.list(&[theirs], notes), known, notes);
        if !names.is_empty() {
            entry.put(ours, one_or_more(names));
        }
    }
    if fields.is_true(&["continue"], notes) {
        entry.put("continue", json!(true));
    }
    let children = fields.list(&["routes"], notes);
    fields.rest_unknown(notes);
    if entry.0.is_empty() {
        // A route that says nothing takes everything, as the one around it would.
        entry.put("continue", json!(false));
    }
    *count += 1;
    let mut text = entry.item(indent);
    let mut below = String::new();
    for child in children {
        below.push_str(&one(child, indent + 4, known, words, count, notes));
    }
    if !below.is_empty() {
        let _ = writeln!(text, "{:indent$}  routes:\n{}", "", below.trim_end_matches('\n'));
    }
    text
}

/// The channels of a receiver.
fn channels(receiver: Text<'_>, known: &Known, notes: &mut Notes) -> Json {
    match known.receivers.channels_of(receiver.text) {
        Some(channels) => json!(channels),
        None => {
            let note = Note::at(receiver.at, format!("there is no receiver {:?} here", receiver.text));
            notes.add(note.value(receiver.text).hint("nobody is told in the result; write a channel and name it"));
            json!([])
        }
    }
}

fn intervals(items: &[Node], known: &Known, notes: &mut Notes) -> Vec<String> {
    let mut found = Vec::new();
    for item in items {
        let Value::Scalar(text) = &item.value else {
            wrong_kind(item, "the name of an interval", notes);
            continue;
        };
        let name = in_name(text);
        if known.intervals.contains(&name) {
            found.push(name);
        } else {
            let note = Note::at(item.at, format!("there is no interval {text:?} that could be imported"));
            notes.add(note.value(text).hint("write it under intervals"));
        }
    }
    found
}

/// Texts of a list; `None` once one that is something else is noted.
pub(super) fn texts(items: &[Node], notes: &mut Notes) -> Option<Vec<String>> {
    let mut text = |item: &Node| match &item.value {
        Value::Scalar(text) => Some(text.clone()),
        _ => {
            wrong_kind(item, "text", notes);
            None
        }
    };
    let found: Vec<Option<String>> = items.iter().map(&mut text).collect();
    found.into_iter().collect()
}

/// The labels of `group_by`, a list or one by itself.
fn labels(node: &Node, notes: &mut Notes) -> Vec<String> {
    let found = match &node.value {
        Value::List(items) => texts(items, notes),
        _ => texts(std::slice::from_ref(node), notes),
    };
    found.unwrap_or_default()
}

fn timing(fields: &mut Fields<'_>, entry: &mut Entry, notes: &mut Notes) {
    let limits = crate::resolve::TIMING;
    for (name, [least, most]) in
        [("group_wait", limits.wait), ("group_interval", limits.interval), ("repeat_interval", limits.repeat)]
    {
        let Some(given) = fields.text(&[name], notes) else { continue };
        let Some(span) = span(given.text) else {
            let note = Note::at(given.at, format!("{:?} is not a length of time", given.text)).value(given.text);
            notes.add(note.hint("write for example 5m"));
            continue;
        };
        let within = span.clamp(least, most);
        if within != span || given.text.contains("ms") {
            let note = Note::at(given.at, format!("{} becomes {within}", given.text)).value(given.text);
            notes.add(note.hint(format!("here it is {least} to {most}, in whole seconds")));
        }
        entry.put(name, Json::String(within.to_string()));
    }
}

/// A duration of Prometheus: `1h30m`, also with `ms` and `y`, which ours have not; a begun second counts.
fn span(text: &str) -> Option<Span> {
    let (mut total_ms, mut rest) = (0_u64, text);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let units = [("ms", 1), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800), ("y", 31_536_000)];
        let (unit, seconds) = units.into_iter().find(|(unit, _)| rest.starts_with(unit))?;
        let each = if unit == "ms" { 1 } else { seconds * SECOND_MS };
        total_ms = total_ms.saturating_add(number.saturating_mul(each));
        rest = &rest[unit.len()..];
    }
    if text.is_empty() {
        return None;
    }
    Some(Span::from_seconds(u32::try_from(total_ms.div_ceil(SECOND_MS)).unwrap_or(u32::MAX)))
}
