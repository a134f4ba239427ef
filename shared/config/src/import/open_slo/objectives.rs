use domain::slo::Period;
use domain::units::Span;
use serde_json::{Map, Value as Json, json};

use super::super::fields::{Fields, Text};
use super::super::fragment::Fragment;
use super::super::words::{name, percent};
use super::metrics::{Reads, Wanted, series};
use super::{Object, Objects, alerts, inline};
use crate::notes::{Note, Notes};
use crate::tree::{Node, Place};

/// The period where no window is given; the specification names none.
const PERIOD: Span = Span::DAY.times(30);

/// What all objectives of one document share.
struct Shared<'n> {
    name: String,
    service: String,
    description: Option<&'n str>,
    labels: Map<String, Json>,
    /// The fields that say over which time.
    window: Vec<(&'static str, Json)>,
    burn_alerts: Json,
    slices: bool,
}

pub(super) fn read(object: &Object<'_>, objects: &Objects<'_>, fragment: &mut Fragment, notes: &mut Notes) {
    let refuse = |notes: &mut Notes| {
        notes.add(Note::at(object.name.at, format!("the objective {:?} is not imported", object.name.text)));
    };
    let Some(mut spec) = object.spec.and_then(|spec| Fields::of(spec, notes)) else { return refuse(notes) };
    let at = spec.at;
    let service = spec.text(&["service"], notes);
    let description = spec.text(&["description"], notes).map(|text| text.text).or(object.title);
    let indicator = indicator(&mut spec, objects, notes);
    let window = window(&mut spec, notes);
    let method = spec.text(&["budgetingMethod"], notes);
    let promised = spec.list(&["objectives"], notes);
    let policies = spec.list(&["alertPolicies"], notes);
    spec.rest_unknown(notes);
    let slices = match method.map(|method| (method.at, method.text)) {
        None | Some((_, "Occurrences")) => Some(false),
        Some((_, "Timeslices")) => Some(true),
        Some((at, other)) => {
            let note = Note::at(at, format!("the budgeting method {other:?} has no counterpart")).value(other);
            notes.add(note.hint("write Occurrences, or Timeslices with a timeSliceTarget"));
            None
        }
    };
    for (missing, field) in [(service.is_none(), "service"), (promised.is_empty(), "objectives")] {
        if missing {
            notes.add(Note::at(at, "is missing").below(field));
        }
    }
    let (Some(service), Some(indicator), Some(window), Some(slices)) = (service, indicator, window, slices) else {
        return refuse(notes);
    };
    let burn_alerts = alerts::read(policies, (at, objects), notes);
    let labels = object.labels.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let service = name(service.text);
    fragment.service(&service, None);
    let own = name(object.name.text);
    let shared = Shared { name: own, service, description, labels, window, burn_alerts, slices };
    for (index, objective) in promised.iter().enumerate() {
        let number = (promised.len() > 1).then_some(index + 1);
        if one(objective, number, indicator, &shared, (objects, fragment), notes).is_none() {
            refuse(notes);
        }
    }
}

/// The specification of the indicator, which stands there or elsewhere.
fn indicator<'n>(spec: &mut Fields<'n>, objects: &Objects<'n>, notes: &mut Notes) -> Option<&'n Node> {
    let (own, reference) = (spec.fields(&["indicator"], notes), spec.text(&["indicatorRef"], notes));
    let at = spec.at;
    match (own, reference) {
        (Some(mut own), _) => {
            let object = inline(&mut own, Some("SLI"), notes)?;
            own.rest_unknown(notes);
            object.spec
        }
        (None, Some(reference)) => objects.find("SLI", reference, notes)?.spec,
        (None, None) => {
            notes.add(Note::at(at, "is missing").below("indicator").hint("write indicator or indicatorRef"));
            None
        }
    }
}

