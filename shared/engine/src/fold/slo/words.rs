//! The sentences that an objective's alerts give.

use domain::alert::{AlertChange, Reading, Status};
use domain::incident::Severity;
use domain::monitor::{Comparison, Limit};
use domain::slo::{Budget, Burning, Counter, Indicator, Slo, lower_bound};
use domain::units::{Time, Unit};

use crate::decide::{CORRELATION_LABEL, SLO_KEY};

/// The label that names the objective.
pub(crate) const SLO_LABEL: &str = "slo";

pub(super) fn burning(slo: &Slo, counter: &Counter, burning: &Burning, budget: &Budget, at: Time) -> AlertChange {
    let rule = burning.rule;
    let shorter = match (rule.short, burning.short_rate) {
        (Some(short), Some(rate)) => format!(" and {} over {short}", rate_of(rate)),
        _ => String::new(),
    };
    let (bad, total) = (burning.long.bad(), burning.long.total());
    let confidence = slo.guard.confidence;
    let least = percent(lower_bound(bad, total, confidence));
    let reason = format!(
        "the error budget burns at {} times its rate over {}{shorter} (limit {}): {} of {} {} bad, at least {least} at {} confidence; {}",
        rate_of(burning.long_rate),
        rule.long,
        rate_of(rule.factor),
        count(bad),
        count(total),
        events(slo),
        percent(confidence),
        left(slo, budget, Some(counter)),
    );
    let reading = Reading {
        signal: format!("burn rate over {}", rule.long),
        value: burning.long_rate,
        limit: Limit { comparison: Comparison::Above, threshold: rule.factor },
        unit: Unit::Count,
    };
    let fingerprint = slo.burn_fingerprint(rule.severity);
    change(slo, (fingerprint, slo.name.to_string()), (Status::Firing, rule.severity), at, reason, Some(reading))
}

pub(super) fn calm(slo: &Slo, counter: &Counter, severity: Severity, budget: &Budget, at: Time) -> AlertChange {
    let windows = slo.burn_rates.iter().filter(|rule| rule.severity == severity);
    let shortest = windows.map(|rule| rule.short.unwrap_or(rule.long)).min();
    let rate = shortest.and_then(|window| Some((window, slo.burn_rate(counter.window(window))?)));
    let rate = rate
        .map_or_else(|| "no events".to_owned(), |(window, rate)| format!("burn rate {} over {window}", rate_of(rate)));
    let reason = format!("{rate}, up to {} UTC; {}", at.clock(), left(slo, budget, Some(counter)));
    let fingerprint = slo.burn_fingerprint(severity);
    change(slo, (fingerprint, slo.name.to_string()), (Status::Resolved, severity), at, reason, None)
}

pub(super) fn spent(slo: &Slo, budget: &Budget, status: Status, at: Time) -> AlertChange {
    let gate = if slo.gate.is_none() {
        String::new()
    } else if status == Status::Firing {
        format!("; the deployment gate of {} is closed", slo.service)
    } else {
        format!("; the deployment gate of {} is open again", slo.service)
    };
    let (bad, allowed) = (count(budget.counted.bad()), count(budget.allowed));
    let reason = format!(
        "{bad} bad {}, {allowed} are allowed in {}; {}{gate}",
        events(slo),
        slo.period,
        left(slo, budget, None)
    );
    let reading = Reading {
        signal: "error budget left".to_owned(),
        value: budget.remaining() * 100.0,
        limit: Limit { comparison: Comparison::AtMost, threshold: 0.0 },
        unit: Unit::Percent,
    };
    let named = (slo.budget_fingerprint(), format!("{}/budget", slo.name));
    change(slo, named, (status, Severity::Sev3), at, reason, Some(reading))
}

/// An objective that cannot be judged.
pub(super) fn unjudged(slo: &Slo, status: Status, at: Time, reason: &str) -> AlertChange {
    let fingerprint = domain::id::Fingerprint::derive(&["slo", slo.service.as_str(), slo.name.as_str(), "unjudged"]);
    let reason = format!("it cannot be judged: {reason}");
    change(slo, (fingerprint, format!("{}/unjudged", slo.name)), (status, Severity::Sev3), at, reason, None)
}

fn left(slo: &Slo, budget: &Budget, counter: Option<&Counter>) -> String {
    let period = &slo.period;
    if budget.is_spent() {
        let over = budget.spent - 1.0;
        let over = if over >= 0.001 { format!(", and {} more", percent(over)) } else { String::new() };
        return format!("the budget of {period} is spent{over}");
    }
    let lasts = counter
        .and_then(|counter| slo.exhausted_in(counter))
        .map_or_else(String::new, |lasts| format!(", for {} if it burns on like this", lasts_for(lasts.seconds())));
    format!("{} of the budget of {period} left{lasts}", percent(budget.remaining()))
}

/// To the minute below a day, to the hour above.
fn lasts_for(seconds: u32) -> String {
    let unit = if seconds < 86_400 { 60 } else { 3600 };
    domain::units::Span::from_seconds(seconds / unit * unit).to_string()
}

/// What one of its events is called, in the plural.
fn events(slo: &Slo) -> &'static str {
    match slo.indicator {
        Indicator::Requests { .. } => "requests",
        Indicator::Slices { .. } => "slices",
        Indicator::Freshness { .. } => "minutes",
    }
}

fn percent(share: f64) -> String {
    Unit::Percent.show(share * 100.0)
}

fn count(events: f64) -> String {
    Unit::Count.show(events)
}

fn rate_of(rate: f64) -> String {
    Unit::Count.show(rate)
}

fn change(
    slo: &Slo,
    (fingerprint, name): (domain::id::Fingerprint, String),
    (status, severity): (Status, Severity),
    at: Time,
    reason: String,
    reading: Option<Reading>,
) -> AlertChange {
    let mut labels = slo.labels.clone();
    labels.insert(SLO_LABEL.to_owned(), slo.name.to_string());
    // A ticket and a spent budget are work of their own.
    if severity > Severity::Sev2 {
        labels.entry(CORRELATION_LABEL.to_owned()).or_insert_with(|| format!("{SLO_KEY}{}", slo.name));
    }
    AlertChange {
        fingerprint,
        name,
        service: slo.service.clone(),
        category: slo.category,
        status,
        severity,
        at,
        reason,
        reading,
        cooldown: slo.cooldown,
        ends_at: None,
        labels,
    }
}
