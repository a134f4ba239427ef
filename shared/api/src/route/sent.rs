//! What Prometheus and Alertmanager send, in their own forms: unknown fields are theirs to add.

mod body;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::id::Fingerprint;
use engine::sent::{RefusedAlert, Sender, Taken, take};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

pub use body::SentAlert;
pub(crate) use body::Webhook;

use crate::App;
use crate::problem::{Kind, Mistake, Problem};
use crate::request::Foreign;

/// Refused alerts that an answer names one by one.
const NAMED_MAX: usize = 20;

/// What became of the alerts of a request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TakenAlerts {
    /// How many there were.
    alerts: usize,
    /// Those that changed something.
    changed: Vec<ChangedAlert>,
    /// How many were known as they are.
    unchanged: usize,
    /// How many the sender left out.
    #[serde(skip_serializing_if = "is_zero")]
    truncated: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// An alert that changed something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangedAlert {
    /// Its fingerprint here.
    alert: String,
    /// The incident it belongs to, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    incident: Option<String>,
}

/// Takes alerts as Prometheus sends them to an Alertmanager. Alerts that are told again change nothing; one that is not
/// told again ends soon after its `endsAt`. Where some cannot be taken, the others are, and the answer is 400.
#[utoipa::path(post, path = "/api/v2/alerts", operation_id = "send_alerts", tag = "alerts",
    request_body = Vec<SentAlert>,
    responses((status = 200, description = "All are taken", body = TakenAlerts)),
)]
pub(crate) async fn alerts<A: App>(State(app): State<Arc<A>>, body: Foreign) -> Result<Json<TakenAlerts>, Problem> {
    let written = || match body.json()? {
        Value::Array(alerts) => Ok(alerts),
        _ => {
            let hint = "it is that of Alertmanager's POST /api/v2/alerts";
            Err(Problem::new(Kind::MalformedBody, "the body is not a list of alerts").with_hint(Some(hint.into())))
        }
    };
    let alerts = match SentAlert::list(body.bytes()) {
        Some(alerts) => alerts,
        None => written()?.iter().map(SentAlert::read).collect(),
    };
    let sent = Sent { route: "/api/v2/alerts", list: "", alerts, written: &written, sender: Sender::Prometheus };
    sent.take(&*app).await.map(Json)
}

/// Takes what Alertmanager sends to a webhook (version 4): a group of alerts. Those that are known change nothing.
#[utoipa::path(post, path = "/v1/alertmanager/webhook", operation_id = "alertmanager_webhook", tag = "alerts",
    request_body = Webhook,
    responses((status = 200, description = "All are taken", body = TakenAlerts)),
)]
pub(crate) async fn webhook<A: App>(State(app): State<Arc<A>>, body: Foreign) -> Result<Json<TakenAlerts>, Problem> {
    let Webhook { receiver, group_key, truncated_alerts, alerts, .. } = Webhook::read(body.json()?)?;
    let written: Vec<Value> = alerts.into_iter().map(SentAlert::ended_by_its_status).collect();
    let alerts = written.iter().map(SentAlert::read).collect();
    let written = || Ok(written.clone());
    let sender = Sender::Alertmanager { receiver: &receiver, group: &group_key, left_out: truncated_alerts };
    let sent = Sent { route: "/v1/alertmanager/webhook", list: "alerts", alerts, written: &written, sender };
    Ok(Json(TakenAlerts { truncated: truncated_alerts, ..sent.take(&*app).await? }))
}

/// The alerts of a request.
struct Sent<'a> {
    route: &'static str,
    /// The field that holds them.
    list: &'static str,
    /// What each says, or what is wrong with its form.
    alerts: Vec<Result<engine::sent::Sent, String>>,
    /// The alerts as they came.
    written: &'a (dyn Fn() -> Result<Vec<Value>, Problem> + Sync),
    sender: Sender<'a>,
}

impl Sent<'_> {
    /// Takes those that can be taken, parks the others.
    async fn take<A: App>(mut self, app: &A) -> Result<TakenAlerts, Problem> {
        let (setup, now) = (app.setup().await?, app.now());
        let told = std::mem::take(&mut self.alerts);
        let alerts = told.len();
        let (mut places, mut sent, mut mistakes) = (Vec::with_capacity(alerts), Vec::with_capacity(alerts), Vec::new());
        for (place, alert) in told.into_iter().enumerate() {
            match alert {
                Ok(alert) => {
                    places.push(place);
                    sent.push(alert);
                }
                Err(detail) => mistakes.push((place, detail)),
            }
        }
        let Taken { changed, unchanged, refused } =
            take(app.store(), app.outlet(), setup, sent, self.sender, now).await?;
        let refused =
            refused.into_iter().map(|(index, reason): (usize, RefusedAlert)| (places[index], reason.to_string()));
        mistakes.extend(refused);
        mistakes.sort();
        if !mistakes.is_empty() {
            return Err(self.park(app, &mistakes).await?);
        }
        let changed = changed.into_iter().map(|(alert, incident)| ChangedAlert {
            alert: alert.to_string(),
            incident: incident.map(|incident| incident.to_string()),
        });
        Ok(TakenAlerts { alerts, changed: changed.collect(), unchanged, truncated: 0 })
    }

    /// Parks what cannot be taken, and says so.
    async fn park<A: App>(&self, app: &A, mistakes: &[(usize, String)]) -> Result<Problem, Problem> {
        let alerts = (self.written)()?;
        let refused: Vec<_> = mistakes.iter().map(|(place, _)| &alerts[*place]).collect();
        // What changes each time, such as numbers in annotations, makes it no other alert.
        let labels: Vec<_> = refused.iter().map(|alert| alert["labels"].to_string()).collect();
        let key = std::iter::once(self.route).chain(labels.iter().map(String::as_str)).collect::<Vec<_>>();
        let key = Fingerprint::derive(&key).to_string();
        let payload = json!({ "route": self.route, "alerts": refused }).to_string();
        let (place, first) = &mistakes[0];
        let reason = format!("{} of {} alerts: {}[{place}]: {first}", mistakes.len(), alerts.len(), self.list);
        app.park(&key, &payload, &reason).await?;
        let mut named: Vec<_> = mistakes
            .iter()
            .take(NAMED_MAX)
            .map(|(place, detail)| Mistake {
                field: format!("{}[{place}]", self.list),
                detail: detail.clone(),
                hint: None,
            })
            .collect();
        if let Some(more) = mistakes.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
            named.push(Mistake { field: self.list.to_owned(), detail: format!("and {more} more"), hint: None });
        }
        let others = alerts.len() - mistakes.len();
        let hint = format!("the other {others} of {} alerts were taken; what was refused is parked", alerts.len());
        Ok(Problem::of_mistakes(Kind::InvalidRequest, named).with_hint(Some(hint)))
    }
}
