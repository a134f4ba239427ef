use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{Field, number};
use super::{Decision, Event, EventText, Finding, Status, Verdict};
use crate::units::{Span, Time};

/// Fields that a history knows at most; the rest of a wide event is kept, not learned.
const FIELDS_MAX: usize = 32;
/// Bytes of a path that is learned.
const PATH_BYTES_MAX: usize = 64;
/// Numbers after which an outlier is told, and events after which the schema is known.
const LEARN: u32 = 30;
/// The older half of what is known weighs as much as this many of the newest numbers.
const REMEMBER: u32 = 500;
/// A number so many standard deviations from its mean is an outlier.
const OUTLIER: f64 = 3.0;
/// A spread is at least this share of the mean: a constant is allowed to breathe.
const SPREAD_SHARE: f64 = 0.01;
/// A field that is there at least this often is missed when it is not.
const ALWAYS: f32 = 0.95;
/// The weight of one event in how often a field is there.
const PRESENCE_WEIGHT: f32 = 0.02;
/// Numbers that name something, and measure nothing; also as the last word of a name. A `response_time` is a measure.
const NO_MEASURE: [&str; 7] = ["id", "code", "timestamp", "date", "port", "version", "at"];

/// What a source usually says in events of one type. Guarded by its version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct History {
    /// Whose.
    pub source: EventText,
    /// Of which kind of event.
    pub event_type: EventText,
    /// Counts how often it was stored, from 1; 0 before the first.
    pub version: u64,
    /// Events that it has learned from.
    pub learned: u64,
    /// The same by status: normal, warning, critical.
    pub statuses: [u64; 3],
    /// When the latest of them was.
    pub last_at: Time,
    /// What was thought of it.
    pub last_status: Status,
    /// Normal events since the last that was not.
    pub normal_in_a_row: u32,
    /// The hour that is being counted, its events and the items that they tell of.
    pub hour: Time,
    /// Events of that hour.
    pub events: u32,
    /// Items of that hour.
    pub items: f64,
    fields: BTreeMap<String, Known>,
}

/// What is known of one field.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Known {
    /// Which types it was seen with, one bit each.
    #[serde(rename = "t")]
    types: u8,
    /// How often it is there, 0 to 1.
    #[serde(rename = "p")]
    present: f32,
    #[serde(rename = "n", default, skip_serializing_if = "crate::units::is_zero")]
    count: u32,
    #[serde(rename = "m", default, skip_serializing_if = "is_nothing")]
    mean: f64,
    #[serde(rename = "v", default, skip_serializing_if = "is_nothing")]
    variance: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it")]
fn is_nothing(number: &f64) -> bool {
    *number == 0.0
}

impl History {
    /// The history of a source that was never heard of.
    pub fn new(source: EventText, event_type: EventText) -> Self {
        Self {
            source,
            event_type,
            version: 0,
            learned: 0,
            statuses: [0; 3],
            last_at: Time::default(),
            last_status: Status::Normal,
            normal_in_a_row: 0,
            hour: Time::default(),
            events: 0,
            items: 0.0,
            fields: BTreeMap::new(),
        }
    }