/// Over which time; the outer `None` once it is noted why that cannot be said.
fn window(spec: &mut Fields<'_>, notes: &mut Notes) -> Option<Vec<(&'static str, Json)>> {
    let at = spec.at;
    let [window] = spec.list(&["timeWindow"], notes) else {
        let note = Note::at(at, format!("without exactly one time window the period is {PERIOD}"));
        notes.add(note.below("timeWindow"));
        return Some(vec![("period", json!(PERIOD.to_string()))]);
    };
    let mut window = Fields::of(window, notes)?;
    let (duration, rolling) = (window.text(&["duration"], notes), window.is_true(&["isRolling"], notes));
    let calendar = window.fields(&["calendar"], notes);
    let at = window.at;
    window.rest_unknown(notes);
    let Some(duration) = duration else {
        notes.add(Note::at(at, "is missing").below("duration"));
        return None;
    };
    if rolling {
        return rolling_of(duration, notes).map(|span| vec![("period", json!(span.to_string()))]);
    }
    let unit = match duration.text {
        "1d" => "day",
        "1w" => "week",
        "1M" => "month",
        "1Q" | "3M" => "quarter",
        other => {
            let note = Note::at(duration.at, format!("the calendar has no period of {other}")).value(other);
            let hint = if other.ends_with('m') { "m is minutes; a month is 1M" } else { "write 1d, 1w, 1M or 1Q" };
            notes.add(note.hint(hint));
            return None;
        }
    };
    let mut found = json!({ "unit": unit });
    if let Some(mut calendar) = calendar {
        if let Some(zone) = calendar.text(&["timeZone"], notes) {
            found["zone"] = json!(zone.text);
        }
        if let Some(start) = calendar.text(&["startTime"], notes)
            && !is_turn(unit, start.text)
        {
            let note = Note::at(start.at, format!("a {unit} begins when the calendar says, not at this time"));
            notes.add(note.value(start.text).hint("the budget is whole again at midnight, on Monday for a week"));
        }
        calendar.rest_unknown(notes);
    }
    Some(vec![("calendar", found)])
}

/// Whether a period of the calendar begins at `start`, as far as its text shows.
fn is_turn(unit: &str, start: &str) -> bool {
    let (date, clock) = start.split_once([' ', 'T']).unwrap_or((start, "00:00:00"));
    let midnight = clock.trim_start_matches("00").trim_start_matches(":00").is_empty();
    let first = date.ends_with("-01");
    midnight && (matches!(unit, "day" | "week") || first)
}

fn rolling_of(duration: Text<'_>, notes: &mut Notes) -> Option<Span> {
    let days = |days: u32| Some(Span::DAY.times(days));
    let span = match duration.text {
        "1M" => days(30),
        "2M" => days(60),
        "3M" | "1Q" => days(90),
        other => other.parse().ok(),
    };
    if span.is_some() && duration.text.ends_with(['M', 'Q']) {
        let note = Note::at(duration.at, "a rolling window has a fixed length: a month is taken for 30 days");
        notes.add(note.value(duration.text));
    }
    let fits = span.filter(|span| (Period::ROLLING_MIN..=Period::ROLLING_MAX).contains(span));
    if fits.is_none() {
        let wrong = format!("{:?} is not between {} and {}", duration.text, Period::ROLLING_MIN, Period::ROLLING_MAX);
        notes.add(Note::at(duration.at, wrong).value(duration.text).hint("write for example 30d"));
    }
    fits
}

