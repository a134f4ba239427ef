use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::drill::Drill as Begun;
use domain::id::ServiceName;
use engine::drill::{Refused, begin};
use engine::port::Orders;
use http::StatusCode;
use http::header::LOCATION;
use utoipa::ToSchema;

use crate::App;
use crate::problem::{Kind, Mistake, Problem};
use crate::request::{Command, Query, Text, page_by_name};
use crate::view::{Drill, Listing};

const LIST: &str = "drills";

/// A drill as a person asks for it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct AskForDrill {
    /// The service: one that the configuration names below `drills`.
    #[schema(example = "shop-checkout")]
    service: String,
    /// Who asks; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// Drills, the latest first.
#[utoipa::path(get, path = "/v1/drills", operation_id = "list_drills", tag = "drills",
    params(
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page", body = Listing<Drill>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<Drill>>, Problem> {
    let paging = form.paging(LIST);
    let paging = form.finish(Some(paging))?;
    let all = app.store().drills().await?.into_iter().map(|drill| (place(&drill), drill)).collect();
    let (rows, cursor) = page_by_name(LIST, &paging, all, |(place, _)| place);
    Ok(Json(Listing { items: rows.into_iter().map(|(_, drill)| Drill::of(drill)).collect(), cursor }))
}

/// Where a drill stands in the list: the latest first.
fn place(drill: &Begun) -> String {
    format!("{:020}{}", i64::MAX - drill.asked_at.epoch(), drill.id)
}

/// One drill.
#[utoipa::path(get, path = "/v1/drills/{id}", operation_id = "get_drill", tag = "drills",
    params(("id" = String, Path, description = "The drill")),
    responses((status = 200, description = "The drill", body = Drill)),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, form, .. }: Query,
) -> Result<Json<Drill>, Problem> {
    form.finish(Some(()))?;
    let id = path.drill()?;
    let drill = app.store().drill(&id).await?;
    let unknown = || Problem::new(Kind::NotFound, format!("there is no drill {id}"));
    drill.map(|drill| Json(Drill::of(drill))).ok_or_else(unknown)
}

/// Sends a marked breach the whole way, from collection to a person's acknowledgement. People are called as for a real one.
#[utoipa::path(post, path = "/v1/drills", operation_id = "begin_drill", tag = "drills",
    request_body = AskForDrill,
    responses(
        (status = 201, description = "It begins", body = Drill, headers(("location", description = "Its path"))),
        (status = 200, description = "The one that was asked for in the same minute", body = Drill),
        (status = 409, description = "One of the service is under way"),
    ),
)]
pub(crate) async fn post<A: App>(
    State(app): State<Arc<A>>,
    mut command: Command,
) -> Result<impl IntoResponse, Problem> {
    let by = command.by();
    let mut form = command.form;
    let service = form.required("service", Text::LINE, "a service that the configuration names below drills");
    let service = service.and_then(|name| {
        name.parse::<ServiceName>().map_err(|error| form.wrong("service", error.to_string(), None)).ok()
    });
    let (service, by) = form.finish(service.zip(by))?;
    let (drill, is_new) = begin(app.store(), app.outlet(), app.setup().await?, (&service, &by), app.now()).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let location = format!("/v1/drills/{}", drill.id);
    Ok((status, [(LOCATION, location)], Json(Drill::of(drill))))
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            Refused::Port(error) => error.into(),
            Refused::Running(..) => Self::new(Kind::Refused, detail),
            Refused::Unplanned { .. } => {
                let field = "service".to_owned();
                Self::of_mistakes(Kind::InvalidRequest, vec![Mistake { field, detail, hint: None }])
            }
        }
    }
}
