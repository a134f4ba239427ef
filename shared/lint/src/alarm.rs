//! `CloudWatch` alarms as plain facts, whether Terraform or the account tells of them, and what is wrong with them.

mod judged;
mod metrics;
mod reach;
mod state;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::monitor::{Comparison, Limit, MissingData};
use domain::units::{Span, Time};

use crate::finding::{At, Finding, Level};
use crate::rule::Rule;

/// Alarms and what they depend on.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts {
    /// The alarms.
    pub alarms: Vec<Alarm>,
    /// The topics that alarms act on, and others.
    pub topics: Vec<Topic>,
    /// What is known to write metrics.
    pub writers: Writers,
    /// Whether this is all there is: an account. A state may be a part.
    pub whole: bool,
    /// Whether something listens to changes of all alarms, such as a rule of `EventBridge`.
    pub listened: bool,
}

/// A `CloudWatch` alarm.
#[derive(Clone, PartialEq, Debug)]
pub struct Alarm {
    /// Where it is.
    pub at: At,
    /// Its name; empty where it is not known yet.
    pub name: String,
    /// Its ARN, where it is known.
    pub arn: Option<String>,
    /// Whether its actions are enabled.
    pub enabled: bool,
    /// What it does when it goes to ALARM.
    pub actions: Vec<Action>,
    /// Whether it has further actions that are not known.
    pub more_actions: bool,
    /// Whether something else uses it, such as a composite alarm or a deployment.
    pub used: bool,
    /// What it watches.
    pub watches: Watches,
    /// Its state and since when, where it is known.
    pub state: Option<(State, Time)>,
}

/// What an alarm does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// It publishes to this one of [`Facts::topics`].
    Topic(usize),
    /// An ARN of something else, or of a topic that is not among the facts.
    Other(String),
}

/// What an alarm watches.
#[derive(Clone, PartialEq, Debug)]
pub enum Watches {
    /// A metric, or a formula of several.
    Metric(Judged),
    /// Other alarms: the rule of a composite alarm.
    Alarms(String),
}

/// How an alarm judges its metric.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// One metric, or those of a formula.
    pub metrics: Vec<Metric>,
    /// Whether it judges a formula of them rather than the only one.
    pub formula: bool,
    /// Beyond this it breaches; `None` for a band.
    pub limit: Option<Limit>,
    /// The length of a period.
    pub period: Span,
    /// Out of so many periods.
    pub of: u32,
    /// So many must breach.
    pub breaching: u32,
    /// What a period without data counts as.
    pub missing_data: MissingData,
    /// The points of the last days, oldest first, where they were read.
    pub points: Option<Points>,
}

/// What was read of an alarm's metric.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Points {
    /// Times and values, oldest first.
    pub points: Vec<(Time, f64)>,
    /// From when they were asked for.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// Dimensions of other metrics of that name, where there are no points.
    pub others: Vec<String>,
}

/// A metric of `CloudWatch`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Metric {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its dimensions; `None` for a value that is not known yet.
    pub dimensions: BTreeMap<String, Option<String>>,
    /// The statistic, as `CloudWatch` names it.
    pub statistic: String,
}

/// The states of an alarm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Fine.
    Ok,
    /// Breaching.
    Alarm,
    /// Too little data.
    InsufficientData,
}

/// An SNS topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    /// Where it is.
    pub at: At,
    /// Whether it is not there.
    pub gone: bool,
    /// Who listens.
    pub subscriptions: Vec<Subscription>,
}

/// A subscription of a topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subscription {
    /// Where it is.
    pub at: At,
    /// `email`, `sms`, `https`, `lambda`, `sqs` and so on.
    pub protocol: String,
    /// Whether it is confirmed, where that is known.
    pub confirmed: Option<bool>,
}

/// What is known to write metrics.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Writers {
    /// The values of a dimension of a namespace that resources write; only namespaces and dimensions all of whose
    /// resources are known.
    pub values: BTreeMap<(String, String), BTreeSet<String>>,
    /// Metrics that filters of logs write, with the names of their dimensions, by namespace.
    pub filters: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

