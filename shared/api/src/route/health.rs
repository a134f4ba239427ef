use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use engine::own_service;
use engine::port::ChunkLog;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::services::Firing;
use crate::problem::Problem;
use crate::request::Query;
use crate::view::ServiceHealth;
use crate::{App, NotConfigured};

/// How Tocsin is, and what it watches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `healthy`, `degraded` (something about Tocsin itself fires) or `unhealthy` (it cannot do its job).
    status: ServiceHealth,
    /// Whether the configuration could be read.
    configuration: Part,
    /// Whether the store answers.
    store: Part,
    /// How the services are; absent if that cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    services: Option<Census>,
}

/// One thing that Tocsin needs.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Part {
    /// Whether it works.
    ok: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
}

/// How many services are how.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Census {
    /// Nothing fires.
    healthy: usize,
    /// Something fires, nothing worse than SEV3.
    degraded: usize,
    /// Something of SEV1 or SEV2 fires.
    unhealthy: usize,
    /// It cannot be told, since too much fires.
    unknown: usize,
}

/// One word about the process.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Word {
    /// `alive` or `ready`.
    status: &'static str,
}

/// How Tocsin itself is, and how many services are how.
#[utoipa::path(get, path = "/health", operation_id = "health", tag = "health", responses(
    (status = 200, description = "It can do its job", body = Health),
    (status = 503, description = "It cannot; the body says what is missing", body = Health),
))]
pub(crate) async fn overall<A: App>(State(app): State<Arc<A>>, query: Query) -> Result<impl IntoResponse, Problem> {
    query.none()?;
    let setup = app.setup().await;
    let firing = Firing::read(app.store()).await;
    let status = match (&setup, &firing) {
        (Ok(_), Ok(firing)) => match firing.health(&own_service()) {
            ServiceHealth::Healthy => ServiceHealth::Healthy,
            _ => ServiceHealth::Degraded,
        },
        _ => ServiceHealth::Unhealthy,
    };
    let services = setup.as_ref().ok().zip(firing.as_ref().ok());
    let health = Health {
        status,
        services: services.map(|(setup, firing)| census(setup.services.iter().map(|s| firing.health(&s.name)))),
        configuration: part(setup.err(), |NotConfigured(reason)| reason),
        store: part(firing.err(), |error| {
            tracing::error!(%error, "The store does not answer.");
            "it does not answer".to_owned()
        }),
    };
    let code = if status == ServiceHealth::Unhealthy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    Ok((code, Json(health)))
}

/// Whether the process lives; it asks nobody.
#[utoipa::path(get, path = "/health/live", operation_id = "health_live", tag = "health", responses(
    (status = 200, description = "It lives", body = Word),
))]
pub(crate) async fn live(query: Query) -> Result<Json<Word>, Problem> {
    query.none()?;
    Ok(Json(Word { status: "alive" }))
}

/// Whether requests can be served: one read of the store.
#[utoipa::path(get, path = "/health/ready", operation_id = "health_ready", tag = "health", responses(
    (status = 200, description = "The store answers", body = Word),
))]
pub(crate) async fn ready<A: App>(State(app): State<Arc<A>>, query: Query) -> Result<Json<Word>, Problem> {
    query.none()?;
    app.store().checkpoint_head(0).await?;
    Ok(Json(Word { status: "ready" }))
}

fn part<E>(error: Option<E>, why: impl FnOnce(E) -> String) -> Part {
    Part { ok: error.is_none(), reason: error.map(why) }
}

fn census(healths: impl Iterator<Item = ServiceHealth>) -> Census {
    let mut census = Census::default();
    for health in healths {
        *match health {
            ServiceHealth::Healthy => &mut census.healthy,
            ServiceHealth::Degraded => &mut census.degraded,
            ServiceHealth::Unhealthy => &mut census.unhealthy,
            ServiceHealth::Unknown => &mut census.unknown,
        } += 1;
    }
    census
}
