use domain::alert::AlertSummary;
use domain::incident::Incident;
use domain::units::Time;

use super::labels;
use super::story::{NAMED_MAX, WORDS_MAX};
use super::text::plain;

/// An alert in a list.
pub(super) struct Line {
    /// What is known of it but its times; foreign and not yet escaped.
    words: String,
    /// How its last time is called, when that was, and what is said after it; `None`: it counts those that are not listed.
    stands: Option<(&'static str, Time, String)>,
}

impl Line {
    /// The line, with words and instants as the message wants them.
    pub(super) fn text(&self, words: impl Fn(&str) -> String, instant: impl Fn(Time) -> String) -> String {
        let said = words(&self.words);
        match &self.stands {
            Some((stands, at, then)) => format!("{said}, {stands} {}{then}", instant(*at)),
            None => said,
        }
    }
}

/// A line for each alert, those that fire first; the rest is counted.
pub(super) fn lines(incident: &Incident) -> Vec<Line> {
    let (firing, over): (Vec<_>, Vec<_>) = incident.alerts.iter().partition(|alert| alert.resolved_at.is_none());
    let shown = firing.into_iter().chain(over).take(NAMED_MAX);
    let mut lines: Vec<Line> = shown.map(|alert| line(incident, alert)).collect();
    let rest = incident.alerts.len() - lines.len() + incident.unlisted.len();
    if rest > 0 {
        lines.push(Line { words: format!("and {rest} more"), stands: None });
    }
    lines
}

fn line(incident: &Incident, alert: &AlertSummary) -> Line {
    // Of its own service the title speaks.
    let of = alert.service.as_ref().filter(|service| **service != incident.service);
    let of = of.map_or_else(String::new, |service| format!(" on {service}"));
    let own = labels::line(&labels::own(incident, alert));
    let own = if own.is_empty() { own } else { format!(", {own}") };
    let (worst, stands) = match alert.resolved_at {
        None => ("", ("firing since", alert.fired_at, String::new())),
        Some(at) => ("at worst ", ("resolved at", at, format!(" after {}", at.since(alert.fired_at)))),
    };
    let reading = alert.reading.as_ref().map_or_else(String::new, |reading| format!(" {worst}{reading}"));
    let name = plain(&alert.name, WORDS_MAX / 4);
    Line { words: plain(&format!("{name}{of} ({}{own}){reading}", alert.severity), WORDS_MAX), stands: Some(stands) }
}
