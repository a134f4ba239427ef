mod global;
mod kinds;

use std::collections::{BTreeMap, BTreeSet};

use super::super::fields::Fields;
use super::super::words::name as in_name;
use super::written::Entry;
use crate::notes::{Note, Notes};
use crate::tree::{Node, Value};
use global::Global;
use kinds::Wanted;

/// All that receivers become.
pub(super) struct Receivers {
    pub(super) channels: Vec<Entry>,
    by_name: BTreeMap<String, Vec<String>>,
}

impl Receivers {
    /// The channels of a receiver; none where it tells nobody.
    pub(super) fn channels_of(&self, receiver: &str) -> Option<&[String]> {
        self.by_name.get(receiver).map(Vec::as_slice)
    }
}

/// An integration of Alertmanager: its field of a receiver, and the word for it in names of channels.
const KINDS: [(&str, &str); 8] = [
    ("slack_configs", "slack"),
    ("pagerduty_configs", "pagerduty"),
    ("opsgenie_configs", "opsgenie"),
    ("msteams_configs", "teams"),
    ("msteamsv2_configs", "teams"),
    ("email_configs", "email"),
    ("sns_configs", "sms"),
    ("webhook_configs", "webhook"),
];

pub(super) fn read(items: &[Node], global: Option<&mut Fields<'_>>, notes: &mut Notes) -> Receivers {
    let global = Global::of(global, items, notes);
    let mut receivers = Receivers { channels: Vec::new(), by_name: BTreeMap::new() };
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for item in items {
        let Some(mut fields) = Fields::of(item, notes) else { continue };
        let Some(name) = fields.text(&["name"], notes) else {
            notes.add(Note::at(item.at, "is missing").below("name"));
            continue;
        };
        let found = integrations(&mut fields, notes);
        let mut names = Vec::new();
        for (node, word) in &found {
            let wanted = if found.len() == 1 { in_name(name.text) } else { in_name(&format!("{}-{word}", name.text)) };
            let free = unused(&wanted, &taken);
            let Some(integration) = Fields::of(node, notes) else { continue };
            let wanted = Wanted { name: &free, fields: integration };
            if let Some(entry) = kinds::read(word, wanted, &global, notes) {
                receivers.channels.push(entry);
                taken.insert(free.clone());
                names.push(free);
            }
        }
        fields.rest(|_| Some(REFUSED), notes);
        if receivers.by_name.contains_key(name.text) {
            let note = Note::at(name.at, "there is another receiver of that name").value(name.text);
            notes.add(note.hint("Alertmanager refuses this; routes lead to both here: leave one of them out"));
        }
        receivers.by_name.entry(name.text.to_owned()).or_default().extend(names);
    }
    receivers
}

const REFUSED: [&str; 2] =
    ["there is no channel of this kind", "write a webhook, or an e-mail address that it takes; else nobody is told"];

/// The integrations of a receiver that have a counterpart, with the word for each.
fn integrations<'n>(fields: &mut Fields<'n>, notes: &mut Notes) -> Vec<(&'n Node, &'static str)> {
    let mut found = Vec::new();
    for (field, word) in KINDS {
        let word_of = |node: &Node| if node.field("topic_arn").is_some() { "sns" } else { word };
        found.extend(fields.list(&[field], notes).iter().map(|node| (node, word_of(node))));
    }
    found
}

/// `wanted`, numbered where it is taken.
fn unused(wanted: &str, taken: &BTreeSet<String>) -> String {
    let numbered = (2_u32..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Whether any receiver has one of these integrations.
fn any(items: &[Node], field: &str) -> bool {
    items.iter().any(|item| item.field(field).is_some_and(|node| !matches!(node.value, Value::Nothing)))
}
