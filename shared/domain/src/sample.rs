//! An incident as it is told: a bad release of `shop-checkout`, from the first breach to the post-mortem. Templates are
//! tried on it, previews show it, and tests tell it.

use std::collections::BTreeSet;

use crate::alert::{AlertSummary, Reading};
use crate::event::{EventKind, IncidentEvent};
use crate::id::{ActionId, ChannelName, DeploymentId, Fingerprint, RunbookName};
use crate::incident::{Incident, Severity, State, What};
use crate::label::Labels;
use crate::monitor::Category;
use crate::notification::{Destination, Notification, Page};
use crate::response::{Action, ActionKind, ActionState, Mode, RateLimit, Step};
use crate::service::Resource;
use crate::units::{Span, Time, Unit};

/// When the first breaching period began: `2026-01-31T14:03:00Z`.
pub const BEGAN: Time = Time::from_epoch(1_769_868_180);

const REASON: &str = "errors / requests 37.5 % (limit > 10 %) in 2 of the last 3 periods of 1m";

/// The open incident with its one alert, before anything was planned.
pub fn incident() -> Incident {
    let service = "shop-checkout".parse().expect("a name");
    let mut incident = Incident {
        escalation: None,
        muted: None,
        related: Vec::new(),
        covers: Vec::new(),
        merged_into: None,
        correlate_at: None,
        unlisted: BTreeSet::new(),
        releases: 0,
        id: Incident::id_of(&service, "", BEGAN),
        version: 1,
        service,
        key: String::new(),
        category: Category::Technical,
        severity: Severity::Sev2,
        state: State::Triggered,
        title: "shop-checkout-error-rate on shop-checkout".to_owned(),
        opened_at: BEGAN,
        acknowledged_at: None,
        resolved_at: None,
        alerts: vec![alert("shop-checkout-error-rate", 37.5)],
        actions: Vec::new(),
        timeline: Vec::new(),
        timeline_dropped: 0,
        taken: None,
        next_wake: None,
    };
    let reason = REASON.to_owned();
    incident.note(after(180), What::Opened { severity: Severity::Sev2, reason });
    incident
}

/// The incident with the deployment seen and its rollback in `state`.
pub fn incident_with_action(mode: Mode, state: ActionState) -> Incident {
    let mut incident = incident();
    let deployment = DeploymentId::derive(&["sample"]);
    let summary = "lambda:shop-checkout:live moved from version 1 to version 2 (faster basket) between 14:01:00 and \
                   14:02:00 UTC";
    incident.note(after(185), What::DeploymentSeen { deployment, summary: summary.to_owned() });
    if matches!(state, ActionState::Approved { .. } | ActionState::Acted { .. } | ActionState::Verified { .. }) {
        incident.state = State::Mitigating;
    }
    incident.actions.push(action(&incident, mode, state));
    incident
}

