use std::future::Future;

use domain::service::Resource;

use super::PortError;

/// AWS resources that are watched and acted on.
pub trait Targets {
    /// How the target is now.
    ///
    /// # Errors
    /// As [`TargetError`] says.
    fn look_up(&self, target: &Resource) -> impl Future<Output = Result<TargetState, TargetError>> + Send;

    /// Description of a version of the target as its owner gave it; empty if there is none.
    ///
    /// # Errors
    /// As [`TargetError`] says.
    fn describe(&self, target: &Resource, version: &str) -> impl Future<Output = Result<String, TargetError>> + Send;

    /// Points the target at `version`, only if its revision still is `revision`.
    ///
    /// # Errors
    /// As [`TargetError`] says; after [`PortError::Unavailable`] it may have happened: look it up.
    fn point_at(
        &self,
        target: &Resource,
        version: &str,
        revision: &str,
    ) -> impl Future<Output = Result<(), TargetError>> + Send;
}

/// How a target is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetState {
    /// What it serves.
    pub version: String,
    /// Changes with every change of the target.
    pub revision: String,
    /// Whether a share of the traffic goes to another version as well.
    pub weighted: bool,
}

/// Why a target could not be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// There is no such target.
    #[error("{0} does not exist")]
    Missing(String),
    /// Its revision is another: somebody changed it.
    #[error("{0} was changed by somebody else")]
    Changed(String),
    /// The service did not answer or refused.
    #[error(transparent)]
    Port(#[from] PortError),
}
