use crate::id::Fingerprint;
use crate::incident::{Incident, Severity, State, What};
use crate::notification::{Receipt, ReceiptState};
use crate::response::ActionState;
use crate::units::{Span, Time};

use super::Notifications;

/// Who ends an incident whose alerts have recovered, in its timeline.
const BY_ITSELF: &str = "tocsin";

/// An incident with what became of its notifications.
#[derive(Clone, PartialEq, Debug)]
pub struct Case {
    /// The incident.
    pub incident: Incident,
    /// Its receipts.
    pub receipts: Vec<Receipt>,
}

impl Case {
    /// Whether its first notifications are calls that may wake somebody.
    pub(super) fn pages(&self) -> bool {
        self.incident.severity <= Severity::Sev2
    }

    /// To whom notifications arrived, with when the first did.
    pub(super) fn told(&self) -> Vec<(&str, Time)> {
        let mut told: Vec<(&str, Time)> = Vec::new();
        for receipt in &self.receipts {
            let ReceiptState::Delivered { at, .. } = receipt.state else { continue };
            match told.iter_mut().find(|(channel, _)| *channel == receipt.channel.as_str()) {
                Some((_, first)) => *first = at.min(*first),
                None => told.push((receipt.channel.as_str(), at)),
            }
        }
        told
    }

    pub(super) fn to_tell(&self) -> Option<Span> {
        let first = self.told().into_iter().map(|(_, at)| at).min()?;
        Some(first.since(self.incident.opened_at))
    }

    pub(super) fn to_acknowledge(&self) -> Option<Span> {
        Some(self.incident.acknowledged_at?.since(self.incident.opened_at))
    }

    pub(super) fn to_resolve(&self) -> Option<Span> {
        let over = !self.incident.state.is_open();
        Some(self.incident.resolved_at.filter(|_| over)?.since(self.incident.opened_at))
    }

    /// It told people, ended by itself, and nobody took it, did anything or wrote a word.
    pub(super) fn is_unactionable(&self) -> bool {
        let by_a_person = |what: &What| match what {
            What::Note { .. } => true,
            What::StateChanged { to, by, .. } => *to != State::Closed && by != BY_ITSELF,
            _ => false,
        };
        let incident = &self.incident;
        !incident.state.is_open()
            && incident.merged_into.is_none()
            && incident.acknowledged_at.is_none()
            && incident.actions.iter().all(|action| was_not_done(&action.state))
            && !incident.timeline.iter().any(|entry| by_a_person(&entry.what))
            && !self.told().is_empty()
    }

    /// The alert that opened it.
    pub(super) fn opened_by(&self) -> Option<&str> {
        self.incident.alerts.first().map(|alert| alert.name.as_str())
    }

    /// How often an alert began to fire, ends that were not believed included.
    pub(super) fn firings(&self, fingerprint: &Fingerprint) -> u32 {
        let listed = self.incident.alerts.iter().find(|listed| &listed.fingerprint == fingerprint);
        let returns = listed.map_or(0, |listed| listed.returns);
        let (mut firings, mut fires) = (0, false);
        for entry in &self.incident.timeline {
            match &entry.what {
                What::AlertFired { alert, .. } if alert == fingerprint && !fires => {
                    (firings, fires) = (firings + 1, true);
                }
                What::AlertResolved { alert, .. } if alert == fingerprint => fires = false,
                _ => {}
            }
        }
        // A timeline has a limit; who is listed has fired.
        firings.max(1) + returns
    }
}

impl Notifications {
    pub(super) fn add(&mut self, receipt: &Receipt) {
        *match receipt.state {
            ReceiptState::Delivered { .. } => &mut self.delivered,
            ReceiptState::Refused { .. } => &mut self.refused,
            ReceiptState::Failed { .. } => &mut self.failed,
            ReceiptState::Overtaken { .. } => &mut self.overtaken,
            ReceiptState::Sending | ReceiptState::Retrying { .. } => &mut self.under_way,
        } += 1;
    }
}

const fn was_not_done(state: &ActionState) -> bool {
    matches!(
        state,
        ActionState::Shadowed | ActionState::Suggested | ActionState::AwaitingApproval | ActionState::Refused { .. }
    )
}
