use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::field::number;
use super::history::rounded;
use super::silence::ITEMS;
use super::verdict::VOLUME;
use super::{Decision, Finding, History};
use crate::units::{Span, Time};
use crate::week::Week;

/// Weeks that a usual hour is made of.
const WEEKS: u32 = 8;
/// Below this share of what is usual, an hour is silent.
const SILENT_SHARE: f64 = 0.2;
/// Who usually has fewer than this in an hour is not held to it.
const LEAST: f64 = 5.0;
/// Hours without an event that are learned as empty: a week. A source that was away for longer begins where it ended.
const GAP_HOURS_MAX: i64 = 168;

/// How many events, and how many items in them, a source has at each hour of the week, in UTC.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Volume {
    events: Week,
    items: Week,
}

impl Volume {
    /// Whether the hour that `history` counts is over at `at`: then [`Volume::close`] is due.
    pub fn is_due(history: &History, at: Time) -> bool {
        history.learned > 0 && at.floor(Span::HOUR) > history.hour
    }

    /// Judges and learns the counted hour and the empty ones between it and `at`, oldest first.
    pub fn close(&mut self, history: &History, at: Time) -> Vec<Finding> {
        let hours = (at.floor(Span::HOUR).epoch() - history.hour.epoch()) / i64::from(Span::HOUR.seconds());
        let mut findings = Vec::new();
        for passed in 0..hours.min(GAP_HOURS_MAX) {
            let hour = Time::from_epoch(history.hour.epoch() + passed * i64::from(Span::HOUR.seconds()));
            let (events, items) = if passed == 0 { (f64::from(history.events), history.items) } else { (0.0, 0.0) };
            let silent =
                judge(&self.events, events, "events", hour).or_else(|| judge(&self.items, items, "items", hour));
            findings.extend(silent);
            self.events.learn(events, WEEKS, hour);
            self.items.learn(items, WEEKS, hour);
        }
        let more = findings.len().saturating_sub(1);
        let mut findings: Vec<_> = findings.into_iter().take(1).collect();
        if let Some(first) = findings.first_mut().filter(|_| more > 0) {
            first.reason = format!("{}; {more} more hours since", first.reason);
        }
        findings
    }
}

fn judge(week: &Week, found: f64, what: &str, hour: Time) -> Option<Finding> {
    let (mean, deviation) = week.usual(hour)?;
    let silent = mean >= LEAST && found < SILENT_SHARE * mean && found < mean - 3.0 * deviation;
    silent.then(|| Finding {
        rule: VOLUME.to_owned(),
        reason: format!(
            "{} {what} in the hour from {hour}, where {} are usual on this weekday",
            rounded(found),
            rounded(mean)
        ),
        severity: 0.8,
        decision: Decision::Escalate,
        suggestion: "look at what feeds this source: it runs and has next to nothing to do".to_owned(),
    })
}

/// The items that an event tells of.
pub(super) fn items(data: &Map<String, Value>) -> f64 {
    ITEMS.iter().find_map(|name| number(data.get(*name)?)).unwrap_or_default().max(0.0)
}
