use std::fmt;
use std::str::FromStr;

use domain::units::Span;
use engine::backtest::{CallKind, Difference, Fate, Report};

use crate::detect::Wrong;

/// What can be counted, and what it counts.
const METRICS: [(&str, Metric); 10] = [
    ("pages", Metric::Pages),
    ("tickets", Metric::Tickets),
    ("firings", Metric::Firings),
    ("pages-per-person", Metric::PagesPerPerson),
    ("false-alarms", Metric::FalseAlarms),
    ("missed", Metric::Missed),
    ("delay", Metric::Delay),
    ("longest-delay", Metric::LongestDelay),
    ("new", Metric::New),
    ("gone", Metric::Gone),
];

type Comparison = fn(f64, f64) -> bool;

/// Comparisons; the longer first, since the shorter begin them.
const COMPARISONS: [(&str, Comparison); 4] =
    [(">=", |a, b| a >= b), ("<=", |a, b| a <= b), (">", |a, b| a > b), ("<", |a, b| a < b)];

/// Times that a count can be held against.
const TIMES: [(&str, f64); 3] = [("/day", 1.0 / 7.0), ("/week", 1.0), ("/month", 30.0 / 7.0)];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Metric {
    Pages,
    Tickets,
    Firings,
    /// Of the owner or channel that has most.
    PagesPerPerson,
    FalseAlarms,
    Missed,
    /// The median.
    Delay,
    LongestDelay,
    New,
    Gone,
}

impl Metric {
    const fn is_time(self) -> bool {
        matches!(self, Self::Delay | Self::LongestDelay)
    }

    const fn needs_labels(self) -> bool {
        matches!(self, Self::FalseAlarms | Self::Missed | Self::Delay | Self::LongestDelay)
    }

    const fn needs_other(self) -> bool {
        matches!(self, Self::New | Self::Gone)
    }
}

/// A condition that a backtest must not meet, such as `pages>3/week`.
#[derive(Clone, Debug)]
pub(super) struct FailOn {
    text: String,
    metric: Metric,
    holds: Comparison,
    limit: f64,
    /// So many weeks the limit is for; `None`: for the whole range.
    per: Option<f64>,
}

/// Whether a condition is met, and by what.
pub(super) struct Met {
    pub(super) text: String,
    /// What was found, in the condition's own unit.
    pub(super) found: f64,
    pub(super) holds: bool,
    is_time: bool,
}

impl fmt::Display for Met {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.holds { "met" } else { "not met" };
        write!(f, "--fail-on {:?} is {word}: {}", self.text, self.shown())
    }
}

impl Met {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a delay is a whole number of seconds")]
    fn shown(&self) -> String {
        if self.is_time { Span::from_seconds(self.found as u32).to_string() } else { number(self.found) }
    }
}

fn number(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "write for example \"pages>3/week\", \"missed>0\" or \"delay>10m\"";
        let spaceless: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let end = spaceless.find(['<', '>']).ok_or_else(|| format!("no comparison; {example}"))?;
        let (name, rest) = spaceless.split_at(end);
        let metric = METRICS.iter().find(|(known, _)| *known == name).map(|(_, metric)| *metric);
        let known = || METRICS.map(|(name, _)| name).join(", ");
        let metric = metric.ok_or_else(|| format!("{name:?} is nothing that is counted; write one of {}", known()))?;
        let comparison = COMPARISONS.iter().find(|(symbol, _)| rest.starts_with(symbol));
        let (symbol, holds) = comparison.ok_or_else(|| format!("no comparison; {example}"))?;
        let mut limit = &rest[symbol.len()..];
        let mut per = None;
        if let Some((unit, weeks)) = TIMES.iter().find(|(unit, _)| limit.ends_with(unit)) {
            (limit, per) = (&limit[..limit.len() - unit.len()], Some(*weeks));
        }
        if metric.is_time() {
            if per.is_some() {
                return Err(format!("{name} is a length of time, not a count; {example}"));
            }
            let span: Span = limit.parse().map_err(|error| format!("{error}"))?;
            return Ok(Self { text: text.to_owned(), metric, holds: *holds, limit: f64::from(span.seconds()), per });
        }
        let found = limit.parse::<f64>().ok().filter(|limit| limit.is_finite() && *limit >= 0.0);
        let limit = found.ok_or_else(|| {
            format!("{limit:?} is no count; write a number, and /day, /week or /month if it is for so long; {example}")
        })?;
        Ok(Self { text: text.to_owned(), metric, holds: *holds, limit, per })
    }
}

