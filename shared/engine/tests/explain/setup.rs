//! What can happen to a few alerts, and the questions about them.

use domain::alert::{AlertChange, Status};
use domain::event::Telling;
use domain::group::Reason;
use domain::id::{ChannelName, Fingerprint, GroupId, IncidentId, SilenceId};
use domain::incident::Severity;
use domain::monitor::Category;
use domain::routing::{Inhibition, Planned, Route, Routing, TimeInterval, When};
use domain::setup::Setup;
use domain::silence::Silence;
use domain::units::{Span, Time};
use proptest::prelude::*;
use serde_json::json;
use simulator::{World, now_or_never};
use tocsin_engine::explain::{Explanation, Subject, explain};
use tocsin_engine::flush::flush;
use tocsin_engine::port::Wake;
use tocsin_engine::raise::raise;
use tocsin_engine::timekeep::woken;
use tocsin_engine::{decide, perform};

/// 2026-02-02T00:00:00Z, a Monday.
pub(crate) const BEGIN: Time = Time::from_epoch(1_769_990_400);
pub(crate) const ALERTS: u8 = 6;

fn route(matchers: &str, channels: &[&str]) -> Route {
    Route {
        matchers: matchers.parse().unwrap(),
        channels: channels.iter().map(|name| name.parse().unwrap()).collect(),
        group_by: serde_json::from_value(json!({"labels": ["service"]})).unwrap(),
        ..Route::default()
    }
}

fn routing() -> Routing {
    let interval = |text: &str| -> TimeInterval { serde_json::from_value(json!({"times": [text]})).unwrap() };
    let mut shop = route("service=\"shop\"", &["pager", "mail"]);
    shop.escalation = Some("shop".parse().unwrap());
    shop.goes_on = true;
    let mut night = route("service=~\"shop|cart\"", &["bot"]);
    (night.mute_in, night.repeat_interval) = (vec!["lunch".parse().unwrap()], Span::HOUR);
    let mut day = route("service=\"mill\"", &["pager"]);
    (day.active_in, day.escalation) = (vec!["lunch".parse().unwrap()], Some("shop".parse().unwrap()));
    let mut routing = Routing::new(Route { routes: vec![shop, night, day], ..route("{}", &["bot"]) });
    routing.intervals = [("lunch".parse().unwrap(), vec![interval("01:00-02:30")])].into();
    routing.inhibitions = vec![Inhibition {
        name: Some("worst".to_owned()),
        source: "severity=\"SEV1\"".parse().unwrap(),
        target: "severity=~\"SEV3|SEV4\"".parse().unwrap(),
        equal: ["service".to_owned()].into(),
    }];
    routing.planned = vec![Planned {
        matchers: "alertname=\"alert-2\"".parse().unwrap(),
        when: When::Between { starts_at: BEGIN + Span::HOUR, ends_at: BEGIN + Span::HOUR.times(3) },
        comment: "new disks".to_owned(),
    }];
    routing
}

pub(crate) fn setup() -> Setup {
    let secret = "ssm:/key";
    let mut setup: Setup = serde_json::from_value(json!({
        "sources": [], "services": [], "series": [], "monitors": [], "runbooks": [], "response_enabled": true,
        "channels": [
            {"name": "pager", "kind": {"kind": "pagerduty", "routing_key": secret, "url": "https://pager"}},
            {"name": "bot", "kind": {"kind": "slack-bot", "token": secret, "channel": "C0ALERTS",
                "url": "https://slack", "buttons": false}},
            {"name": "mail", "kind": {"kind": "email", "from": "t@example.com", "to": ["ops@example.com"]}},
        ],
        "on_call": {"teams": [],
            "people": [{"name": "ann", "zone": "Europe/Berlin", "addresses": [{"email": "ann@example.com"}]},
                {"name": "bob", "zone": "Europe/Berlin", "addresses": [{"email": "bob@example.com"}]}],
            "schedules": [{"name": "primary", "zone": "Europe/Berlin", "rotations": [{"name": "turn",
                "people": ["ann", "bob"], "every": {"count": 1, "unit": "hour"}, "start": "2026-02-02T00:20",
                "hours": []}]}],
            "policies": [{"name": "shop", "repeat": 1, "fallback": "mail", "remind_every": "45m", "steps": [
                {"targets": [{"schedule": "primary"}]}, {"after": "20m", "targets": [{"person": "bob"}]}]}],
        },
        "look_back": "10m", "post_mortem_severities": [], "default_owner": "t",
        "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
    }))
    .unwrap();
    setup.routing = routing();
    setup
}

pub(crate) fn fingerprint(alert: u8) -> Fingerprint {
    Fingerprint::derive(&["explain", &alert.to_string()])
}

/// Each has an incident of its own, so that what is told of one is told of no other.
pub(crate) fn change(alert: u8, status: Status, severity: usize, at: Time) -> AlertChange {
    AlertChange {
        fingerprint: fingerprint(alert),
        name: format!("alert-{alert}"),
        service: ["shop", "cart", "mill"][usize::from(alert % 3)].parse().unwrap(),
        category: Category::Technical,
        status,
        severity: Severity::ALL[severity],
        at,
        reason: "bad".to_owned(),
        reading: None,
        cooldown: Span::from_minutes(2),
        ends_at: None,
        labels: [("correlation".to_owned(), alert.to_string())].into(),
    }
}

/// What happens, some seconds after what happened before.
#[derive(Clone, Debug)]
pub(crate) enum Happens {
    Fires(u8, usize),
    Resolves(u8),
    Silence(u8, u32, u32),
    Acknowledge(u8),
    Snooze(u8, u32),
    Mute(u8),
}

