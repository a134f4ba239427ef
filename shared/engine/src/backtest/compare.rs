use std::collections::BTreeSet;

use domain::units::Time;
use serde::Serialize;

use super::{Episode, MonitorLine, Report};

/// What a change of the configuration changes.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// By monitor, of either configuration.
    pub monitors: Vec<MonitorDifference>,
    /// Firings of either, in the order they were told.
    pub firings: Vec<Matched>,
}

/// What a change of the configuration changes of one monitor.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct MonitorDifference {
    /// Its name.
    pub monitor: String,
    /// What it did before; `None`: there was no such monitor.
    pub before: Option<MonitorLine>,
    /// What it does now; `None`: there is no such monitor.
    pub after: Option<MonitorLine>,
    /// Firings that are new.
    pub new: usize,
    /// Firings that are gone.
    pub gone: usize,
    /// Firings that overlap one of before.
    pub same: usize,
}

/// A firing, and whether both configurations have it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Matched {
    /// Which.
    pub fate: Fate,
    /// The firing: of the new configuration, or of the old one where it is gone.
    #[serde(flatten)]
    pub firing: Episode,
    /// The one of before that it overlaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Episode>,
}

/// Which of two configurations has a firing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The new one alone.
    New,
    /// The old one alone.
    Gone,
    /// Both: they overlap.
    Same,
}

impl Fate {
    /// The word in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Same => "same",
        }
    }
}

/// Holds `after` against `before`, two runs over the same range. A firing is the same if one of the same monitor
/// overlaps it that is not taken yet.
pub fn compare(before: &Report, after: &Report) -> Difference {
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut firings = Vec::new();
    for firing in &after.firings {
        let overlaps = |old: &Episode| {
            let end = firing.resolved_at.unwrap_or(after.until);
            old.monitor == firing.monitor && old.overlaps(firing.told_at, end.max(firing.told_at))
        };
        let old = (0..).zip(&before.firings).find(|(index, old)| !taken.contains(index) && overlaps(old));
        taken.extend(old.map(|(index, _)| index));
        let fate = if old.is_some() { Fate::Same } else { Fate::New };
        firings.push(Matched { fate, firing: firing.clone(), before: old.map(|(_, old)| old.clone()) });
    }
    let gone = (0..).zip(&before.firings).filter(|(index, _)| !taken.contains(index));
    firings.extend(gone.map(|(_, old)| Matched { fate: Fate::Gone, firing: old.clone(), before: None }));
    let place = |matched: &Matched| (matched.firing.told_at, matched.firing.monitor.clone(), matched.fate);
    firings.sort_by_key(place as fn(&Matched) -> (Time, String, Fate));
    Difference { monitors: monitors(before, after, &firings), firings }
}

fn monitors(before: &Report, after: &Report, firings: &[Matched]) -> Vec<MonitorDifference> {
    let lines = before.monitors.iter().chain(&after.monitors);
    let names: BTreeSet<&String> = lines.map(|line| &line.monitor).collect();
    let of = |report: &Report, name: &str| report.monitors.iter().find(|line| line.monitor == name).cloned();
    let line = |name: &String| {
        let count = |fate| firings.iter().filter(|m| m.firing.monitor == *name && m.fate == fate).count();
        MonitorDifference {
            monitor: name.clone(),
            before: of(before, name),
            after: of(after, name),
            new: count(Fate::New),
            gone: count(Fate::Gone),
            same: count(Fate::Same),
        }
    };
    names.into_iter().map(line).collect()
}
