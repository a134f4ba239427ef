use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::{Query, Series, Statistic};
use domain::monitor::{Monitor, Signal, growth};
use domain::rca::SeriesChange;
use domain::setup::Setup;
use domain::units::{Span, Time, Unit};

use super::History;
use super::robust::{Normal, chance_of_events, median, percentile};

/// From this many robust standard deviations on, a period is out of the normal range.
pub const OUT_OF_RANGE: f64 = 4.0;
/// Samples that the hour before must have, or nothing is said about a change: fewer have no median to speak of.
pub const REFERENCE_SAMPLES_MIN: usize = 5;
/// A period begins a change only if two of the three periods from it on are out of range; fewer where the data end.
const CONFIRM_PERIODS: usize = 3;

/// The times between which a signal is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Window {
    /// Begin of the reference.
    pub(super) from: Time,
    /// End of the reference, and begin of the incident.
    pub(super) opened_at: Time,
    /// End of the incident.
    pub(super) until: Time,
}

/// One signal over time: a series, or one over another, and the direction that is worse.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Track {
    /// `service/name` of a series, or `errors / requests` of a ratio.
    pub(super) name: String,
    pub(super) unit: Unit,
    pub(super) period: Span,
    /// Whether larger numbers are worse.
    pub(super) upward: bool,
    values: BTreeMap<Time, f64>,
    events: Events,
}

/// What the numbers count, from which follows how much they vary by chance.
#[derive(Clone, PartialEq, Debug)]
enum Events {
    /// Nothing that could be counted: a mean, a share of something else.
    None,
    /// The numbers are events.
    Counted,
    /// The numbers are events over others, times a factor; these are the others.
    Over(BTreeMap<Time, f64>, f64),
}

/// How a signal was before and during the incident.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Shift {
    pub(super) normal: Normal,
    pub(super) during: f64,
    /// Robust standard deviations between both; positive: worse.
    pub(super) score: f64,
    /// Start of the first period out of range, of the run that reaches into the incident.
    pub(super) since: Option<Time>,
    samples: (usize, usize),
}

impl Track {
    /// What `monitor` looks at, in its unit.
    pub(super) fn of_monitor(monitor: &Monitor, setup: &Setup, history: &History, window: Window) -> Self {
        let all = |id: &SeriesId| history.samples(id, window.from, window.until);
        let counted = monitor.series().all(|id| setup.series(id).is_some_and(counts_events));
        let (values, events): (BTreeMap<_, _>, _) = match &monitor.signal {
            Signal::Series(id) => (all(id).collect(), if counted { Events::Counted } else { Events::None }),
            Signal::Increase(id) => {
                let samples: Vec<(Time, f64)> = all(id).collect();
                let grown = samples.windows(2).map(|pair| (pair[1].0, growth(pair[0].1, pair[1].1)));
                (grown.collect(), Events::None)
            }
            Signal::Monitors(_) => (BTreeMap::new(), Events::None),
            Signal::Ratio { numerator, denominator } => {
                let whole: BTreeMap<Time, f64> = all(denominator).filter(|(_, value)| *value != 0.0).collect();
                let ratio = |(at, part)| whole.get(&at).map(|whole| (at, part / whole));
                let values = all(numerator).filter_map(ratio).collect();
                (values, if counted { Events::Over(whole, monitor.factor) } else { Events::None })
            }
        };
        Self {
            name: monitor.signal.to_string(),
            unit: monitor.unit,
            period: period_of(monitor.series().next(), setup),
            upward: is_upward(monitor),
            values: values
                .into_iter()
                .map(|(at, value)| (at, value * monitor.factor))
                .filter(|(_, value)| value.is_finite())
                .collect(),
            events,
        }
    }

    /// A series as it is stored. Larger is worse, unless a monitor of it says otherwise.
    pub(super) fn of_series(id: &SeriesId, setup: &Setup, history: &History, window: Window) -> Self {
        let judges = |monitor: &&Monitor| match &monitor.signal {
            Signal::Series(series) | Signal::Increase(series) => series == id,
            Signal::Ratio { numerator, .. } => numerator == id,
            Signal::Monitors(_) => false,
        };
        Self {
            name: id.to_string(),
            unit: setup.series(id).map_or(Unit::Count, |series| series.unit),
            period: period_of(Some(id), setup),
            upward: setup.monitors.iter().find(judges).is_none_or(is_upward),
            values: history.samples(id, window.from, window.until).collect(),
            events: if setup.series(id).is_some_and(counts_events) { Events::Counted } else { Events::None },
        }
    }