/// The message about an event of this kind to `channel`, with the incident as it stands then.
pub fn notification(kind: EventKind, channel: &str) -> Notification {
    let acted = ActionState::Acted { at: after(190), verify_by: after(790) };
    let verified = ActionState::Verified { at: after(420) };
    let roll_back = "roll lambda:shop-checkout:live back from version 2 to version 1";
    let (mut incident, at, summary) = match kind {
        EventKind::IncidentOpened => (incident(), 180, REASON.to_owned()),
        EventKind::IncidentReopened => (incident(), 240, REASON.to_owned()),
        EventKind::IncidentUpdated => {
            let mut incident = incident();
            incident.severity = Severity::Sev1;
            incident.alerts.push(alert("shop-checkout-latency", 2150.0));
            (incident, 240, "latency 2150 ms (limit > 800 ms) in 3 of the last 3 periods of 1m".to_owned())
        }
        EventKind::IncidentAcknowledged => {
            let mut incident = incident();
            incident.state = State::Acknowledged;
            incident.acknowledged_at = Some(after(300));
            (incident, 300, "acknowledged by ada".to_owned())
        }
        EventKind::ActionPerformed => {
            let words = format!("Done: {roll_back}; the monitor must recover within 10m");
            (incident_with_action(Mode::Auto, acted), 190, words)
        }
        EventKind::ActionVerified => {
            let words = format!("Check passed: {roll_back}; errors / requests 0 % (limit > 10 %), up to 14:10:00 UTC");
            (incident_with_action(Mode::Auto, verified), 420, words)
        }
        EventKind::ActionFailed => {
            let reason = "errors / requests 36 % before, 37 % after".to_owned();
            let words = format!("Check failed: the monitor has not recovered within 10m ({reason})");
            (incident_with_action(Mode::Auto, ActionState::Ineffective { at: after(790), reason }), 790, words)
        }
        EventKind::IncidentResolved | EventKind::PostMortemWritten => {
            let incident = resolved(verified);
            let words = match kind {
                EventKind::PostMortemWritten => {
                    "the post-mortem is written: 1 probable cause, 3 action items".to_owned()
                }
                _ => "resolved by tocsin after 7m: errors / requests 0 % (limit > 10 %), up to 14:10:00 UTC".to_owned(),
            };
            (incident, 420, words)
        }
        _ => {
            let words = format!(
                "Suggested: {roll_back}, because lambda:shop-checkout:live moved shortly before the first breach"
            );
            (incident_with_action(Mode::Suggest, ActionState::Suggested), 190, words)
        }
    };
    incident.version = 3;
    let action = kind.as_str().starts_with("action.").then(|| incident.actions[0].id.clone());
    let mut told = told(incident, kind, action, summary, after(at), channel);
    // An alert has joined, and it is worse than what was known.
    told.event.worse_than = (kind == EventKind::IncidentUpdated).then_some(Severity::Sev2);
    told
}

fn resolved(verified: ActionState) -> Incident {
    let mut incident = incident_with_action(Mode::Auto, verified);
    incident.state = State::Resolved;
    incident.resolved_at = Some(after(420));
    incident.alerts[0].resolved_at = Some(after(420));
    incident
}

/// The incident of an objective whose budget burns.
fn burning() -> Incident {
    let mut incident = incident();
    "shop-checkout-up on shop-checkout".clone_into(&mut incident.title);
    "shop-checkout-up".clone_into(&mut incident.alerts[0].name);
    incident.alerts[0].reading = Some(Reading {
        signal: "burn rate over 1h".to_owned(),
        value: 21.6,
        limit: "> 14.4".parse().expect("a limit"),
        unit: Unit::Count,
    });
    incident
}

/// One message of each kind that people are told of, then one that asks for leave, one of an objective, and one of an
/// incident that a person has opened, which has no alert: what every template must be able to say.
pub fn all(channel: &str) -> Vec<Notification> {
    let mut all: Vec<Notification> = TOLD.iter().map(|kind| notification(*kind, channel)).collect();
    let waiting = incident_with_action(Mode::Approve, ActionState::AwaitingApproval);
    let action = Some(waiting.actions[0].id.clone());
    let words = "Waits for approval: roll lambda:shop-checkout:live back from version 2 to version 1, because \
                 lambda:shop-checkout:live moved shortly before the first breach";
    all.push(told(waiting, EventKind::ActionPlanned, action, words.to_owned(), after(190), channel));
    let words = "the error budget burns at 21.6 times its rate over 1h and 30 over 5m (limit 14.4): 216 of 1000 requests \
                 bad, at least 19.54 % at 95 % confidence; 91.3 % of the budget of 30d left";
    all.push(told(burning(), EventKind::IncidentOpened, None, words.to_owned(), after(180), channel));
    let mut by_hand = incident();
    by_hand.alerts.clear();
    "customers cannot pay".clone_into(&mut by_hand.title);
    let words = "customers cannot pay (opened by ann)".to_owned();
    all.push(told(by_hand, EventKind::IncidentOpened, None, words, after(180), channel));
    all
}

/// The call that goes to `to` when the incident begins, with the link that takes it.
pub fn call(to: &Destination) -> Notification {
    let summary = format!("{REASON} (the incident began)");
    let called = told(incident(), EventKind::IncidentOpened, None, summary, after(180), to.name().as_str());
    let why = "on call by schedule shop-primary".to_owned();
    let acknowledge = Some(ACKNOWLEDGE.to_owned());
    Notification { page: Some(Page { to: to.clone(), why, acknowledge, zone: None }), ..called }
}

