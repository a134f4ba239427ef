//! What people say about two incidents: that they are one, that they are not, or that one is two.

use domain::id::{Fingerprint, IncidentId};
use domain::incident::Incident;
use domain::setup::Setup;
use domain::units::Time;

use super::CommandError;
use crate::port::{Ledger, Orders, Outlet};

/// Has `from` go on in `into`, in the name of `by`; the incident that goes on. Asked again, it changes nothing.
///
/// # Errors
/// As [`CommandError`] says; [`CommandError::NotNow`] says why they cannot be merged.
pub async fn merge(
    store: &(impl Ledger + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    (from, into, by): (&IncidentId, &IncidentId, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let _ = (store, outlet, setup, from, into, by, now);
    Err(CommandError::NotNow("incidents cannot be merged yet".to_owned()))
}

/// Splits these alerts off into an incident of their own, in the name of `by`; that incident. Asked again, it changes
/// nothing.
///
/// # Errors
/// As [`CommandError`] says; [`CommandError::NotNow`] says why it cannot be split so.
pub async fn split(
    store: &(impl Ledger + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    (id, alerts, by): (&IncidentId, &[Fingerprint], &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let _ = (store, outlet, setup, id, alerts, by, now);
    Err(CommandError::NotNow("incidents cannot be split yet".to_owned()))
}

/// Says in the name of `by` that `id` and `related` are not one: they are not merged but by a person. The incident that
/// keeps it in mind. Asked again, it changes nothing.
///
/// # Errors
/// As [`CommandError`] says; [`CommandError::NotNow`] if neither keeps the other in mind, or they are merged.
pub async fn dismiss(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    (id, related, by): (&IncidentId, &IncidentId, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let _ = (ledger, outlet, id, related, by, now);
    Err(CommandError::NotNow("relations cannot be dismissed yet".to_owned()))
}
