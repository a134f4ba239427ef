//! The forms of Prometheus and Alertmanager.
//!
//! Sources: `api/v2/openapi.yaml`, `template/template.go` (`Data`) and `notify/webhook` in
//! <https://github.com/prometheus/alertmanager>

use std::collections::BTreeMap;

use domain::units::Time;
use engine::sent::Sent;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::{Kind, Problem};

/// The version of Alertmanager's webhook that is read.
const WEBHOOK_VERSION: &str = "4";

/// An alert as Prometheus sends it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SentAlert {
    /// What it is known by, `alertname` among them. All of them together are its identity. `service` names a service of the
    /// configuration, `severity` says how bad it is.
    #[schema(value_type = BTreeMap<String, String>)]
    labels: Option<BTreeMap<String, String>>,
    /// What people are to read: `summary`, `description`, `runbook_url`.
    #[schema(value_type = Option<BTreeMap<String, String>>, nullable = false)]
    annotations: Option<BTreeMap<String, String>>,
    /// Since when it fires; default now.
    #[schema(nullable = false, format = DateTime)]
    starts_at: Option<String>,
    /// Until when it fires, unless it is sent again; in the past: it is over. Default in 5 minutes.
    #[schema(nullable = false, format = DateTime)]
    ends_at: Option<String>,
    /// Where its sender shows it.
    #[serde(rename = "generatorURL")]
    #[schema(nullable = false)]
    generator_url: Option<String>,
    /// `resolved`: it is over, whatever `endsAt` says. Alertmanager's webhook has it.
    #[schema(nullable = false)]
    status: Option<String>,
}

/// A group of alerts as Alertmanager sends it to a webhook, version 4. Further fields are not read.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Webhook {
    /// `4`.
    version: String,
    /// Alertmanager's name of the group.
    #[serde(default)]
    pub group_key: String,
    /// Its receiver.
    #[serde(default)]
    pub receiver: String,
    /// Alerts that it left out because of `max_alerts`: an alert `alertmanager/truncated` tells of them.
    #[serde(default)]
    pub truncated_alerts: u64,
    /// The alerts; `status` says of each whether it is over.
    #[schema(value_type = Vec<SentAlert>)]
    pub alerts: Vec<Value>,
}

impl SentAlert {
    /// What the alerts of a list say, or what is wrong with each; `None`: it is not a list of alerts throughout.
    pub fn list(body: &[u8]) -> Option<Vec<Result<Sent, String>>> {
        let list: Vec<Self> = serde_json::from_slice(body).ok()?;
        Some(list.into_iter().map(Self::said).collect())
    }

    /// The alert in a member of the request's list.
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn read(alert: &Value) -> Result<Sent, String> {
        Self::deserialize(alert).map_err(|error| format!("it is no alert: {error}"))?.said()
    }

    fn said(self) -> Result<Sent, String> {
        Ok(Sent {
            starts_at: instant("startsAt", self.starts_at.as_deref())?,
            ends_at: instant("endsAt", self.ends_at.as_deref())?,
            labels: self.labels.unwrap_or_default(),
            annotations: self.annotations.unwrap_or_default(),
            over: self.status.as_deref() == Some("resolved"),
            generator_url: self.generator_url,
        })
    }

    /// In a webhook `status` says whether an alert is over; one that fires has no end yet.
    pub(super) fn ended_by_its_status(mut alert: Value) -> Value {
        if alert["status"] != "resolved"
            && let Some(fields) = alert.as_object_mut()
        {
            fields.remove("endsAt");
        }
        alert
    }
}

impl Webhook {
    /// # Errors
    /// When it is no webhook of Alertmanager, or one of another version.
    pub(super) fn read(body: Value) -> Result<Self, Problem> {
        let read = serde_json::from_value::<Self>(body);
        let malformed = |detail: String| {
            let hint = "it is what Alertmanager sends to a receiver with webhook_configs";
            Problem::new(Kind::MalformedBody, detail).with_hint(Some(hint.to_owned()))
        };
        let read = read.map_err(|error| malformed(format!("the body is no group of alerts: {error}")))?;
        if read.version != WEBHOOK_VERSION {
            return Err(malformed(format!("version {:?} is not read; it is {WEBHOOK_VERSION:?}", read.version))
                .with_field("version"));
        }
        Ok(read)
    }
}

/// Go writes an instant that is not set as one in the year 1.
fn instant(field: &str, text: Option<&str>) -> Result<Option<Time>, String> {
    let time = text.map(str::parse::<Time>).transpose().map_err(|error| format!("{field}: {error}"))?;
    Ok(time.filter(|time| time.epoch() > 0))
}