fn one(
    objective: &Node,
    number: Option<usize>,
    indicator: &Node,
    shared: &Shared<'_>,
    (objects, fragment): (&Objects<'_>, &mut Fragment),
    notes: &mut Notes,
) -> Option<()> {
    let mut fields = Fields::of(objective, notes)?;
    let title = fields.text(&["displayName"], notes);
    let target = fields.number(&["target"], notes).map(|(_, share)| share);
    let target = target.or(fields.number(&["targetPercent"], notes).map(|(_, share)| share / 100.0));
    let at = fields.at;
    let Some(target) = target else {
        notes.add(Note::at(at, "is missing").below("target").hint("write target or targetPercent"));
        return None;
    };
    let limit = Limit::of(&mut fields, shared.slices, notes);
    fields.rest_unknown(notes);
    let own = number.map_or_else(|| shared.name.clone(), |number| format!("{}-{number}", shared.name));
    let indicator = measured(indicator, (&own, shared), &limit, (objects, fragment), notes)?;
    let mut parts = vec![("name", json!(own)), ("service", json!(shared.service))];
    let title = title.filter(|_| number.is_some()).map(|title| title.text);
    let description = match (shared.description, title) {
        (Some(description), Some(title)) => Some(format!("{title}: {description}")),
        (description, title) => description.or(title).map(str::to_owned),
    };
    parts.extend(description.map(|description| ("description", json!(description))));
    parts.push(("indicator", indicator));
    parts.push(("objective", json!(percent(target))));
    parts.extend(shared.window.iter().cloned());
    parts.push(("burn_alerts", shared.burn_alerts.clone()));
    if !shared.labels.is_empty() {
        parts.push(("labels", Json::Object(shared.labels.clone())));
    }
    fragment.slo(parts);
    Some(())
}

/// What makes an event or a slice good.
struct Limit {
    at: Place,
    /// `< 500`
    good: Option<String>,
    /// The share of good events that makes a slice good.
    slice: Option<f64>,
    period: Span,
}

impl Limit {
    fn of(fields: &mut Fields<'_>, slices: bool, notes: &mut Notes) -> Self {
        let at = fields.at;
        let (operator, value) = (fields.text(&["op"], notes), fields.number(&["value"], notes));
        let slice = fields.number(&["timeSliceTarget"], notes).map(|(_, share)| share);
        let window = fields.text(&["timeSliceWindow"], notes);
        // A bare number is minutes.
        let span = |text: &str| text.parse().ok().or_else(|| format!("{text}m").parse().ok());
        let period = window.and_then(|window| span(window.text)).unwrap_or(Span::MINUTE);
        if slices && window.is_none() {
            notes.add(Note::at(at, "without timeSliceWindow a slice is a minute").below("timeSliceWindow"));
        }
        let sign = operator.and_then(|operator| match operator.text {
            "lt" => Some("<"),
            "lte" => Some("<="),
            "gt" => Some(">"),
            "gte" => Some(">="),
            _ => None,
        });
        let good = sign.zip(value).map(|(sign, (_, value))| format!("{sign} {value}"));
        Self { at, good, slice, period }
    }
}

fn measured(
    indicator: &Node,
    (own, shared): (&str, &Shared<'_>),
    limit: &Limit,
    (objects, fragment): (&Objects<'_>, &mut Fragment),
    notes: &mut Notes,
) -> Option<Json> {
    let mut spec = Fields::of(indicator, notes)?;
    spec.take(&["description"]);
    let (threshold, ratio) = (spec.take(&["thresholdMetric"]), spec.fields(&["ratioMetric"], notes));
    let at = spec.at;
    spec.rest_unknown(notes);
    let wanted = |part: &str, reads| {
        let series = format!("{}.{part}", shared.name);
        Wanted { service: &shared.service, series, period: limit.period, reads }
    };
    if let Some(metric) = threshold {
        let Some(good) = &limit.good else {
            let note = Note::at(limit.at, "a threshold needs op and value");
            notes.add(note.hint("write for example op: lt and value: 500"));
            return None;
        };
        if !shared.slices {
            let note = Note::at(metric.at, "each period of the metric is one event, however many requests it has");
            notes.add(note.hint("for requests write good and total, or a latency objective on a metric of durations"));
        }
        let series = series(metric, &wanted("value", Reads::Level), objects, fragment, notes)?;
        return Some(json!({ "slices": { "signal": { "series": series }, "good": good } }));
    }
    let Some(mut ratio) = ratio else {
        notes.add(Note::at(at, format!("{own:?} has neither thresholdMetric nor ratioMetric")));
        return None;
    };
    let counter = ratio.is_true(&["counter"], notes);
    let reads = if counter { Reads::Counter } else { Reads::Events };
    let [good, bad, total, raw] = ["good", "bad", "total", "raw"].map(|field| ratio.take(&[field]));
    let raw_type = ratio.text(&["rawType"], notes);
    let at = ratio.at;
    ratio.rest_unknown(notes);
    if let Some(raw) = raw {
        let note = Note::at(raw.at, "a ratio does not say of how many events");
        notes.add(note.hint("each period is one slice; write good or bad, and total, if you can"));
        let series = series(raw, &wanted("ratio", Reads::Level), objects, fragment, notes)?;
        let objective = limit.slice.unwrap_or(0.5);
        let failure = raw_type.is_some_and(|raw_type| raw_type.text == "failure");
        let good = if failure { format!("<= {}", rounded(1.0 - objective)) } else { format!(">= {objective}") };
        if limit.slice.is_none() {
            let note = Note::at(limit.at, format!("a slice is taken for good if its ratio is {good}"));
            notes.add(note.hint("correct that in the result, or write a timeSliceTarget"));
        }
        return Some(json!({ "slices": { "signal": { "series": series }, "good": good } }));
    }
    let (Some((part, metric)), Some(total)) = (good.map(|m| ("good", m)).or(bad.map(|m| ("bad", m))), total) else {
        let note = Note::at(at, "must have good or bad, and total");
        notes.add(note.hint("or raw and rawType"));
        return None;
    };
    let found = series(metric, &wanted(part, reads), objects, fragment, notes);
    let total = series(total, &wanted("total", reads), objects, fragment, notes);
    let (found, total) = (found?, total?);
    if !shared.slices {
        return Some(json!({ "requests": { part: found, "total": total } }));
    }
    let Some(slice) = limit.slice else {
        notes.add(Note::at(limit.at, "is missing").below("timeSliceTarget"));
        return None;
    };
    let good = if part == "good" { format!(">= {slice}") } else { format!("<= {}", rounded(1.0 - slice)) };
    Some(json!({ "slices": { "signal": { "ratio": { "numerator": found, "denominator": total } }, "good": good } }))
}

/// Without the noise of binary fractions.
fn rounded(share: f64) -> f64 {
    (share * 1e12).round() / 1e12
}
