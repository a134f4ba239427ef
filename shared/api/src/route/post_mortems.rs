use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::report::Rendered;
use engine::port::Ledger;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS};

use crate::App;
use crate::problem::{Kind, Problem};
use crate::request::{Query, Representation, accepted};
use crate::view::PostMortem;

/// The page is self-contained: it has its own style, and loads and runs nothing.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// The post-mortem of an incident: as JSON, or as people read it with `Accept: text/markdown` or `text/html`.
#[utoipa::path(get, path = "/v1/post-mortems/{id}", operation_id = "get_post_mortem", tag = "post-mortems",
    params(("id" = String, Path, description = "The incident")),
    responses(
        (status = 200, description = "The post-mortem", content(
            (PostMortem = "application/json"), (String = "text/markdown"), (String = "text/html"),
        )),
        (status = 406, description = "None of the accepted representations exists"),
    ),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, form, accept }: Query,
) -> Result<Response, Problem> {
    form.finish(Some(()))?;
    let representation = accepted(&accept)?;
    let id = path.incident()?;
    let Some(post_mortem) = app.store().post_mortem(&id).await? else {
        let hint = "it is written once an incident of its severities has resolved";
        return Err(
            Problem::new(Kind::NotFound, format!("there is no post-mortem of {id}")).with_hint(Some(hint.to_owned()))
        );
    };
    let read = || report::render(&post_mortem);
    Ok(shown(representation, read, || Json(PostMortem::from(post_mortem.clone())).into_response()))
}

/// A report in the representation that was asked for.
pub(super) fn shown(
    representation: Representation,
    rendered: impl FnOnce() -> Rendered,
    json: impl FnOnce() -> Response,
) -> Response {
    let shown = match representation {
        Representation::Json => json(),
        Representation::Markdown => {
            ([(CONTENT_TYPE, "text/markdown; charset=utf-8")], rendered().markdown).into_response()
        }
        Representation::Html => as_page(rendered().html),
    };
    ([(VARY, "accept")], shown).into_response()
}

/// A rendered report as a page that can do nothing.
pub(super) fn as_page(html: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, html).into_response()
}
