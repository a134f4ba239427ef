use std::sync::Arc;

use axum::extract::State;
use domain::incident::Incident;
use domain::link::{Claim, LinkError};
use domain::notification::Destination;
use domain::units::Time;
use engine::command::{self, CommandError};
use engine::port::{Ledger, PortError};
use http::StatusCode;

use crate::App;
use crate::inbound::links;
use crate::inbound::page::Page;
use crate::problem::Problem;
use crate::request::Query;

/// Shows which incident a link takes. Looking changes nothing: mail scanners open links. The address is secret and signed
/// by us; parameters that a mail program adds to it are not looked at.
#[utoipa::path(get, path = "/acknowledge/{token}", operation_id = "show_link", tag = "links",
    params(("token" = String, Path, description = "As it stands in the message")),
    security(()),
    responses(
        (status = 200, description = "The incident, and a button that takes it if it can be taken", body = String,
            content_type = "text/html"),
        (status = 403, description = "The link is not ours", body = String, content_type = "text/html"),
        (status = 404, description = "It is no link, its incident is gone, or the configuration has no `inbound.links`",
            body = String, content_type = "text/html"),
        (status = 410, description = "The link has expired", body = String, content_type = "text/html"),
    ),
)]
pub(crate) async fn look<A: App>(State(app): State<Arc<A>>, query: Query) -> Page {
    shown(look_at(app.as_ref(), &query).await)
}

/// Takes the incident by the link of a page, once.
#[utoipa::path(post, path = "/acknowledge/{token}", operation_id = "follow_link", tag = "links",
    params(("token" = String, Path, description = "As it stands in the message")),
    security(()),
    responses(
        (status = 200, description = "Whoever pressed has it", body = String, content_type = "text/html"),
        (status = 403, description = "The link is not ours", body = String, content_type = "text/html"),
        (status = 404, description = "It is no link, its incident is gone, or the configuration has no `inbound.links`",
            body = String, content_type = "text/html"),
        (status = 409, description = "Somebody has it, it is over, or the link was used", body = String,
            content_type = "text/html"),
        (status = 410, description = "The link has expired", body = String, content_type = "text/html"),
    ),
)]
pub(crate) async fn take<A: App>(State(app): State<Arc<A>>, query: Query) -> Page {
    shown(take_by(app.as_ref(), &query).await)
}

fn shown(page: Result<Page, Failed>) -> Page {
    match page {
        Ok(page) => page,
        Err(Failed::Link(error)) => {
            let status = match error {
                LinkError::Malformed => StatusCode::NOT_FOUND,
                LinkError::Forged => StatusCode::FORBIDDEN,
                LinkError::Expired(_) => StatusCode::GONE,
            };
            Page::new(status, "Nothing was done", format!("{}.", sentence(&error.to_string())))
        }
        Err(Failed::Problem(problem)) => {
            let (status, words) = (problem.status(), sentence(problem.detail()));
            let retry_after_seconds = problem.retry_after_seconds();
            let again = if retry_after_seconds.is_some() { " Try it again in a minute." } else { "" };
            problem.log();
            Page { retry_after_seconds, ..Page::new(status, "Nothing was done", format!("{words}.{again}")) }
        }
    }
}

enum Failed {
    Link(LinkError),
    Problem(Problem),
}

impl<E: Into<Problem>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

/// The incident of a link that is ours, and in whose name it is taken.
async fn read<A: App>(app: &A, query: &Query) -> Result<(Claim, Incident, String), Failed> {
    let key = links::key(app).await?;
    let claim = Claim::verify(query.path.text("token"), &key, app.now()).map_err(Failed::Link)?;
    let incident = app.store().incident(&claim.incident).await?;
    let incident = incident.ok_or_else(|| CommandError::Unknown(claim.incident.clone()))?;
    let by = match &claim.person {
        Some(person) => person.to_string(),
        None => anybody(app, &incident).await?,
    };
    Ok((claim, incident, by))
}

/// Whoever pressed a link that was sent to a channel: which one is known where only one was called.
async fn anybody<A: App>(app: &A, incident: &Incident) -> Result<String, PortError> {
    let receipts = app.store().receipts(&incident.id).await?;
    let mut channels: Vec<&str> = receipts
        .iter()
        .filter_map(|receipt| match &receipt.page {
            Some(Destination::Channel(name)) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    channels.sort_unstable();
    channels.dedup();
    Ok(match channels[..] {
        [only] => format!("somebody by the link of {only}"),
        _ => "somebody by the link of a channel".to_owned(),
    })
}

async fn look_at<A: App>(app: &A, query: &Query) -> Result<Page, Failed> {
    let (claim, incident, by) = read(app, query).await?;
    let (setup, now) = (app.setup().await?, app.now());
    let page =
        |title: &str, words: String| Page { facts: facts(&incident, now), ..Page::new(StatusCode::OK, title, words) };
    if incident.taken_by() == Some(&*by) {
        return Ok(page("You have it", "You have taken this incident already.".to_owned()));
    }
    Ok(match command::would_redeem(setup, &incident, (&claim, &by), now) {
        Ok(()) => {
            let words = format!("Nobody has it yet. Press the button to take it as {by}.");
            Page { button: Some("Take it: I work on it"), ..page("An incident needs somebody", words) }
        }
        Err(reason) => page("There is nothing to take", format!("{}.", sentence(&reason))),
    })
}

async fn take_by<A: App>(app: &A, query: &Query) -> Result<Page, Failed> {
    let (claim, before, by) = read(app, query).await?;
    let (setup, now) = (app.setup().await?, app.now());
    let page = |status, incident: &Incident, title: &str, words: String| {
        Ok(Page { facts: facts(incident, now), ..Page::new(status, title, words) })
    };
    match command::redeem(app.store(), app.outlet(), setup, (&claim, &by), now).await {
        Ok(incident) => {
            let words = format!("Taken as {by}. Nobody else is called.");
            page(StatusCode::OK, &incident, "It is yours", words)
        }
        // Pressed twice.
        Err(CommandError::NotNow(_)) if before.taken_by() == Some(&*by) => {
            page(StatusCode::OK, &before, "It is yours", "You have taken this incident already.".to_owned())
        }
        Err(CommandError::NotNow(reason)) => {
            page(StatusCode::CONFLICT, &before, "Nothing was done", format!("{}.", sentence(&reason)))
        }
        Err(error) => Err(error.into()),
    }
}

fn facts(incident: &Incident, now: Time) -> Vec<(&'static str, String)> {
    let since = format!("{} ({} ago)", incident.opened_at, now.since(incident.opened_at));
    let mut facts = vec![
        ("Incident", incident.title.clone()),
        ("Severity", incident.severity.to_string()),
        ("Service", incident.service.to_string()),
        ("Since", since),
        ("State", incident.state.to_string()),
    ];
    facts.extend(incident.taken_by().map(|by| ("Taken by", by.to_owned())));
    facts
}

/// With a capital letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
