//! What a link in a message shows to whoever holds it: an incident, and its post-mortem.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::alert::AlertSummary;
use domain::escalation::{Asked, Escalation, State as Calling};
use domain::incident::{Incident, What};
use domain::label;
use domain::link::View;
use domain::notification::{Receipt, ReceiptState};
use domain::response::Action;
use domain::units::Time;
use engine::command::CommandError;
use engine::correlate::survivor;
use engine::port::Ledger;
use http::StatusCode;
use http::header::{CACHE_CONTROL, REFERRER_POLICY};

use crate::App;
use crate::inbound::links::{self, Failed};
use crate::inbound::page::{Line, Page};
use crate::problem::{Kind, Problem};
use crate::request::Query;
use crate::view;

/// Shows an incident: what is wrong, who has it, what changed, was done and was told. Nothing can be changed here. The
/// address is secret and signed by us.
#[utoipa::path(get, path = "/incident/{token}", operation_id = "show_incident", tag = "links",
    params(("token" = String, Path, description = "As it stands in the message")),
    security(()),
    responses((status = 200, description = "The incident", body = String, content_type = "text/html"), Failed),
)]
pub(crate) async fn show<A: App>(State(app): State<Arc<A>>, query: Query) -> Page {
    shown(app.as_ref(), &query).await.unwrap_or_else(|failed| failed.page("There is nothing to show"))
}

/// Shows the post-mortem of an incident, by the link of that incident.
#[utoipa::path(get, path = "/post-mortem/{token}", operation_id = "show_post_mortem", tag = "links",
    params(("token" = String, Path, description = "As it stands in the link of the incident")),
    security(()),
    responses((status = 200, description = "The post-mortem", body = String, content_type = "text/html"), Failed),
)]
pub(crate) async fn post_mortem<A: App>(State(app): State<Arc<A>>, query: Query) -> Response {
    let page = post_mortem_of(app.as_ref(), &query).await;
    page.unwrap_or_else(|failed| failed.page("There is nothing to show").into_response())
}

/// A line that leads from a page of the same depth to the page of an incident, until that link expires.
pub(super) fn line(words: &str, view: &View, key: &[u8]) -> Line {
    Line { words: String::new(), links: vec![(words.to_owned(), format!("../incident/{}", view.token(key)))] }
}

/// What an incident is, beside its title, in names and values.
pub(super) fn facts(incident: &Incident, now: Time) -> Vec<(&'static str, String)> {
    let ago = |at: Time| format!("{} ({} ago)", moment(at), now.since(at));
    let mut facts = vec![
        ("Severity", incident.severity.to_string()),
        ("Service", incident.service.to_string()),
        ("Since", ago(incident.opened_at)),
        ("State", incident.state.to_string()),
    ];
    facts.extend(incident.resolved_at.map(|at| ("Resolved", ago(at))));
    facts.extend(incident.taken_by().map(|by| ("Taken by", by.to_owned())));
    let asked = incident.escalation.as_ref().and_then(|paging| paging.asked.as_ref());
    let calls = |asked: &Asked| format!("policy {} calls at {}", asked.policy, moment(asked.until));
    facts.extend(asked.map(|asked| ("Without a word", calls(asked))));
    facts
}

/// As people read it.
fn moment(at: Time) -> String {
    format!("{} UTC", at.stamp())
}

/// What a link that is ours shows, and the key that signed it.
async fn read<A: App>(app: &A, query: &Query) -> Result<(View, Vec<u8>), Failed> {
    let key = links::key(app).await?;
    let view = View::verify(query.path.text("token"), &key, app.now()).map_err(Failed::Link)?;
    Ok((view, key))
}

async fn shown<A: App>(app: &A, query: &Query) -> Result<Page, Failed> {
    let (view, key) = read(app, query).await?;
    let (store, now) = (app.store(), app.now());
    let incident = store.incident(&view.incident).await?;
    let incident = incident.ok_or_else(|| CommandError::Unknown(view.incident.clone()))?;
    let receipts = store.receipts(&incident.id).await?;
    let mut more = Vec::new();
    if incident.merged_into.is_some() {
        let last = survivor(store, incident.clone()).await?;
        let view = View { incident: last.id, ..view };
        more.push(line("The incident in which it goes on", &view, &key));
    }
    if incident.timeline.iter().any(|entry| matches!(entry.what, What::PostMortemWritten { .. })) {
        let address = format!("../post-mortem/{}", view.token(&key));
        more.push(Line { words: String::new(), links: vec![("The post-mortem".to_owned(), address)] });
    }
    let title = format!("{}: {}", incident.severity, incident.title);
    let id = ("Id", incident.id.to_string());
    Ok(Page {
        facts: facts(&incident, now).into_iter().chain([id]).collect(),
        sections: sections(&incident, &receipts, more),
        ..Page::new(StatusCode::OK, &title, standing(&incident))
    })
}

/// Who has it, and what to do if nobody has.
fn standing(incident: &Incident) -> String {
    if incident.merged_into.is_some() {
        return "It was merged, and goes on in another incident.".to_owned();
    }
    if !incident.state.is_open() {
        return "It is over.".to_owned();
    }
    let calling = incident.escalation.as_ref().map(called).unwrap_or_default();
    match incident.taken_by().filter(|_| !incident.waits_for_somebody()) {
        Some(by) => format!("{by} has it.{calling}"),
        None => format!(
            "Nobody has it yet.{calling} Take it by the link or the button of the message that calls you, or with: \
             tocsin incident acknowledge {}",
            incident.id
        ),
    }
}

