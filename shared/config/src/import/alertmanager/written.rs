use std::fmt::Write;

use serde_json::Value as Json;

use crate::yaml::flow;

/// A mapping whose fields keep their order.
#[derive(Default)]
pub(super) struct Entry(pub(super) Vec<(&'static str, Json)>);

impl Entry {
    /// Adds a field.
    pub(super) fn put(&mut self, field: &'static str, value: Json) {
        self.0.push((field, value));
    }

    /// Its name, where it has one.
    pub(super) fn name(&self) -> Option<&str> {
        self.0.iter().find(|(field, _)| *field == "name").and_then(|(_, value)| value.as_str())
    }

    /// On one line: `{ name: a, kind: slack }`.
    pub(super) fn line(&self) -> String {
        let fields: Vec<String> = self.0.iter().map(|(field, value)| format!("{field}: {}", flow(value))).collect();
        format!("{{ {} }}", fields.join(", "))
    }

    /// An item of a list, a field a line.
    pub(super) fn item(&self, indent: usize) -> String {
        let mut text = String::new();
        for (index, (field, value)) in self.0.iter().enumerate() {
            let dash = if index == 0 { "- " } else { "  " };
            let _ = writeln!(text, "{:indent$}{dash}{field}: {}", "", flow(value));
        }
        text
    }
}

/// `field` as a list with an item a line; empty without any.
pub(super) fn list(field: &str, entries: &[Entry]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut text = format!("{field}:\n");
    for entry in entries {
        let _ = writeln!(text, "  - {}", entry.line());
    }
    text
}