pub(crate) fn happens() -> impl Strategy<Value = (u32, Happens)> {
    let alert = 0..ALERTS;
    let what = prop_oneof![
        8 => (alert.clone(), 0..4_usize).prop_map(|(alert, severity)| Happens::Fires(alert, severity)),
        4 => alert.clone().prop_map(Happens::Resolves),
        2 => (alert.clone(), 0..600_u32, 60..9_000_u32).prop_map(|(one, from, lasts)| Happens::Silence(one, from, lasts)),
        1 => alert.clone().prop_map(Happens::Acknowledge),
        1 => (alert.clone(), 60..7_200_u32).prop_map(|(alert, lasts)| Happens::Snooze(alert, lasts)),
        1 => alert.prop_map(Happens::Mute),
    ];
    (prop_oneof![0..20_u32, 0..400_u32, 1_000..5_000_u32], what)
}

/// A flush that told something of an incident.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Heard {
    pub(crate) at: Time,
    pub(crate) reason: Reason,
    pub(crate) channels: Vec<ChannelName>,
    pub(crate) group: GroupId,
    pub(crate) incidents: Vec<IncidentId>,
}

/// Lets everything be done that is due before `until`, to the second; what groups told.
pub(crate) fn run(world: &World, setup: &Setup, from: Time, until: Time) -> Vec<Heard> {
    let mut heard = Vec::new();
    loop {
        let due = {
            let inner = world.lock();
            let groups = inner.groups.values().filter_map(|one| Some((one.next_wake()?, Wake::Group(one.id.clone()))));
            let incidents = inner.incidents.values().filter(|one| one.state.is_open());
            let incidents = incidents.filter_map(|one| Some((one.next_wake?, Wake::Incident(one.id.clone()))));
            groups.chain(incidents).min()
        };
        let Some((at, wake)) = due.map(|(at, wake)| (at.max(from), wake)).filter(|(at, _)| *at < until) else {
            return heard;
        };
        match &wake {
            Wake::Group(id) => {
                world.lock().bus.clear();
                let reason = now_or_never(flush(world, world, setup, id, at)).unwrap();
                heard.extend(reason.and_then(|reason| told(world, setup, (id, at), reason)));
            }
            Wake::Incident(_) | Wake::Drill(_) => now_or_never(woken(world, world, setup, (&wake, 1), at)).unwrap(),
        }
    }
}

fn told(world: &World, setup: &Setup, (id, at): (&GroupId, Time), reason: Reason) -> Option<Heard> {
    let mut heard = Heard { at, reason, channels: Vec::new(), group: id.clone(), incidents: Vec::new() };
    for event in &world.lock().bus {
        let Some(Telling::Group { group, channels, .. }) = &event.telling else { continue };
        assert_eq!(group, id);
        // The end of what others told of, for whoever has heard of it.
        if channels.is_empty() {
            continue;
        }
        heard.incidents.push(event.incident.clone());
        for name in channels {
            if setup.channel(name).unwrap().kind.hears(event) && !heard.channels.contains(name) {
                heard.channels.push(name.clone());
            }
        }
    }
    (!heard.incidents.is_empty()).then_some(heard)
}

pub(crate) fn incident_of(world: &World, alert: u8) -> Option<domain::incident::Incident> {
    let inner = world.lock();
    let id = inner.alerts.get(fingerprint(alert).as_str())?.incident.clone()?;
    inner.incidents.get(id.as_str()).cloned()
}

pub(crate) fn act(world: &World, setup: &Setup, happens: &Happens, now: Time) {
    let policy = &setup.on_call.policies[0];
    let commit = match happens {
        Happens::Fires(alert, severity) => {
            let change = change(*alert, Status::Firing, *severity, now);
            now_or_never(raise(world, world, setup, &change, now)).unwrap();
            None
        }
        Happens::Resolves(alert) => {
            // As senders do: by the labels that it fired with.
            let known = world.lock().alerts.get(fingerprint(*alert).as_str()).map(|known| known.severity);
            let severity = Severity::ALL.iter().position(|one| Some(*one) == known).unwrap_or(1);
            let change = change(*alert, Status::Resolved, severity, now);
            now_or_never(raise(world, world, setup, &change, now)).unwrap();
            None
        }
        Happens::Silence(alert, from, lasts) => {
            let id = SilenceId::derive(&[&alert.to_string(), &now.to_string()]);
            let starts_at = now + Span::from_seconds(*from);
            let silence = Silence {
                id: id.clone(),
                version: 1,
                matchers: format!("correlation=\"{alert}\"").parse().unwrap(),
                starts_at,
                ends_at: starts_at + Span::from_seconds(*lasts),
                by: "ann".to_owned(),
                comment: "known".to_owned(),
                created_at: now,
            };
            world.lock().silences.insert(id, silence);
            None
        }
        Happens::Acknowledge(alert) => {
            incident_of(world, *alert).and_then(|one| decide::acknowledge(one, "ann", policy, now).ok())
        }
        Happens::Snooze(alert, lasts) => {
            let until = now + Span::from_seconds(*lasts);
            incident_of(world, *alert).and_then(|one| decide::snooze(one, "bob", until, policy, now).ok())
        }
        Happens::Mute(alert) => incident_of(world, *alert).and_then(|one| decide::mute(one, "ann", policy, now).ok()),
    };
    if let Some(commit) = commit {
        now_or_never(perform::commit_and_publish(world, world, &commit)).unwrap();
    }
}

pub(crate) fn ask(world: &World, setup: &Setup, what: &Subject, at: Time, now: Time) -> Explanation {
    now_or_never(explain(world, setup, (what, Some(at)), now)).unwrap()
}
