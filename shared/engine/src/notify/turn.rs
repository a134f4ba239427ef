use domain::notification::{Notification, Receipt, ReceiptState};
use domain::units::{Span, Time};

use crate::port::{Ledger, PortError};

/// How long the first of those that wait for each other waits, and the others.
const WAITS: (Span, Span) = (Span::from_seconds(1), Span::from_seconds(3));

/// Whether a message may go now to a channel that keeps one message per incident.
pub(super) enum Turn {
    /// Yes, with the incident as it stands now and what the channel gave back for the message before.
    Mine(Box<Notification>),
    /// Another one is under way; ask again after this.
    After(Span),
}

/// Whose turn it is among the messages about one incident to one channel. `sending` is begun, and committed as such.
///
/// Whoever looks sees all that began before; so of two that begin together at least one sees the other, and never do
/// both go on. The incident is loaded after the look: what is edited last shows what is true last.
pub(super) async fn turn(
    ledger: &impl Ledger,
    sending: &Receipt,
    notification: Notification,
    now: Time,
) -> Result<Turn, PortError> {
    let others = ledger.receipts(&sending.incident).await?;
    let others: Vec<&Receipt> =
        others.iter().filter(|other| other.channel == sending.channel && other.id != sending.id).collect();
    let under_way =
        |other: &&&Receipt| other.state == ReceiptState::Sending && other.next_wake.is_some_and(|wake| wake > now);
    if let Some(first) = others.iter().filter(under_way).map(|other| &other.id).min() {
        return Ok(Turn::After(if &sending.id < first { WAITS.0 } else { WAITS.1 }));
    }
    let told = others.iter().filter_map(|other| match &other.state {
        ReceiptState::Delivered { at, handle: Some(handle), .. } => Some((*at, handle)),
        _ => None,
    });
    let follows = told.max().map(|(_, handle)| handle.clone());
    let incident = ledger.incident(&sending.incident).await?.unwrap_or(notification.incident);
    Ok(Turn::Mine(Box::new(Notification { follows, incident, ..notification })))
}
