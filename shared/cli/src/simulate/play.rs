use std::collections::BTreeMap;

use config::scenario::{Point, Scenario};
use domain::id::SeriesId;
use domain::metric::FailureKind;
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde_json::Value as Json;
use simulator::{Alias, Installation, Reply};

use super::act::act;
use super::told::Told;

/// Plays `scenario` against the real use cases in the simulated world, and returns what happened, line by line.
pub(super) fn play(setup: &Setup, scenario: &Scenario) -> Vec<Json> {
    let mut tocsin = Installation::new(setup.clone(), 1, scenario.start);
    for (resource, version) in &scenario.aliases {
        let alias = Alias { version: version.clone(), ..Alias::default() };
        tocsin.world.lock().aliases.insert(resource.to_string(), alias);
    }
    let sources = Sources::of(setup, scenario);
    let (mut told, mut lines) = (Told::default(), Vec::new());
    let mut steps = scenario.steps.iter().peekable();
    for minute in 0..=scenario.minutes {
        if minute > 0 {
            sources.speak(&tocsin, tocsin.now + Span::MINUTE);
            tocsin.minute();
        }
        told.catch_up(&mut tocsin, &mut lines);
        while let Some(step) = steps.next_if(|step| step.at <= tocsin.now) {
            lines.push(act(&mut tocsin, setup, &step.what));
            tocsin.drain();
            told.catch_up(&mut tocsin, &mut lines);
        }
    }
    lines
}

/// What sources say: all that a series has up to now, or that it cannot be read.
struct Sources<'a> {
    start: Time,
    series: Vec<(&'a SeriesId, Span, &'a [Point])>,
}

impl<'a> Sources<'a> {
    fn of(setup: &'a Setup, scenario: &'a Scenario) -> Self {
        let period = |id: &SeriesId| setup.series(id).map(|series| series.period);
        let series = scenario.series.iter().filter_map(|(id, points)| Some((id, period(id)?, &**points)));
        Self { start: scenario.start, series: series.collect() }
    }

    /// Puts what the sources answer at the tick `now` into the world.
    fn speak(&self, tocsin: &Installation, now: Time) {
        let mut world = tocsin.world.lock();
        for (id, period, points) in &self.series {
            let over = now.since(self.start).seconds() / period.seconds().max(1);
            let latest = (over as usize).checked_sub(1).and_then(|latest| points.get(latest));
            let reply = if latest == Some(&Point::Fails) {
                Reply::Fails(FailureKind::Unreachable)
            } else {
                Reply::Measured(self.numbers(*period, points, over))
            };
            world.replies.insert(id.to_string(), reply);
        }
    }

    fn numbers(&self, period: Span, points: &[Point], over: u32) -> BTreeMap<Time, f64> {
        let known = (0..over).zip(points).filter_map(|(number, point)| match point {
            Point::Number(value) => Some((self.start + period.times(number), *value)),
            Point::Nothing | Point::Fails => None,
        });
        known.collect()
    }
}