/// Everything that is found; `now` says for how long states have lasted.
pub fn alarms(facts: &Facts, now: Time) -> Vec<Finding> {
    let mut found = Vec::new();
    for alarm in &facts.alarms {
        found.extend(reach::of_alarm(facts, alarm));
        match &alarm.watches {
            Watches::Alarms(rule) => found.extend(unknown_alarms(facts, alarm, rule)),
            Watches::Metric(judged) => {
                found.extend(judged::check(alarm, judged));
                let odd = metrics::check(facts, alarm, judged);
                // What is not written so has no points either: it is told once.
                let explained = odd.iter().any(|found| matches!(found.rule, Rule::MissingDimension | Rule::TooFine));
                found.extend(odd);
                if !explained {
                    found.extend(state::observed(alarm, judged));
                }
            }
        }
        found.extend(state::stuck(facts, alarm, now));
    }
    found.extend(duplicates(facts));
    found.extend(reach::of_topics(facts));
    found
}

fn finding(rule: Rule, level: Level, alarm: &Alarm, what: impl Into<String>) -> Finding {
    Finding::new(rule, level, alarm.at.clone(), what)
}

fn duplicates(facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, alarm) in facts.alarms.iter().enumerate() {
        let Watches::Metric(judged) = &alarm.watches else { continue };
        // A formula's text is not among the facts, and what is not known may differ.
        if judged.formula || judged.metrics.iter().any(|metric| metric.dimensions.values().any(Option::is_none)) {
            continue;
        }
        let same = |other: &&Alarm| match &other.watches {
            Watches::Metric(other) => {
                Judged { points: None, ..other.clone() } == Judged { points: None, ..judged.clone() }
            }
            Watches::Alarms(_) => false,
        };
        if let Some(first) = facts.alarms[..index].iter().find(same) {
            let what = format!("it judges the same as {}", first.at.as_str());
            let twice = finding(Rule::Duplicate, Level::Warn, alarm, what);
            found.push(
                twice.seen("same metric, statistic, limit and periods").remedy("keep one, with the actions of both"),
            );
        }
    }
    found
}

/// `CloudWatch`'s word for a comparison with a number; those with a band have none.
pub fn comparison(word: &str) -> Option<Comparison> {
    Some(match word {
        "GreaterThanThreshold" => Comparison::Above,
        "GreaterThanOrEqualToThreshold" => Comparison::AtLeast,
        "LessThanThreshold" => Comparison::Below,
        "LessThanOrEqualToThreshold" => Comparison::AtMost,
        _ => return None,
    })
}

/// `CloudWatch`'s word for what a period without data counts as.
pub fn missing_data(word: &str) -> MissingData {
    match word {
        "ignore" => MissingData::Ignore,
        "breaching" => MissingData::Breaching,
        "notBreaching" => MissingData::NotBreaching,
        _ => MissingData::Missing,
    }
}

/// The names in the rule of a composite alarm: `ALARM("a") AND NOT OK(b)`.
pub(crate) fn named(rule: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = rule;
    while let Some(start) = ["ALARM(", "OK(", "INSUFFICIENT_DATA("]
        .iter()
        .filter_map(|word| rest.find(word).map(|at| at + word.len()))
        .min()
    {
        let inside = rest[start..].trim_start();
        let quote = inside.chars().next().filter(|c| matches!(c, '"' | '\''));
        let inside = inside.trim_start_matches(['"', '\'']);
        let end = inside.find(quote.unwrap_or(')')).unwrap_or(inside.len());
        names.push(inside[..end].trim().to_owned());
        rest = &inside[end..];
    }
    names
}

/// In an account all alarms are known, so a name that is not among them leads nowhere.
fn unknown_alarms(facts: &Facts, alarm: &Alarm, rule: &str) -> Option<Finding> {
    let known = |name: &str| facts.alarms.iter().any(|other| other.name == name || other.arn.as_deref() == Some(name));
    let unknown: Vec<String> = named(rule).into_iter().filter(|name| !known(name)).collect();
    (facts.whole && !unknown.is_empty()).then(|| {
        let what = format!("it combines alarms that are not there: {}", unknown.join(", "));
        finding(Rule::UnknownAlarm, Level::Error, alarm, what)
            .seen(format!("rule: {rule}"))
            .remedy("correct the names, or leave them out of the rule")
    })
}
