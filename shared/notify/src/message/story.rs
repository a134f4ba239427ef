use domain::event::{EventKind, IncidentEvent};
use domain::incident::{Incident, Severity, State, What};
use domain::notification::Notification;
use domain::response::{Action, ActionState};
use domain::units::{Span, Time};

use super::alerts::{self, Line};
use super::clock::Clock;
use super::links::{self, Link};
use super::text::plain;
use super::{labels, next, related};

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
    /// When it began.
    began: Time,
    /// For how long, at the time of the event.
    pub(super) lasted: Span,
    /// Whether it is over.
    is_over: bool,
    /// The clock by which its times are said.
    pub(super) clock: Clock,
    /// The telling labels that all its alerts have.
    pub(super) labels: Vec<(String, String)>,
    /// The alerts with their numbers; empty where `happened` says it all.
    pub(super) alerts: Vec<Line>,
    /// Other incidents that it may be one with, or is; empty where `happened` says it all.
    pub(super) related: Vec<String>,
    /// What changed before.
    pub(super) changes: Vec<String>,
    /// What was done or is suggested, and why.
    pub(super) actions: Vec<String>,
    /// What to do now.
    pub(super) next: String,
    /// The links of its alerts.
    pub(super) links: Vec<Link>,
    /// Where to read more.
    pub(super) link: Option<String>,
    /// Where whoever is called takes it, or whoever has it says so.
    pub(super) acknowledge: Option<String>,
    /// What that link is called.
    pub(super) takes: &'static str,
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
        let known = Some(reason(incident)).filter(|words| !words.is_empty());
        let news = (event.kind == EventKind::IncidentResolved).then(|| event.summary.clone());
        let clock = Clock::of(notification);
        let actions = incident.actions.iter().filter(|action| action.state != ActionState::AwaitingApproval);
        let said = Said {
            head: standing(incident),
            happened: known.or(news).unwrap_or_default(),
            shows_alerts: !incident.state.is_open() || incident.alerts.len() > 1,
            actions: actions.filter_map(|action| of_action(action, &clock)).collect(),
            next: page(notification).unwrap_or_else(|| next::standing(incident, means)),
        };
        said.about(notification, clock)
    }

    pub(super) fn of(notification: &Notification) -> Self {
        let Notification { event, incident, .. } = notification;
        let about = event.action.as_ref().and_then(|id| incident.actions.iter().find(|action| &action.id == id));
        let head = match &incident.merged_into {
            Some(_) if event.kind == EventKind::IncidentResolved => standing(incident),
            _ if asks(notification) => ("⏰", format!("Reminder, {}", incident.severity)),
            _ => headline(event, about),
        };
        let clock = Clock::of(notification);
        let others = incident.actions.iter().filter(|action| about.is_none_or(|about| about.id != action.id));
        let said = Said {
            head,
            happened: about.map_or_else(|| event.summary.clone(), |action| with_action(&event.summary, action)),
            // While the only alert is the news, its numbers are in the news.
            shows_alerts: !is_news(event.kind) || incident.alerts.len() > 1,
            actions: others.filter_map(|action| of_action(action, &clock)).collect(),
            next: page(notification).unwrap_or_else(|| next::step(event.kind, incident, about)),
        };
        said.about(notification, clock)
    }
}

