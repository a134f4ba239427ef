use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::id::PersonName;
use domain::on_call::{Change, Override as Made};
use domain::setup::Setup;
use domain::units::Span;
use engine::port::Orders;
use engine::stand_in::{Refused, make, take_back};
use http::StatusCode;
use utoipa::ToSchema;

use super::{required_schedule, schedule};
use crate::App;
use crate::nearest::nearest;
use crate::problem::{Kind, Mistake, Problem};
use crate::request::{Command, Form, Query, Text, page_by_name, shortened};
use crate::view::{Listing, Override};

/// How far ahead an override may begin.
const BEGINS_WITHIN: Span = Span::DAY.times(366);

/// What an override does, as it is written.
#[derive(Clone, Copy)]
enum Does {
    Add,
    Remove,
    Replace,
}

const CHANGES: [(&str, Does); 3] = [("add", Does::Add), ("remove", Does::Remove), ("replace", Does::Replace)];

/// A change of who is on call for a while.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct MakeOverride {
    /// A schedule of the configuration.
    #[schema(example = "primary")]
    schedule: String,
    /// `add` (on call too), `remove` (not on call, though it is their turn) or `replace`.
    #[schema(example = "replace")]
    change: String,
    /// Who is added or removed, or whose turns another one takes.
    #[schema(example = "ann")]
    person: String,
    /// Who takes the turns; only to `replace`.
    #[schema(nullable = false, example = "ben")]
    replacement: Option<String>,
    /// When it begins, RFC 3339 or seconds since the epoch; default now.
    #[schema(nullable = false)]
    starts_at: Option<String>,
    /// When it ends; this or `for` must be given.
    #[schema(nullable = false)]
    ends_at: Option<String>,
    /// How long it lasts, at most 92d.
    #[serde(rename = "for")]
    #[schema(nullable = false, rename = "for", example = "12h")]
    lasts: Option<String>,
    /// Why.
    #[schema(nullable = false, example = "at the dentist")]
    comment: Option<String>,
    /// Who makes it; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// Overrides that hold or will, by the end of each; those that are over for a while after them.
#[utoipa::path(get, path = "/v1/on-call/overrides", operation_id = "list_overrides", tag = "on-call",
    params(
        ("schedule" = inline(Option<String>), Query, description = "Only of this schedule; default all"),
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page", body = Listing<Override>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<Override>>, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let only = schedule(&mut form, setup);
    let list = format!("overrides:{}", only.map_or("", |schedule| schedule.name.as_str()));
    let paging = form.paging(&list);
    let paging = form.finish(Some(paging))?;
    let all = app.store().overrides().await?.into_iter();
    let all = all.filter(|made| only.is_none_or(|only| only.name == made.schedule));
    let place = |made: &Made| format!("{}{:020}{}", u8::from(made.ends_at <= now), made.ends_at.epoch(), made.id);
    let all: Vec<(String, Made)> = all.map(|made| (place(&made), made)).collect();
    let (rows, cursor) = page_by_name(&list, &paging, all, |(place, _)| place);
    Ok(Json(Listing { items: rows.into_iter().map(|(_, made)| Override::of(made, now)).collect(), cursor }))
}

/// Changes who is on call for a while.
#[utoipa::path(post, path = "/v1/on-call/overrides", operation_id = "make_override", tag = "on-call",
    request_body = MakeOverride,
    responses(
        (status = 201, description = "It is made", body = Override),
        (status = 200, description = "The same one was made before", body = Override),
        (status = 409, description = "There are 1,000 that are not over"),
    ),
)]
pub(crate) async fn post<A: App>(
    State(app): State<Arc<A>>,
    mut command: Command,
) -> Result<impl IntoResponse, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let by = command.by();
    let mut form = command.form;
    let schedule = required_schedule(&mut form, setup);
    let change = change(&mut form, setup);
    let starts_at = form.time_until("starts_at", now + BEGINS_WITHIN).unwrap_or(now).max(now);
    let ends_at = form.end("ends_at", "for", (starts_at, starts_at + Made::LENGTH_MAX));
    let comment = form.optional("comment", Text::LINE).unwrap_or_default();
    let read = (|| Some((schedule?, change?, ends_at?, by?)))();
    let (schedule, change, ends_at, by) = form.finish(read)?;
    let times = [starts_at, ends_at];
    let (made, is_new) = make(app.store(), (&schedule.name, change), times, (&by, &comment), now).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(Override::of(made, now))))
}

/// Takes an override back.
#[utoipa::path(delete, path = "/v1/on-call/overrides/{id}", operation_id = "delete_override", tag = "on-call",
    params(("id" = String, Path, description = "The override")),
    request_body = crate::route::commands::By,
    responses((status = 204, description = "It is gone")),
)]
pub(crate) async fn delete<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<StatusCode, Problem> {
    let by = command.by();
    let by = command.form.finish(by)?;
    let id = command.path.order()?;
    take_back(app.store(), &id).await?;
    tracing::info!(order = %id, by, "An override was taken back.");
    Ok(StatusCode::NO_CONTENT)
}

fn change(form: &mut Form, setup: &Setup) -> Option<Change> {
    let does = form.word("change", &CHANGES);
    if does.is_none() {
        form.missing("change", "add, remove or replace");
    }
    let who = person(form, "person", setup);
    if who.is_none() {
        form.missing("person", "name a person of the configuration");
    }
    let replacement = person(form, "replacement", setup);
    match (does?, replacement) {
        (Does::Add, None) => Some(Change::Add { person: who? }),
        (Does::Remove, None) => Some(Change::Remove { person: who? }),
        (Does::Replace, Some(by)) if who.as_ref() == Some(&by) => {
            form.wrong("replacement", "nobody can stand in for themselves", None);
            None
        }
        (Does::Replace, Some(by)) => Some(Change::Replace { person: who?, by }),
        (Does::Replace, None) => {
            form.missing("replacement", "say who takes the turns");
            None
        }
        (_, Some(_)) => {
            form.wrong("replacement", "it stands only beside `\"change\": \"replace\"`", None);
            None
        }
    }
}

fn person(form: &mut Form, name: &'static str, setup: &Setup) -> Option<PersonName> {
    let given: PersonName = form.parsed(name)?;
    if setup.on_call.person(&given).is_none() {
        let names = setup.on_call.people.iter().map(|person| person.name.as_str());
        let hint = nearest(given.as_str(), names).map(|near| format!("did you mean {near}?"));
        form.wrong(name, format!("the configuration has no person {}", shortened(given.as_str())), hint);
        return None;
    }
    Some(given)
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        let field = match refused {
            Refused::Port(error) => return error.into(),
            Refused::Unknown(_) => return Self::new(Kind::NotFound, detail),
            Refused::Full => return Self::new(Kind::Refused, detail),
            Refused::Wordy(field) => field,
            Refused::Order(..) | Refused::Past(_) | Refused::TooLong(_) => "ends_at",
        };
        Self::of_mistakes(Kind::InvalidRequest, vec![Mistake { field: field.to_owned(), detail, hint: None }])
    }
}
