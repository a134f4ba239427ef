use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::port::{Ledger, Switch};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::problem::Problem;
use crate::request::{Command, Query, Text};

/// The kill switch: while engaged, no action acts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KillSwitch {
    /// Whether it is thrown.
    engaged: bool,
    /// Who set it; empty: nobody ever did.
    by: String,
    /// Why.
    reason: String,
    /// When; absent: it was never set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    at: Option<String>,
}

/// How the kill switch is to be set.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what `set` reads")]
pub(crate) struct SetKillSwitch {
    /// `true`: no action acts from now on.
    engaged: bool,
    /// Why.
    #[schema(example = "migration tonight")]
    reason: String,
    /// Who sets it; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// How the kill switch of all actions stands.
#[utoipa::path(get, path = "/v1/kill-switch", operation_id = "get_kill_switch", tag = "actions", responses(
    (status = 200, description = "The switch", body = KillSwitch),
))]
pub(crate) async fn get<A: App>(State(app): State<Arc<A>>, query: Query) -> Result<Json<KillSwitch>, Problem> {
    query.none()?;
    Ok(Json(app.store().kill_switch().await?.into()))
}

/// Throws or releases the kill switch of all actions.
#[utoipa::path(put, path = "/v1/kill-switch", operation_id = "set_kill_switch", tag = "actions",
    request_body = SetKillSwitch,
    responses((status = 200, description = "It is set", body = KillSwitch)),
)]
pub(crate) async fn set<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<Json<KillSwitch>, Problem> {
    let by = command.by();
    let mut form = command.form;
    let engaged = form.flag("engaged");
    let reason = form.required("reason", Text::WORDS, "say why, for whoever finds it so");
    let at = app.now();
    let switch = (|| Some(Switch { engaged: engaged?, by: by?, reason: reason?, at }))();
    let switch = form.finish(switch)?;
    app.store().set_kill_switch(&switch).await?;
    Ok(Json(switch.into()))
}

impl From<Switch> for KillSwitch {
    fn from(switch: Switch) -> Self {
        let at = (!switch.by.is_empty()).then(|| switch.at.to_string());
        Self { engaged: switch.engaged, by: switch.by, reason: switch.reason, at }
    }
}
