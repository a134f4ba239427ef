mod written;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::units::Span;
use engine::port::Slos;
use engine::slo::{create, remove, replace};
use http::StatusCode;
use utoipa::ToSchema;

use crate::App;
use crate::problem::{Kind, Problem};
use crate::request::{Command, Query, page_by_name};
use crate::view::{Listing, Slo, SloDetail};

const LIST: &str = "slos";
/// Days that are told with an objective.
const DAYS: u32 = 90;

/// An objective: either as here, or, with an `indicator`, in the fields of `slos` in the configuration.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct WriteSlo {
    /// Its name for people; its id is derived from it.
    #[schema(example = "API Gateway Availability")]
    name: String,
    /// What it is.
    #[schema(nullable = false)]
    description: Option<String>,
    /// A service of the configuration.
    #[schema(example = "api-gateway")]
    service_name: String,
    /// The same as `service_name`.
    #[schema(nullable = false)]
    service: Option<String>,
    /// A series of that service: each of its periods is an event.
    #[schema(example = "availability")]
    metric_name: String,
    /// The percentage of periods that must be good.
    #[schema(example = 99.9)]
    target_percentage: f64,
    /// Over the last so long, 2m to 90d.
    #[schema(example = "30d")]
    time_window: String,
    /// A period is good while its value compares so with this.
    #[schema(example = 99.9)]
    threshold_value: f64,
    /// How: gte, gt, lte, lt.
    #[schema(example = "gte")]
    operator: String,
    /// Who makes it; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// All objectives, declared or made here, with how they stand.
#[utoipa::path(get, path = "/v1/slo", operation_id = "list_slos", tag = "slos",
    params(
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page", body = Listing<Slo>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<Slo>>, Problem> {
    let paging = form.paging(LIST);
    let paging = form.finish(Some(paging))?;
    let (setup, store) = (app.setup().await?, app.store());
    let (stored, snapshots) = (store.slos().await?, store.snapshots().await?);
    let whole = setup.with_slos(stored.iter().map(|stored| stored.slo.clone()));
    let all = whole.slos.iter().collect();
    let (slos, cursor) = page_by_name(LIST, &paging, all, |slo: &&domain::slo::Slo| slo.name.as_str());
    let items = slos.into_iter().map(|slo| {
        let own = stored.iter().find(|stored| stored.slo.name == slo.name && setup.slo(&slo.name).is_none());
        Slo::new(slo, own, &snapshots, app.now())
    });
    Ok(Json(Listing { items: items.collect(), cursor }))
}

/// Makes an objective.
#[utoipa::path(post, path = "/v1/slo", operation_id = "create_slo", tag = "slos",
    request_body = WriteSlo,
    responses(
        (status = 201, description = "It is made, and judged from the next tick on", body = Slo),
        (status = 409, description = "There is one of that name"),
    ),
)]
pub(crate) async fn make<A: App>(
    State(app): State<Arc<A>>,
    mut command: Command,
) -> Result<impl IntoResponse, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let by = command.by();
    let (slo, by) = written::read(command.form, by, None, setup)?;
    let stored = create(app.store(), setup, slo, &by, now).await?;
    Ok((StatusCode::CREATED, Json(Slo::new(&stored.slo, Some(&stored), &[], now))))
}

/// One objective, how it stands, and its last days.
#[utoipa::path(get, path = "/v1/slo/{id}", operation_id = "get_slo", tag = "slos",
    params(("id" = String, Path, description = "The objective")),
    responses((status = 200, description = "The objective", body = SloDetail)),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, form, .. }: Query,
) -> Result<Json<SloDetail>, Problem> {
    form.finish(Some(()))?;
    let (setup, store, now) = (app.setup().await?, app.store(), app.now());
    let name = path.slo()?;
    let stored = if setup.slo(&name).is_some() { None } else { store.slo(&name).await? };
    let slo = setup.slo(&name).or(stored.as_ref().map(|stored| &stored.slo)).ok_or_else(|| path.no_slo())?;
    let (snapshots, days) = (store.snapshots().await?, store.days(&name, now - Span::DAY.times(DAYS), now).await?);
    Ok(Json(SloDetail::new(Slo::new(slo, stored.as_ref(), &snapshots, now), days)))
}

/// Puts another objective in the place of one that was made here.
#[utoipa::path(put, path = "/v1/slo/{id}", operation_id = "replace_slo", tag = "slos",
    params(("id" = String, Path, description = "The objective")),
    request_body = WriteSlo,
    responses(
        (status = 200, description = "It is replaced", body = Slo),
        (status = 409, description = "It stands in the configuration, or somebody else was faster"),
    ),
)]
pub(crate) async fn put<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<Json<Slo>, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let name = command.path.slo()?;
    let by = command.by();
    let (slo, by) = written::read(command.form, by, Some(&name), setup)?;
    let stored = replace(app.store(), setup, slo, &by, now).await?;
    Ok(Json(Slo::new(&stored.slo, Some(&stored), &[], now)))
}

/// Deletes an objective that was made here. Its days are kept.
#[utoipa::path(delete, path = "/v1/slo/{id}", operation_id = "delete_slo", tag = "slos",
    params(("id" = String, Path, description = "The objective")),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 409, description = "It stands in the configuration, or somebody else was faster"),
    ),
)]
pub(crate) async fn delete<A: App>(
    State(app): State<Arc<A>>,
    Query { path, form, .. }: Query,
) -> Result<StatusCode, Problem> {
    form.finish(Some(()))?;
    let setup = app.setup().await?;
    let name = path.slo()?;
    remove(app.store(), setup, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<engine::slo::SloError> for Problem {
    fn from(error: engine::slo::SloError) -> Self {
        use engine::slo::SloError::{Changed, Declared, Exists, Full, Port, Unknown};
        match error {
            Exists(_) | Declared(_) | Changed(_) | Full => Self::new(Kind::Refused, error.to_string()),
            Unknown(_) => Self::new(Kind::NotFound, error.to_string()),
            Port(error) => error.into(),
        }
    }
}