impl FailOn {
    /// Whether it holds of `report`. Without any delay there is none to be too long.
    pub(super) fn judge(&self, report: &Report, difference: Option<&Difference>) -> Met {
        let detection = report.detection.as_ref();
        let seconds = |span: Option<Span>| span.map_or(0.0, |span| f64::from(span.seconds()));
        let fate = |fate| difference.map_or(0, |d| d.firings.iter().filter(|firing| firing.fate == fate).count());
        let found = match self.metric {
            Metric::Pages => report.count(CallKind::Page) as f64,
            Metric::Tickets => report.count(CallKind::Ticket) as f64,
            Metric::Firings => report.firings.len() as f64,
            Metric::PagesPerPerson => report.people.iter().map(|person| person.pages).max().unwrap_or(0) as f64,
            Metric::FalseAlarms => detection.map_or(0, |found| found.false_alarms.len()) as f64,
            Metric::Missed => detection.map_or(0, |found| found.missed) as f64,
            Metric::Delay => seconds(detection.and_then(|found| found.median_delay)),
            Metric::LongestDelay => seconds(detection.and_then(|found| found.longest_delay)),
            Metric::New => fate(Fate::New) as f64,
            Metric::Gone => fate(Fate::Gone) as f64,
        };
        let found = self.per.map_or(found, |weeks| found / report.weeks() * weeks);
        Met { text: self.text.clone(), found, holds: (self.holds)(found, self.limit), is_time: self.metric.is_time() }
    }
}

/// Whether what is asked can be answered.
pub(super) fn check(asked: &[FailOn], labels: bool, other: bool) -> Result<(), Wrong> {
    let missing = asked.iter().filter_map(|fail_on| match fail_on.metric {
        metric if metric.needs_labels() && !labels => Some((fail_on, "--labels FILE, which says what really happened")),
        metric if metric.needs_other() && !other => {
            Some((fail_on, "--against FILE, to have something to compare with"))
        }
        _ => None,
    });
    let lines: Vec<_> = missing.map(|(fail_on, what)| format!("--fail-on {:?} needs {what}", fail_on.text)).collect();
    if lines.is_empty() { Ok(()) } else { Err(Wrong { exit_code: 2, text: lines.join("\n") }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(Metric, f64, Option<f64>), &str>) {
        let found = text.parse::<FailOn>().map(|found| (found.metric, found.limit, found.per));
        match expected {
            Ok(expected) => assert_eq!(found, Ok(expected), "{text}"),
            Err(words) => assert!(found.as_ref().unwrap_err().contains(words), "{text}: {found:?}"),
        }
    }

    #[test]
    fn expressions_are_read_or_refused_with_a_hint() {
        check("pages>3/week", Ok((Metric::Pages, 3.0, Some(1.0))));
        check("pages >= 0.5 / day", Ok((Metric::Pages, 0.5, Some(1.0 / 7.0))));
        check("missed>0", Ok((Metric::Missed, 0.0, None)));
        check("delay>10m", Ok((Metric::Delay, 600.0, None)));
        check("pages", Err("no comparison; write for example"));
        check("page>3", Err("\"page\" is nothing that is counted; write one of pages, tickets"));
        check("pages>three", Err("\"three\" is no count"));
        check("pages>-1", Err("is no count"));
        check("pages>3/year", Err("is no count"));
        check("delay>10", Err("has no unit; write \"10s\""));
        check("delay>10m/week", Err("is a length of time, not a count"));
    }
}
