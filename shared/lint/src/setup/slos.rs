//! Objectives that cannot alert, or alert of nothing.

use domain::incident::Severity;
use domain::setup::Setup;
use domain::slo::{Indicator, Slo};

use super::{finding, limits};
use crate::finding::{Finding, Level};
use crate::history::History;
use crate::range::Holds;
use crate::rule::Rule;

/// A budget that burns slower than this lasts; the workbook's slowest rule over 28 days has 0.93.
const FACTOR_MIN: f64 = 0.9;

pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, slo) in setup.slos.iter().enumerate() {
        found.extend(burn_rates(slo));
        found.extend(pages(slo));
        found.extend(slices(setup, slo));
        found.extend(slow_look(setup, slo));
        let same = |other: &&Slo| {
            (&other.indicator, other.objective, &other.period) == (&slo.indicator, slo.objective, &slo.period)
        };
        if let Some(first) = setup.slos[..index].iter().find(same) {
            let what = format!("it promises the same as {}", first.name);
            let twice = finding(Rule::Duplicate, Level::Warn, of_slo(slo), what);
            found.push(twice.seen("same indicator, objective and period").remedy("keep one"));
        }
    }
    found
}

pub(super) fn of_slo(slo: &Slo) -> String {
    format!("slos/{}", slo.name)
}

/// The severities that its alerts can have: a burning budget those of its rules, a spent one that of a ticket.
pub(super) fn severities(slo: &Slo) -> Vec<Severity> {
    let mut all: Vec<Severity> = slo.burn_rates.iter().map(|rule| rule.severity).collect();
    all.push(Severity::Sev3);
    all.sort_unstable();
    all.dedup();
    all
}

fn burn_rates(slo: &Slo) -> Vec<Finding> {
    let odd = |rule: &domain::slo::BurnRate| {
        let most = 1.0 / slo.objective.budget();
        let (level, what, remedy) = if rule.factor >= most {
            (Level::Error, "no share of bad events burns so fast", "lower the factor")
        } else if rule.factor < FACTOR_MIN {
            (Level::Warn, "it alerts although the budget lasts longer than its period", "raise the factor to 1 or more")
        } else {
            return None;
        };
        let evidence =
            format!("factor {:.2} over {}; at {} all bad is {most:.2}", rule.factor, rule.long, slo.objective);
        Some(finding(Rule::ImpossibleBurnRate, level, of_slo(slo), what).seen(evidence).remedy(remedy))
    };
    slo.burn_rates.iter().filter_map(odd).collect()
}

/// At a low objective the rules that page cannot fire, and are left out of the table.
fn pages(slo: &Slo) -> Option<Finding> {
    let paged = slo.burn_rates.iter().any(|rule| rule.severity <= Severity::Sev2);
    (!paged && !slo.burn_rates.is_empty()).then(|| {
        let most = 1.0 / slo.objective.budget();
        finding(Rule::ImpossibleBurnRate, Level::Note, of_slo(slo), "not even a total failure pages")
            .seen(format!("no rule is SEV1 or SEV2; at {} all bad is a burn rate of {most:.2}", slo.objective))
            .remedy("write a rule of SEV2 with a lower factor, or a monitor for total failure")
    })
}

fn slices(setup: &Setup, slo: &Slo) -> Option<Finding> {
    let Indicator::Slices { signal, factor, unit, good } = &slo.indicator else { return None };
    let range = limits::of_signal(setup, signal).times(*factor);
    let (rule, what) = match range.holds(good) {
        Holds::Sometimes => return None,
        Holds::Always => (Rule::NeverFires, "every slice is good"),
        Holds::Never => (Rule::AlwaysFires, "no slice is ever good"),
    };
    let evidence = format!("good is {good}, and {signal} is {range}{} by its nature", unit.suffix());
    Some(finding(rule, Level::Error, of_slo(slo), what).seen(evidence).remedy("correct the limit or its unit"))
}

/// A short window that is over before it is looked at ends no alert in time.
fn slow_look(setup: &Setup, slo: &Slo) -> Option<Finding> {
    let slowest = slo.series().filter_map(|id| setup.series(id)).max_by_key(|series| series.pace)?;
    let rule = slo.burn_rates.iter().find(|rule| slowest.pace > rule.short.unwrap_or(rule.long))?;
    Some(
        finding(
            Rule::SlowLook,
            Level::Warn,
            of_slo(slo),
            format!("a window of {} passes between two looks", rule.short.unwrap_or(rule.long)),
        )
        .seen(format!("{} is asked for every {}", slowest.id, slowest.pace))
        .remedy("leave the pace of its series out: an objective's series are asked for each minute"),
    )
}

/// What the guard asks for, held against how many events there were.
pub(super) fn observed(setup: &Setup, history: &History) -> Vec<Finding> {
    setup.slos.iter().filter_map(|slo| few(setup, slo, history)).collect()
}

fn few(setup: &Setup, slo: &Slo, history: &History) -> Option<Finding> {
    let Indicator::Requests { total, .. } = &slo.indicator else { return None };
    let period = setup.series(total)?.period;
    let usual = history.median(total)?;
    let fastest = slo.burn_rates.iter().min_by_key(|rule| rule.long)?;
    let events = usual * f64::from(fastest.long.seconds()) / f64::from(period.seconds().max(1));
    (events < f64::from(slo.guard.events)).then(|| {
        let what = format!("the {} rule over {} usually says nothing", fastest.severity, fastest.long);
        finding(Rule::BudgetOfFew, Level::Warn, of_slo(slo), what)
            .seen(format!(
                "the median of {total} makes {events:.1} events in {}; guard.events is {}",
                fastest.long, slo.guard.events
            ))
            .remedy("lower guard.events, write rules with longer windows, or let probes make events")
    })
}
