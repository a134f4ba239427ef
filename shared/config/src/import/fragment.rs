use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use super::Unsaid;
use crate::notes::{Note, Notes};
use crate::tree::Place;
use crate::yaml::flow;

/// Where nobody says where Prometheus is.
const PROMETHEUS_URL: &str = "https://prometheus.example.com";
/// The source of queries that do not say where they are asked.
const PROMETHEUS: &str = "prometheus";
/// Who owns what nobody does.
const OWNER: &str = "unassigned";

/// The configuration that is put together.
pub(super) struct Fragment {
    unsaid: Unsaid,
    sources: BTreeMap<String, Json>,
    services: BTreeMap<String, Service>,
    slos: Vec<Vec<(&'static str, Json)>>,
    /// Where a query was met that does not say where it is asked.
    asked: Option<Place>,
}

#[derive(Default)]
struct Service {
    owner: Option<String>,
    series: Vec<(String, Map<String, Json>)>,
}

impl Fragment {
    pub(super) fn new(unsaid: &Unsaid) -> Self {
        let (sources, services) = (BTreeMap::new(), BTreeMap::new());
        Self { unsaid: unsaid.clone(), sources, services, slos: Vec::new(), asked: None }
    }

    pub(super) fn slos(&self) -> usize {
        self.slos.len()
    }

    /// Adds a source; the first of a name stands.
    pub(super) fn source(&mut self, name: &str, fields: Json) {
        self.sources.entry(name.to_owned()).or_insert(fields);
    }

    pub(super) fn has_source(&self, name: &str) -> bool {
        self.sources.contains_key(name)
    }

    /// A Prometheus server of which nobody says where it is.
    pub(super) fn somewhere(&self) -> Json {
        let url = self.unsaid.prometheus.clone().unwrap_or_else(|| PROMETHEUS_URL.to_owned());
        json!({ "kind": "prometheus", "url": url })
    }

    /// The source of queries in `PromQL` that do not say where they are asked.
    pub(super) fn prometheus(&mut self, at: Place) -> String {
        self.asked.get_or_insert(at);
        PROMETHEUS.to_owned()
    }

    pub(super) fn service(&mut self, name: &str, owner: Option<&str>) {
        let service = self.services.entry(name.to_owned()).or_default();
        service.owner = service.owner.take().or(owner.map(str::to_owned));
    }

    /// Adds a series, and returns its name: one with equal fields is taken instead.
    pub(super) fn series(&mut self, service: &str, wanted: &str, fields: &Json) -> String {
        let fields = fields.as_object().cloned().unwrap_or_default();
        let known = &mut self.services.entry(service.to_owned()).or_default().series;
        if let Some((name, _)) = known.iter().find(|(_, known)| *known == fields) {
            return name.clone();
        }
        let taken = |name: &str| known.iter().any(|(known, _)| known == name);
        let numbered = (2_u32..).map(|number| format!("{wanted}-{number}"));
        let name = std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default();
        known.push((name.clone(), fields));
        name
    }

    pub(super) fn slo(&mut self, fields: Vec<(&'static str, Json)>) {
        self.slos.push(fields);
    }

    /// Whether an objective of that name is there already.
    pub(super) fn has_slo(&self, name: &str) -> bool {
        self.slos.iter().any(|slo| slo.iter().any(|(field, value)| *field == "name" && value == name))
    }

    /// Says what nobody has said.
    pub(super) fn finish(&mut self, notes: &mut Notes) {
        let Some(at) = self.asked.filter(|_| !self.sources.contains_key(PROMETHEUS)) else { return };
        if self.unsaid.prometheus.is_none() {
            let note = Note::at(at, "where Prometheus is asked stands nowhere");
            notes.add(note.hint(format!("say --prometheus URL, or correct {PROMETHEUS_URL} in the result")));
        }
        let source = self.somewhere();
        self.source(PROMETHEUS, source);
    }

    /// The configuration; empty without objectives.
    pub(super) fn text(&self) -> String {
        if self.slos.is_empty() {
            return String::new();
        }
        let mut text = "version: 1\nsources:\n".to_owned();
        for (name, fields) in &self.sources {
            let _ = writeln!(text, "  - {}", flow(&named(name, fields.as_object())));
        }
        text.push_str("services:\n");
        for (name, service) in &self.services {
            let owner = service.owner.as_ref().or(self.unsaid.owner.as_ref()).map_or(OWNER, String::as_str);
            let _ = writeln!(text, "  - name: {}\n    owner: {}", flow(&json!(name)), flow(&json!(owner)));
            if !service.series.is_empty() {
                text.push_str("    series:\n");
            }
            for (name, fields) in &service.series {
                let _ = writeln!(text, "      - {}", flow(&named(name, Some(fields))));
            }
        }
        text.push_str("slos:\n");
        for slo in &self.slos {
            for (index, (name, value)) in slo.iter().enumerate() {
                let _ = writeln!(text, "  {} {name}: {}", if index == 0 { "-" } else { " " }, flow(value));
            }
        }
        text
    }
}

/// The fields with the name.
fn named(name: &str, fields: Option<&Map<String, Json>>) -> Json {
    let mut all = Map::new();
    all.insert("name".to_owned(), json!(name));
    all.extend(fields.cloned().unwrap_or_default());
    Json::Object(all)
}
