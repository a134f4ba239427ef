use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::setup::Setup;
use domain::slo::{self, GateOverride};
use domain::units::{Span, Time};
use engine::port::Slos;
use engine::slo::{GateState, gate, with_stored};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::problem::Problem;
use crate::request::{Command, Query, Text};
use crate::view::percent;

/// How long a word about a gate holds unless it says otherwise.
const OVERRIDE: Span = Span::HOUR;

/// The deployment gate of a service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Gate {
    /// The service.
    service: String,
    /// `open`, `closed`, or `unknown`: nobody knows what is left of a budget.
    state: &'static str,
    /// Whether a change may go out: only while it is open.
    open: bool,
    /// Why.
    reason: String,
    /// What each objective of the service says that closes it.
    slos: Vec<Said>,
    /// The word of a person that decides; absent: the budgets do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    overridden: Option<Word>,
    /// What people said about it, the latest first.
    overrides: Vec<Word>,
}

/// What an objective says about a gate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GateObjective)]
pub(crate) struct Said {
    /// The objective.
    slo: String,
    /// Whether it keeps the gate closed; absent: it was not judged yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    closes: Option<bool>,
    /// What is left of its budget.
    remaining_percentage: f64,
    /// What must be there for it to open.
    reopens_at_percentage: f64,
    /// When it was judged.
    #[schema(format = DateTime)]
    as_of: String,
}

/// A person's word about a gate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GateOverride)]
pub(crate) struct Word {
    /// Whether it is open.
    open: bool,
    /// Who said so.
    by: String,
    /// Why.
    reason: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Until when.
    #[schema(format = DateTime)]
    until: String,
}

/// A person's word about a gate, as it is sent.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct OverrideGate {
    /// Whether it is open from now on.
    open: bool,
    /// Why.
    #[schema(example = "this release is the fix")]
    reason: String,
    /// For how long, at most 7d; default 1h. 0s takes the last word back.
    #[serde(rename = "for")]
    #[schema(nullable = false, rename = "for", example = "2h")]
    lasts: Option<String>,
    /// Who says so; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// Whether a service may be changed, and why: closed while an error budget is spent.
#[utoipa::path(get, path = "/v1/gate/{name}", operation_id = "get_gate", tag = "slos",
    params(("name" = String, Path, description = "The service")),
    responses((status = 200, description = "The gate", body = Gate)),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, form, .. }: Query,
) -> Result<Json<Gate>, Problem> {
    form.finish(Some(()))?;
    let setup = app.setup().await?;
    let service = path.service(setup)?;
    Ok(Json(stand(app.as_ref(), setup, &service).await?))
}

/// Opens or closes a gate for a while, whatever the budgets say; who, why and until when is recorded.
#[utoipa::path(put, path = "/v1/gate/{name}/override", operation_id = "override_gate", tag = "slos",
    params(("name" = String, Path, description = "The service")),
    request_body = OverrideGate,
    responses((status = 200, description = "The gate", body = Gate)),
)]
pub(crate) async fn put<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<Json<Gate>, Problem> {
    let (setup, at) = (app.setup().await?, app.now());
    let service = command.path.service(setup)?;
    let by = command.by();
    let mut form = command.form;
    let open = form.flag("open");
    let reason = form.required("reason", Text::WORDS, "say why, for whoever finds it so");
    let lasts = form.parsed::<Span>("for").unwrap_or(OVERRIDE);
    if lasts > GateOverride::MAX {
        let hint = "change the objective if it should hold for longer";
        form.wrong("for", format!("{lasts} is longer than {}", GateOverride::MAX), Some(hint.to_owned()));
    }
    let word = (|| {
        let (open, by, reason) = (open?, by?, reason?);
        Some(GateOverride { service: service.clone(), open, by, reason, at, until: at + lasts })
    })();
    let word = form.finish(word)?;
    app.store().override_gate(&word).await?;
    Ok(Json(stand(app.as_ref(), setup, &service).await?))
}

async fn stand<A: App>(app: &A, setup: &Setup, service: &domain::id::ServiceName) -> Result<Gate, Problem> {
    let setup = with_stored(app.store(), setup).await?;
    let GateState { verdict, gates, overrides } = gate(app.store(), &setup, service, app.now()).await?;
    let said = |gate: slo::Gate| Said {
        slo: gate.slo.to_string(),
        closes: gate.closed,
        remaining_percentage: percent(gate.remaining),
        reopens_at_percentage: percent(gate.reopen.remaining),
        as_of: gate.as_of.to_string(),
    };
    Ok(Gate {
        service: service.to_string(),
        state: match verdict.open {
            Some(true) => "open",
            Some(false) => "closed",
            None => "unknown",
        },
        open: verdict.open == Some(true),
        reason: verdict.reason,
        slos: gates.into_iter().map(said).collect(),
        overridden: verdict.overridden.map(Word::from),
        overrides: overrides.into_iter().map(Word::from).collect(),
    })
}

impl From<GateOverride> for Word {
    fn from(word: GateOverride) -> Self {
        let text = |at: Time| at.to_string();
        Self { open: word.open, by: word.by, reason: word.reason, at: text(word.at), until: text(word.until) }
    }
}
