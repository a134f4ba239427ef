use domain::notification::{Delivery, ReceiptState};
use domain::units::{Span, Time};

/// Waits between tries: short at first, since a page is urgent, then long enough to outlast a vendor's incident.
const WAITS_SECONDS: [u32; 7] = [1, 5, 60, 120, 300, 900, 1800];

/// Tries that a notification gets.
pub const TRIES_MAX: u32 = 8;

/// Tries that it gets where somebody else can be told instead: over a minute, which outlasts what passes at once.
pub const TRIES_BEFORE_ANOTHER: u32 = 4;

/// The longest wait that a vendor's `Retry-After` is followed to.
const RETRY_AFTER_MAX: Span = Span::from_minutes(30);

/// How long to wait after try number `tries` (from 1); `None`: it was the last.
pub fn next_try(tries: u32, retry_after_seconds: Option<u32>) -> Option<Span> {
    let wait = WAITS_SECONDS.get(tries.saturating_sub(1) as usize)?;
    let asked = Span::from_seconds(retry_after_seconds.unwrap_or(0)).min(RETRY_AFTER_MAX);
    Some(Span::from_seconds(*wait).max(asked))
}

/// Where a message stands after try number `tries`, and when the next one is; `None`: it is told, or given up.
pub(crate) fn after_try(tries: u32, delivery: Delivery, now: Time) -> (ReceiptState, Option<Time>) {
    match delivery {
        Delivery::Accepted { answer, handle } => (ReceiptState::Delivered { at: now, answer, handle }, None),
        Delivery::Refused { answer } => (ReceiptState::Refused { at: now, answer }, None),
        Delivery::TryLater { reason, after_seconds } => match next_try(tries, after_seconds) {
            Some(wait) => (ReceiptState::Retrying { reason }, Some(now + wait)),
            None => (ReceiptState::Failed { at: now, reason }, None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_try_more_than_waits() {
        assert_eq!(TRIES_MAX as usize, WAITS_SECONDS.len() + 1);
    }

    #[test]
    fn waits_grow_follow_the_vendor_and_end() {
        assert_eq!(next_try(1, None), Some(Span::from_seconds(1)));
        assert_eq!(next_try(1, Some(30)), Some(Span::from_seconds(30)));
        assert_eq!(next_try(1, Some(u32::MAX)), Some(RETRY_AFTER_MAX));
        assert_eq!(next_try(TRIES_MAX - 1, None), Some(Span::from_seconds(1800)));
        assert_eq!(next_try(TRIES_MAX, None), None);
    }
}
