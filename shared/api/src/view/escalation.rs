use domain::escalation::{self, State};
use domain::incident;
use serde::Serialize;
use utoipa::ToSchema;

/// Where an incident stands in its escalation policy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Escalation {
    /// The policy.
    policy: String,
    /// `paging` (it waits for somebody), `acknowledged`, `snoozed`, `exhausted` (all rounds are over, the fallback is
    /// told) or `over`.
    state: &'static str,
    /// Who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    holder: Option<String>,
    /// Until when the holder's word is waited for, since it has become worse or more; then somebody else is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    answer_by: Option<String>,
    /// How many pages and reminders it has asked for.
    pages: u32,
    /// The step that was called last, from 1; absent: none since it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    called_step: Option<usize>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    called_at: Option<String>,
    /// The step that is called next, from 1.
    next_step: usize,
    /// In which round, from 1.
    next_round: u32,
    /// When something happens next: a page, a reminder of the holder, the end of a snooze.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    next_at: Option<String>,
}

/// Who does not want to hear of an incident until it is over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Muted {
    /// Who.
    by: String,
    /// Since when.
    #[schema(format = DateTime)]
    at: String,
}

impl From<&escalation::Escalation> for Escalation {
    fn from(escalation: &escalation::Escalation) -> Self {
        let state = match escalation.state {
            State::Paging => "paging",
            State::Acknowledged { .. } => "acknowledged",
            State::Snoozed { .. } => "snoozed",
            State::Exhausted { .. } => "exhausted",
            State::Over => "over",
        };
        Self {
            policy: escalation.policy.to_string(),
            state,
            holder: escalation.holder().map(str::to_owned),
            answer_by: escalation.asked.as_ref().map(|asked| asked.until.to_string()),
            pages: escalation.pages,
            called_step: escalation.paged_at.map(|_| escalation.paged_step + 1),
            called_at: escalation.paged_at.map(|at| at.to_string()),
            next_step: escalation.step + 1,
            next_round: escalation.round + 1,
            next_at: escalation.next_wake().map(|at| at.to_string()),
        }
    }
}

impl From<&incident::Muted> for Muted {
    fn from(muted: &incident::Muted) -> Self {
        Self { by: muted.by.clone(), at: muted.at.to_string() }
    }
}
