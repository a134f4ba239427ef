//! Drills: each adds a series and a monitor of its own to its service, which nobody else can write.

use domain::drill::{ACKNOWLEDGE_WITHIN, Plan};
use domain::incident::Severity;
use domain::setup::Setup;
use domain::units::Span;

use super::{Names, checks};
use crate::document::{Document, Drill};
use crate::notes::{Note, Notes};
use crate::read::Given;

/// Drills of one installation: each calls people every week.
const DRILLS_MAX: usize = 50;

/// The plans, and what they add to the setup.
pub(super) fn add(setup: &mut Setup, documents: &[Document], names: &Names<'_>, settle: Span, notes: &mut Notes) {
    let all: Vec<&Given<Drill>> = documents.iter().flat_map(|document| document.drills.items()).collect();
    if let Some(given) = all.get(DRILLS_MAX) {
        notes.add(Note::at(given.at, format!("there are more than {DRILLS_MAX} drills")));
    }
    for given in &all {
        let Some(plan) = one(&given.value, &setup.drills, names, notes) else { continue };
        match (plan.series(), plan.monitor(settle)) {
            (Some(series), Some(monitor)) => {
                for service in setup.services.iter_mut().filter(|service| service.name == plan.service) {
                    service.series.push(series.id.clone());
                }
                setup.series.push(series);
                setup.monitors.push(monitor);
                setup.drills.push(plan);
            }
            _ => {
                let note = Note::at(given.at, "the name of the service leaves no room for that of its drill");
                notes.add(note.value(plan.service.as_str()).hint("drill a service with a shorter name"));
            }
        }
    }
    if !all.is_empty() {
        setup.sources.push(Plan::source());
    }
    if let (Some(given), true) = (all.first(), names.sources.has(Plan::source().name.as_str())) {
        let note = Note::at(given.at, "drills are read from a source of that name, and there is another one");
        notes.add(note.value(Plan::source().name.as_str()).hint("give the other one another name"));
    }
}

fn one(drill: &Drill, before: &[Plan], names: &Names<'_>, notes: &mut Notes) -> Option<Plan> {
    let given = drill.service.given()?;
    let is_known = names.services.check(&given.value, given.at, notes);
    if before.iter().any(|plan| plan.service.as_str() == given.value) {
        checks::twice(given, notes);
        return None;
    }
    let own = format!("{}/{}", given.value, Plan::SERIES);
    if names.series.has(&own) {
        let note = Note::at(given.at, "the series of this name is the drill's").value(&own);
        notes.add(note.hint("give the service's own series another name"));
        return None;
    }
    let least = [Span::MINUTE, Span::DAY];
    let within = checks::within_or(&drill.acknowledge_within, ACKNOWLEDGE_WITHIN, least, notes);
    Some(Plan {
        service: given.value.parse().ok().filter(|_| is_known)?,
        severity: drill.severity.or(Severity::Sev2)?,
        acknowledge_within: within?,
    })
}
