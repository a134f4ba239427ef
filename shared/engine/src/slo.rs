//! Objectives beside the fold: those made through the API, how all stand, and the deployment gate.

mod change;
mod gate;
mod tell;

pub use change::{SLOS_MAX, SloError, create, remove, replace};
pub use gate::{GateState, gate};
pub use tell::{TELL_EVERY, ToldSlos, tell};

use std::borrow::Cow;

use domain::setup::Setup;

use crate::port::{PortError, Slos};

/// The configuration with what was made through the API.
///
/// # Errors
/// When the store does not answer.
pub async fn with_stored<'s>(slos: &impl Slos, setup: &'s Setup) -> Result<Cow<'s, Setup>, PortError> {
    let stored = slos.slos().await?;
    if stored.is_empty() {
        return Ok(Cow::Borrowed(setup));
    }
    Ok(Cow::Owned(setup.with_slos(stored.into_iter().map(|stored| stored.slo))))
}
