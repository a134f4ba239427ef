//! When the collector would have asked for a series.

use std::collections::BTreeMap;

use domain::metric::{Query, Series};
use domain::units::{Span, Time};

use super::Stretch;
use crate::collect::settles;

/// The ticks at which services were in trouble, so that their series were asked for every minute: the first and the
/// last of each time, the last unknown as long as it goes on.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Trouble(BTreeMap<String, Vec<(Time, Option<Time>)>>);

impl Trouble {
    /// A service came into trouble at `tick`: the next one asks.
    pub(super) fn begins(&mut self, service: &str, tick: Time) {
        self.0.entry(service.to_owned()).or_default().push((tick + Span::MINUTE, None));
    }

    /// It was over at `tick`, which had asked before it was told.
    pub(super) fn ends(&mut self, service: &str, tick: Time) {
        if let Some((_, end)) = self.0.get_mut(service).and_then(|times| times.last_mut()) {
            *end = Some(tick);
        }
    }

    /// The first tick of trouble that is not before `tick`.
    fn first_tick(&self, service: &str, tick: Time) -> Option<Time> {
        let times = self.0.get(service)?;
        let over = times.partition_point(|(_, last)| last.is_some_and(|last| last < tick));
        let (first, last) = times.get(over)?;
        let found = tick.max(*first);
        last.is_none_or(|last| found <= last).then_some(found)
    }
}

/// The first tick that would have read and settled the period of `series` that ends at `end`.
pub(super) fn settled_at(series: &Series, settle: Span, end: Time, trouble: &Trouble, stretch: Stretch) -> Time {
    let ready = end + settle.max(settles(series));
    if ready <= stretch.begin {
        return stretch.begin;
    }
    let ready = (ready + Span::from_seconds(59)).floor(Span::MINUTE);
    let by_pace = due(series.pace, ready);
    let hastened = !matches!(series.query, Query::Cost(_));
    let in_trouble = trouble.first_tick(series.id.service(), ready).filter(|_| hastened);
    in_trouble.map_or(by_pace, |tick| tick.min(by_pace))
}

/// The first tick from `tick` on at which a series of this pace is due.
fn due(pace: Span, tick: Time) -> Time {
    let pace = pace.max(Span::MINUTE);
    let last = tick.floor(pace);
    if tick.since(last) < Span::MINUTE {
        return tick;
    }
    (last + pace + Span::from_seconds(59)).floor(Span::MINUTE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::collect::is_due;

    proptest! {
        #[test]
        fn a_series_is_due_when_the_collector_says_so(pace in 1_u32..7200, minute in 0_i64..5000) {
            let (pace, tick) = (Span::from_seconds(pace), Time::from_epoch(minute * 60));
            let found = due(pace, tick);
            prop_assert!(is_due(pace, found));
            let mut before = tick;
            while before < found {
                prop_assert!(!is_due(pace, before));
                before = before + Span::MINUTE;
            }
        }
    }
}
