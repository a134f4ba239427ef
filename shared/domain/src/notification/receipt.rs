use serde::{Deserialize, Serialize};

use super::{Destination, Notification};
use crate::id::{CallId, ChannelName, IncidentId, NotificationId};
use crate::units::Time;

/// What became of one notification. Guarded by its version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The notification's id.
    pub id: NotificationId,
    /// Counts commits, from 1; 0 before the first.
    pub version: u64,
    /// The incident.
    pub incident: IncidentId,
    /// Where to.
    pub channel: ChannelName,
    /// What is sent, kept until it is delivered or given up so that a retry needs nothing else.
    pub notification: Option<Notification>,
    /// When it was asked for.
    pub created_at: Time,
    /// How often it was tried.
    pub tries: u32,
    /// Where it stands.
    pub state: ReceiptState,
    /// When the timekeeper must have it tried again.
    pub next_wake: Option<Time>,
    /// Whom it calls; `None`: it says how things stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Destination>,
    /// The call that it is part of: each address of a person has a receipt, and a pager adds what follows to the page that
    /// rang. `None`: it says how things stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
}

/// Where a notification stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum ReceiptState {
    /// A try is under way; if its function dies, `next_wake` starts another.
    Sending,
    /// The vendor took it.
    Delivered {
        /// When.
        at: Time,
        /// The vendor's answer, shortened.
        answer: String,
        /// What the vendor calls the message, where a later one can edit or answer it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handle: Option<String>,
    },
    /// The vendor says that it will never take it.
    Refused {
        /// When.
        at: Time,
        /// The vendor's answer, shortened.
        answer: String,
    },
    /// The last try failed; another follows at `next_wake`.
    Retrying {
        /// What went wrong.
        reason: String,
    },
    /// Not sent: when its turn came it was no longer true, and would have paged or silenced wrongly.
    Overtaken {
        /// When.
        at: Time,
        /// What had happened since.
        reason: String,
    },
    /// Given up after the last try.
    Failed {
        /// When.
        at: Time,
        /// What went wrong last.
        reason: String,
    },
}

/// What a vendor answered to one try.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Delivery {
    /// 2xx.
    Accepted {
        /// The answer, shortened.
        answer: String,
        /// What the vendor calls the message, where a later one can edit or answer it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handle: Option<String>,
    },
    /// 4xx other than 408 and 429, or an answer that says so: never again.
    Refused {
        /// The answer, shortened.
        answer: String,
    },
    /// 429, 5xx, no answer: later.
    TryLater {
        /// What went wrong.
        reason: String,
        /// The vendor's `Retry-After`, in seconds.
        after_seconds: Option<u32>,
    },
}
