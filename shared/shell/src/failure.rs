use engine::perform::UseCaseError;
use engine::port::PortError;
use lambda_runtime::Diagnostic;

use crate::{EnvironmentError, SetupError};

/// Why an invocation did not do its job, by what happens to its payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It can never be done: the payload is parked with this reason, and the invocation succeeds.
    #[error("{0}")]
    Park(String),
    /// It may work later: the invocation fails, and its source delivers again.
    #[error("{0}")]
    Retry(String),
    /// It cannot work until somebody changes the installation: the invocation fails, loudly.
    #[error("{0}")]
    Broken(String),
}

impl From<UseCaseError> for Failure {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::Port(error) => error.into(),
            error @ UseCaseError::Contended(_) => Self::Retry(error.to_string()),
        }
    }
}

impl From<PortError> for Failure {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Unavailable { .. } => Self::Retry(error.to_string()),
            PortError::Denied { .. } | PortError::Unreadable { .. } => Self::Broken(error.to_string()),
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Unavailable(_) => Self::Retry(error.to_string()),
            SetupError::Mistakes(_) => Self::Broken(error.to_string()),
        }
    }
}

impl From<EnvironmentError> for Failure {
    fn from(error: EnvironmentError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<Failure> for Diagnostic {
    /// The stable `error_type` that dashboards and alarms may count by.
    fn from(failure: Failure) -> Self {
        let error_type = match failure {
            Failure::Park(_) => "Tocsin.BadPayload",
            Failure::Retry(_) => "Tocsin.TryAgain",
            Failure::Broken(_) => "Tocsin.Broken",
        };
        Self { error_type: error_type.to_owned(), error_message: failure.to_string() }
    }
}
