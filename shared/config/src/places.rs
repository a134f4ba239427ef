use std::collections::{BTreeMap, HashMap};

use domain::id::MonitorName;

use crate::document::{Condition, Document, Monitor, Route, Runbook, Source};
use crate::notes::Notes;
use crate::read::{Field, Given};
use crate::tree::{Node, Place, Spot, name_fields};

/// Where something is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Location {
    /// The file, as it was named to the loader.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// The path of the field, such as `monitors[3].conditions[0].when`; empty for the file as a whole.
    pub field: String,
}

/// Where the parts of a setup are written.
///
/// A part is named by its kind and its name: `monitors/shop-errors`, `monitors/shop-errors/when/SEV2`,
/// `series/shop/errors`, `services/shop`, `routes/0`, `routes/0/2` below it, `inhibitions/0`, `maintenance/0`,
/// `people/ann`, `escalations/shop/steps/0`. What comes with a resource is where the resource is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places {
    root: Location,
    parts: BTreeMap<String, Location>,
}

impl Places {
    /// Where `part` is written; a part that is not known by itself is where what it belongs to is.
    pub fn find(&self, part: &str) -> &Location {
        let mut part = part;
        loop {
            if let Some(found) = self.parts.get(part) {
                return found;
            }
            match part.rsplit_once('/') {
                Some((whole, _)) => part = whole,
                None => return &self.root,
            }
        }
    }

    /// The places of what `documents` declare.
    pub(crate) fn of(documents: &[Document], notes: &Notes, trees: &[Option<Node>]) -> Self {
        let mut found = Found::default();
        for document in documents {
            found.document(document);
        }
        let spot = |place: Place| Spot { place, key: false };
        let mut fields: HashMap<Spot, String> = found.parts.values().map(|at| (spot(*at), String::new())).collect();
        for tree in trees.iter().flatten() {
            name_fields(tree, &mut fields);
        }
        let location = |place: Place| Location {
            file: notes.file(place).to_owned(),
            line: place.line,
            column: place.column,
            field: fields.get(&spot(place)).cloned().unwrap_or_default(),
        };
        let root = location(Place { file: 0, line: 1, column: 1 });
        Self { root, parts: found.parts.iter().map(|(part, at)| (part.clone(), location(*at))).collect() }
    }
}

#[derive(Default)]
struct Found {
    parts: BTreeMap<String, Place>,
    routes: usize,
    inhibitions: usize,
    planned: usize,
}

impl Found {
    fn add(&mut self, part: String, at: Place) {
        self.parts.entry(part).or_insert(at);
    }

    fn named<T: ToString>(&mut self, kind: &str, name: &Field<T>, at: Place) -> Option<String> {
        let part = format!("{kind}/{}", name.value()?.to_string());
        self.add(part.clone(), at);
        Some(part)
    }

    fn document(&mut self, document: &Document) {
        for source in document.sources.items() {
            self.source(source);
        }
        for service in document.services.items() {
            let Some(name) = service.value.name.value() else { continue };
            self.add(format!("services/{name}"), service.at);
            for series in service.value.series.items() {
                self.named(&format!("series/{name}"), &series.value.name, series.at);
            }
        }
        for monitor in document.monitors.items() {
            self.monitor(monitor);
        }
        for slo in document.slos.items() {
            self.named("slos", &slo.value.name, slo.at);
        }
        for runbook in document.runbooks.items() {
            self.runbook(runbook);
        }
        for channel in document.channels.items() {
            let part = self.named("channels", channel.value.name(), channel.at);
            if let (Some(part), Some(template)) = (part, channel.value.template().given()) {
                self.add(format!("{part}/template"), template.at);
            }
        }
        for route in document.routes.items() {
            self.route(format!("routes/{}", self.routes), route);
            self.routes += 1;
        }
        for interval in document.intervals.items() {
            self.named("intervals", &interval.value.name, interval.at);
        }
        for inhibition in document.inhibitions.items() {
            self.add(format!("inhibitions/{}", self.inhibitions), inhibition.at);
            self.inhibitions += 1;
        }
        for planned in document.maintenance.items() {
            self.add(format!("maintenance/{}", self.planned), planned.at);
            self.planned += 1;
        }
        for person in document.people.items() {
            self.named("people", &person.value.name, person.at);
        }
        for escalation in document.escalations.items() {
            let part = self.named("escalations", &escalation.value.name, escalation.at);
            for (index, step) in escalation.value.steps.items().iter().enumerate() {
                self.add(format!("{}/steps/{index}", part.as_deref().unwrap_or_default()), step.at);
            }
        }
        if let Some(grouping) = document.grouping.given() {
            self.add("grouping".to_owned(), grouping.at);
        }
        if let Some(response) = document.response.given() {
            self.add("response".to_owned(), response.at);
        }
    }

    /// A route, and those below it as `routes/0/2`.
    fn route(&mut self, part: String, route: &Given<Route>) {
        for (index, below) in route.value.routes.items().iter().enumerate() {
            self.route(format!("{part}/{index}"), below);
        }
        self.add(part, route.at);
    }

    fn source(&mut self, source: &Given<Source>) {
        self.named("sources", source.value.name(), source.at);
    }

    fn monitor(&mut self, monitor: &Given<Monitor>) {
        let name: Option<&MonitorName> = monitor.value.name.value();
        let Some(name) = name else { return };
        self.add(format!("monitors/{name}"), monitor.at);
        for condition in monitor.value.conditions.items() {
            let Condition { severity, when, recover } = &condition.value;
            let Some(severity) = severity.value() else { continue };
            let at = |field: Option<Place>| field.unwrap_or(condition.at);
            self.add(format!("monitors/{name}/when/{severity}"), at(when.given().map(|given| given.at)));
            self.add(format!("monitors/{name}/recover/{severity}"), at(recover.given().map(|given| given.at)));
        }
    }

    fn runbook(&mut self, runbook: &Given<Runbook>) {
        let Some(part) = self.named("runbooks", &runbook.value.name, runbook.at) else { return };
        for (index, step) in runbook.value.steps.items().iter().enumerate() {
            self.add(format!("{part}/steps/{index}"), step.at);
        }
    }
}