/// What is said of one notification, its words still foreign and of any length.
struct Said {
    /// A sign, and how bad.
    head: (&'static str, String),
    happened: String,
    shows_alerts: bool,
    actions: Vec<String>,
    next: String,
}

impl Said {
    fn about(self, notification: &Notification, clock: Clock) -> Story {
        let Notification { event, incident, .. } = notification;
        let (marker, how_bad) = self.head;
        let headline = format!("{how_bad}: {}", plain(&incident.title, WORDS_MAX));
        let happened = Some(plain(&self.happened, WORDS_MAX)).filter(|words| !words.is_empty());
        let happened = happened.unwrap_or_else(|| headline.clone());
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Story {
            marker,
            related: related::lines(incident, &happened),
            happened,
            headline,
            began: incident.opened_at,
            lasted: incident.lasted(event.at),
            is_over: incident.resolved_at.is_some(),
            clock,
            labels: labels::common(incident).into_iter().map(own).collect(),
            alerts: if self.shows_alerts { alerts::lines(incident) } else { Vec::new() },
            changes: latest(changes(incident)),
            actions: latest(self.actions.iter().map(|line| plain(line, WORDS_MAX)).collect()),
            next: plain(&self.next, WORDS_MAX),
            links: links::of(incident),
            link: links::opens(&notification.link),
            acknowledge: notification.page.as_ref().and_then(|page| links::opens(page.acknowledge.as_deref()?)),
            takes: if asks(notification) && incident.taken_by().is_some() { "I still have it" } else { "Acknowledge" },
        }
    }
}

/// What happened to an action, with what it is and why it was planned, unless that is said.
fn with_action(summary: &str, action: &Action) -> String {
    let (what, why) = (action.summary(), &action.reason);
    let mut words = summary.to_owned();
    if !words.contains(&what) {
        words = format!("{words}. The action: {what}");
    }
    if !why.is_empty() && !words.contains(why) {
        words = format!("{words}. It was planned because {why}");
    }
    words
}

/// Whether it asks whoever has the incident how it stands.
fn asks(notification: &Notification) -> bool {
    let Notification { event, incident, page, .. } = notification;
    page.is_some() && event.kind == EventKind::IncidentUpdated && incident.state.is_open()
}

/// What whoever is called, or asked for a word, is to do.
fn page(notification: &Notification) -> Option<String> {
    let Notification { event, incident, page, .. } = notification;
    let page = page.as_ref()?;
    match event.kind {
        EventKind::IncidentOpened if incident.waits_for_somebody() => Some(next::page(incident, page)),
        _ if asks(notification) => Some(next::reminder(incident, page)),
        _ => None,
    }
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
    /// Since when, as `instant` says it, and for how long.
    pub(super) fn since(&self, instant: impl Fn(Time) -> String) -> String {
        let lasted = if self.is_over { "lasted" } else { "for" };
        format!("{}, {lasted} {}", instant(self.began), self.lasted)
    }

    /// The telling labels that all alerts have.
    pub(super) fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The labels that all alerts have, and what to call them; `None`: there are none.
    pub(super) fn labelled(&self) -> Option<(&'static str, String)> {
        let labels: Vec<(&str, &str)> = self.labels().collect();
        let label = if self.alerts.len() > 1 { "Labels of all" } else { "Labels" };
        (!labels.is_empty()).then(|| (label, labels::line(&labels)))
    }

    /// What is listed, each under its label; `words` and `instant` make texts and times fit the message.
    pub(super) fn lists(
        &self,
        words: impl Fn(&str) -> String,
        instant: impl Fn(Time) -> String,
    ) -> Vec<(&'static str, Vec<String>)> {
        let texts = |lines: &[String]| lines.iter().map(|line| words(line)).collect();
        let alerts = self.alerts.iter().map(|line| line.text(&words, &instant)).collect();
        let mut lists = vec![
            ("Alerts", alerts),
            ("Other incidents", texts(&self.related)),
            ("Changed before", texts(&self.changes)),
            ("Done or suggested", texts(&self.actions)),
        ];
        lists.retain(|(_, lines): &(_, Vec<String>)| !lines.is_empty());
        lists
    }

    /// What can be opened: to take the incident, to read more, then the links of its alerts.
    pub(super) fn ways(&self) -> Vec<(&str, &str)> {
        let ways = [(self.takes, &self.acknowledge), ("Open the incident", &self.link)];
        let ways = ways.into_iter().filter_map(|(label, link)| Some((label, link.as_deref()?)));
        ways.chain(self.links.iter().filter_map(Link::opens)).collect()
    }

    /// The alerts as plain text.
    pub(super) fn alert_lines(&self) -> Vec<String> {
        self.alerts.iter().map(|line| line.text(str::to_owned, |at| self.clock.dated(at))).collect()
    }

    /// All of it but the headline and what opens, as lines: for places that know no blocks.
    pub(super) fn paragraphs(&self) -> Vec<String> {
        let since = self.since(|at| self.clock.exact(at));
        let mut lines = vec![format!("What: {}", self.happened), format!("Since: {since}")];
        lines.extend(self.labelled().map(|(label, labels)| format!("{label}: {labels}")));
        for (label, bullets) in self.lists(str::to_owned, |at| self.clock.dated(at)) {
            lines.push(format!("{label}:"));
            lines.extend(bullets.iter().map(|line| format!("• {line}")));
        }
        lines.push(format!("Do now: {}", self.next));
        lines.extend(self.links.iter().filter(|link| link.opens().is_none()).map(Link::text));
        lines
    }
}

fn headline(event: &IncidentEvent, about: Option<&Action>) -> (&'static str, String) {
    let (severity, colour) = (event.severity, colour(event.severity));
    match event.kind {
        EventKind::IncidentReopened => (colour, format!("{severity} is back")),
        EventKind::IncidentUpdated => match event.worse_than {
            Some(before) => (colour, format!("Now {severity}, was {before}")),
            None => (colour, format!("{severity} update")),
        },
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

fn changes(incident: &Incident) -> Vec<String> {
    let seen = incident.timeline.iter().filter_map(|entry| match &entry.what {
        What::DeploymentSeen { summary, .. } => Some(plain(summary, WORDS_MAX)),
        _ => None,
    });
    seen.collect()
}

/// How an action stands, for people; what is only in shadow is told to nobody.
fn of_action(action: &Action, clock: &Clock) -> Option<String> {
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
            "Done at {}: {what}, because {why}; it must have helped by {}",
            clock.dated(*at),
            clock.short(*verify_by, *at)
        ),
        ActionState::Verified { at } => format!("Done and helped, at {}: {what}", clock.dated(*at)),
        ActionState::Ineffective { reason, .. } => format!("Done, did not help: {what}: {reason}"),
        ActionState::Undoing { reason, .. } => format!("Made it worse and is being undone: {what}: {reason}"),
        ActionState::Undone { at } => format!("Undone at {}: {what}", clock.dated(*at)),
        ActionState::Failed { reason, .. } => format!("Could not be done: {what}: {reason}"),
    })
}

/// The newest ones, oldest first.
fn latest(mut all: Vec<String>) -> Vec<String> {
    let surplus = all.len().saturating_sub(NAMED_MAX);
    all.drain(..surplus);
    all
}
