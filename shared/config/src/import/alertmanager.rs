//! Alertmanager's configuration.
//!
//! Source: <https://prometheus.io/docs/alerting/latest/configuration/>, `config/config.go` and `config/notifiers.go`.

mod inhibitions;
mod intervals;
mod matchers;
mod receivers;
mod routes;
mod written;

use std::collections::BTreeSet;

use domain::id::ServiceName;
use serde_json::Value as Json;

use super::fields::Fields;
use crate::notes::{Note, Notes};
use crate::tree::{Node, Value};
use matchers::Words;
use receivers::Receivers;
use written::{Entry, list};

/// What the configuration becomes.
#[derive(Default)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) routes: usize,
    /// The services that routes and inhibitions ask for.
    pub(super) services: BTreeSet<ServiceName>,
}

/// What routes refer to.
struct Known {
    receivers: Receivers,
    intervals: BTreeSet<String>,
}

pub(super) fn read(documents: &[Node], notes: &mut Notes) -> Found {
    let mut found = Found::default();
    for (index, document) in documents.iter().enumerate() {
        if index == 0 {
            found = one(document, notes);
        } else if !matches!(document.value, Value::Nothing) {
            let note = Note::at(document.at, "a second document is not read");
            notes.add(note.hint("Alertmanager has one per file; import the other by itself"));
        }
    }
    found
}

fn one(document: &Node, notes: &mut Notes) -> Found {
    let Some(mut fields) = Fields::of(document, notes) else { return Found::default() };
    let mut global = fields.take(&["global"]).and_then(|global| Fields::of(global, notes));
    let receivers = receivers::read(fields.list(&["receivers"], notes), global.as_mut(), notes);
    if let Some(global) = global {
        global.rest(|field| Some(of_global(field)), notes);
    }
    let mut intervals: Vec<Entry> = Vec::new();
    for names in [["time_intervals"], ["mute_time_intervals"]] {
        intervals.extend(intervals::read(fields.list(&names, notes), notes));
    }
    let names = intervals.iter().filter_map(|interval| interval.name()).map(str::to_owned).collect();
    let known = Known { receivers, intervals: names };
    let mut words = Words::default();
    let root = fields.fields(&["route"], notes).map(|root| routes::read(root, &known, &mut words, notes));
    if root.is_none() {
        notes.add(Note::at(document.at, "is missing").below("route").hint("without it no alert goes anywhere"));
    }
    let inhibitions = inhibitions::read(fields.list(&["inhibit_rules"], notes), &mut words, notes);
    words.tell_services(notes);
    fields.rest(of_document, notes);
    let mut text = list("channels", &known.receivers.channels);
    let mut routes = 0;
    if let Some(root) = root {
        routes = root.count;
        text.push_str(&root.text);
    }
    text.push_str(&list("inhibitions", &inhibitions));
    text.push_str(&list("intervals", &intervals));
    if !text.is_empty() {
        text.insert_str(0, "version: 1\n");
    }
    Found { text, routes, services: words.services() }
}

/// Why fields are not carried over, and what to do.
fn of_document(field: &str) -> Option<[&'static str; 2]> {
    Some(match field {
        "templates" => [
            "templates of Go are not read",
            "write template: { title, body } for a channel, in Jinja; see tocsin preview",
        ],
        "tracing" => ["there is nothing to trace to", "leave it out: functions are traced by AWS X-Ray"],
        _ => return None,
    })
}

fn of_global(field: &str) -> [&'static str; 2] {
    match field {
        "resolve_timeout" => [
            "an alert whose sender falls silent ends by its endsAt",
            "leave it out; docs/senders.md says how long alerts without one fire",
        ],
        "http_config" => ["notifications go out from AWS directly", "leave it out"],
        name if name.starts_with("smtp") => [
            "mail goes out by Amazon SES",
            "verify the sender's address or domain in SES; nobody signs in to a mail server",
        ],
        _ => ["belongs to receivers that have no counterpart", "leave it out"],
    }
}

/// A list of texts, or one by itself where the list would have one.
fn one_or_more(mut texts: Vec<String>) -> Json {
    if texts.len() == 1 { Json::String(texts.remove(0)) } else { texts.into() }
}
