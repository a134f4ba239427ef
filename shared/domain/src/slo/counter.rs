use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Slo;
use super::count::{Step, Sum};
use super::exclusion::Exclusion;
use super::hours::Hours;
use super::period::Period;
use super::slot::Slot;
use crate::units::{Span, Time};

/// Windows up to this are exact to the step; longer ones move by the hour. Three days hold the longest window of the usual
/// tables; thirty days of minutes would make an objective's state ten times as large.
pub const FINE_MAX: Span = Span::DAY.times(3);

/// What is remembered for an objective, and which windows are summed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Shape {
    step: Span,
    /// Windows of steps, ascending.
    fine: Vec<Span>,
    /// Windows of hours, ascending.
    coarse: Vec<Span>,
    period: Period,
    exclusions: Vec<Exclusion>,
}

impl Shape {
    /// Of `slo` over series of `period`: a step is a period, at least a minute.
    pub(super) fn of(slo: &Slo, period: Span) -> Self {
        let mut windows: Vec<Span> =
            slo.burn_rates.iter().flat_map(|rule| [Some(rule.long), rule.short]).flatten().collect();
        if let Period::Rolling(span) = slo.period {
            windows.push(span);
        }
        windows.sort();
        windows.dedup();
        let (fine, coarse) = windows.into_iter().partition(|window| *window <= FINE_MAX);
        let step = period.max(Span::MINUTE);
        Self { step, fine, coarse, period: slo.period.clone(), exclusions: slo.exclusions.clone() }
    }

    /// The length of a step.
    pub const fn step(&self) -> Span {
        self.step
    }

    fn steps(&self, window: Span) -> usize {
        (window.seconds() / self.step.seconds().max(1)).max(1) as usize
    }

    /// Steps that are kept: the longest window and an hour, so that the hours of late corrections are whole.
    fn keep(&self) -> usize {
        let longest = self.fine.last().copied().unwrap_or_default().max(Span::HOUR);
        self.steps(longest + Span::HOUR)
    }

    fn keep_hours(&self) -> Span {
        // The longest calendar period of each kind has two days more than its usual length.
        self.coarse.last().copied().unwrap_or_default().max(self.period.length() + Span::DAY.times(3))
    }

    fn excludes(&self, at: Time) -> bool {
        self.exclusions.iter().any(|exclusion| exclusion.holds(at))
    }
}

/// Good and bad events of an objective, and what they add up to over its windows, exact to the event.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Counter {
    shape: Shape,
    /// End of the last step.
    until: Time,
    /// When the first step with events began.
    since: Option<Time>,
    slots: VecDeque<Slot>,
    /// By window of steps.
    sums: Vec<Sum>,
    hours: Hours,
    /// The calendar period that is running.
    turn: Option<Turn>,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Turn {
    from: Time,
    until: Time,
    sum: Sum,
}

impl Counter {
    /// Nothing was counted yet.
    pub fn new(shape: Shape, from: Time) -> Self {
        let sums = vec![Sum::default(); shape.fine.len()];
        let hours = Hours::new(shape.keep_hours(), &shape.coarse);
        Self { shape, until: from, since: None, slots: VecDeque::new(), sums, hours, turn: None }
    }

    /// The length of a step.
    pub const fn step(&self) -> Span {
        self.shape.step
    }

    /// The end of the last step.
    pub const fn until(&self) -> Time {
        self.until
    }

    /// When the first step with events began.
    pub const fn since(&self) -> Option<Time> {
        self.since
    }

    /// How long it has counted.
    pub fn history(&self) -> Span {
        self.since.map_or_else(Span::default, |since| self.until.since(since))
    }

    /// Takes in the next step. Steps that were left out before it are unknown.
    pub fn count(&mut self, step: Step, at: Time) {
        let missing = at.since(self.until).seconds() / self.shape.step.seconds();
        if missing as usize > self.shape.keep() {
            self.slots.clear();
            self.sums.fill(Sum::default());
        } else {
            (0..missing).for_each(|_| self.push(Slot::default()));
        }
        let excluded = self.shape.excludes(at);
        self.until = at + self.shape.step;
        if matches!(step, Step::Counted(count) if count.total > 0) {
            self.since.get_or_insert(at);
        }
        self.push(Slot { step, excluded });
        self.hours.add(step, excluded, (at, self.until));
        self.turn(at);
        if let Some(turn) = self.turn.as_mut().filter(|_| !excluded) {
            turn.sum.add(step);
        }
    }

    fn push(&mut self, slot: Slot) {
        self.slots.push_back(slot);
        for (sum, window) in self.sums.iter_mut().zip(&self.shape.fine) {
            sum.add(slot.counts());
            let leaving = self.slots.len().checked_sub(self.shape.steps(*window) + 1);
            if let Some(leaving) = leaving.and_then(|index| self.slots.get(index)) {
                sum.take(leaving.counts());
            }
        }
        while self.slots.len() > self.shape.keep() {
            self.slots.pop_front();
        }
    }

