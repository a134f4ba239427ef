use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::incident::State as IncidentState;
use engine::command;
use engine::correlate::survivor;
use engine::port::Ledger;
use http::StatusCode;
use http::header::LOCATION;
use utoipa::ToSchema;

use crate::App;
use crate::problem::{Kind, Problem};
use crate::request::{Command, Query, Text, next_cursor};
use crate::view::{Incident, IncidentWithReceipts, Listing};

/// How often the store is asked for one page of a filtered list; beyond, the page is short and its cursor goes on.
const READS_PER_PAGE_MAX: usize = 10;

const STATES: [(&str, &[IncidentState]); 6] = {
    use IncidentState::{Acknowledged, Closed, Mitigating, Resolved, Triggered};
    [
        ("open", &[Triggered, Acknowledged, Mitigating]),
        ("triggered", &[Triggered]),
        ("acknowledged", &[Acknowledged]),
        ("mitigating", &[Mitigating]),
        ("resolved", &[Resolved]),
        ("closed", &[Closed]),
    ]
};

/// An incident that no alert has found.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what `open` reads")]
pub(crate) struct OpenIncident {
    /// A service of the configuration.
    #[schema(example = "shop-checkout")]
    service: String,
    /// SEV1 to SEV4, or critical, high, medium, low.
    #[schema(example = "SEV2")]
    severity: String,
    /// One line for people.
    #[schema(example = "Customers report empty carts")]
    title: String,
    /// Who opens it; default the caller.
    #[schema(nullable = false)]
    by: Option<String>,
}

/// Incidents, the latest opened first.
#[utoipa::path(get, path = "/v1/incidents", operation_id = "list_incidents", tag = "incidents",
    params(
        ("state" = inline(Option<String>), Query,
            description = "open, triggered, acknowledged, mitigating, resolved or closed; default all"),
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page; with a state it may be short, and still have a next one",
        body = Listing<Incident>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<Incident>>, Problem> {
    let states = form.word("state", &STATES.map(|(word, states)| (word, (word, states))));
    let list = format!("incidents:{}", states.map_or("", |(word, _)| word));
    let paging = form.paging(&list);
    let paging = form.finish(Some(paging))?;
    let mut cursor = paging.cursor;
    let mut items: Vec<Incident> = Vec::new();
    for _ in 0..READS_PER_PAGE_MAX {
        let wanted = paging.limit - u32::try_from(items.len()).unwrap_or(paging.limit);
        let page = app.store().incidents(wanted, cursor).await?;
        cursor = page.cursor;
        let fits =
            |incident: &domain::incident::Incident| states.is_none_or(|(_, some)| some.contains(&incident.state));
        items.extend(page.items.into_iter().filter(fits).map(Incident::from));
        if cursor.is_none() || items.len() >= paging.limit as usize {
            break;
        }
    }
    let cursor = cursor.map(|place| next_cursor(&list, &place));
    Ok(Json(Listing { items, cursor }))
}

/// One incident with its timeline, and what became of its notifications; one that was merged, with where it goes on.
#[utoipa::path(get, path = "/v1/incidents/{id}", operation_id = "get_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    responses((status = 200, description = "The incident", body = IncidentWithReceipts)),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, form, .. }: Query,
) -> Result<Json<IncidentWithReceipts>, Problem> {
    form.finish(Some(()))?;
    let id = path.incident()?;
    let Some(incident) = app.store().incident(&id).await? else {
        return Err(Problem::new(Kind::NotFound, format!("there is no incident {id}")));
    };
    let receipts = app.store().receipts(&id).await?;
    let receipts = receipts.into_iter().map(Into::into).collect();
    let goes_on_in = match incident.merged_into {
        Some(_) => Some(survivor(app.store(), incident.clone()).await?.id.to_string()),
        None => None,
    };
    Ok(Json(IncidentWithReceipts { incident: incident.into(), goes_on_in, receipts }))
}

/// Opens an incident by hand.
#[utoipa::path(post, path = "/v1/incidents", operation_id = "open_incident", tag = "incidents",
    request_body = OpenIncident,
    responses(
        (status = 201, description = "It is open", body = Incident, headers(("location", description = "Its path"))),
        (status = 409, description = "The service has an open incident already; `incident` names it"),
        (status = 422, description = "The configuration does not have this service"),
    ),
)]
pub(crate) async fn open<A: App>(
    State(app): State<Arc<A>>,
    mut command: Command,
) -> Result<impl IntoResponse, Problem> {
    let setup = app.setup().await?;
    let by = command.by();
    let mut form = command.form;
    let service = form.service(setup);
    let severity = form.severity();
    let title = form.required("title", Text::LINE, "say what is wrong in a line");
    let read = (|| Some((service?, severity?, title?, by?)))();
    let (service, severity, title, by) = form.finish(read)?;
    let told = (title.as_str(), by.as_str());
    let incident = command::open(app.store(), app.outlet(), setup, (&service, severity), told, app.now()).await?;
    let location = format!("/v1/incidents/{}", incident.id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(Incident::from(incident))))
}
