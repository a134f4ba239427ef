use domain::response::{RateLimit, Runbook as Resolved, RunbookMatch, Step as ResolvedStep};
use domain::units::Span;

use super::known::Known;
use super::whole::Whole;
use super::{Names, OWN_SERVICE, checks};
use crate::document::{Document, Limit, Match, Runbook, Step};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};

const MOVED_WITHIN: Span = Span::HOUR;
const VERIFY_WITHIN: Span = Span::from_minutes(10);
/// A check is made each minute.
const VERIFY_MIN: Span = Span::MINUTE;
const VERIFY_MAX: Span = Span::DAY;
const LIMIT: RateLimit = RateLimit { count: 1, per: Span::HOUR };

pub(super) fn resolve(documents: &[Document], names: &Names, whole: &Whole, notes: &mut Notes) -> Vec<Resolved> {
    let all = || documents.iter().flat_map(|document| document.runbooks.items());
    let declared = all().filter_map(|runbook| {
        let name = runbook.value.name.given()?;
        Some((name.value.to_string(), name.at, ()))
    });
    Known::of("runbook", true, declared, notes);
    all().filter_map(|runbook| one(&runbook.value, names, whole, notes)).collect()
}

fn one(runbook: &Runbook, names: &Names, whole: &Whole, notes: &mut Notes) -> Option<Resolved> {
    let matches = runbook.matches.given().and_then(|given| matched(&given.value, names, notes));
    let steps = runbook.steps.given().map(|given| {
        if given.value.is_empty() {
            notes.add(Note::at(given.at, "there is no step").hint("write at least one"));
        }
        let steps = given.value.iter().filter_map(|given| step(&given.value, whole, notes));
        steps.collect()
    });
    Some(Resolved { name: runbook.name.value()?.clone(), matches: matches?, steps: steps? })
}

fn matched(wanted: &Match, names: &Names, notes: &mut Notes) -> Option<RunbookMatch> {
    let service = wanted.service.given();
    let known =
        service.is_none_or(|given| given.value == OWN_SERVICE || names.services.check(&given.value, given.at, notes));
    let monitor = wanted.monitor.given();
    let found = monitor.and_then(|given| names.monitors.find(&given.value, given.at, notes));
    if let (Some(service), Some(monitor), Some(found)) = (service, monitor, found)
        && let Some(judged) = found.value.service.value()
        && known
        && *judged != service.value
    {
        let wrong = format!("the monitor {:?} judges {judged:?}, not {:?}", monitor.value, service.value);
        let note = Note::at(monitor.at, wrong).value(&monitor.value);
        notes.add(note.hint("leave \"service\" out, or name another monitor"));
    }
    let labels = checks::labels(&wanted.labels, notes);
    Some(RunbookMatch {
        service: parsed(&wanted.service)?,
        monitor: parsed(&wanted.monitor)?,
        severities: severities(&wanted.severity, notes)?,
        labels: labels?,
    })
}

/// A name that was found, and so is one.
#[expect(clippy::option_option, reason = "the outer one means that a mistake was noted")]
fn parsed<T: std::str::FromStr>(field: &Field<String>) -> Option<Option<T>> {
    match field.optional()? {
        Some(name) => Some(Some(name.parse().ok()?)),
        None => Some(None),
    }
}

/// The severities, any if none is written.
pub(super) fn severities(
    field: &Field<crate::read::OneOrMore<domain::incident::Severity>>,
    notes: &mut Notes,
) -> Option<Vec<domain::incident::Severity>> {
    match field {
        Field::Absent => Some(Vec::new()),
        Field::Mistaken => None,
        Field::Given(given) => Some(checks::unique(&given.value, notes)),
    }
}

fn step(step: &Step, whole: &Whole, notes: &mut Notes) -> Option<ResolvedStep> {
    let moved = [Span::MINUTE, whole.keep_incidents];
    let moved_within = checks::within_or(&step.moved_within, MOVED_WITHIN, moved, notes);
    let verify_within = checks::within_or(&step.verify_within, VERIFY_WITHIN, [VERIFY_MIN, VERIFY_MAX], notes);
    let limit = match &step.limit {
        Field::Absent => Some(LIMIT),
        Field::Mistaken => None,
        Field::Given(given) => limit(given, whole, notes),
    };
    Some(ResolvedStep {
        action: *step.action.value()?,
        mode: step.mode.or(whole.default_mode)?,
        moved_within: moved_within?,
        verify_within: verify_within?,
        limit: limit?,
    })
}

fn limit(given: &Given<Limit>, whole: &Whole, notes: &mut Notes) -> Option<RateLimit> {
    let Limit { count, per, .. } = &given.value;
    if let Some(count) = count.given()
        && count.value == 0
    {
        let note = Note::at(count.at, "0 times is never").value("0");
        notes.add(note.hint("write at least 1, or mode: off"));
    }
    let per = checks::within(per.given(), Span::MINUTE, whole.keep_incidents, notes);
    Some(RateLimit { count: *count.value()?, per: per? })
}