    fn turn(&mut self, at: Time) {
        if self.turn.is_none_or(|turn| at >= turn.until) {
            let turn = self.shape.period.turn(at);
            self.turn = turn.map(|(from, until)| Turn { from, until, sum: Sum::default() });
        }
    }

    /// The step that begins at `at`, if it is remembered and counts or once counted.
    pub fn known(&self, at: Time) -> Option<Step> {
        self.index(at).and_then(|index| self.slots.get(index)).map(|slot| slot.step)
    }

    fn index(&self, at: Time) -> Option<usize> {
        let back = (self.until.epoch() - at.epoch()) / i64::from(self.shape.step.seconds());
        self.slots.len().checked_sub(usize::try_from(back).ok().filter(|back| *back > 0)?)
    }

    /// Replaces a step that is remembered, since its source has revised it.
    pub fn revise(&mut self, step: Step, at: Time) {
        let Some(index) = self.index(at).filter(|index| *index < self.slots.len()) else {
            return;
        };
        let slot = &mut self.slots[index];
        let (old, excluded) = (std::mem::replace(&mut slot.step, step), slot.excluded);
        if old == step {
            return;
        }
        if matches!(step, Step::Counted(count) if count.total > 0) {
            self.since = Some(self.since.map_or(at, |since| since.min(at)));
        }
        let back = self.slots.len() - index;
        if !excluded {
            for (sum, _) in self.sums.iter_mut().zip(&self.shape.fine).filter(|(_, w)| self.shape.steps(**w) >= back) {
                sum.take(old);
                sum.add(step);
            }
            if let Some(turn) = self.turn.as_mut().filter(|turn| turn.from <= at) {
                turn.sum.take(old);
                turn.sum.add(step);
            }
        }
        self.hours.revise((old, step), excluded, at);
    }

    /// The sum over one of its windows, or over another length: up to three days exact to the step, then by the hour.
    pub fn window(&self, window: Span) -> Sum {
        if let Some(index) = self.shape.fine.iter().position(|known| *known == window) {
            return self.sums[index];
        }
        if let Some(index) = self.shape.coarse.iter().position(|known| *known == window) {
            return self.hours.window(index);
        }
        let steps = self.shape.steps(window);
        if steps > self.shape.keep() {
            return self.hours.between(self.until - window, self.until);
        }
        let mut sum = Sum::default();
        self.slots.iter().rev().take(steps).for_each(|slot| sum.add(slot.counts()));
        sum
    }

    /// The sum over the objective's period.
    pub fn period(&self) -> Sum {
        match &self.shape.period {
            Period::Rolling(span) => self.window(*span),
            Period::Calendar { .. } => self.turn.map_or_else(Sum::default, |turn| turn.sum),
        }
    }

    /// The length of the objective's period, and how much of it has been counted.
    pub fn elapsed(&self) -> (Span, Span) {
        match self.turn {
            Some(turn) => {
                let from = self.since.map_or(self.until, |since| since.max(turn.from));
                (turn.until.since(turn.from), self.until.since(from))
            }
            None => (self.shape.period.length(), self.history().min(self.shape.period.length())),
        }
    }

    /// When the running calendar period ends; `None` for a rolling one.
    pub fn turns_at(&self) -> Option<Time> {
        self.turn.map(|turn| turn.until)
    }

    /// What the hours that begin in `[from, until)` add up to, as far back as the objective's period reaches.
    pub fn between(&self, from: Time, until: Time) -> Sum {
        self.hours.between(from, until)
    }

    /// Goes on with other windows, another period or other exclusions; with another step it begins anew.
    ///
    /// Exclusions hold for the past too: to the step within the longest window of steps, before that by whole hours.
    pub fn reshape(&mut self, shape: Shape) {
        if shape == self.shape {
            return;
        }
        if shape.step != self.shape.step {
            *self = Self::new(shape, self.until);
            return;
        }
        self.shape = shape;
        let shape = &self.shape;
        let step = shape.step;
        let first = self.until - step.times(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        let starts = (0..).map(|index| first + step.times(index));
        for (slot, at) in self.slots.iter_mut().zip(starts.clone()) {
            slot.excluded = shape.excludes(at);
        }
        // The first hour that the steps hold wholly.
        let exact = (first + Span::from_seconds(Span::HOUR.seconds() - 1)).floor(Span::HOUR);
        let steps = starts.zip(&self.slots).map(|(at, slot)| (at, slot.step, slot.excluded));
        let exact_steps = steps.filter(|(at, ..)| *at >= exact);
        let (keep, until) = (shape.keep_hours(), self.until);
        self.hours.recount(keep, &shape.coarse, &shape.exclusions, (exact, until), exact_steps);
        let newest = |window: &Span| {
            let mut sum = Sum::default();
            self.slots.iter().rev().take(shape.steps(*window)).for_each(|slot| sum.add(slot.counts()));
            sum
        };
        self.sums = shape.fine.iter().map(newest).collect();
        let last = self.until - step;
        let turn = shape.period.turn(last);
        self.turn = turn.map(|(from, until)| Turn { from, until, sum: self.hours.between(from, last + step) });
    }
}
