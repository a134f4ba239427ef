use std::collections::BTreeMap;

use crate::id::{CallId, Fingerprint};
use crate::incident::{Incident, State, What};
use crate::notification::{Destination, Receipt, ReceiptState};
use crate::response::ActionState;
use crate::units::{Span, Time};

use super::{Callee, Notifications};

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
    /// The notifications that arrived, with when.
    pub(super) fn told(&self) -> impl Iterator<Item = (&Receipt, Time)> {
        self.receipts.iter().filter_map(|receipt| match receipt.state {
            ReceiptState::Delivered { at, .. } => Some((receipt, at)),
            _ => None,
        })
    }

    /// Who was called, each with when the first message of the call arrived.
    pub(super) fn calls(&self) -> Vec<(Callee, Time)> {
        let mut calls: BTreeMap<(Callee, &CallId), Time> = BTreeMap::new();
        for (receipt, at) in self.told() {
            if let Some(call) = &receipt.call {
                let first = calls.entry((callee(receipt), call)).or_insert(at);
                *first = at.min(*first);
            }
        }
        calls.into_iter().map(|((who, _), at)| (who, at)).collect()
    }

    pub(super) fn to_tell(&self) -> Option<Span> {
        let first = self.told().map(|(_, at)| at).min()?;
        Some(first.since(self.incident.opened_at))
    }

    pub(super) fn to_acknowledge(&self) -> Option<Span> {
        Some(self.incident.acknowledged_at?.since(self.incident.opened_at))
    }

    pub(super) fn to_resolve(&self) -> Option<Span> {
        let over = !self.incident.state.is_open();
        Some(self.incident.resolved_at.filter(|_| over)?.since(self.incident.opened_at))
    }

    /// It told people, ended by itself, and nobody did anything about it or wrote a word. To take it is not to do anything.
    pub(super) fn is_unactionable(&self) -> bool {
        let by_a_person = |what: &What| match what {
            What::Note { .. } => true,
            What::StateChanged { to, by, .. } => matches!(to, State::Mitigating | State::Resolved) && by != BY_ITSELF,
            _ => false,
        };
        let incident = &self.incident;
        !incident.state.is_open()
            && incident.merged_into.is_none()
            && incident.actions.iter().all(|action| was_not_done(&action.state))
            && !incident.timeline.iter().any(|entry| by_a_person(&entry.what))
            && self.told().next().is_some()
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

/// What a fallback was told in place of a person, it was called for itself.
fn callee(receipt: &Receipt) -> Callee {
    let to = receipt.page.as_ref().filter(|to| to.name() == receipt.channel);
    match to.and_then(Destination::person) {
        Some(person) => Callee::Person(person.clone()),
        None => Callee::Channel(receipt.channel.clone()),
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
