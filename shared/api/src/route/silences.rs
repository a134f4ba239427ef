use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::label::Matchers;
use domain::silence::{SILENCE_MAX, Silence as Made, SilenceError, SilenceState};
use domain::units::{Span, Time};
use engine::port::Orders;
use engine::silence::{Refused, end, make, until};
use http::StatusCode;
use http::header::LOCATION;
use utoipa::ToSchema;

use crate::App;
use crate::problem::{Kind, Mistake, Problem};
use crate::request::{Command, Form, Query, Text, page_by_name};
use crate::view::{Listing, Silence};

/// How far ahead a silence may begin.
const BEGINS_WITHIN: Span = SILENCE_MAX;
const STATES: [(&str, SilenceState); 3] =
    [("active", SilenceState::Active), ("pending", SilenceState::Pending), ("expired", SilenceState::Expired)];

/// A silence as a person orders it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct MakeSilence {
    /// What it covers, all of them: `label=value`, `!=`, `=~`, `!~`, as a text or a list of texts. Labels are the alert's,
    /// and `alertname`, `service`, `severity` and `category`.
    #[schema(example = json!(["service=\"shop-checkout\"", "alertname=~\"errors|latency\""]))]
    matchers: Vec<String>,
    /// When it begins, RFC 3339 or seconds since the epoch; default now.
    #[schema(nullable = false)]
    starts_at: Option<String>,
    /// When it ends; this or `for` must be given.
    #[schema(nullable = false)]
    ends_at: Option<String>,
    /// How long it lasts, at most 366d.
    #[serde(rename = "for")]
    #[schema(nullable = false, rename = "for", example = "2h")]
    lasts: Option<String>,
    /// Why, for whoever finds it so.
    #[schema(example = "the provider works on it until 16:00")]
    comment: String,
    /// Who silences; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// Silences, the active ones first, then those to come, then those that are over; of each the first to end first.
#[utoipa::path(get, path = "/v1/silences", operation_id = "list_silences", tag = "silences",
    params(
        ("state" = inline(Option<String>), Query, description = "active, pending or expired; default all"),
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page", body = Listing<Silence>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<Silence>>, Problem> {
    let state = form.word("state", &STATES);
    let list = format!("silences:{}", state.map_or("", SilenceState::as_str));
    let paging = form.paging(&list);
    let paging = form.finish(Some(paging))?;
    let now = app.now();
    let mut all: Vec<(String, Made)> =
        app.store().silences().await?.into_iter().map(|silence| (place(&silence, now), silence)).collect();
    all.retain(|(_, silence)| state.is_none_or(|state| silence.state(now) == state));
    let (rows, cursor) = page_by_name(&list, &paging, all, |(place, _)| place);
    Ok(Json(Listing { items: rows.into_iter().map(|(_, silence)| Silence::of(silence, now)).collect(), cursor }))
}

/// Where a silence stands in the list.
fn place(silence: &Made, now: Time) -> String {
    let rank = STATES.iter().position(|(_, state)| *state == silence.state(now)).unwrap_or_default();
    format!("{rank}{:020}{}", silence.ends_at.epoch(), silence.id)
}

/// One silence.
#[utoipa::path(get, path = "/v1/silences/{id}", operation_id = "get_silence", tag = "silences",
    params(("id" = String, Path, description = "The silence")),
    responses((status = 200, description = "The silence", body = Silence)),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, form, .. }: Query,
) -> Result<Json<Silence>, Problem> {
    form.finish(Some(()))?;
    let id = path.silence()?;
    let found = app.store().silence(&id).await?.ok_or_else(|| Problem::from(Refused::Unknown(id)))?;
    Ok(Json(Silence::of(found, app.now())))
}

