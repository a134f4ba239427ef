use domain::incident::Severity;
use domain::response::Mode;
use domain::units::Span;

use super::Extent;
use super::checks::{unique, within};
use domain::notification::Inbound;

use super::channels;
use crate::document::{Document, PostMortem, Response, Retention};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};

/// The version of the format that is read.
const VERSION: u32 = 1;

const SETTLE: Span = Span::MINUTE;
const SETTLE_MAX: Span = Span::HOUR;

const LOOK_BACK: Span = Span::from_minutes(10);
/// A tick and the one before it.
const LOOK_BACK_MIN: Span = Span::from_minutes(2);
/// `CloudWatch` keeps periods below a minute so long. Source: `MetricStat`, `Period`, in its API reference.
const LOOK_BACK_MAX: Span = Span::from_minutes(180);

const KEEP_METRICS: Span = Span::DAY.times(15);
/// `CloudWatch` itself keeps hours so long.
const KEEP_METRICS_MAX: Span = Span::DAY.times(455);
const KEEP_INCIDENTS: Span = Span::DAY.times(400);
/// Ten years; longer is a slip of the pen.
const KEEP_INCIDENTS_MAX: Span = Span::DAY.times(3650);

const KEEP_EVENTS: Span = Span::DAY.times(30);
/// What is older is read from the archive.
const KEEP_EVENTS_MAX: Span = Span::DAY.times(365);
const DEFAULT_OWNER: &str = "unassigned";

/// What is said once for the whole configuration. After a mistake the default stands in, so that the rest can be
/// checked.
pub(super) struct Whole {
    pub(super) settle: Span,
    pub(super) look_back: Span,
    pub(super) response_enabled: bool,
    pub(super) default_mode: Mode,
    pub(super) default_owner: String,
    pub(super) post_mortem_severities: Vec<Severity>,
    pub(super) keep_metrics: Span,
    pub(super) keep_events: Span,
    pub(super) keep_incidents: Span,
    pub(super) inbound: Inbound,
}

impl Whole {
    pub(super) fn of(documents: &[Document], extent: Extent, notes: &mut Notes) -> Self {
        refuse_version(documents, extent, notes);
        refuse_empty(documents, extent, notes);
        let settle = only(documents, "settle", |document| &document.settle, notes);
        let look_back = only(documents, "look_back", |document| &document.look_back, notes);
        let settle_span = within(settle, Span::default(), SETTLE_MAX, notes).unwrap_or(SETTLE);
        let look_back_span = within(look_back, LOOK_BACK_MIN, LOOK_BACK_MAX, notes).unwrap_or(LOOK_BACK);
        if settle_span > look_back_span
            && let Some(at) = settle.or(look_back).map(|given| given.at)
        {
            let wrong = format!("settle {settle_span} is longer than look_back {look_back_span}");
            notes.add(Note::at(at, wrong).hint("a period must still be looked back at when it is judged"));
        }
        let response: Option<&Response> = value(only(documents, "response", |document| &document.response, notes));
        let post_mortem: Option<&PostMortem> =
            value(only(documents, "post_mortem", |document| &document.post_mortem, notes));
        let retention: Option<&Retention> = value(only(documents, "retention", |document| &document.retention, notes));
        let severities = post_mortem.and_then(|post_mortem| post_mortem.severities.value());
        let metrics = retention.and_then(|retention| retention.metrics.given());
        let events = retention.and_then(|retention| retention.events.given());
        let incidents = retention.and_then(|retention| retention.incidents.given());
        let inbound = only(documents, "inbound", |document| &document.inbound, notes);
        Self {
            inbound: channels::inbound(inbound),
            settle: settle_span,
            look_back: look_back_span,
            response_enabled: response.and_then(|r| r.enabled.value().copied()).unwrap_or(true),
            default_mode: response.and_then(|r| r.default_mode.value().copied()).unwrap_or_default(),
            default_owner: post_mortem
                .and_then(|post_mortem| post_mortem.default_owner.value().cloned())
                .unwrap_or_else(|| DEFAULT_OWNER.to_owned()),
            post_mortem_severities: severities
                .map_or_else(|| vec![Severity::Sev1, Severity::Sev2], |given| unique(given, notes)),
            keep_metrics: within(metrics, Span::DAY, KEEP_METRICS_MAX, notes).unwrap_or(KEEP_METRICS),
            keep_events: within(events, Span::DAY, KEEP_EVENTS_MAX, notes).unwrap_or(KEEP_EVENTS),
            keep_incidents: within(incidents, Span::DAY, KEEP_INCIDENTS_MAX, notes).unwrap_or(KEEP_INCIDENTS),
        }
    }
}

fn value<T>(given: Option<&Given<T>>) -> Option<&T> {
    given.map(|given| &given.value)
}

fn refuse_version(documents: &[Document], extent: Extent, notes: &mut Notes) {
    for (index, document) in documents.iter().enumerate() {
        match &document.version {
            Field::Absent => {
                if let Some(root) = extent.root.filter(|_| index == 0) {
                    let note = Note::at(root, "is missing").below("version");
                    notes.add(note.hint(format!("write \"version: {VERSION}\"")));
                }
            }
            Field::Given(given) if given.value != VERSION => {
                let wrong = format!("version {} is not known", given.value);
                let note = Note::at(given.at, wrong).value(&given.value.to_string());
                notes.add(note.hint(format!("this Tocsin reads version {VERSION}")));
            }
            _ => {}
        }
    }
}

/// A configuration of no services still tells what others send.
fn refuse_empty(documents: &[Document], extent: Extent, notes: &mut Notes) {
    let is_used = |document: &Document| !document.services.items().is_empty() || !document.channels.items().is_empty();
    if let Some(root) = extent.root
        && extent.whole
        && !documents.iter().any(is_used)
        && !notes.any()
    {
        let note = Note::at(root, "no service is watched, and nobody is told").below("services");
        notes.add(note.hint("declare a service, or the channels that alerts of others are told to"));
    }
}

/// A setting that may stand in one file only.
pub(super) fn only<'d, T>(
    documents: &'d [Document],
    name: &str,
    field: impl Fn(&'d Document) -> &'d Field<T>,
    notes: &mut Notes,
) -> Option<&'d Given<T>> {
    let mut first: Option<&Given<T>> = None;
    for given in documents.iter().filter_map(|document| field(document).given()) {
        if let Some(earlier) = first {
            let wrong = format!("{name:?} stands in another file too, at {}", notes.line(earlier.at));
            notes.add(Note::at(given.at, wrong).hint("keep one"));
        } else {
            first = Some(given);
        }
    }
    first
}