/// Whom an escalation calls next, and when.
fn called(escalation: &Escalation) -> String {
    let (policy, step) = (&escalation.policy, escalation.step + 1);
    let at = escalation.next_wake().map(|at| format!(" at {}", moment(at))).unwrap_or_default();
    match escalation.state {
        Calling::Paging => format!(" Step {step} of {policy} is called next{at}."),
        Calling::Exhausted { .. } => format!(" All rounds of {policy} are over; its fallback is told again{at}."),
        Calling::Snoozed { until, .. } => format!(" They are called again at {}.", moment(until)),
        Calling::Acknowledged { .. } | Calling::Over => String::new(),
    }
}

fn sections(incident: &Incident, receipts: &[Receipt], more: Vec<Line>) -> Vec<(&'static str, Vec<Line>)> {
    let (firing, over): (Vec<_>, Vec<_>) = incident.alerts.iter().partition(|alert| alert.resolved_at.is_none());
    let mut alerts: Vec<_> = firing.into_iter().chain(over).map(|alert| of_alert(incident, alert)).collect();
    if !incident.unlisted.is_empty() {
        alerts.push(format!("and {} more", incident.unlisted.len()).into());
    }
    let changes = incident.timeline.iter().filter_map(|entry| match &entry.what {
        What::DeploymentSeen { summary, .. } => Some(summary.clone().into()),
        _ => None,
    });
    let happened = incident.timeline.iter().rev().map(|entry| format!("{} {}", moment(entry.at), entry.what).into());
    vec![
        ("More", more),
        (if incident.state.is_open() { "What is wrong" } else { "What was wrong" }, alerts),
        ("What changed before", changes.collect()),
        ("What was done or is suggested", incident.actions.iter().map(of_action).collect()),
        ("Who was told", told(receipts)),
        ("What happened, the latest first", happened.collect()),
    ]
}

fn of_alert(incident: &Incident, alert: &AlertSummary) -> Line {
    let (name, severity) = (&alert.name, alert.severity);
    let service = alert.service.as_ref().unwrap_or(&incident.service);
    let reading = alert.reading.as_ref().map_or_else(String::new, |reading| format!(", {reading}"));
    let since = match alert.resolved_at {
        None => format!("firing since {}", moment(alert.fired_at)),
        Some(at) => format!("resolved at {}", moment(at)),
    };
    let (mut links, mut labels) = (Vec::new(), Vec::new());
    for (name, value) in &alert.labels {
        match label::LINKS.iter().find(|(label, _)| label == name) {
            Some((_, words)) => links.push(((*words).to_owned(), value.clone())),
            None => labels.push(format!("{name}={value}")),
        }
    }
    let labels = if labels.is_empty() { String::new() } else { format!(" ({})", labels.join(", ")) };
    Line { words: format!("{severity} {name} on {service}{reading}, {since}{labels}"), links }
}

fn of_action(action: &Action) -> Line {
    let view::Action { summary, reason, state, because, .. } = action.into();
    let because = because.map(|because| format!(" ({because})")).unwrap_or_default();
    format!("{summary}: {state}{because}. Why: {reason}").into()
}

/// A line for each that was told, and how that went: the vendors' answers may hold anything, and are left out.
fn told(receipts: &[Receipt]) -> Vec<Line> {
    let mut told: BTreeMap<String, BTreeMap<&str, (usize, Time)>> = BTreeMap::new();
    for receipt in receipts {
        let whom = receipt.page.as_ref().map_or_else(|| format!("channel {}", receipt.channel), ToString::to_string);
        let (how, at) = match receipt.state {
            ReceiptState::Sending => ("being sent", receipt.created_at),
            ReceiptState::Delivered { at, .. } => ("delivered", at),
            ReceiptState::Refused { at, .. } => ("refused", at),
            ReceiptState::Retrying { .. } => ("not yet delivered, tried again", receipt.created_at),
            ReceiptState::Overtaken { at, .. } => ("not sent, for it was no longer true", at),
            ReceiptState::Failed { at, .. } => ("given up", at),
        };
        let (count, last) = told.entry(whom).or_default().entry(how).or_insert((0, at));
        (*count, *last) = (*count + 1, (*last).max(at));
    }
    let line = |(whom, went): (String, BTreeMap<&str, (usize, Time)>)| {
        let went = went.into_iter().map(|(how, (count, last))| match count {
            1 => format!("{how} at {}", moment(last)),
            count => format!("{how} {count} times, the last at {}", moment(last)),
        });
        format!("{whom}: {}", went.collect::<Vec<_>>().join("; ")).into()
    };
    told.into_iter().map(line).collect()
}

async fn post_mortem_of<A: App>(app: &A, query: &Query) -> Result<Response, Failed> {
    let (View { incident, .. }, _) = read(app, query).await?;
    let post_mortem = app.store().post_mortem(&incident).await?;
    let post_mortem = post_mortem
        .ok_or_else(|| Problem::new(Kind::NotFound, format!("there is no post-mortem of {incident} yet")))?;
    let page = super::post_mortems::as_page(report::render(&post_mortem).html);
    let headers = [(CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer")];
    Ok((headers, [("x-frame-options", "DENY"), ("x-robots-tag", "noindex, nofollow")], page).into_response())
}