const ACKNOWLEDGE: &str = "https://api.example.com/acknowledge/c2lnbmVkLXRvLWFubg";

/// The question that goes to `to`, who has the incident, after half an hour without a word.
pub fn reminder(to: &Destination) -> Notification {
    let mut incident = incident();
    incident.state = State::Acknowledged;
    incident.acknowledged_at = Some(after(300));
    incident.take("ann");
    let (from, by) = (State::Triggered, "ann".to_owned());
    incident.note(after(300), What::StateChanged { from, to: State::Acknowledged, by });
    let summary = "no word for 30m: how does it stand? A note or an update is an answer.".to_owned();
    let asked = told(incident, EventKind::IncidentUpdated, None, summary, after(2100), to.name().as_str());
    let why = "has the incident".to_owned();
    let acknowledge = to.person().map(|_| ACKNOWLEDGE.to_owned());
    Notification { page: Some(Page { to: to.clone(), why, acknowledge, zone: None }), ..asked }
}

const TOLD: [EventKind; 10] = [
    EventKind::IncidentOpened,
    EventKind::IncidentUpdated,
    EventKind::ActionPlanned,
    EventKind::ActionPerformed,
    EventKind::IncidentAcknowledged,
    EventKind::ActionVerified,
    EventKind::ActionFailed,
    EventKind::IncidentResolved,
    EventKind::IncidentReopened,
    EventKind::PostMortemWritten,
];

/// The message that `kind` happened to `incident`.
pub fn told(
    incident: Incident,
    kind: EventKind,
    action: Option<ActionId>,
    summary: String,
    at: Time,
    channel: &str,
) -> Notification {
    let channel: ChannelName = channel.parse().expect("a name");
    let event = IncidentEvent::of(&incident, kind, action, summary, at);
    Notification {
        page: None,
        id: Notification::id_of(&event, &channel),
        channel,
        link: "https://api.example.com/incident/c2lnbmVkLXRvLWxvb2s".to_owned(),
        event,
        incident,
        follows: None,
    }
}

/// So many seconds after [`BEGAN`].
pub fn after(seconds: u32) -> Time {
    BEGAN + Span::from_seconds(seconds)
}

fn alert(name: &str, value: f64) -> AlertSummary {
    let latency = name.ends_with("latency");
    AlertSummary {
        fingerprint: Fingerprint::derive(&["sample", name]),
        name: name.to_owned(),
        severity: if latency { Severity::Sev1 } else { Severity::Sev2 },
        fired_at: BEGAN,
        resolved_at: None,
        quiet_since: None,
        returns: 0,
        reading: Some(Reading {
            signal: if latency { "latency" } else { "errors / requests" }.to_owned(),
            value,
            limit: if latency { "> 800" } else { "> 10" }.parse().expect("a limit"),
            unit: if latency { Unit::Milliseconds } else { Unit::Percent },
        }),
        labels: if latency { of_its_sender() } else { Labels::default() },
        service: None,
    }
}

/// What a sender says beside: where it is, and what to read.
fn of_its_sender() -> Labels {
    let labels = [("region", "eu-central-1"), ("runbook_url", "https://wiki.example.com/runbooks/checkout-latency")];
    labels.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn action(incident: &Incident, mode: Mode, state: ActionState) -> Action {
    let runbook: RunbookName = "roll-back-checkout".parse().expect("a name");
    let target = Resource::LambdaAlias { function: "shop-checkout".to_owned(), alias: "live".to_owned() };
    Action {
        id: Action::id_of(&incident.id, &runbook, 0, &target),
        runbook,
        step: Step {
            action: ActionKind::RollBackLambdaAlias,
            mode,
            moved_within: Span::HOUR,
            verify_within: Span::from_minutes(10),
            limit: RateLimit { count: 1, per: Span::HOUR },
        },
        target,
        alert: incident.alerts[0].fingerprint.clone(),
        reason: "lambda:shop-checkout:live moved shortly before the first breach".to_owned(),
        planned_at: after(185),
        to_version: "1".to_owned(),
        from_version: "2".to_owned(),
        state,
    }
}
