use serde::{Deserialize, Serialize};

use super::count::{Count, Step};
use crate::id::SeriesId;
use crate::metric::Cell;
use crate::monitor::{Limit, Signal};
use crate::units::{Span, Time, Unit};

/// Which events there are, and which of them are good.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Indicator {
    /// Each request is an event. A latency objective is of this kind too: its good requests are the fast ones.
    Requests {
        /// Some of them.
        part: SeriesId,
        /// Which.
        which: Part,
        /// All of them.
        total: SeriesId,
    },
    /// Each period of the signal is an event, good while this holds.
    Slices {
        /// The signal, of series.
        signal: Signal,
        /// Multiplied onto the signal before it is compared: the unit conversion.
        factor: f64,
        /// The unit of the limit.
        unit: Unit,
        /// A slice within this is good.
        good: Limit,
    },
    /// Each period is an event, good while the newest point is not older than this.
    Freshness {
        /// What should be fresh.
        series: SeriesId,
        /// How old it may be.
        within: Span,
    },
}

/// Which part of all requests a series counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The good ones.
    Good,
    /// The bad ones.
    Bad,
}

/// What a step counts as in which the source was read and there was nothing. What could not be read counts as nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenEmpty {
    /// Nothing.
    #[default]
    Ignore,
    /// Good slices.
    Good,
    /// Bad slices; of requests as many bad ones as a step usually has requests.
    Bad,
}

impl Indicator {
    /// The series that it reads.
    pub fn series(&self) -> impl Iterator<Item = &SeriesId> {
        let (own, signal) = match self {
            Self::Requests { part, total, .. } => ([Some(part), Some(total)], None),
            Self::Slices { signal, .. } => ([None, None], Some(signal.series())),
            Self::Freshness { series, .. } => ([Some(series), None], None),
        };
        own.into_iter().flatten().chain(signal.into_iter().flatten())
    }

    /// How far before a period it looks, for series of `period`.
    pub const fn reach(&self, period: Span) -> Span {
        match self {
            Self::Requests { .. } => Span::from_seconds(0),
            Self::Slices { .. } => period,
            Self::Freshness { within, .. } => *within,
        }
    }

    /// What the period that begins at `at` and lasts `period` holds, where `cell` tells what a series has there.
    pub fn step(&self, cell: &impl Fn(&SeriesId, Time) -> Cell, at: Time, period: Span) -> Step {
        match self {
            Self::Requests { part, which, total } => requests(cell(part, at), *which, cell(total, at)),
            Self::Slices { signal, factor, good, .. } => slice(of_signal(signal, cell, at, period), *factor, *good),
            Self::Freshness { series, within } => freshness(&|at| cell(series, at), *within, at, period),
        }
    }
}

fn requests(part: Cell, which: Part, total: Cell) -> Step {
    let number = |cell| match cell {
        Cell::Unknown => None,
        Cell::Empty => Some(0.0),
        Cell::Value(value) => Some(value),
    };
    let (Some(part), Some(all)) = (number(part), number(total)) else {
        return Step::Unknown;
    };
    if total == Cell::Empty {
        return Step::Empty;
    }
    let bad = if which == Part::Bad { part } else { (all - part).max(0.0) };
    Count::of(all, bad).map_or(Step::Unknown, Step::Counted)
}

fn of_signal(signal: &Signal, cell: &impl Fn(&SeriesId, Time) -> Cell, at: Time, period: Span) -> Cell {
    let mut series = signal.series();
    let (first, second) = (series.next(), series.next());
    let cells = [first, second].map(|series| series.map(|series| cell(series, at)));
    signal.cell(cells, || first.map(|series| cell(series, at - period)))
}

fn slice(cell: Cell, factor: f64, good: Limit) -> Step {
    match cell {
        Cell::Unknown => Step::Unknown,
        Cell::Empty => Step::Empty,
        Cell::Value(value) => Step::Counted(Count::one(good.holds(value * factor))),
    }
}

