use serde::{Deserialize, Serialize};

use super::{ActionKind, Mode, Step};
use crate::id::{ActionId, Fingerprint, IncidentId, RunbookName};
use crate::service::Resource;
use crate::units::Time;

/// One run of a runbook's step on one target, from plan to check.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Action {
    /// Derived from incident, runbook, step and target: the same incident plans the same action once.
    pub id: ActionId,
    /// The runbook.
    pub runbook: RunbookName,
    /// What is done and within which guard rails, as configured when it was planned.
    pub step: Step,
    /// What it is done to.
    pub target: Resource,
    /// The alert whose recovery proves that it helped.
    pub alert: Fingerprint,
    /// Why it was planned, in a sentence.
    pub reason: String,
    /// When it was planned.
    pub planned_at: Time,
    /// What the target should serve afterwards.
    pub to_version: String,
    /// What the target served when the plan was made.
    pub from_version: String,
    /// Where it stands.
    pub state: ActionState,
}

impl Action {
    /// The id of the run of step `index` of `runbook` on `target` for `incident`.
    pub fn id_of(incident: &IncidentId, runbook: &RunbookName, index: usize, target: &Resource) -> ActionId {
        ActionId::derive(&["action", incident.as_str(), runbook.as_str(), &index.to_string(), &target.to_string()])
    }

    /// One line for people: `roll lambda:shop-checkout:live back from version 2 to version 1`.
    pub fn summary(&self) -> String {
        match self.step.action {
            ActionKind::RollBackLambdaAlias => {
                format!("roll {} back from version {} to version {}", self.target, self.from_version, self.to_version)
            }
        }
    }

    /// Whether it may still act, now or after an approval.
    pub fn is_pending(&self) -> bool {
        matches!(self.state, ActionState::AwaitingApproval | ActionState::Approved { .. } | ActionState::Acting { .. })
    }

    /// The mode it was planned in.
    pub fn mode(&self) -> Mode {
        self.step.mode
    }
}

/// Where an action stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum ActionState {
    /// Mode `shadow`: written down only.
    Shadowed,
    /// Mode `suggest`: told to people only.
    Suggested,
    /// Mode `approve`: waits for a person.
    AwaitingApproval,
    /// May act; `by` is a person, or `auto`.
    Approved {
        /// Who gave leave.
        by: String,
    },
    /// A guard rail or a person refused it.
    Refused {
        /// Why.
        reason: String,
    },
    /// The intent is committed; the act may or may not have happened: look before acting.
    Acting {
        /// Revision of the target that the act is conditional on.
        revision: String,
        /// When the intent was committed.
        since: Time,
    },
    /// It is done; the check is still to come.
    Acted {
        /// When.
        at: Time,
        /// The monitor must have recovered by then.
        verify_by: Time,
    },
    /// It is done and it helped.
    Verified {
        /// When the monitor recovered.
        at: Time,
    },
    /// It is done and did not help in time.
    Ineffective {
        /// When that was judged.
        at: Time,
        /// The numbers.
        reason: String,
    },
    /// It made things worse; the way back is committed and may or may not have happened.
    Undoing {
        /// When that was judged.
        since: Time,
        /// The numbers.
        reason: String,
    },
    /// It was undone.
    Undone {
        /// When.
        at: Time,
    },
    /// It could not be done, or not be undone.
    Failed {
        /// When.
        at: Time,
        /// What the target's service said.
        reason: String,
    },
}

impl ActionState {
    /// Whether it may act, acts or is being undone: how it ends is not known yet.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Self::Approved { .. } | Self::Acting { .. } | Self::Undoing { .. })
    }
}
