use domain::alert::AlertSummary;
use domain::event::EventKind;
use domain::incident::{Incident, Severity, State, What};
use domain::notification::Notification;
use domain::response::{Action, ActionState};
use domain::units::Span;

use super::{next, related, text::plain};

/// UTF-16 units of one foreign text; five times as long when escaped, it still fits a Slack section.
pub(super) const WORDS_MAX: usize = 400;
/// Alerts, changes and actions that a message names; the rest is counted.
pub(super) const NAMED_MAX: usize = 8;
/// Who resolves an incident when its alerts are over.
const OURSELVES: &str = "tocsin";

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
    /// Other incidents that it may be one with, or is; empty where `happened` says it all.
    pub(super) related: Vec<String>,
    /// What changed before.
    pub(super) changes: Vec<String>,
    /// What was done or is suggested, and why.
    pub(super) actions: Vec<String>,
    /// What to do now.
    pub(super) next: String,
    /// Where to read more.
    pub(super) link: Option<String>,
    /// Where whoever is called takes it.
    pub(super) acknowledge: Option<String>,
}

/// How a reader can do what is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Means {
    /// By a call of the API.
    Api,
    /// By the buttons of the message.
    Buttons,
    /// By the link of the page.
    Link,
}

impl Story {
    /// How the incident stands, whatever the event was: what a message says that is edited as things change.
    pub(super) fn standing(notification: &Notification, means: Means) -> Self {
        let Notification { event, incident, .. } = notification;
        let (marker, said) = standing(incident);
        let headline = format!("{said}: {}", plain(&incident.title, WORDS_MAX));
        let known = Some(reason(incident)).filter(|words| !words.is_empty());
        let news = (event.kind == EventKind::IncidentResolved).then(|| event.summary.clone());
        let happened = Some(plain(&known.or(news).unwrap_or_default(), WORDS_MAX)).filter(|words| !words.is_empty());
        let actions = incident.actions.iter().filter(|action| action.state != ActionState::AwaitingApproval);
        let happened = happened.unwrap_or_else(|| headline.clone());
        Self {
            marker,
            related: related::lines(incident, &happened),
            happened,
            headline,
            lasted: incident.lasted(event.at),
            alerts: alerts(incident.state.is_open(), incident),
            changes: latest(changes(incident)),
            actions: latest(actions.filter_map(of_action).map(|line| plain(&line, WORDS_MAX)).collect()),
            next: plain(&page(notification).unwrap_or_else(|| next::standing(incident, means)), WORDS_MAX),
            link: link(&notification.link),
            acknowledge: acknowledge(notification),
        }
    }

    pub(super) fn of(notification: &Notification) -> Self {
        let Notification { event, incident, .. } = notification;
        let about = event.action.as_ref().and_then(|id| incident.actions.iter().find(|action| &action.id == id));
        let (marker, said) = match &incident.merged_into {
            Some(_) if event.kind == EventKind::IncidentResolved => standing(incident),
            _ => headline(event.kind, event.severity, about),
        };
        let happened = match about {
            Some(action) if !action.reason.is_empty() && !event.summary.contains(&action.reason) => {
                format!("{}. Why: {}", event.summary, action.reason)
            }
            _ => event.summary.clone(),
        };
        let others = incident.actions.iter().filter(|action| about.is_none_or(|about| about.id != action.id));
        let next = page(notification).unwrap_or_else(|| next::step(event.kind, incident, about));
        let headline = format!("{said}: {}", plain(&incident.title, WORDS_MAX));
        let happened = Some(plain(&happened, WORDS_MAX)).filter(|words| !words.is_empty());
        let happened = happened.unwrap_or_else(|| headline.clone());
        Self {
            marker,
            related: related::lines(incident, &happened),
            happened,
            headline,
            lasted: incident.lasted(event.at),
            alerts: alerts(is_news(event.kind), incident),
            changes: latest(changes(incident)),
            actions: latest(others.filter_map(of_action).map(|line| plain(&line, WORDS_MAX)).collect()),
            next: plain(&next, WORDS_MAX),
            link: link(&notification.link),
            acknowledge: acknowledge(notification),
        }
    }
}

/// What whoever is called, or asked for a word, is to do.
fn page(notification: &Notification) -> Option<String> {
    let Notification { event, incident, page, .. } = notification;
    let page = page.as_ref()?;
    match event.kind {
        EventKind::IncidentOpened if incident.waits_for_somebody() => Some(next::page(incident, page)),
        EventKind::IncidentUpdated if incident.state.is_open() => Some(next::reminder(incident, page)),
        _ => None,
    }
}

