use domain::response::{ActionState, Mode};
use serde::Serialize;
use utoipa::ToSchema;

/// One run of a runbook's step on one target.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "these are the names of the answer")]
pub(crate) struct Action {
    /// Its id, for `approve` and `refuse`.
    id: String,
    /// The runbook.
    runbook: String,
    /// What is done, such as `roll-back-lambda-alias`.
    action: &'static str,
    /// How far it may go by itself.
    #[schema(value_type = ModeWord)]
    mode: Mode,
    /// What it is done to, such as `lambda:shop-checkout:live`.
    target: String,
    /// What would be or was done, in words.
    pub summary: String,
    /// Why it was planned.
    pub reason: String,
    /// When it was planned.
    #[schema(format = DateTime)]
    planned_at: String,
    /// What the target served when it was planned.
    from_version: String,
    /// What the target should serve afterwards.
    to_version: String,
    /// Where it stands: `shadowed`, `suggested`, `awaiting-approval`, `approved`, `refused`, `acting`, `acted`,
    /// `verified`, `ineffective`, `undoing`, `undone` or `failed`.
    pub state: &'static str,
    /// When it came to stand there, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    since: Option<String>,
    /// Why it stands there, or who gave leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub because: Option<String>,
}

/// The ladder of an action.
#[derive(ToSchema)]
#[schema(as = Mode, rename_all = "kebab-case")]
#[allow(dead_code, reason = "it is the schema of a word")]
enum ModeWord {
    Off,
    Shadow,
    Suggest,
    Approve,
    Auto,
}

impl From<&domain::response::Action> for Action {
    fn from(action: &domain::response::Action) -> Self {
        let (state, since, because) = match &action.state {
            ActionState::Shadowed => ("shadowed", None, None),
            ActionState::Suggested => ("suggested", None, None),
            ActionState::AwaitingApproval => ("awaiting-approval", None, None),
            ActionState::Approved { by } => ("approved", None, Some(by)),
            ActionState::Refused { reason } => ("refused", None, Some(reason)),
            ActionState::Acting { since, .. } => ("acting", Some(since), None),
            ActionState::Acted { at, .. } => ("acted", Some(at), None),
            ActionState::Verified { at } => ("verified", Some(at), None),
            ActionState::Ineffective { at, reason } => ("ineffective", Some(at), Some(reason)),
            ActionState::Undoing { since, reason } => ("undoing", Some(since), Some(reason)),
            ActionState::Undone { at } => ("undone", Some(at), None),
            ActionState::Failed { at, reason } => ("failed", Some(at), Some(reason)),
        };
        Self {
            id: action.id.to_string(),
            runbook: action.runbook.to_string(),
            action: action.step.action.as_str(),
            mode: action.mode(),
            target: action.target.to_string(),
            summary: action.summary(),
            reason: action.reason.clone(),
            planned_at: action.planned_at.to_string(),
            from_version: action.from_version.clone(),
            to_version: action.to_version.clone(),
            state,
            since: since.map(ToString::to_string),
            because: because.cloned(),
        }
    }
}
