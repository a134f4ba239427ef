use domain::id::{SeriesId, ServiceName};
use domain::rca::{Cause, CauseKind};

use super::scene::{Measured, Scene};
use super::track::OUT_OF_RANGE;
use super::{Ranked, services_of};

/// A change of a dependency in the same period as the trouble: which came first is not known.
const SAME_PERIOD_WEIGHT: f64 = 0.6;
/// A change of a dependency in an earlier period.
const EARLIER_WEIGHT: f64 = 0.9;

/// Services that this one depends on and whose series left their normal range no later than its own.
pub(super) fn candidates(scene: &Scene<'_>) -> Vec<Ranked> {
    let services = services_of(scene.case.setup, &scene.case.incident.service);
    services.into_iter().skip(1).filter_map(|service| judge(scene, service)).collect()
}

fn judge(scene: &Scene<'_>, service: &ServiceName) -> Option<Ranked> {
    let mut changed: Vec<(&SeriesId, &Measured)> = scene
        .series_of(service)
        .filter(|(_, series)| series.changed() && series.shift.since.is_some_and(|since| since <= scene.began()))
        .collect();
    changed.sort_by(|(a, first), (b, second)| second.shift.score.total_cmp(&first.shift.score).then_with(|| a.cmp(b)));
    let (id, strongest) = *changed.first()?;
    let since = changed.iter().filter_map(|(_, series)| series.shift.since).min()?;
    let ahead = scene.began().since(since);
    let weight = if ahead.is_zero() { SAME_PERIOD_WEIGHT } else { EARLIER_WEIGHT };
    let score = strongest.shift.score;
    let caller = &scene.case.incident.service;
    let when =
        if ahead.is_zero() { format!("in the same period as {caller}") } else { format!("{ahead} before {caller}") };
    let why = format!("{service}, which {caller} depends on, left its normal range at {} UTC, {when}.", since.clock());
    let mut evidence = vec![why.clone()];
    evidence.extend(changed.iter().map(|(_, series)| format!("{}.", series.words())));
    Some(Ranked {
        rank: weight * score / (score + OUT_OF_RANGE),
        why,
        cause: Cause {
            kind: CauseKind::Dependency { series: id.clone() },
            summary: format!("{service}, which {caller} depends on, changed first ({id} since {} UTC)", since.clock()),
            evidence,
        },
    })
}
