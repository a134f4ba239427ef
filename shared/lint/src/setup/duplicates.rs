use domain::monitor::Monitor;
use domain::notification::ChannelKind;
use domain::setup::Setup;

use super::{finding, of_monitor};
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// Finds what tells people of one thing twice.
pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, monitor) in setup.monitors.iter().enumerate() {
        if let Some(first) = setup.monitors[..index].iter().find(|first| are_same(first, monitor)) {
            let what = format!("it is the same rule as {}", first.name);
            let evidence = format!("both look at {}, with the same measure, limits and window", monitor.signal);
            let twice = finding(Rule::Duplicate, Level::Warn, of_monitor(monitor), what);
            found.push(twice.seen(evidence).remedy("keep one; labels and categories can stand there together"));
        }
    }
    for (index, channel) in setup.channels.iter().enumerate() {
        if let Some(first) = setup.channels[..index].iter().find(|first| lead_to_one_place(&first.kind, &channel.kind))
        {
            let what = format!("it leads to the same place as {}", first.name);
            let twice = finding(Rule::Duplicate, Level::Warn, format!("channels/{}", channel.name), what);
            found.push(twice.seen("both have the same kind and address").remedy("keep one, or people are told twice"));
        }
    }
    found
}

fn are_same(a: &Monitor, b: &Monitor) -> bool {
    a.signal == b.signal
        && a.measure == b.measure
        && a.unit == b.unit
        && a.conditions.iter().map(|c| (c.when, c.recover)).eq(b.conditions.iter().map(|c| (c.when, c.recover)))
        && a.window == b.window
        && a.missing_data == b.missing_data
        && a.quiet == b.quiet
}

fn lead_to_one_place(a: &ChannelKind, b: &ChannelKind) -> bool {
    match (a, b) {
        (ChannelKind::Webhook { url: a, .. }, ChannelKind::Webhook { url: b, .. }) => a == b,
        _ => a == b,
    }
}
