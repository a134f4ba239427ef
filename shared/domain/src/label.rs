//! Labels: what an alert is routed, grouped, inhibited and silenced by, and the matchers that ask for them.
//!
//! Syntax and meaning are Alertmanager's (<https://prometheus.io/docs/alerting/latest/configuration/#matcher>).

mod classic;
mod index;
mod labels;
mod matcher;
mod matchers;
mod parse;
mod pattern;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use index::Index;
pub use labels::Labels;
pub use matcher::{Matcher, MatcherError, Operator};
pub use matchers::Matchers;

use crate::alert::{Alert, AlertChange};
use crate::id::ServiceName;
use crate::incident::Severity;
use crate::monitor::Category;

/// Matchers in one list; nobody reads longer ones, and each costs a look-up per alert.
pub const MATCHERS_MAX: usize = 32;
/// Bytes of a label's name in a matcher.
pub const LABEL_BYTES_MAX: usize = 256;
/// Bytes of a value in a matcher that compares.
pub const VALUE_BYTES_MAX: usize = 1024;
/// Bytes of a regular expression in a matcher; it bounds the time that one takes.
pub const REGEX_BYTES_MAX: usize = 1024;

/// The label that holds what raises the alert, as in [`Alert::name`].
pub const ALERT_NAME: &str = "alertname";
/// The label that holds the service that is wrong.
pub const SERVICE: &str = "service";
/// The label that holds how bad it is: `SEV1` to `SEV4`.
pub const SEVERITY: &str = "severity";
/// The label that holds who cares: `technical` or `business`.
pub const CATEGORY: &str = "category";
/// The label that holds what correlates alerts over services.
pub const CORRELATION: &str = "correlation";

/// Labels that hold where senders say more, and what people call that.
pub const LINKS: [(&str, &str); 3] =
    [("runbook_url", "Runbook"), ("dashboard_url", "Dashboard"), ("generator_url", "Source")];

/// The labels of an alert as it stands: its own, and `alertname`, `service`, `severity` and `category`, which its own
/// cannot hide.
pub fn of_alert(alert: &Alert) -> Labels {
    of(&alert.name, &alert.service, (alert.severity, alert.category), &alert.labels)
}

/// The labels of an alert that changes, as in [`of_alert`].
pub fn of_change(change: &AlertChange) -> Labels {
    of(&change.name, &change.service, (change.severity, change.category), &change.labels)
}

/// The labels of what has this name, service, severity and category, and labels of its own.
pub fn of(name: &str, service: &ServiceName, (severity, category): (Severity, Category), own: &Labels) -> Labels {
    let mut labels = own.clone();
    let facts =
        [(ALERT_NAME, name), (SERVICE, service.as_str()), (SEVERITY, severity.as_str()), (CATEGORY, category.as_str())];
    for (label, value) in facts {
        if labels.get(label).is_none_or(|own| own != value) {
            labels.insert(label.to_owned(), value.to_owned());
        }
    }
    labels
}

/// The value of a label, empty if it is missing.
pub fn value_of<'l>(labels: &'l Labels, label: &str) -> &'l str {
    labels.get(label).map_or("", String::as_str)
}
