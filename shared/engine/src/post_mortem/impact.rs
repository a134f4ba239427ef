use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::Series;
use domain::monitor::{Monitor, Signal};
use domain::report::Impact;
use domain::units::{Span, Time};

use crate::root_cause::{Case, counts_events};

/// Samples may end this long before the resolve: settling, the pace of a healthy service and the resolve itself.
const TAIL: Span = Span::from_minutes(10);

/// What it cost: the requests of the service's error ratio, summed over the periods from the first breach to the
/// resolve. What cannot be counted is said to be missing.
pub(super) fn impact(case: &Case<'_>, resolved_at: Time) -> Impact {
    let incident = case.incident;
    let worst = incident.alerts.iter().filter(|alert| alert.reading.is_some());
    let worst = worst.min_by_key(|alert| alert.severity).and_then(|alert| alert.reading.as_ref());
    let mut impact = Impact {
        lasted: resolved_at.since(incident.opened_at),
        requests: None,
        failed: None,
        worst: worst.map(ToString::to_string),
        missing: Vec::new(),
    };
    match ratio(case) {
        Some(ratio) => count(case, &ratio, resolved_at, &mut impact),
        None => impact.missing.push(format!(
            "Requests and failures are not counted: {} has no monitor of a ratio whose series count them.",
            incident.service
        )),
    }
    impact
}

/// The part and the whole of a ratio of requests.
struct Ratio<'a> {
    part: &'a Series,
    whole: &'a Series,
    /// Whether the part is what went well, since less of it is worse.
    part_is_good: bool,
}

/// The ratio of the monitor that fired, else that of another monitor of the service, by name.
fn ratio<'a>(case: &Case<'a>) -> Option<Ratio<'a>> {
    let incident = case.incident;
    let fired = |monitor: &Monitor| {
        let position = incident.alerts.iter().position(|alert| alert.name == monitor.name.as_str());
        position.unwrap_or(usize::MAX)
    };
    let mut monitors: Vec<&Monitor> = case.setup.monitors.iter().filter(|m| m.service == incident.service).collect();
    monitors.sort_by(|a, b| fired(a).cmp(&fired(b)).then_with(|| a.name.cmp(&b.name)));
    monitors.into_iter().find_map(|monitor| {
        let Signal::Ratio { numerator, denominator } = &monitor.signal else {
            return None;
        };
        let (part, whole) = (case.setup.series(numerator)?, case.setup.series(denominator)?);
        let part_is_good = monitor.more_is_worse() == Some(false);
        (counts_events(part) && counts_events(whole)).then_some(Ratio { part, whole, part_is_good })
    })
}

fn count(case: &Case<'_>, ratio: &Ratio<'_>, resolved_at: Time, impact: &mut Impact) {
    let from = case.incident.opened_at.floor(ratio.whole.period);
    let samples = |id: &SeriesId| -> BTreeMap<Time, f64> { case.history.samples(id, from, resolved_at).collect() };
    let (whole, part) = (samples(&ratio.whole.id), samples(&ratio.part.id));
    impact.requests = (!whole.is_empty()).then(|| whole.values().sum());
    impact.failed = failed(ratio, &whole, &part);
    for (series, samples) in [(ratio.whole, &whole), (ratio.part, &part)] {
        impact.missing.push(extent(case, series, samples, from, resolved_at));
    }
    if impact.failed > impact.requests {
        impact.failed = None;
        impact.missing.push(format!("Failures are not counted: {} exceeds {}.", ratio.part.id, ratio.whole.id));
    }
}

fn failed(ratio: &Ratio<'_>, whole: &BTreeMap<Time, f64>, part: &BTreeMap<Time, f64>) -> Option<f64> {
    if part.is_empty() {
        return None;
    }
    Some(if ratio.part_is_good {
        whole.iter().filter_map(|(at, whole)| part.get(at).map(|good| whole - good)).sum()
    } else {
        part.values().sum()
    })
}

/// A sentence about which periods of `[from, until)` the sum holds, and which it does not.
fn extent(case: &Case<'_>, series: &Series, samples: &BTreeMap<Time, f64>, from: Time, until: Time) -> String {
    let id = &series.id;
    let Some((last, _)) = samples.last_key_value() else {
        return format!("{id} has no stored samples between {from} and {until}.");
    };
    let (mut unread, mut empty, mut periods) = (0, 0, 0);
    let mut at = from;
    while at <= *last {
        periods += 1;
        match (samples.contains_key(&at), case.history.was_read(id, at)) {
            (true, _) => {}
            (false, true) => empty += 1,
            (false, false) => unread += 1,
        }
        at = at + series.period;
    }
    let end = *last + series.period;
    let holes = match (unread, empty) {
        (0, 0) => String::new(),
        (unread, 0) => format!("; {unread} of its {periods} periods were not read"),
        (0, empty) => format!("; {empty} of its {periods} periods had no data"),
        (unread, empty) => format!("; of its {periods} periods {unread} were not read and {empty} had no data"),
    };
    let cut =
        if until.since(end) > TAIL { ", long before the resolve" } else { ", the last period read before the resolve" };
    format!("{id} is counted up to {end}{cut}{holes}.")
}
