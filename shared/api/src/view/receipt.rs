use domain::notification::{self, ReceiptState};
use serde::Serialize;
use utoipa::ToSchema;

/// What became of one notification.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// The notification's id.
    id: String,
    /// Where to.
    channel: String,
    /// Whom it calls, as a channel or a person and by what; absent: it says how things stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    page: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created_at: String,
    /// How often it was tried.
    tries: u32,
    /// Where it stands: `sending`, `delivered`, `refused`, `retrying`, `overtaken` (by the incident's end) or `failed`.
    state: &'static str,
    /// When it came to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    at: Option<String>,
    /// The vendor's answer, or what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    answer: Option<String>,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    next_try_at: Option<String>,
}

impl From<notification::Receipt> for Receipt {
    fn from(receipt: notification::Receipt) -> Self {
        let (state, at, answer) = match receipt.state {
            ReceiptState::Sending => ("sending", None, None),
            ReceiptState::Delivered { at, answer, .. } => ("delivered", Some(at), Some(answer)),
            ReceiptState::Refused { at, answer } => ("refused", Some(at), Some(answer)),
            ReceiptState::Retrying { reason } => ("retrying", None, Some(reason)),
            ReceiptState::Overtaken { at, reason } => ("overtaken", Some(at), Some(reason)),
            ReceiptState::Failed { at, reason } => ("failed", Some(at), Some(reason)),
        };
        Self {
            id: receipt.id.to_string(),
            channel: receipt.channel.to_string(),
            page: receipt.page.as_ref().map(ToString::to_string),
            created_at: receipt.created_at.to_string(),
            tries: receipt.tries,
            state,
            at: at.map(|at| at.to_string()),
            answer,
            next_try_at: receipt.next_wake.map(|at| at.to_string()),
        }
    }
}
