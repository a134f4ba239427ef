//! What is drawn of one monitor: what it saw, its limits, and when it fired.

use domain::measure::Measure;
use domain::monitor::{Monitor, Signal};
use domain::setup::Setup;
use domain::slo::Slo;
use domain::units::Time;
use engine::backtest::{Episode, Recordings, Stretch, TracePoint, budget_left, trace};

/// A monitor over the range.
pub(super) struct Picture {
    pub(super) name: String,
    /// What is drawn, such as `errors / requests, in percent`.
    pub(super) what: String,
    pub(super) points: Vec<TracePoint>,
    /// Limits that lie on the signal's own scale.
    pub(super) limits: Vec<f64>,
    /// Times in which something was so: a name, and from when to when.
    pub(super) strips: Vec<(&'static str, Vec<(Time, Time)>)>,
    pub(super) range: (Time, Time),
}

/// Beside firings, what else is shown in strips.
pub(super) struct Beside<'a> {
    /// Firings of the old configuration.
    pub(super) before: Option<&'a [Episode]>,
    /// What really happened, to which service.
    pub(super) labels: Option<&'a [engine::backtest::Label]>,
}

impl Picture {
    /// Of `monitor`; of one that combines others, what the first of them saw. `None`: there is nothing to see.
    pub(super) fn of(
        setup: &Setup,
        monitor: &Monitor,
        recordings: &Recordings,
        (stretch, range): (Stretch, (Time, Time)),
        firings: &[Episode],
        beside: &Beside<'_>,
    ) -> Option<Self> {
        let seen = first_part(setup, monitor, 0)?;
        let mut points = trace(setup, seen, recordings, stretch);
        points.retain(|point| point.at >= range.0 && point.at < range.1);
        let on_scale = matches!(seen.measure, Measure::Value);
        let limits = seen.conditions.iter().filter(|_| on_scale).map(|condition| condition.when.threshold);
        let times = |firings: &[Episode]| {
            let own = firings.iter().filter(|firing| firing.monitor == monitor.name.as_str());
            own.map(|firing| (firing.told_at, firing.resolved_at.unwrap_or(range.1))).collect::<Vec<_>>()
        };
        let mut strips = vec![("fires", times(firings))];
        strips.extend(beside.before.map(|before| ("before", times(before))));
        strips.extend(beside.labels.map(|labels| {
            let own = labels.iter().filter(|label| label.service.as_ref().is_none_or(|name| *name == monitor.service));
            ("was wrong", own.map(|label| (label.from, label.until)).collect())
        }));
        Some(Self {
            name: monitor.name.to_string(),
            what: format!("{}, in {}", seen.signal, unit(seen)),
            limits: limits.collect(),
            points,
            strips,
            range,
        })
    }

    /// Of what was left of an objective's budget.
    pub(super) fn of_budget(
        setup: &Setup,
        slo: &Slo,
        recordings: &Recordings,
        (stretch, range): (Stretch, (Time, Time)),
        firings: &[Episode],
    ) -> Self {
        let mut points = budget_left(setup, slo, recordings, stretch);
        points.retain(|point| point.at >= range.0 && point.at < range.1);
        let times = |name: &str| {
            let own = firings.iter().filter(|firing| firing.monitor == name);
            own.map(|firing| (firing.told_at, firing.resolved_at.unwrap_or(range.1))).collect::<Vec<_>>()
        };
        Self {
            name: slo.name.to_string(),
            what: format!("error budget of {} at {} left, in percent", slo.period, slo.objective),
            limits: vec![0.0],
            points,
            strips: vec![("burns", times(slo.name.as_str())), ("gate closed", times(&format!("{}/budget", slo.name)))],
            range,
        }
    }

    /// The lowest and the highest number that is drawn.
    pub(super) fn bounds(&self) -> (f64, f64) {
        let values = self.points.iter().filter_map(|point| point.value).chain(self.limits.iter().copied());
        let finite = values.filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        if low > high {
            return (0.0, 1.0);
        }
        let air = ((high - low) * 0.05).max(high.abs() * 1e-6).max(1e-9);
        (low - air, high + air)
    }
}

/// The monitor, or the first one that it combines and that reads series.
fn first_part<'s>(setup: &'s Setup, monitor: &'s Monitor, depth: usize) -> Option<&'s Monitor> {
    if !matches!(monitor.signal, Signal::Monitors(_)) {
        return Some(monitor);
    }
    let parts = monitor.signal.monitors();
    parts.into_iter().filter(|_| depth < 8).find_map(|name| first_part(setup, setup.monitor(name)?, depth + 1))
}

fn unit(monitor: &Monitor) -> String {
    serde_json::to_value(monitor.unit).ok().and_then(|unit| unit.as_str().map(str::to_owned)).unwrap_or_default()
}
