//! What only observation shows.

use domain::monitor::{Condition, MissingData, Monitor, Signal};
use domain::setup::Setup;
use domain::units::Time;

use super::{finding, of_condition, of_monitor};
use crate::finding::{Finding, Level};
use crate::history::{History, Observed, is_far, share};
use crate::range::{Holds, Range};
use crate::rule::Rule;

/// Beyond its limit for this share of the time, an alert is the usual state.
const OFTEN: f64 = 0.1;

pub(super) fn check(setup: &Setup, history: &History) -> Vec<Finding> {
    let mut found = Vec::new();
    for monitor in &setup.monitors {
        found.extend(stopped(setup, monitor, history));
        found.extend(few(setup, monitor, history));
        let Some(values) = history.signal(setup, monitor) else { continue };
        let Some(observed) = values.last().and_then(|last| Observed::of(&values, last.0)) else { continue };
        found.extend(often(monitor, &values, &observed));
        found.extend(never_reached(monitor, &observed));
    }
    found
}

fn stopped(setup: &Setup, monitor: &Monitor, history: &History) -> Option<Finding> {
    if matches!(monitor.measure, domain::measure::Measure::Absence { .. }) {
        return None;
    }
    let id = monitor.series().find(|id| {
        let sparse = setup.series(id).is_some_and(|series| series.sparse);
        !sparse && history.series(id).is_some_and(|observed| observed.stopped().is_some())
    })?;
    let observed = history.series(id)?;
    let silent = observed.stopped()?;
    let evidence =
        format!("the last point of {id} is of {}, {silent} before the end; {}", observed.last, observed.extent());
    let watched = setup.monitors.iter().any(|other| {
        matches!(other.measure, domain::measure::Measure::Absence { .. }) && other.series().any(|series| series == id)
    });
    let (rule, level, what) = match monitor.missing_data {
        MissingData::NotBreaching => {
            (Rule::StoppedCountsAsFine, Level::Error, "its metric stopped, and that counts as fine")
        }
        MissingData::Breaching => (Rule::AlwaysFires, Level::Error, "its metric stopped, and that counts as a breach"),
        MissingData::Missing | MissingData::Ignore if watched => return None,
        MissingData::Missing | MissingData::Ignore => (Rule::Stopped, Level::Warn, "its metric stopped"),
    };
    Some(
        finding(rule, level, of_monitor(monitor), what)
            .seen(evidence)
            .remedy("correct what is read, or leave it out; a measure of kind absence tells when it stops again"),
    )
}

/// A ratio of few: one failure is beyond the limit.
fn few(setup: &Setup, monitor: &Monitor, history: &History) -> Option<Finding> {
    let Signal::Ratio { numerator, denominator } = &monitor.signal else { return None };
    let (part, whole) = (setup.series(numerator)?, setup.series(denominator)?);
    let usual = history.median(denominator)?;
    let mildest = monitor.conditions.last().filter(|condition| condition.when.comparison.upward())?;
    let one = monitor.factor / usual;
    (part.unit == whole.unit && usual > 0.0 && usual >= 1.0 && mildest.when.holds(one)).then(|| {
        let level = if monitor.window.breaching == 1 { Level::Warn } else { Level::Note };
        let share = monitor.unit.show(one);
        finding(
            Rule::OneEventBreaches,
            level,
            of_condition(monitor, mildest.severity),
            "a single one is beyond the limit",
        )
        .seen(format!("the median of {denominator} is {usual}: one of them is {share} (limit {})", mildest.when))
        .remedy("take a longer period, ask for more breaching periods, or watch the number itself")
    })
}

fn often(monitor: &Monitor, values: &[(Time, f64)], observed: &Observed) -> Option<Finding> {
    // Quiet parts of others say when, not what is wrong: "it is night" may hold half of the time.
    let condition = monitor.conditions.first().filter(|_| !monitor.quiet)?;
    let worst_often = |condition: &Condition| share(monitor.window, &condition.when, values);
    let (condition, share) = [condition, monitor.conditions.last()?]
        .into_iter()
        .map(|condition| (condition, worst_often(condition)))
        .find(|(_, share)| *share >= OFTEN)?;
    let evidence = format!(
        "{:.1} % of the time; median {}; {}",
        share * 100.0,
        monitor.unit.show(observed.median),
        observed.extent()
    );
    let (rule, level, what) = if share >= 1.0 {
        (
            Rule::AlwaysFires,
            Level::Error,
            format!("{} at \"{}\" fired all the time", condition.severity, condition.when),
        )
    } else {
        (Rule::OftenBeyond, Level::Warn, format!("{} at \"{}\" is a usual state", condition.severity, condition.when))
    };
    Some(
        finding(rule, level, of_condition(monitor, condition.severity), what)
            .seen(evidence)
            .remedy("move the limit beyond what is usual, or correct what it measures"),
    )
}

fn never_reached(monitor: &Monitor, observed: &Observed) -> Option<Finding> {
    let mildest = monitor.conditions.last().filter(|_| !monitor.quiet)?;
    let range = Range { least: observed.least, most: observed.most };
    if range.holds(&mildest.when) != Holds::Never {
        return None;
    }
    let (word, extreme) =
        if mildest.when.comparison.upward() { ("highest", observed.most) } else { ("lowest", observed.least) };
    let level = if is_far(observed, mildest.when.threshold, extreme) { Level::Warn } else { Level::Note };
    let unit = monitor.unit;
    Some(
        finding(
            Rule::NeverReached,
            level,
            of_condition(monitor, mildest.severity),
            format!("nothing observed came to {} at \"{}\"", mildest.severity, mildest.when),
        )
        .seen(format!(
            "the {word} was {}, the median {}; {}",
            unit.show(extreme),
            unit.show(observed.median),
            observed.extent()
        ))
        .remedy("check the unit of the limit; move it closer if trouble would look milder than this"),
    )
}
