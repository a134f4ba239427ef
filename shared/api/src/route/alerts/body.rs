use std::collections::BTreeMap;

use domain::alert::{AlertChange, Status};
use domain::id::{Fingerprint, NAME_BYTES_MAX};
use domain::monitor::Category;
use domain::setup::Setup;
use domain::units::{Span, Time};
use utoipa::ToSchema;

use super::STATUSES;
use crate::problem::Problem;
use crate::request::{Command, Text};

/// A pushed alert that fires again this soon after its resolve belongs to the same trouble, as for monitors.
const COOLDOWN: Span = Span::from_minutes(10);
/// The label that keeps who has pushed an alert.
const PUSHED_BY: &str = "pushed-by";

/// An alert as another system tells of it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what `read` reads")]
pub(crate) struct RaiseAlert {
    /// A service of the configuration. `service_name` means the same.
    #[schema(example = "shop-checkout")]
    service: String,
    /// The same as `service`.
    #[schema(nullable = false)]
    service_name: Option<String>,
    /// What is wrong; with the service it is the alert's identity. `alert_type` means the same.
    #[schema(example = "slo_violation")]
    name: String,
    /// The same as `name`.
    #[schema(nullable = false)]
    alert_type: Option<String>,
    /// SEV1 to SEV4, or critical, high, medium (warning), low (info).
    #[schema(example = "high")]
    severity: String,
    /// Why, in words.
    #[schema(example = "availability dropped below 99.9%")]
    message: String,
    /// firing or resolved; default firing.
    #[schema(nullable = false)]
    status: Option<String>,
    /// technical or business; default technical.
    #[schema(nullable = false)]
    category: Option<String>,
    /// When it was found, RFC 3339 or seconds since the epoch; default now.
    #[schema(nullable = false)]
    at: Option<String>,
    /// Up to 16 texts that describe it; `correlation` tells incidents of one service apart.
    #[schema(nullable = false)]
    labels: Option<BTreeMap<String, String>>,
    /// Who raises it; default the caller.
    #[schema(nullable = false)]
    by: Option<String>,
}

pub(super) fn read(mut command: Command, setup: &Setup, now: Time) -> Result<AlertChange, Problem> {
    let by = if command.caller.is_some() { command.by() } else { command.form.optional("by", Text::LINE) };
    let mut form = command.form;
    form.alias("service_name", "service");
    form.alias("alert_type", "name");
    let service = form.service(setup);
    let name = form.required("name", Text::LINE, "say what is wrong in a word, such as slo_violation");
    let name = name.filter(|name| {
        let fits = name.len() <= NAME_BYTES_MAX;
        if !fits {
            form.wrong("name", format!("it has more than {NAME_BYTES_MAX} bytes"), None);
        }
        fits
    });
    let severity = form.severity();
    let reason = form.required("message", Text::WORDS, "say why, for people");
    let status = form.word("status", &STATUSES[..2]).unwrap_or(Status::Firing);
    let categories = [Category::Technical, Category::Business].map(|category| (category.as_str(), category));
    let category = form.word("category", &categories).unwrap_or_default();
    let at = form.time("at", now).unwrap_or(now);
    let mut labels = form.labels();
    labels.extend(by.map(|by| (PUSHED_BY.to_owned(), by)));
    let change = (|| {
        let (service, name) = (service?, name?);
        Some(AlertChange {
            fingerprint: Fingerprint::derive(&["pushed", service.as_str(), &name]),
            name,
            service,
            category,
            status,
            severity: severity?,
            at,
            reason: reason?,
            reading: None,
            cooldown: COOLDOWN,
            ends_at: None,
            labels: labels.into(),
        })
    })();
    form.finish(change)
}
