use super::Slo;
use super::budget::Budget;
use super::burn_rate::BurnRate;
use super::confidence::surely_above;
use super::count::Sum;
use super::counter::Counter;
use crate::incident::Severity;

/// A budget that burns too fast.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Burning {
    /// The rule.
    pub rule: BurnRate,
    /// Events of the long window.
    pub long: Sum,
    /// Its burn rate.
    pub long_rate: f64,
    /// The short window's.
    pub short_rate: Option<f64>,
}

impl Slo {
    /// The severities that it alerts with, the worst first, each once.
    pub fn severities(&self) -> Vec<Severity> {
        let mut severities: Vec<_> = self.burn_rates.iter().map(|rule| rule.severity).collect();
        severities.sort();
        severities.dedup();
        severities
    }

    /// The first rule of a severity that its burning budget exceeds. An alert that fires already goes on without the guard
    /// and through a short window without events, so that it ends when the burning does and not when events become few.
    pub fn burning(&self, counter: &Counter, severity: Severity, fires: bool, budget: &Budget) -> Option<Burning> {
        self.burn_rates.iter().filter(|rule| rule.severity == severity).find_map(|rule| {
            let long = counter.window(rule.long);
            let long_rate = self.exceeds(long, rule.factor)?;
            let short_rate = match rule.short.map(|short| counter.window(short)) {
                // Where nothing happens nothing shows that it is over.
                Some(short) if fires && short.ratio().is_none() => None,
                Some(short) => Some(self.exceeds(short, rule.factor)?),
                None => None,
            };
            let known = fires || self.is_known(rule, long, counter, budget);
            known.then_some(Burning { rule: *rule, long, long_rate, short_rate })
        })
    }

    /// The burn rate, if it is above `factor`.
    fn exceeds(&self, sum: Sum, factor: f64) -> Option<f64> {
        self.burn_rate(sum).filter(|rate| *rate > factor)
    }

    /// Whether enough was seen: the whole long window, unless the budget is gone; enough events; and so many bad ones that
    /// chance does not explain them.
    fn is_known(&self, rule: &BurnRate, long: Sum, counter: &Counter, budget: &Budget) -> bool {
        let seen = counter.history() >= rule.long || budget.is_spent();
        let limit = rule.factor * self.objective.budget();
        seen && long.total() >= f64::from(self.guard.events)
            && surely_above(long.bad(), long.total(), limit, self.guard.confidence)
    }
}
