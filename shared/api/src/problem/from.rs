use engine::command::CommandError;
use engine::perform::UseCaseError;
use engine::port::PortError;

use super::{Kind, Problem};
use crate::NotConfigured;

impl From<PortError> for Problem {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Unavailable { service, .. } => {
                Self::new(Kind::Unavailable, format!("{service} does not answer; ask again")).because(&error)
            }
            PortError::Denied { .. } | PortError::Unreadable { .. } => {
                Self::new(Kind::Internal, "the cause stands in the function's log").because(&error)
            }
        }
    }
}

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::Port(error) => error.into(),
            UseCaseError::Contended(_) => Self::new(Kind::Contended, error.to_string()),
        }
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Unknown(_) => Self::new(Kind::NotFound, error.to_string()),
            CommandError::Refused(_) | CommandError::ActionRefused(_) | CommandError::NotNow(_) => {
                Self::new(Kind::Refused, error.to_string())
            }
            CommandError::AlreadyOpen { ref incident, .. } => {
                let incident = incident.to_string();
                let hint = format!("join it: /v1/incidents/{incident}");
                Self::new(Kind::AlreadyOpen, error.to_string()).with_hint(Some(hint)).with_incident(incident)
            }
            CommandError::Merged { ref into, .. } => {
                let hint = format!("see /v1/incidents/{into}");
                Self::new(Kind::Refused, error.to_string()).with_hint(Some(hint)).with_incident(into.to_string())
            }
            CommandError::Contended(_) => Self::new(Kind::Contended, error.to_string()),
            CommandError::Port(error) => error.into(),
        }
    }
}

impl From<NotConfigured> for Problem {
    fn from(error: NotConfigured) -> Self {
        let detail = "`tocsin check` names all its mistakes; /health says what is missing";
        Self::new(Kind::NotConfigured, detail).because(&error)
    }
}
