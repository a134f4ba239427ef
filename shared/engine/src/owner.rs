//! Whose trouble it is what comes from outside.

use domain::id::ServiceName;
use domain::service::{Resource, Service, UNASSIGNED};
use domain::setup::Setup;
use domain::units::Span;

/// The clock of whoever sends may run ahead of ours by this much.
pub const AHEAD_MAX: Span = Span::from_minutes(5);

/// Characters of a reason that are kept; `PagerDuty` takes 1,024, a section of Slack 3,000.
pub const REASON_CHARS_MAX: usize = 1000;

/// The service of this name, if one is given and known.
pub fn named<'s>(setup: &'s Setup, name: Option<&str>) -> Option<&'s Service> {
    setup.services.iter().find(|service| name == Some(service.name.as_str()))
}

/// The service that has this Lambda function.
pub fn of_function<'s>(setup: &'s Setup, function: &str) -> Option<&'s Service> {
    let owns = |resource: &Resource| match resource {
        Resource::LambdaAlias { function: name, .. } => name == function,
    };
    setup.services.iter().find(|service| service.resources.iter().any(owns))
}

/// The service whose name stands in this text, the longest first.
pub fn contained<'s>(setup: &'s Setup, text: &str) -> Option<&'s Service> {
    let fitting = setup.services.iter().filter(|service| text.contains(service.name.as_str()));
    fitting.max_by_key(|service| service.name.as_str().len())
}

/// The service of what fits none.
///
/// # Panics
/// Never: it is written as a name.
pub fn unassigned() -> ServiceName {
    UNASSIGNED.parse().expect("it is written as a name")
}
