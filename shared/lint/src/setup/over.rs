//! What is never, or over.

use domain::routing::{TimeInterval, When};
use domain::setup::Setup;
use domain::units::{Span, Time, Zone};

use super::finding;
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// Every date has met every day of the week after so many days: 28 years.
const DAYS: u32 = 28 * 366;

/// Intervals that will never be, and planned work that is over.
pub(super) fn check(setup: &Setup, now: Time) -> Vec<Finding> {
    let intervals = setup.routing.intervals.iter().filter(|(_, times)| times.iter().all(|one| !will_be(one, now)));
    let mut found: Vec<Finding> = intervals
        .map(|(name, _)| {
            finding(Rule::NeverIs, Level::Note, format!("intervals/{name}"), "it will never be")
                .seen(format!("no day of the next 28 years from {now} on has such a date"))
                .remedy("correct days_of_month, months and years, or leave it out")
        })
        .collect();
    for (index, planned) in setup.routing.planned.iter().enumerate() {
        if let When::Between { ends_at, .. } = planned.when
            && ends_at <= now
        {
            let over = finding(Rule::NeverIs, Level::Note, format!("maintenance/{index}"), "it is over");
            found.push(over.seen(format!("{}: until {ends_at}", planned.comment)).remedy("leave it out"));
        }
    }
    found
}

/// Whether any day to come is one of its dates. The clock does not matter: each time of it comes every day.
fn will_be(interval: &TimeInterval, now: Time) -> bool {
    let dates = TimeInterval { times: Vec::new(), location: Zone::default(), ..interval.clone() };
    if dates.days_of_month.is_empty() && dates.months.is_empty() && dates.years.is_empty() {
        return true;
    }
    (0..DAYS).any(|day| dates.contains(now + Span::DAY.times(day)))
}
