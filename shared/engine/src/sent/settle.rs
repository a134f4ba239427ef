//! What a sender's word means, given what is known of the alert.

use domain::alert::{Alert, AlertChange, Status};
use domain::units::Time;

use super::Told;

/// The change, if there is one. The latest word counts: whoever says that an alert fires says so now, however long ago
/// it began; and an end that lies before the alert last began to fire is that of an earlier firing, which senders go on
/// telling for a while.
pub(super) fn settle(told: Told, known: Option<&Alert>, now: Time) -> Option<AlertChange> {
    let Told { change, holds_until } = told;
    let is_firing = known.is_some_and(Alert::fires_now);
    match (change.status, known) {
        (Status::Firing, None) => Some(change),
        (Status::Firing, Some(known)) if is_firing => {
            let is_new = known.severity != change.severity || known.no_data_since.is_some();
            let must_prolong = holds_until.is_some_and(|until| known.ends_at.is_none_or(|ends_at| ends_at < until));
            (is_new || must_prolong).then(|| AlertChange { at: change.at.max(known.changed_at), ..change })
        }
        (Status::Firing, Some(known)) => {
            let at = if change.at > known.changed_at { change.at } else { now };
            Some(AlertChange { at, ..change })
        }
        (_, Some(known)) if is_firing => {
            let of_this_firing = change.at >= known.last_fired();
            of_this_firing.then(|| AlertChange { at: change.at.max(known.changed_at), ..change })
        }
        _ => None,
    }
}
