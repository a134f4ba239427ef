use domain::id::ServiceName;
use domain::units::{Span, Time};
use serde::Serialize;

use super::Episode;

/// A time in which something really was wrong, as people know it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Label {
    /// Of which service; `None`: of any.
    pub service: Option<ServiceName>,
    /// When it began.
    pub from: Time,
    /// When it was over.
    pub until: Time,
    /// What people call it.
    pub name: String,
}

/// What became of one labelled incident.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Detected {
    /// The incident.
    #[serde(flatten)]
    pub label: Label,
    /// The monitor that told it first; `None`: none did.
    pub by: Option<String>,
    /// How long after its beginning that was.
    pub delay: Option<Span>,
}

/// Firings held against what really happened.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Detection {
    /// Each labelled incident.
    pub incidents: Vec<Detected>,
    /// How many of them nobody told.
    pub missed: usize,
    /// The median delay of those that were told.
    pub median_delay: Option<Span>,
    /// The longest.
    pub longest_delay: Option<Span>,
    /// Firings during no labelled incident of their service, by their place among the firings.
    pub false_alarms: Vec<usize>,
}

impl Detection {
    /// Holds `firings` against `labels`. A firing belongs to each incident of its service that it overlaps.
    pub fn of(labels: &[Label], firings: &[Episode]) -> Self {
        let concerns = |label: &Label, firing: &Episode| {
            let of_service = label.service.as_ref().is_none_or(|service| *service == firing.service);
            of_service && firing.overlaps(label.from, label.until)
        };
        let mut incidents = Vec::new();
        for label in labels {
            let first = firings.iter().filter(|firing| concerns(label, firing)).min_by_key(|firing| firing.told_at);
            incidents.push(Detected {
                label: label.clone(),
                by: first.map(|firing| firing.monitor.clone()),
                delay: first.map(|firing| firing.told_at.since(label.from)),
            });
        }
        let mut delays: Vec<Span> = incidents.iter().filter_map(|incident| incident.delay).collect();
        delays.sort();
        let honest = |firing: &Episode| labels.iter().any(|label| concerns(label, firing));
        Self {
            missed: incidents.len() - delays.len(),
            median_delay: delays.get(delays.len().saturating_sub(1) / 2).copied(),
            longest_delay: delays.last().copied(),
            false_alarms: (0..).zip(firings).filter(|(_, firing)| !honest(firing)).map(|(index, _)| index).collect(),
            incidents,
        }
    }
}
