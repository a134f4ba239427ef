use domain::alert::AlertSummary;
use domain::event::EventKind;
use domain::incident::{Incident, Severity, What};
use domain::notification::Notification;
use domain::response::{Action, ActionState};
use domain::units::Span;

use super::{next, text::plain};

/// UTF-16 units of one foreign text; five times as long when escaped, it still fits a Slack section.
pub(super) const WORDS_MAX: usize = 400;
/// Alerts, changes and actions that a message names; the rest is counted.
const NAMED_MAX: usize = 8;

/// What a person must know, in the order in which it is asked at night. Words are foreign and not yet escaped.
pub(super) struct Story {
    /// A sign for the eye.
    pub(super) marker: &'static str,
    /// How bad, and what.
    pub(super) headline: String,
    /// What happened just now, with its numbers; never empty.
    pub(super) happened: String,
    /// For how long, at the time of the event.
    pub(super) lasted: Span,
    /// The alerts with their numbers; empty where `happened` says it all.
    pub(super) alerts: Vec<String>,
    /// What changed before.
    pub(super) changes: Vec<String>,
    /// What was done or is suggested, and why.
    pub(super) actions: Vec<String>,
    /// What to do now.
    pub(super) next: String,
    /// Where to read more.
    pub(super) link: Option<String>,
}

impl Story {
    pub(super) fn of(notification: &Notification) -> Self {
        let Notification { event, incident, .. } = notification;
        let about = event.action.as_ref().and_then(|id| incident.actions.iter().find(|action| &action.id == id));
        let (marker, said) = headline(event.kind, event.severity, about);
        let happened = match about {
            Some(action) if !action.reason.is_empty() && !event.summary.contains(&action.reason) => {
                format!("{}. Why: {}", event.summary, action.reason)
            }
            _ => event.summary.clone(),
        };
        let others = incident.actions.iter().filter(|action| about.is_none_or(|about| about.id != action.id));
        let headline = format!("{said}: {}", plain(&incident.title, WORDS_MAX));
        let happened = Some(plain(&happened, WORDS_MAX)).filter(|words| !words.is_empty());
        Self {
            marker,
            happened: happened.unwrap_or_else(|| headline.clone()),
            headline,
            lasted: incident.lasted(event.at),
            alerts: alerts(event.kind, incident),
            changes: latest(changes(incident)),
            actions: latest(others.filter_map(of_action).map(|line| plain(&line, WORDS_MAX)).collect()),
            next: plain(&next::step(event.kind, incident, about), WORDS_MAX),
            link: link(&notification.link),
        }
    }
}

fn headline(kind: EventKind, severity: Severity, about: Option<&Action>) -> (&'static str, String) {
    let colour = match severity {
        Severity::Sev1 => "🔴",
        Severity::Sev2 => "🟠",
        Severity::Sev3 => "🟡",
        Severity::Sev4 => "🔵",
    };
    match kind {
        EventKind::IncidentReopened => (colour, format!("{severity} is back")),
        EventKind::IncidentUpdated => (colour, format!("{severity} update")),
        EventKind::IncidentAcknowledged => ("👀", format!("Acknowledged {severity}")),
        EventKind::IncidentResolved => ("✅", format!("Resolved {severity}")),
        EventKind::ActionPlanned if about.is_some_and(|a| a.state == ActionState::AwaitingApproval) => {
            ("✋", format!("Approval needed, {severity}"))
        }
        EventKind::ActionPlanned => ("💡", format!("Suggestion, {severity}")),
        EventKind::ActionPerformed => ("🔧", format!("Action done, {severity}")),
        EventKind::ActionVerified => ("🔧", format!("Action helped, {severity}")),
        EventKind::ActionFailed => ("❗", format!("A person is needed, {severity}")),
        EventKind::PostMortemWritten => ("📝", format!("Post-mortem of {severity}")),
        EventKind::IncidentOpened
        | EventKind::ActionApproved
        | EventKind::ActionUndo
        | EventKind::NotificationRetry => (colour, severity.to_string()),
    }
}

/// While the only alert is the news, its numbers are in the news.
fn alerts(kind: EventKind, incident: &Incident) -> Vec<String> {
    let is_news = matches!(kind, EventKind::IncidentOpened | EventKind::IncidentReopened | EventKind::IncidentUpdated);
    if is_news && incident.alerts.len() < 2 {
        return Vec::new();
    }
    let (firing, over): (Vec<_>, Vec<_>) = incident.alerts.iter().partition(|alert| alert.resolved_at.is_none());
    let mut lines: Vec<String> = firing.into_iter().chain(over).map(of_alert).collect();
    let rest = lines.len().saturating_sub(NAMED_MAX);
    lines.truncate(NAMED_MAX);
    if rest > 0 {
        lines.push(format!("and {rest} more"));
    }
    lines
}

fn of_alert(alert: &AlertSummary) -> String {
    let reading = alert.reading.as_ref().map_or_else(String::new, |reading| format!(" {reading}"));
    let since = match alert.resolved_at {
        None => format!("firing since {} UTC", alert.fired_at.clock()),
        Some(at) => format!("resolved at {} UTC", at.clock()),
    };
    let (name, severity) = (plain(&alert.name, WORDS_MAX / 4), alert.severity);
    plain(&format!("{name} ({severity}){reading}, {since}"), WORDS_MAX)
}

fn changes(incident: &Incident) -> Vec<String> {
    let seen = incident.timeline.iter().filter_map(|entry| match &entry.what {
        What::DeploymentSeen { summary, .. } => Some(plain(summary, WORDS_MAX)),
        _ => None,
    });
    seen.collect()
}

/// How an action stands, for people; what is only in shadow is told to nobody.
fn of_action(action: &Action) -> Option<String> {
    let (what, why) = (action.summary(), &action.reason);
    Some(match &action.state {
        ActionState::Shadowed => return None,
        ActionState::Suggested => format!("Suggested, not done: {what}, because {why}"),
        ActionState::AwaitingApproval => format!("Waits for approval: {what}, because {why}"),
        ActionState::Approved { by } => format!("About to be done (approved by {by}): {what}, because {why}"),
        ActionState::Refused { reason } => {
            format!("Not done: {} on {}: {reason}", action.step.action.as_str(), action.target)
        }
        ActionState::Acting { .. } => format!("Under way: {what}, because {why}"),
        ActionState::Acted { at, verify_by } => format!(
            "Done at {} UTC: {what}, because {why}; it must have helped by {} UTC",
            at.clock(),
            verify_by.clock()
        ),
        ActionState::Verified { at } => format!("Done and helped, at {} UTC: {what}", at.clock()),
        ActionState::Ineffective { reason, .. } => format!("Done, did not help: {what}: {reason}"),
        ActionState::Undoing { reason, .. } => format!("Made it worse and is being undone: {what}: {reason}"),
        ActionState::Undone { at } => format!("Undone at {} UTC: {what}", at.clock()),
        ActionState::Failed { reason, .. } => format!("Could not be done: {what}: {reason}"),
    })
}

/// The newest ones, oldest first.
fn latest(mut all: Vec<String>) -> Vec<String> {
    let surplus = all.len().saturating_sub(NAMED_MAX);
    all.drain(..surplus);
    all
}

/// Only what a browser opens; a longer address is not worth the room, and escaped it must fit a Slack text.
fn link(text: &str) -> Option<String> {
    const LINK_MAX: usize = 500;
    let opens = text.starts_with("https://") || text.starts_with("http://");
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>|\"`".contains(c));
    (opens && clean && text.len() <= LINK_MAX).then(|| text.to_owned())
}
