use domain::id::{ActionId, IncidentId};
use domain::units::{Span, Time};
use engine::command::{self, CommandError};
use engine::port::{Ledger, PortError};
use engine::silence::{self, Refused};

use crate::App;
use crate::problem::Problem;

/// How long the button silences.
const SILENCED_FOR: Span = Span::HOUR;

/// What a person wants, wherever they said it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Wish {
    /// Which incident.
    pub incident: IncidentId,
    /// Who, and where they said it.
    pub by: String,
    /// What.
    pub does: Does,
    /// When, if that is known: it may be a while ago, and be heard again.
    pub at: Option<Time>,
}

/// What can be wished for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Does {
    /// Take the incident.
    Acknowledge,
    /// End it.
    Resolve,
    /// Give an action leave.
    Approve(ActionId),
    /// Deny it.
    Refuse(ActionId),
    /// Tell nobody of its alerts for [`SILENCED_FOR`].
    Silence,
    /// Write this into the timeline.
    Note(String),
}

/// What came of it, in words for whoever wished.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Came {
    /// It is done.
    Done(String),
    /// It is not, and will not be.
    Not(String),
}

/// Does it, if it may be done.
///
/// # Errors
/// When it may be done later: the store does not answer, or others kept changing the incident.
pub(crate) async fn grant<A: App>(app: &A, wish: &Wish) -> Result<Came, Problem> {
    let (store, outlet, setup, now) = (app.store(), app.outlet(), app.setup().await?, app.now());
    let (id, by) = (&wish.incident, wish.by.as_str());
    if let Some(reason) = overtaken(app, wish).await? {
        return Ok(Came::Not(reason));
    }
    let (done, words) = match &wish.does {
        Does::Silence => return silenced(app, wish).await,
        Does::Acknowledge => (command::acknowledge(store, outlet, setup, (id, by), now).await, "It is yours now."),
        Does::Resolve => (command::resolve(store, outlet, setup, (id, by, ""), now).await, "It is resolved."),
        Does::Approve(action) => (
            command::decide_action(store, outlet, (id, action), (true, by), now).await,
            "Approved. You are told here what comes of it.",
        ),
        Does::Refuse(action) => {
            (command::decide_action(store, outlet, (id, action), (false, by), now).await, "Refused: it is not done.")
        }
        Does::Note(text) => {
            (command::note(store, outlet, setup, (id, by, text), now).await, "It stands in the timeline.")
        }
    };
    match done {
        Ok(_) => Ok(Came::Done(words.to_owned())),
        Err(error @ (CommandError::Port(PortError::Unavailable { .. }) | CommandError::Contended(_))) => {
            Err(error.into())
        }
        Err(error) => Ok(Came::Not(error.to_string())),
    }
}

/// Silences the alerts of an incident, and says so in its timeline.
async fn silenced<A: App>(app: &A, wish: &Wish) -> Result<Came, Problem> {
    let (store, setup, now) = (app.store(), app.setup().await?, app.now());
    let (id, by) = (&wish.incident, wish.by.as_str());
    let Some(incident) = store.incident(id).await? else {
        return Ok(Came::Not(CommandError::Unknown(id.clone()).to_string()));
    };
    let covered = silence::of_incident(&incident);
    if covered.is_empty() {
        return Ok(Came::Not("the incident has no alerts that could be silenced".to_owned()));
    }
    // From the press: one that is sent twice is the same silence.
    let pressed = wish.at.unwrap_or(now).min(now);
    let until = pressed + SILENCED_FOR;
    let comment = format!("by a button, for incident {id}");
    let mut ids = Vec::new();
    for matchers in covered {
        match silence::make(store, matchers, [pressed, until], (by, &comment), now).await {
            Ok((made, _)) => ids.push(made.id.to_string()),
            Err(Refused::Port(error @ PortError::Unavailable { .. })) => return Err(error.into()),
            Err(error) => return Ok(Came::Not(error.to_string())),
        }
    }
    let ends: Vec<String> = ids.iter().map(|id| format!("tocsin silence end {id}")).collect();
    let ids = ids.join(", ");
    let text = format!("Silenced its alerts until {} UTC: {ids}", until.clock());
    match command::note(store, app.outlet(), setup, (id, by, &text), now).await {
        Ok(_) => {}
        // It is silenced all the same.
        Err(error) => tracing::warn!(incident = %id, %error, "A silence is not in the timeline."),
    }
    Ok(Came::Done(format!(
        "Its alerts are silenced until {} UTC. To end that early: {}",
        until.clock(),
        ends.join("; ")
    )))
}

/// Why what was said then no longer means the incident as it is now.
async fn overtaken<A: App>(app: &A, wish: &Wish) -> Result<Option<String>, Problem> {
    use domain::incident::{State, What};
    let Some(at) = wish.at else { return Ok(None) };
    let Some(incident) = app.store().incident(&wish.incident).await? else { return Ok(None) };
    let begun = incident.timeline.iter().rev().filter(|entry| entry.at > at).find_map(|entry| match entry.what {
        What::Reopened { .. } => Some(format!("reopened at {}", entry.at)),
        What::StateChanged { to: State::Triggered, .. } => Some(format!("given on at {}", entry.at)),
        _ => None,
    });
    Ok(begun.map(|begun| format!("the incident was {begun}, after that")))
}