fn acknowledge(notification: &Notification) -> Option<String> {
    notification.page.as_ref().and_then(|page| link(page.acknowledge.as_deref()?))
}

/// A sign and a word for where the incident stands.
fn standing(incident: &Incident) -> (&'static str, String) {
    let severity = incident.severity;
    let waits = incident.actions.iter().any(|action| action.state == ActionState::AwaitingApproval);
    match incident.state {
        _ if incident.merged_into.is_some() => ("🔗", format!("Merged {severity}")),
        State::Triggered if waits => ("✋", format!("{severity}, approval needed")),
        State::Triggered => (colour(severity), severity.to_string()),
        State::Acknowledged => ("👀", format!("Acknowledged {severity}")),
        State::Mitigating => ("🔧", format!("{severity}, being acted on")),
        State::Resolved | State::Closed => ("✅", format!("Resolved {severity}")),
    }
}

/// Why it is as it is: the latest number, or who ended it and why.
fn reason(incident: &Incident) -> String {
    let is_open = incident.state.is_open();
    let latest = incident.timeline.iter().rev().find_map(|entry| match &entry.what {
        What::Opened { reason, .. } | What::Reopened { reason } | What::AlertFired { reason, .. } if is_open => {
            Some(reason.clone())
        }
        What::AlertResolved { reason, .. } if !is_open => Some(reason.clone()),
        What::StateChanged { to: State::Resolved, by, .. } if !is_open && by != OURSELVES => {
            Some(format!("Resolved by {by}"))
        }
        _ => None,
    });
    latest.unwrap_or_default()
}

const fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Sev1 => "🔴",
        Severity::Sev2 => "🟠",
        Severity::Sev3 => "🟡",
        Severity::Sev4 => "🔵",
    }
}

impl Story {
    /// What is listed, each under its label.
    pub(super) fn lists(&self) -> [(&'static str, &Vec<String>); 4] {
        [
            ("Alerts", &self.alerts),
            ("Other incidents", &self.related),
            ("Changed before", &self.changes),
            ("Done or suggested", &self.actions),
        ]
    }

    /// All of it but the headline, as lines: for places that know no blocks.
    pub(super) fn paragraphs(&self) -> Vec<String> {
        let mut lines = vec![format!("What: {}", self.happened), format!("For: {}", self.lasted)];
        for (label, bullets) in self.lists() {
            if !bullets.is_empty() {
                lines.push(format!("{label}:"));
                lines.extend(bullets.iter().map(|line| format!("• {line}")));
            }
        }
        lines.push(format!("Do now: {}", self.next));
        lines
    }
}

fn headline(kind: EventKind, severity: Severity, about: Option<&Action>) -> (&'static str, String) {
    let colour = colour(severity);
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
        | EventKind::NotificationDue
        | EventKind::NotificationRetry => (colour, severity.to_string()),
    }
}

const fn is_news(kind: EventKind) -> bool {
    matches!(kind, EventKind::IncidentOpened | EventKind::IncidentReopened | EventKind::IncidentUpdated)
}

/// While the only alert is the news, its numbers are in the news.
fn alerts(is_news: bool, incident: &Incident) -> Vec<String> {
    if is_news && incident.alerts.len() < 2 {
        return Vec::new();
    }
    let (firing, over): (Vec<_>, Vec<_>) = incident.alerts.iter().partition(|alert| alert.resolved_at.is_none());
    let mut lines: Vec<String> = firing.into_iter().chain(over).map(|alert| of_alert(incident, alert)).collect();
    let rest = lines.len().saturating_sub(NAMED_MAX) + incident.unlisted.len();
    lines.truncate(NAMED_MAX);
    if rest > 0 {
        lines.push(format!("and {rest} more"));
    }
    lines
}

fn of_alert(incident: &Incident, alert: &AlertSummary) -> String {
    let reading = alert.reading.as_ref().map_or_else(String::new, |reading| format!(" {reading}"));
    let since = match alert.resolved_at {
        None => format!("firing since {} UTC", alert.fired_at.clock()),
        Some(at) => format!("resolved at {} UTC", at.clock()),
    };
    let (name, severity) = (plain(&alert.name, WORDS_MAX / 4), alert.severity);
    // Of its own service the title speaks.
    let of = alert.service.as_ref().filter(|service| **service != incident.service);
    let of = of.map_or_else(String::new, |service| format!(" on {service}"));
    plain(&format!("{name}{of} ({severity}){reading}, {since}"), WORDS_MAX)
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