/// Silences alerts for a while. What they open or say is kept, and told once the silence is over and they still fire.
#[utoipa::path(post, path = "/v1/silences", operation_id = "make_silence", tag = "silences",
    request_body = MakeSilence,
    responses(
        (status = 201, description = "It is made", body = Silence, headers(("location", description = "Its path"))),
        (status = 200, description = "The same one was made before", body = Silence),
        (status = 409, description = "There are 1,000 that are not over, or the same one was ended early"),
    ),
)]
pub(crate) async fn post<A: App>(
    State(app): State<Arc<A>>,
    mut command: Command,
) -> Result<impl IntoResponse, Problem> {
    let now = app.now();
    let by = command.by();
    let mut form = command.form;
    let matchers = matchers(&mut form);
    let starts_at = form.time_until("starts_at", now + BEGINS_WITHIN).unwrap_or(now).max(now);
    let ends_at = form.end("ends_at", "for", (starts_at, starts_at + SILENCE_MAX));
    let comment = form.required("comment", Text::WORDS, "say why, for whoever finds it so");
    let read = (|| Some((matchers?, ends_at?, comment?, by?)))();
    let (matchers, ends_at, comment, by) = form.finish(read)?;
    let (silence, is_new) = make(app.store(), matchers, [starts_at, ends_at], (&by, &comment), now).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let location = format!("/v1/silences/{}", silence.id);
    Ok((status, [(LOCATION, location)], Json(Silence::of(silence, now))))
}

fn matchers(form: &mut Form) -> Option<Matchers> {
    let hint = "such as service=\"shop-checkout\"; all of a list must match";
    let texts = form.texts("matchers", Text::MATCHERS, hint)?;
    let read = Matchers::read(texts.iter().map(String::as_str));
    read.map_err(|error| form.wrong("matchers", error.to_string(), None)).ok()
}

/// When a silence shall end instead.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct MoveSilence {
    /// When it ends, RFC 3339 or seconds since the epoch; this or `for` must be given.
    #[schema(nullable = false)]
    ends_at: Option<String>,
    /// How long it lasts yet, from now on.
    #[serde(rename = "for")]
    #[schema(nullable = false, rename = "for", example = "2h")]
    lasts: Option<String>,
    /// Who says so; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// Gives a silence that is not over another end. What it covers and when it began stay as they are.
#[utoipa::path(patch, path = "/v1/silences/{id}", operation_id = "move_silence", tag = "silences",
    params(("id" = String, Path, description = "The silence")),
    request_body = MoveSilence,
    responses(
        (status = 200, description = "It ends then", body = Silence),
        (status = 409, description = "It is over already"),
    ),
)]
pub(crate) async fn patch<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<Json<Silence>, Problem> {
    let now = app.now();
    let by = command.by();
    let ends_at = command.form.end("ends_at", "for", (now, now + SILENCE_MAX));
    let (by, ends_at) = command.form.finish((|| Some((by?, ends_at?)))())?;
    let id = command.path.silence()?;
    let silence = until(app.store(), &id, ends_at, &by, now).await?;
    Ok(Json(Silence::of(silence, now)))
}

/// Ends a silence at once: one that has not begun never does.
#[utoipa::path(delete, path = "/v1/silences/{id}", operation_id = "end_silence", tag = "silences",
    params(("id" = String, Path, description = "The silence")),
    request_body = super::commands::By,
    responses(
        (status = 200, description = "It is over", body = Silence),
        (status = 409, description = "It is over already"),
    ),
)]
pub(crate) async fn delete<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<Json<Silence>, Problem> {
    let by = command.by();
    let by = command.form.finish(by)?;
    let id = command.path.silence()?;
    let silence = end(app.store(), &id, &by, app.now()).await?;
    Ok(Json(Silence::of(silence, app.now())))
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        let field = match refused {
            Refused::Port(error) => return error.into(),
            Refused::Unknown(_) => return Self::new(Kind::NotFound, detail),
            Refused::Full => {
                let hint = "end some, or make one that covers several alerts: alertname=~\"a|b\"";
                return Self::new(Kind::Refused, detail).with_hint(Some(hint.to_owned()));
            }
            Refused::Ended(_) | Refused::Changed(_) | Refused::Wrong(SilenceError::Expired(_)) => {
                return Self::new(Kind::Refused, detail);
            }
            Refused::Wrong(SilenceError::Everything(_)) => "matchers",
            Refused::Wrong(SilenceError::Unnamed("why")) => "comment",
            Refused::Wrong(SilenceError::Unnamed(_)) => "by",
            Refused::Wrong(_) => "ends_at",
        };
        Self::of_mistakes(Kind::InvalidRequest, vec![Mistake { field: field.to_owned(), detail, hint: None }])
    }
}