    /// Judges the fields but for those that are told of: a value that is too large is no second time odd.
    pub(super) fn judge(&self, fields: &[Field<'_>], told: &[&str], findings: &mut Vec<Finding>) {
        if self.learned < u64::from(LEARN) {
            return;
        }
        for field in fields.iter().filter(|field| !told.contains(&field.path.as_str())) {
            if let Some(known) = self.fields.get(&field.path) {
                findings.extend(known.outlier(field));
                findings.extend(known.other_type(field));
            }
        }
        let there = |path: &str| fields.iter().any(|field| field.path == path);
        for (path, known) in &self.fields {
            if known.present >= ALWAYS && !there(path) {
                findings.push(drift(format!("{path} is missing, which was always there"), Decision::Continue));
            }
        }
    }

    /// Takes an event in, with what is thought of it. Events of an earlier hour than the newest count to the newest.
    pub(super) fn learn(&mut self, event: &Event, fields: &[Field<'_>], verdict: &Verdict) {
        self.learned += 1;
        self.statuses[verdict.status as usize] += 1;
        self.last_at = self.last_at.max(event.at);
        self.last_status = verdict.status;
        self.normal_in_a_row =
            if verdict.status == Status::Normal { self.normal_in_a_row.saturating_add(1) } else { 0 };
        let hour = event.at.floor(Span::HOUR);
        if hour > self.hour {
            (self.hour, self.events, self.items) = (hour, 0, 0.0);
        }
        self.events = self.events.saturating_add(1);
        self.items += super::volume::items(&event.data);
        for known in self.fields.values_mut() {
            known.present -= PRESENCE_WEIGHT * known.present;
        }
        for field in fields.iter().filter(|field| field.path.len() <= PATH_BYTES_MAX) {
            if self.fields.len() < FIELDS_MAX || self.fields.contains_key(&field.path) {
                let first = self.learned == 1;
                self.fields.entry(field.path.clone()).or_default().learn(field, first);
            }
        }
        self.fields.retain(|_, known| known.present > 0.001);
    }
}

impl Known {
    fn learn(&mut self, field: &Field<'_>, first: bool) {
        self.types |= type_of(field.value);
        self.present = if first { 1.0 } else { self.present + PRESENCE_WEIGHT };
        if let Some(number) = measure(field) {
            self.count = (self.count + 1).min(REMEMBER);
            let weight = 1.0 / f64::from(self.count);
            let distance = number - self.mean;
            self.mean += weight * distance;
            self.variance = (1.0 - weight) * (self.variance + weight * distance * distance);
        }
    }

    fn outlier(&self, field: &Field<'_>) -> Option<Finding> {
        let value = measure(field).filter(|_| self.count >= LEARN)?;
        let spread = self.variance.sqrt().max(SPREAD_SHARE * self.mean.abs()).max(f64::MIN_POSITIVE);
        let distance = ((value - self.mean) / spread).abs();
        (distance > OUTLIER).then(|| Finding {
            rule: format!("outlier:{}", field.path),
            reason: format!(
                "{} {} lies {} standard deviations from its usual {}",
                field.path,
                rounded(value),
                rounded(distance),
                rounded(self.mean),
            ),
            // 0.7 at three deviations, 0.85 from six on: odd, and no proof by itself.
            severity: 0.7 + 0.05 * (distance - OUTLIER).min(3.0),
            decision: Decision::Continue,
            suggestion: format!("compare {} with its dependencies and with recent deployments", field.path),
        })
    }

    fn other_type(&self, field: &Field<'_>) -> Option<Finding> {
        let found = type_of(field.value);
        (self.types & found == 0).then(|| {
            let reason = format!("{} is {}, which it never was", field.path, word_of(found));
            drift(reason, Decision::Reprocess)
        })
    }
}

fn drift(reason: String, decision: Decision) -> Finding {
    Finding {
        rule: "schema".to_owned(),
        reason,
        severity: 0.75,
        decision,
        suggestion: "agree on the new form with whoever reads these events, or mend the sender".to_owned(),
    }
}

/// A number that measures something.
fn measure(field: &Field<'_>) -> Option<f64> {
    let name = field.name();
    let names = |word: &str| name == word || name.strip_suffix(word).is_some_and(|rest| rest.ends_with('_'));
    if !field.value.is_number() || NO_MEASURE.into_iter().any(names) {
        return None;
    }
    number(field.value)
}

fn type_of(value: &Value) -> u8 {
    match value {
        Value::Null => 1,
        Value::Bool(_) => 2,
        Value::Number(_) => 4,
        Value::String(_) => 8,
        Value::Array(_) => 16,
        Value::Object(_) => 32,
    }
}

const fn word_of(bit: u8) -> &'static str {
    match bit {
        1 => "null",
        2 => "true or false",
        4 => "a number",
        8 => "text",
        16 => "a list",
        _ => "an object",
    }
}

/// Three digits are enough for a sentence.
pub(super) fn rounded(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    let places = (2.0 - number.abs().log10().floor()).clamp(-300.0, 300.0);
    let scale = 10_f64.powf(places);
    if number.abs() >= 1000.0 { number.round() } else { (number * scale).round() / scale }
}
