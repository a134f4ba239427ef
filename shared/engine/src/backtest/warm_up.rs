use domain::measure::{Against, Due, Measure};
use domain::metric::Series;
use domain::monitor::Monitor;
use domain::setup::Setup;
use domain::units::Span;

/// Anomalies are told after two days; by two weeks the hours of the week are known.
const ANOMALY: Span = Span::DAY.times(14);
/// Between two times of a schedule lies a day or less, but for few.
const SCHEDULE: Span = Span::DAY.times(2);

/// How much history before a range monitors and objectives need to judge its first day as any other.
pub fn warm_up(setup: &Setup) -> Span {
    let monitors = setup.monitors.iter().map(|monitor| of(setup, monitor));
    // A budget is what its whole period has left.
    let slos = setup.slos.iter().map(|slo| slo.period.length() + slo.settle + Span::HOUR);
    monitors.chain(slos).max().unwrap_or_default()
}

fn of(setup: &Setup, monitor: &Monitor) -> Span {
    let series: Vec<&Series> = monitor.series().filter_map(|id| setup.series(id)).collect();
    let period = series.iter().map(|series| series.period).max().unwrap_or(Span::MINUTE);
    let pace = series.iter().map(|series| series.pace).max().unwrap_or(Span::MINUTE);
    let learns = match &monitor.measure {
        Measure::Value => Span::default(),
        Measure::Anomaly { .. } => ANOMALY.max(period.times(200)),
        Measure::ZScore { over } | Measure::Mad { over } | Measure::Forecast { over, .. } => *over,
        Measure::WeekBand { weeks } => Span::DAY.times(7).times(weeks.saturating_add(1)),
        Measure::Change { against, over, .. } => match against {
            Against::Yesterday => Span::DAY + *over,
            Against::LastWeek => Span::DAY.times(7) + *over,
            Against::Usual { .. } => Span::DAY.times(14) + *over,
        },
        Measure::Absence { due: Due::Every(every), grace, .. } => *every + *grace,
        Measure::Absence { grace, .. } => SCHEDULE + *grace,
    };
    learns + period.times(monitor.window.range()) + monitor.settle + pace
}
