use std::sync::Arc;

use axum::extract::State;
use domain::incident::Incident;
use domain::link::{Claim, SHOWS_FOR, View};
use domain::notification::Destination;
use domain::units::Time;
use engine::command::{self, CommandError};
use engine::port::{Ledger, PortError};
use http::StatusCode;

use crate::App;
use crate::inbound::links::{self, Failed, sentence};
use crate::inbound::page::{Line, Page};
use crate::request::Query;
use crate::route::incident_page;

/// Shows which incident a link takes. Looking changes nothing: mail scanners open links. The address is secret and signed
/// by us; parameters that a mail program adds to it are not looked at.
#[utoipa::path(get, path = "/acknowledge/{token}", operation_id = "show_link", tag = "links",
    params(("token" = String, Path, description = "As it stands in the message")),
    security(()),
    responses(
        (status = 200, description = "The incident, and a button that takes it if it can be taken", body = String,
            content_type = "text/html"),
        Failed,
    ),
)]
pub(crate) async fn look<A: App>(State(app): State<Arc<A>>, query: Query) -> Page {
    shown(look_at(app.as_ref(), &query).await)
}

/// Takes the incident by the link of a page, or says by the link of a reminder that one has it, once.
#[utoipa::path(post, path = "/acknowledge/{token}", operation_id = "follow_link", tag = "links",
    params(("token" = String, Path, description = "As it stands in the message")),
    security(()),
    responses(
        (status = 200, description = "Whoever pressed has it", body = String, content_type = "text/html"),
        (status = 409, description = "Somebody has it, it is over, or the link was used", body = String,
            content_type = "text/html"),
        Failed,
    ),
)]
pub(crate) async fn take<A: App>(State(app): State<Arc<A>>, query: Query) -> Page {
    shown(take_by(app.as_ref(), &query).await)
}

fn shown(page: Result<Page, Failed>) -> Page {
    page.unwrap_or_else(|failed| failed.page("Nothing was done"))
}

/// What a link that is ours leads to.
struct Followed {
    claim: Claim,
    incident: Incident,
    /// In whose name it is taken.
    by: String,
    /// Where all of it can be read.
    more: Vec<(&'static str, Vec<Line>)>,
}

async fn read<A: App>(app: &A, query: &Query) -> Result<Followed, Failed> {
    let key = links::key(app).await?;
    let claim = Claim::verify(query.path.text("token"), &key, app.now()).map_err(Failed::Link)?;
    let incident = app.store().incident(&claim.incident).await?;
    let incident = incident.ok_or_else(|| CommandError::Unknown(claim.incident.clone()))?;
    let by = match &claim.person {
        Some(person) => person.to_string(),
        None => anybody(app, &incident).await?,
    };
    let view = View { incident: incident.id.clone(), expires_at: app.now() + SHOWS_FOR };
    let more = vec![("More", vec![incident_page::line("All that is known about it", &view, &key)])];
    Ok(Followed { claim, incident, by, more })
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

fn facts(incident: &Incident, now: Time) -> Vec<(&'static str, String)> {
    let title = ("Incident", incident.title.clone());
    std::iter::once(title).chain(incident_page::facts(incident, now)).collect()
}

async fn look_at<A: App>(app: &A, query: &Query) -> Result<Page, Failed> {
    let Followed { claim, incident, by, more } = read(app, query).await?;
    let (setup, now) = (app.setup().await?, app.now());
    let page = |title: &str, words: String| Page {
        facts: facts(&incident, now),
        sections: more.clone(),
        ..Page::new(StatusCode::OK, title, words)
    };
    let would = command::would_redeem(setup, &incident, (&claim, &by), now);
    if incident.taken_by() == Some(&*by) {
        return Ok(match would {
            Ok(()) => Page {
                button: Some("I still have it"),
                ..page("You have it", "Press the button if you still work on it.".to_owned())
            },
            Err(_) => page("You have it", "You have taken this incident already.".to_owned()),
        });
    }
    Ok(match would {
        Ok(()) => {
            let words = format!("Nobody has it yet. Press the button to take it as {by}.");
            Page { button: Some("Take it: I work on it"), ..page("An incident needs somebody", words) }
        }
        Err(reason) => page("There is nothing to take", format!("{}.", sentence(&reason))),
    })
}

async fn take_by<A: App>(app: &A, query: &Query) -> Result<Page, Failed> {
    let Followed { claim, incident: before, by, more } = read(app, query).await?;
    let (setup, now) = (app.setup().await?, app.now());
    let page = |status, incident: &Incident, title: &str, words: String| {
        Ok(Page { facts: facts(incident, now), sections: more.clone(), ..Page::new(status, title, words) })
    };
    match command::redeem(app.store(), app.outlet(), setup, (&claim, &by), now).await {
        Ok(incident) => {
            let did = if before.taken_by() == Some(&*by) { "You still have it, as" } else { "Taken as" };
            let words = format!("{did} {by}. Nobody else is called.");
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
