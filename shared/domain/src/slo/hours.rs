use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::count::{Step, Sum};
use super::exclusion::Exclusion;
use crate::units::{Span, Time};

/// Whole hours, and sums over windows that move by the hour: a window of thirty days holds the hours that begin within
/// the last thirty days, the newest of them not yet full.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Hours {
    /// The first hour that is kept, in hours since the epoch.
    first: i64,
    kept: VecDeque<Hour>,
    windows: Vec<Window>,
    keep: u32,
}

/// One hour.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Hour {
    counted: Sum,
    excluded: Sum,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Window {
    span: Span,
    /// Its first hour.
    first: i64,
    sum: Sum,
}

fn hour_of(at: Time) -> i64 {
    at.epoch().div_euclid(i64::from(Span::HOUR.seconds()))
}

/// The first hour that begins within the last `span` before `end`.
fn first_of(span: Span, end: Time) -> i64 {
    hour_of(end - span + Span::from_seconds(Span::HOUR.seconds() - 1))
}

impl Hours {
    /// No hours yet, of which at least `keep` are kept, and these windows over them.
    pub(super) fn new(keep: Span, windows: &[Span]) -> Self {
        let windows = windows.iter().map(|span| Window { span: *span, first: i64::MIN, sum: Sum::default() });
        // The hour that is being filled, and one that is partly over.
        Self { keep: keep.seconds().div_ceil(Span::HOUR.seconds()) + 2, windows: windows.collect(), ..Self::default() }
    }

    /// The sum of the window of that number.
    pub(super) fn window(&self, index: usize) -> Sum {
        self.windows.get(index).map_or_else(Sum::default, |window| window.sum)
    }

    /// Adds a step, which is not before the newest one, and moves the windows to its end.
    pub(super) fn add(&mut self, step: Step, excluded: bool, (at, end): (Time, Time)) {
        let hour = hour_of(at);
        self.reach(hour);
        self.change(hour, excluded, |sum| sum.add(step));
        for window in &mut self.windows {
            let first = first_of(window.span, end);
            let gone = window.first.max(self.first)..first.min(self.first + len(&self.kept));
            for hour in gone {
                window.sum = window.sum.minus(of(&self.kept, self.first, hour).counted);
            }
            window.first = window.first.max(first);
        }
    }

    /// Replaces a step.
    pub(super) fn revise(&mut self, (old, new): (Step, Step), excluded: bool, at: Time) {
        self.change(hour_of(at), excluded, |sum| {
            sum.take(old);
            sum.add(new);
        });
    }

    /// Makes room for `hour`. What is dropped was left by every window, since all are shorter than what is kept; after a
    /// pause as long as that all begins anew.
    fn reach(&mut self, hour: i64) {
        if self.kept.is_empty() || hour - (self.first + len(&self.kept)) > i64::from(self.keep) {
            self.first = hour;
            self.kept.clear();
            for window in &mut self.windows {
                *window = Window { first: hour, sum: Sum::default(), ..*window };
            }
        }
        while self.first + len(&self.kept) <= hour {
            self.kept.push_back(Hour::default());
            if self.kept.len() > self.keep as usize {
                let gone = self.kept.pop_front().unwrap_or_default();
                for window in self.windows.iter_mut().filter(|window| window.first <= self.first) {
                    window.sum = window.sum.minus(gone.counted);
                    window.first = self.first + 1;
                }
                self.first += 1;
            }
        }
    }

    fn change(&mut self, hour: i64, excluded: bool, change: impl Fn(&mut Sum)) {
        let index = usize::try_from(hour - self.first).ok();
        let Some(known) = index.and_then(|index| self.kept.get_mut(index)) else {
            return;
        };
        if excluded {
            return change(&mut known.excluded);
        }
        change(&mut known.counted);
        for window in self.windows.iter_mut().filter(|window| window.first <= hour) {
            change(&mut window.sum);
        }
    }

    /// What the hours that begin in `[from, until)` add up to.
    pub(super) fn between(&self, from: Time, until: Time) -> Sum {
        let first = hour_of(from + Span::from_seconds(Span::HOUR.seconds() - 1)).max(self.first);
        let last = hour_of(until + Span::from_seconds(Span::HOUR.seconds() - 1));
        let hours = (first..last).map(|hour| of(&self.kept, self.first, hour).counted);
        hours.fold(Sum::default(), Sum::plus)
    }

    /// Sums anew what counts: of hours before `exact` those are left out that `exclusions` cover wholly, and those taken
    /// in again that none touches; later ones are replaced by `steps`, with whether they are excluded.
    pub(super) fn recount(
        &mut self,
        keep: Span,
        windows: &[Span],
        exclusions: &[Exclusion],
        (exact, until): (Time, Time),
        steps: impl Iterator<Item = (Time, Step, bool)>,
    ) {
        let old = std::mem::replace(self, Self::new(keep, windows));
        let exact = hour_of(exact);
        for (hour, known) in (old.first..).zip(old.kept).take_while(|(hour, _)| *hour < exact) {
            self.reach(hour);
            if let Some(last) = self.kept.back_mut() {
                *last = known.with(exclusions, hour);
            }
        }
        for (at, step, excluded) in steps {
            self.reach(hour_of(at));
            self.change(hour_of(at), excluded, |sum| sum.add(step));
        }
        for window in &mut self.windows {
            window.first = first_of(window.span, until).max(self.first);
            let hours = (window.first..self.first + len(&self.kept)).map(|h| of(&self.kept, self.first, h).counted);
            window.sum = hours.fold(Sum::default(), Sum::plus);
        }
    }
}

impl Hour {
    fn with(self, exclusions: &[Exclusion], hour: i64) -> Self {
        let start = hour * i64::from(Span::HOUR.seconds());
        let minutes = (0..60).map(|minute| Time::from_epoch(start + minute * 60));
        let covered = minutes.filter(|at| exclusions.iter().any(|exclusion| exclusion.holds(*at))).count();
        let all = self.counted.plus(self.excluded);
        match covered {
            60 => Self { counted: Sum::default(), excluded: all },
            0 => Self { counted: all, excluded: Sum::default() },
            _ => self,
        }
    }
}

fn len(hours: &VecDeque<Hour>) -> i64 {
    i64::try_from(hours.len()).unwrap_or(i64::MAX)
}

fn of(hours: &VecDeque<Hour>, first: i64, hour: i64) -> Hour {
    usize::try_from(hour - first).ok().and_then(|index| hours.get(index)).copied().unwrap_or_default()
}