fn freshness(cell: &impl Fn(Time) -> Cell, within: Span, at: Time, period: Span) -> Step {
    let (mut unknown, mut back) = (false, Span::default());
    while back < within.max(period) {
        match cell(at - back) {
            Cell::Value(_) => return Step::Counted(Count::one(true)),
            Cell::Unknown => unknown = true,
            Cell::Empty => {}
        }
        back = back + period;
    }
    if unknown { Step::Unknown } else { Step::Counted(Count::one(false)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Cell::{Empty, Unknown, Value};

    const MINUTE: Span = Span::MINUTE;

    fn id(name: &str) -> SeriesId {
        format!("shop/{name}").parse().unwrap()
    }

    /// Cells of `a` and `b`, a minute each from the epoch; the last minute is looked at.
    fn check(indicator: &Indicator, a: &[Cell], b: &[Cell], expected: Step) {
        let cell = |series: &SeriesId, at: Time| {
            let cells = if *series == id("a") { a } else { b };
            let index = usize::try_from(at.epoch() / 60).ok().filter(|_| at.epoch() >= 0);
            index.and_then(|index| cells.get(index)).copied().unwrap_or(Unknown)
        };
        let at = Time::from_epoch(60 * (i64::try_from(a.len()).unwrap() - 1));
        assert_eq!(indicator.step(&cell, at, MINUTE), expected, "{indicator:?} {a:?} {b:?}");
    }

    fn counted(total: f64, bad: f64) -> Step {
        Step::Counted(Count::of(total, bad).unwrap())
    }

    #[test]
    fn requests_are_good_or_bad() {
        let of = |which| Indicator::Requests { part: id("a"), which, total: id("b") };
        check(&of(Part::Bad), &[Value(3.0)], &[Value(100.0)], counted(100.0, 3.0));
        check(&of(Part::Good), &[Value(97.0)], &[Value(100.0)], counted(100.0, 3.0));
        check(&of(Part::Good), &[Value(101.0)], &[Value(100.0)], counted(100.0, 0.0));
        check(&of(Part::Bad), &[Empty], &[Value(100.0)], counted(100.0, 0.0));
        check(&of(Part::Good), &[Empty], &[Value(100.0)], counted(100.0, 100.0));
        check(&of(Part::Bad), &[Value(0.0)], &[Value(0.0)], counted(0.0, 0.0));
        check(&of(Part::Bad), &[Value(3.0)], &[Empty], Step::Empty);
        check(&of(Part::Bad), &[Unknown], &[Value(100.0)], Step::Unknown);
        check(&of(Part::Bad), &[Unknown], &[Empty], Step::Unknown);
        check(&of(Part::Bad), &[Value(3.0)], &[Unknown], Step::Unknown);
        check(&of(Part::Bad), &[Value(-3.0)], &[Value(100.0)], Step::Unknown);
    }

    #[test]
    fn slices_hold_or_not() {
        let good = "< 500".parse().unwrap();
        let of = |signal| Indicator::Slices { signal, factor: 1000.0, unit: Unit::Milliseconds, good };
        let series = of(Signal::Series(id("a")));
        check(&series, &[Value(0.4)], &[], counted(1.0, 0.0));
        check(&series, &[Value(0.5)], &[], counted(1.0, 1.0));
        check(&series, &[Empty], &[], Step::Empty);
        check(&series, &[Unknown], &[], Step::Unknown);
        let increase = of(Signal::Increase(id("a")));
        check(&increase, &[Value(7.0), Value(7.4)], &[], counted(1.0, 0.0));
        check(&increase, &[Value(7.0), Value(8.4)], &[], counted(1.0, 1.0));
        check(&increase, &[Empty, Value(8.4)], &[], Step::Empty);
        let ratio = of(Signal::Ratio { numerator: id("a"), denominator: id("b") });
        check(&ratio, &[Value(4.0)], &[Value(10.0)], counted(1.0, 0.0));
        check(&ratio, &[Value(4.0)], &[Value(0.0)], Step::Empty);
        check(&ratio, &[Value(4.0)], &[Unknown], Step::Unknown);
    }

    #[test]
    fn freshness_looks_back() {
        let of = |minutes| Indicator::Freshness { series: id("a"), within: Span::from_minutes(minutes) };
        check(&of(3), &[Value(1.0), Empty, Empty], &[], counted(1.0, 0.0));
        check(&of(2), &[Value(1.0), Empty, Empty], &[], counted(1.0, 1.0));
        check(&of(2), &[Value(1.0), Unknown, Empty], &[], Step::Unknown);
        check(&of(3), &[Value(1.0), Unknown, Empty], &[], counted(1.0, 0.0));
        check(&of(2), &[Empty, Empty], &[], counted(1.0, 1.0));
    }
}
