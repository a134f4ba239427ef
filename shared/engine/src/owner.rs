//! Whose trouble it is what comes from outside.

use std::borrow::Cow;

use domain::alert::AlertChange;
use domain::id::ServiceName;
use domain::label;
use domain::service::{Resource, Service, UNASSIGNED};
use domain::setup::Setup;
use domain::units::Span;

use crate::decide::CORRELATION_LABEL;

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

/// Labels that name who looks after an alert.
const OWNER_LABELS: [&str; 2] = ["team", "owner"];

/// The change with a correlation where it needs one: alerts of no configured service have nothing in common but what they are
/// called and whose they are, and are not of one incident for anything else.
pub fn told_apart(change: &AlertChange) -> Cow<'_, AlertChange> {
    if change.service.as_str() != UNASSIGNED || !label::value_of(&change.labels, CORRELATION_LABEL).is_empty() {
        return Cow::Borrowed(change);
    }
    let owner = OWNER_LABELS.iter().find_map(|label| change.labels.get(*label));
    let key = owner.map_or_else(|| change.name.clone(), |owner| format!("{}/{owner}", change.name));
    let mut change = change.clone();
    change.labels.insert(CORRELATION_LABEL.to_owned(), key);
    Cow::Owned(change)
}

/// The service of what fits none.
///
/// # Panics
/// Never: it is written as a name.
pub fn unassigned() -> ServiceName {
    UNASSIGNED.parse().expect("it is written as a name")
}
