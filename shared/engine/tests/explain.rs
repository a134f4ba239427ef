//! What explain says will be told is what the flush then tells, and whom it says is called is who is called.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use domain::alert::{AlertChange, Status};
use domain::event::Telling;
use domain::group::Reason;
use domain::id::{ChannelName, Fingerprint, GroupId, IncidentId, SilenceId};
use domain::incident::{Severity, What};
use domain::label::Labels;
use domain::monitor::Category;
use domain::routing::{Inhibition, Planned, Route, Routing, TimeInterval, When};
use domain::setup::Setup;
use domain::silence::Silence;
use domain::units::{Span, Time};
use proptest::prelude::*;
use serde_json::json;
use simulator::{World, now_or_never};
use tocsin_engine::explain::{Explanation, Said, Subject, explain};
use tocsin_engine::flush::flush;
use tocsin_engine::port::{Ledger, Wake};
use tocsin_engine::raise::raise;
use tocsin_engine::timekeep::woken;
use tocsin_engine::{decide, perform};

/// 2026-02-02T00:00:00Z, a Monday.
const BEGIN: Time = Time::from_epoch(1_769_990_400);
const ALERTS: u8 = 6;
const AHEAD: Span = Span::HOUR.times(7);

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

fn setup() -> Setup {
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

fn fingerprint(alert: u8) -> Fingerprint {
    Fingerprint::derive(&["explain", &alert.to_string()])
}

/// Each has an incident of its own, so that what is told of one is told of no other.
fn change(alert: u8, status: Status, severity: usize, at: Time) -> AlertChange {
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
enum Happens {
    Fires(u8, usize),
    Resolves(u8),
    Silence(u8, u32, u32),
    Acknowledge(u8),
    Snooze(u8, u32),
    Mute(u8),
}

fn happens() -> impl Strategy<Value = (u32, Happens)> {
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
struct Heard {
    at: Time,
    reason: Reason,
    channels: Vec<ChannelName>,
    group: GroupId,
    incidents: Vec<IncidentId>,
}

/// Lets everything be done that is due before `until`, to the second; what groups told.
fn run(world: &World, setup: &Setup, from: Time, until: Time) -> Vec<Heard> {
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

fn incident_of(world: &World, alert: u8) -> Option<domain::incident::Incident> {
    let inner = world.lock();
    let id = inner.alerts.get(fingerprint(alert).as_str())?.incident.clone()?;
    inner.incidents.get(id.as_str()).cloned()
}

fn act(world: &World, setup: &Setup, happens: &Happens, now: Time) {
    let policy = &setup.on_call.policies[0];
    let commit = match happens {
        Happens::Fires(alert, severity) => {
            let change = change(*alert, Status::Firing, *severity, now);
            now_or_never(raise(world, world, setup, &change, now)).unwrap();
            None
        }
        Happens::Resolves(alert) => {
            let change = change(*alert, Status::Resolved, 1, now);
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
            incident_of(world, *alert).and_then(|one| decide::snooze(one, "bob", until, now).ok())
        }
        Happens::Mute(alert) => incident_of(world, *alert).and_then(|one| decide::mute(one, "ann", policy, now).ok()),
    };
    if let Some(commit) = commit {
        now_or_never(perform::commit_and_publish(world, world, &commit)).unwrap();
    }
}

fn ask(world: &World, setup: &Setup, what: &Subject, at: Time, now: Time) -> Explanation {
    now_or_never(explain(world, setup, (what, Some(at)), now)).unwrap()
}

/// What is said to be told, by group.
fn said(explanation: &Explanation) -> BTreeMap<GroupId, Vec<(Time, Reason, Vec<ChannelName>)>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for step in &explanation.steps {
        if let (Some(group), Said::Tells { at, reason, channels }) = (&step.group, &step.said) {
            all.entry(group.clone()).or_default().push((*at, reason.clone(), channels.clone()));
        }
    }
    all
}

/// What is told between now and `at`, and the first thing after that, as far as it is within the time that was run.
fn expected(
    heard: &[Heard],
    incident: &IncidentId,
    group: &GroupId,
    at: Time,
) -> Vec<(Time, Reason, Vec<ChannelName>)> {
    let own = heard.iter().filter(|one| &one.group == group && one.incidents.contains(incident));
    let own: Vec<_> = own.map(|one| (one.at, one.reason.clone(), one.channels.clone())).collect();
    let before = own.iter().filter(|(time, ..)| *time < at).count();
    own.into_iter().take(before + 1).collect()
}

/// The calls that are listed one after the other.
fn calls(explanation: &Explanation) -> Vec<(Time, String)> {
    let listed = explanation.steps.iter().take_while(|step| !matches!(step.said, Said::MoreCalls { .. }));
    let calls = listed.filter_map(|step| match &step.said {
        Said::Calls { at, what } => Some((*at, what.clone())),
        _ => None,
    });
    calls.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_is_what_happens(
        stream in proptest::collection::vec(happens(), 1..24),
        waits in 0..3_000_u32,
        ahead in prop_oneof![Just(0_u32), 0..9_000_u32],
    ) {
        let (world, setup) = (World::at(BEGIN), setup());
        let mut now = BEGIN;
        for (after, happens) in &stream {
            let next = now + Span::from_seconds(*after);
            run(&world, &setup, now, next);
            now = next;
            act(&world, &setup, happens, now);
        }
        let next = now + Span::from_seconds(waits);
        run(&world, &setup, now, next);
        now = next;
        let at = now + Span::from_seconds(ahead);
        let stored: Vec<_> = (0..ALERTS).filter(|one| world.lock().alerts.contains_key(fingerprint(*one).as_str())).collect();
        let explained: Vec<_> = stored
            .iter()
            .map(|one| (*one, ask(&world, &setup, &Subject::Alert(fingerprint(*one)), at, now)))
            .collect();
        let end = now + AHEAD;
        let heard = run(&world, &setup, now, end);
        for (alert, explanation) in explained {
            let Some(incident) = explanation.alert.incident.clone() else { continue };
            let mut says = said(&explanation);
            for tells in says.values_mut() {
                tells.retain(|(time, ..)| *time < end);
            }
            for group in &explanation.alert.groups {
                let expected = expected(&heard, &incident, group, at);
                prop_assert_eq!(says.remove(group).unwrap_or_default(), expected, "alert {} in {}", alert, group);
            }
            let inner = world.lock();
            let timeline = inner.incidents[incident.as_str()].timeline.iter().filter(|entry| entry.at >= at);
            let done: Vec<_> = timeline
                .filter_map(|entry| match &entry.what {
                    What::Paging { summary } if entry.at >= now => Some((entry.at, summary.clone())),
                    _ => None,
                })
                .collect();
            let mut calls = calls(&explanation);
            calls.retain(|(time, _)| *time < end);
            // What a person has done at this very second stands in the timeline too.
            let done: Vec<_> = done.into_iter().filter(|(time, _)| *time > now || calls.iter().any(|one| one.0 == now)).collect();
            prop_assert_eq!(&calls[..], &done[..calls.len().min(done.len())], "calls of alert {}: {:?}", alert, done);
        }
    }

    /// A made-up alert is told when a real one of the same labels is.
    #[test]
    fn a_made_up_alert_is_told_as_a_real_one(
        stream in proptest::collection::vec(happens(), 0..12),
        (service, severity) in (0..3_u8, 0..4_usize),
        ahead in prop_oneof![Just(0_u32), 0..9_000_u32],
    ) {
        let (world, setup) = (World::at(BEGIN), setup());
        let mut now = BEGIN;
        for (after, happens) in &stream {
            let next = now + Span::from_seconds(*after);
            run(&world, &setup, now, next);
            now = next;
            act(&world, &setup, happens, now);
        }
        // One that is none of the others: of the same services, with a correlation of its own.
        let mut real = change(ALERTS * 3 + service, Status::Firing, severity, now);
        let labels: Labels = domain::label::of_change(&real);
        let at = now + Span::from_seconds(ahead);
        let explanation = ask(&world, &setup, &Subject::Labels(labels), at, now);
        prop_assert!(explanation.made_up);
        run(&world, &setup, now, at);
        real.at = at;
        now_or_never(raise(&world, &world, &setup, &real, at)).unwrap();
        let alert = now_or_never(world.alert(&real.fingerprint)).unwrap().unwrap();
        let incident = alert.incident.clone().unwrap();
        let end = at + AHEAD;
        let heard = run(&world, &setup, at, end);
        let mut says = said(&explanation);
        for group in &alert.groups {
            let mut tells = says.remove(group).unwrap_or_default();
            tells.retain(|(time, ..)| *time < end);
            prop_assert_eq!(tells, expected(&heard, &incident, group, at), "in {}", group);
        }
    }
}
