//! What is sound in `tocsin.yaml` and still useless.

pub(crate) mod aws;
mod called;
mod duplicates;
mod expressions;
mod instead;
mod limits;
mod never_told;
mod observed;
mod over;
mod reach;
mod runbooks;
mod silence;
mod slos;
#[cfg(test)]
mod tests;
mod told;
mod unused;

use domain::incident::Severity;
use domain::monitor::Monitor;
use domain::setup::Setup;
use domain::units::Time;

use crate::finding::{At, Finding, Level};
use crate::history::History;
use crate::rule::Rule;

/// Everything that is found in `setup` as it is from `now` on, with `history` also what only observation shows.
pub fn setup(setup: &Setup, history: Option<&History>, now: Time) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(limits::check(setup));
    found.extend(expressions::check(setup));
    found.extend(aws::check(setup));
    found.extend(silence::check(setup));
    found.extend(duplicates::check(setup));
    found.extend(reach::check(setup));
    found.extend(unheard(setup, now));
    found.extend(instead::check(setup));
    found.extend(over::check(setup, now));
    found.extend(runbooks::check(setup));
    found.extend(slos::check(setup));
    found.extend(unused::check(setup));
    if let Some(history) = history {
        found.extend(observed::check(setup, history));
        found.extend(slos::observed(setup, history));
    }
    found
}

/// Who hears nothing, or cannot answer, as the schedules and intervals are from `now` on.
pub fn unheard(setup: &Setup, now: Time) -> Vec<Finding> {
    let mut found = called::check(setup, now);
    found.extend(never_told::check(setup, now));
    found
}

fn finding(rule: Rule, level: Level, part: String, what: impl Into<String>) -> Finding {
    Finding::new(rule, level, At::Setup(part), what)
}

fn of_monitor(monitor: &Monitor) -> String {
    format!("monitors/{}", monitor.name)
}

fn of_condition(monitor: &Monitor, severity: Severity) -> String {
    format!("monitors/{}/when/{severity}", monitor.name)
}

fn of_recovery(monitor: &Monitor, severity: Severity) -> String {
    format!("monitors/{}/recover/{severity}", monitor.name)
}

/// `SEV1, SEV2`
fn severities(list: impl IntoIterator<Item = Severity>) -> String {
    let words: Vec<&str> = list.into_iter().map(Severity::as_str).collect();
    words.join(", ")
}
