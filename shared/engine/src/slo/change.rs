use domain::id::SloName;
use domain::setup::Setup;
use domain::slo::Slo;
use domain::units::Time;

use crate::port::{PortError, Saved, Slos, StoredSlo};

/// Objectives that are made through the API: each tick of each shard reads them all.
pub const SLOS_MAX: usize = 500;

/// Why an objective was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SloError {
    /// There is one of that name.
    #[error("there is an objective {0:?} already")]
    Exists(SloName),
    /// It stands in the configuration.
    #[error("{0:?} is declared in the configuration; change it there")]
    Declared(SloName),
    /// There is none.
    #[error("there is no objective {0:?}")]
    Unknown(SloName),
    /// Somebody else was faster.
    #[error("{0:?} was changed by somebody else; read it again")]
    Changed(SloName),
    /// There are too many.
    #[error("there are {SLOS_MAX} objectives made through the API; delete one, or declare some in the configuration")]
    Full,
    /// The store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Makes `slo`.
///
/// # Errors
/// When there is one of that name, or there are too many.
pub async fn create(slos: &impl Slos, setup: &Setup, slo: Slo, by: &str, now: Time) -> Result<StoredSlo, SloError> {
    refuse_declared(setup, &slo.name)?;
    if slos.slos().await?.len() >= SLOS_MAX {
        return Err(SloError::Full);
    }
    let stored = StoredSlo { slo, version: 0, created_at: now, updated_at: now, by: by.to_owned() };
    match slos.save_slo(&stored).await? {
        Saved::Saved => Ok(StoredSlo { version: 1, ..stored }),
        Saved::Stale => Err(SloError::Exists(stored.slo.name)),
    }
}

/// Puts `slo` in the place of the one of its name.
///
/// # Errors
/// When there is none, or somebody else was faster.
pub async fn replace(slos: &impl Slos, setup: &Setup, slo: Slo, by: &str, now: Time) -> Result<StoredSlo, SloError> {
    refuse_declared(setup, &slo.name)?;
    let known = slos.slo(&slo.name).await?.ok_or_else(|| SloError::Unknown(slo.name.clone()))?;
    let next = StoredSlo { slo, updated_at: now, by: by.to_owned(), ..known };
    match slos.save_slo(&next).await? {
        Saved::Saved => Ok(StoredSlo { version: next.version + 1, ..next }),
        Saved::Stale => Err(SloError::Changed(next.slo.name)),
    }
}

/// Deletes the objective of that name.
///
/// # Errors
/// When there is none, or somebody else was faster.
pub async fn remove(slos: &impl Slos, setup: &Setup, name: &SloName) -> Result<(), SloError> {
    refuse_declared(setup, name)?;
    let known = slos.slo(name).await?.ok_or_else(|| SloError::Unknown(name.clone()))?;
    match slos.delete_slo(&known).await? {
        Saved::Saved => Ok(()),
        Saved::Stale => Err(SloError::Changed(name.clone())),
    }
}

fn refuse_declared(setup: &Setup, name: &SloName) -> Result<(), SloError> {
    if setup.slo(name).is_some() { Err(SloError::Declared(name.clone())) } else { Ok(()) }
}
