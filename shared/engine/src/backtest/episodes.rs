use std::collections::BTreeMap;

use domain::alert::Status;
use domain::id::{Fingerprint, ServiceName};
use domain::incident::Severity;
use domain::units::{Span, Time};
use serde::Serialize;

use super::Told;

/// One firing of an alert, from when it was told to when its end was told.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Episode {
    /// The monitor's name, or `source/<name>`.
    pub monitor: String,
    /// Its service.
    pub service: ServiceName,
    /// The worst it was.
    pub severity: Severity,
    /// When the trouble began, as the alert says.
    pub began: Time,
    /// When it was told.
    pub told_at: Time,
    /// When its end was told; `None`: it still fires at the end of the range.
    pub resolved_at: Option<Time>,
    /// Why it fired, in a sentence.
    pub reason: String,
}

impl Episode {
    /// How long people saw it firing, up to `until` at most.
    pub fn lasted(&self, until: Time) -> Span {
        self.resolved_at.unwrap_or(until).since(self.told_at)
    }

    /// Whether it overlaps `[from, until)`.
    pub fn overlaps(&self, from: Time, until: Time) -> bool {
        self.told_at < until && self.resolved_at.is_none_or(|end| end > from)
    }
}

/// The firings among `told`, in the order they were told. A change of severity belongs to its firing.
pub fn episodes(told: &[Told]) -> Vec<Episode> {
    let mut found: Vec<Episode> = Vec::new();
    let mut open: BTreeMap<&Fingerprint, usize> = BTreeMap::new();
    for Told { at, change } in told {
        let known = open.get(&change.fingerprint).copied();
        match (change.status, known) {
            (Status::Firing, None) => {
                open.insert(&change.fingerprint, found.len());
                found.push(Episode {
                    monitor: change.name.clone(),
                    service: change.service.clone(),
                    severity: change.severity,
                    began: change.at,
                    told_at: *at,
                    resolved_at: None,
                    reason: change.reason.clone(),
                });
            }
            (Status::Firing, Some(index)) => {
                let episode = &mut found[index];
                if change.severity < episode.severity {
                    (episode.severity, episode.reason) = (change.severity, change.reason.clone());
                }
            }
            (Status::Resolved, Some(index)) => {
                found[index].resolved_at = Some(*at);
                open.remove(&change.fingerprint);
            }
            // No monitor tells that it has no data: that is decided by its policy.
            (Status::Resolved, None) | (Status::Pending, _) => {}
        }
    }
    found
}
