//! Whose trouble something is that comes from outside.

use domain::id::ServiceName;
use domain::service::{Resource, Service};
use domain::setup::Setup;
use domain::units::Span;

/// The clock of whoever sends may run ahead of ours by this much.
pub(crate) const AHEAD_MAX: Span = Span::from_minutes(5);

/// Characters of a reason that are kept.
pub(crate) const REASON_CHARS_MAX: usize = 1000;

/// The service of this name, if one is given and known.
pub(crate) fn named<'s>(setup: &'s Setup, name: Option<&str>) -> Option<&'s Service> {
    setup.services.iter().find(|service| name == Some(service.name.as_str()))
}

/// The service that has this Lambda function.
pub(crate) fn of_function<'s>(setup: &'s Setup, function: &str) -> Option<&'s Service> {
    let owns = |resource: &Resource| match resource {
        Resource::LambdaAlias { function: name, .. } => name == function,
    };
    setup.services.iter().find(|service| service.resources.iter().any(owns))
}

/// The service of what fits none.
pub(crate) fn unassigned() -> ServiceName {
    "unassigned".parse().expect("it is written as a name")
}
