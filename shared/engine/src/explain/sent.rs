use domain::id::ChannelName;
use domain::notification::{self, Destination, ReceiptState};
use domain::units::Time;

/// A notification, without what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// Its name on the receipt.
    pub channel: ChannelName,
    /// Whom it called; `None`: it said how things stood.
    pub page: Option<Destination>,
    /// When it was asked for.
    pub created_at: Time,
    /// How often it was tried.
    pub tries: u32,
    /// What became of it.
    pub state: ReceiptState,
    /// When it is tried again.
    pub next_try: Option<Time>,
}

impl From<notification::Receipt> for Sent {
    fn from(receipt: notification::Receipt) -> Self {
        let notification::Receipt { channel, page, created_at, tries, state, next_wake, .. } = receipt;
        Self { channel, page, created_at, tries, state, next_try: next_wake }
    }
}
