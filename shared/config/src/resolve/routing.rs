//! Where alerts go: what routes inherit is written out, and what can never be is refused.

mod calendar;
mod held;
mod matchers;
mod reached;
mod tree;

pub(super) use calendar::known;
pub(crate) use matchers::services;
pub(crate) use tree::TIMING;

use domain::routing::Routing;

use super::Names;
use crate::document::Document;
use crate::notes::{Note, Notes};
use crate::read::Given;

/// Rules by which alerts hold back others; each is asked for each alert.
const INHIBITIONS_MAX: usize = 500;
/// Intervals, and planned work; nobody reads more.
const INTERVALS_MAX: usize = 200;

/// The routes of all documents, as children of a root that takes what none of them does.
pub(super) fn resolve(documents: &[Document], names: &Names, notes: &mut Notes) -> Routing {
    let root = tree::root(documents, names, notes);
    let mut routing = Routing::new(root);
    let inhibitions: Vec<_> = documents.iter().flat_map(|document| document.inhibitions.items()).collect();
    let intervals: Vec<_> = documents.iter().flat_map(|document| document.intervals.items()).collect();
    let maintenance: Vec<_> = documents.iter().flat_map(|document| document.maintenance.items()).collect();
    refuse_many(&inhibitions, INHIBITIONS_MAX, "inhibitions", notes);
    refuse_many(&intervals, INTERVALS_MAX, "intervals", notes);
    refuse_many(&maintenance, INTERVALS_MAX, "times of maintenance", notes);
    routing.inhibitions = inhibitions.iter().filter_map(|given| held::inhibition(given, names, notes)).collect();
    routing.intervals = intervals.iter().filter_map(|given| calendar::interval(given, notes)).collect();
    routing.planned = maintenance.iter().filter_map(|given| held::planned(given, names, notes)).collect();
    routing
}

/// Notes the first of `items` that is one too many.
fn refuse_many<T>(items: &[&Given<T>], most: usize, what: &str, notes: &mut Notes) {
    if let Some(given) = items.get(most) {
        let note = Note::at(given.at, format!("{} {what} are more than {most}", items.len()));
        notes.add(note.hint("say more with each, by regular expressions"));
    }
}