    /// How it changed; `None` with too few samples to say.
    pub(super) fn shift(&self, window: Window) -> Option<Shift> {
        let before = self.between(window.from, window.opened_at);
        let during = self.between(window.opened_at, window.until);
        if before.len() < REFERENCE_SAMPLES_MIN {
            return None;
        }
        let mut normal = Normal::of(&before, self.chance(&before, window))?;
        let worst_tenth = percentile(&during, if self.upward { 90 } else { 10 })?;
        if normal.spread == 0.0 {
            // Every sample was zero, and it counts nothing: 2 % of the largest number since stands in for the median's.
            let largest = during.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
            normal.spread = largest * 0.02;
        }
        let mut shift =
            Shift { normal, during: worst_tenth, score: 0.0, since: None, samples: (before.len(), during.len()) };
        if normal.spread > 0.0 {
            shift.score = self.distance(&normal, worst_tenth);
            shift.since = self.since(&normal, window.opened_at);
        }
        Some(shift)
    }

    /// By how much it varies by chance alone, given what it was before.
    fn chance(&self, before: &[f64], window: Window) -> f64 {
        let usual = median(before).unwrap_or_default();
        match &self.events {
            Events::None => 0.0,
            Events::Counted => chance_of_events(usual),
            Events::Over(whole, factor) => {
                let whole: Vec<f64> = whole.range(window.from..window.opened_at).map(|(_, value)| *value).collect();
                let whole = median(&whole).unwrap_or_default();
                let share = factor / whole;
                if share > 0.0 && share.is_finite() { chance_of_events(usual / share) * share } else { 0.0 }
            }
        }
    }

    /// The median of the periods in `[from, until)`.
    pub(super) fn median(&self, from: Time, until: Time) -> Option<f64> {
        median(&self.between(from, until))
    }

    /// How far `value` is from normal, in robust standard deviations; positive: worse.
    pub(super) fn distance(&self, normal: &Normal, value: f64) -> f64 {
        let excess = value - normal.median;
        (if self.upward { excess } else { -excess }) / normal.spread
    }

    fn between(&self, from: Time, until: Time) -> Vec<f64> {
        let range = (from < until).then(|| self.values.range(from..until));
        range.into_iter().flatten().map(|(_, value)| *value).collect()
    }

    fn since(&self, normal: &Normal, opened_at: Time) -> Option<Time> {
        let out: Vec<(Time, bool)> =
            self.values.iter().map(|(at, value)| (*at, self.distance(normal, *value) > OUT_OF_RANGE)).collect();
        let confirmed = |index: &usize| {
            let run = &out[*index..out.len().min(index + CONFIRM_PERIODS)];
            run[0].1 && run.iter().filter(|(_, out)| *out).count() * 3 >= run.len() * 2
        };
        let opened = out.partition_point(|(at, _)| *at + self.period <= opened_at);
        let mut first = (opened..out.len()).find(confirmed)?;
        while first > 0 && out[first - 1].1 {
            first -= 1;
        }
        Some(out[first].0)
    }
}

impl Shift {
    /// Both numbers, for people.
    pub(super) fn words(&self, track: &Track) -> String {
        let (before, during) = self.samples;
        let percentile = if track.upward { "90th" } else { "10th" };
        format!(
            "{}: {} before (median of {before} periods), {} during ({percentile} percentile of {during})",
            track.name,
            track.unit.show(self.normal.median),
            track.unit.show(self.during),
        )
    }

    /// As the analysis lists it.
    pub(super) fn change(&self, series: SeriesId, unit: Unit) -> SeriesChange {
        SeriesChange {
            series,
            before: self.normal.median,
            during: self.during,
            unit,
            score: self.score,
            since: self.since,
        }
    }
}

/// Whether the samples of a series are numbers of events, which can be added up: sums and counts are, rates and means
/// are not.
pub(crate) fn counts_events(series: &Series) -> bool {
    let counts = match &series.query {
        Query::CloudWatch { statistic, .. } => {
            matches!(statistic, Statistic::Sum | Statistic::SampleCount | Statistic::CountUpTo(_))
        }
        Query::Prometheus { expression } => expression.contains("increase("),
        Query::Log(log) => log.reads.is_count(),
        Query::Pushed(pushed) => {
            matches!(pushed.statistic, Statistic::Sum | Statistic::SampleCount | Statistic::CountUpTo(_))
        }
        Query::Probe(_) | Query::Cost(_) => false,
    };
    counts && series.unit == Unit::Count
}

fn period_of(series: Option<&SeriesId>, setup: &Setup) -> Span {
    let known = series.and_then(|id| setup.series(id));
    known.map_or(Span::MINUTE, |series| series.period)
}

fn is_upward(monitor: &Monitor) -> bool {
    monitor.more_is_worse().unwrap_or(true)
}
