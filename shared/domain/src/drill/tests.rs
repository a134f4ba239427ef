use std::collections::BTreeSet;

use super::*;
use crate::alert::AlertSummary;
use crate::escalation::Escalation;
use crate::id::{Fingerprint, NotificationId};
use crate::incident::{Severity, What};
use crate::notification::Destination;
use crate::sample;

const ASKED: Time = Time::from_epoch(1_769_868_190);

fn at(seconds: u32) -> Time {
    ASKED + Span::from_seconds(seconds)
}

fn plan() -> Plan {
    Plan {
        service: "shop-checkout".parse().unwrap(),
        severity: Severity::Sev2,
        acknowledge_within: Span::from_minutes(15),
    }
}

/// The marked incident, opened 100 s after the drill was asked for.
fn incident() -> Incident {
    let mut incident = sample::incident();
    incident.key = KEY.to_owned();
    incident.timeline.clear();
    incident.note(at(100), What::Opened { severity: Severity::Sev2, reason: "the breach".to_owned() });
    incident.alerts = vec![AlertSummary {
        fingerprint: Fingerprint::derive(&["drill"]),
        name: "drill/shop-checkout".to_owned(),
        service: None,
        severity: Severity::Sev2,
        fired_at: at(60),
        resolved_at: None,
        quiet_since: None,
        returns: 0,
        reading: None,
        labels: [(LABEL.to_owned(), "true".to_owned())].into(),
    }];
    incident
}

fn receipt(name: &str, created: u32, state: ReceiptState, calls: bool) -> Receipt {
    let channel = name.parse().unwrap();
    Receipt {
        id: NotificationId::derive(&[name]),
        version: 1,
        incident: incident().id,
        page: calls.then(|| Destination::Channel("phone".parse().unwrap())),
        channel,
        notification: None,
        created_at: at(created),
        tries: 1,
        state,
        next_wake: None,
        call: None,
    }
}

fn begun() -> Escalation {
    Escalation {
        policy: "shop".parse().unwrap(),
        severity: Severity::Sev2,
        chosen_for: None,
        started_at: at(120),
        state: crate::escalation::State::Paging,
        round: 0,
        step: 0,
        next_at: None,
        paged_at: None,
        waits_since: None,
        paged_step: 0,
        asked: None,
        put_off: Vec::new(),
        joined: BTreeSet::new(),
        called: Vec::new(),
        pages: 0,
        spent: 0,
    }
}

fn delivered(seconds: u32) -> ReceiptState {
    ReceiptState::Delivered { at: at(seconds), answer: "ok".to_owned(), handle: None }
}

fn drilled(seen: &Seen<'_>, now: Time) -> Drill {
    let mut drill = Drill::begin(plan(), "ann", ASKED);
    drill.observe(seen, now);
    drill
}

#[test]
fn a_drill_passes_hop_by_hop() {
    let opened = incident();
    let receipts = [receipt("ops", 130, delivered(131), false)];
    let mut seen = Seen { collected: Some(ASKED.floor(Span::MINUTE)), ..Seen::default() };
    let mut drill = drilled(&seen, at(70));
    assert_eq!(drill.hops, [(Hop::Collected, ASKED)].into(), "a tick's minute may begin before the drill");
    seen.incident = Some(&opened);
    seen.receipts = &receipts;
    drill.observe(&seen, at(140));
    let names = |drill: &Drill| drill.hops.keys().map(Hop::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(names(&drill), "collected evaluated published delivered");
    assert!(drill.is_running() && drill.taken_back_at.is_none());
    assert_eq!(drill.next_wake, Some(at(140) + LOOK_EVERY));

    let mut incident = opened.clone();
    incident.acknowledged_at = Some(at(200));
    incident.state = State::Acknowledged;
    drill.observe(&Seen { incident: Some(&incident), ..seen }, at(230));
    assert_eq!(drill.taken_back_at, Some(at(230).floor(Span::MINUTE)));
    assert!(drill.is_running());

    incident.state = State::Resolved;
    incident.resolved_at = Some(at(330));
    incident.alerts[0].resolved_at = Some(at(330));
    drill.observe(&Seen { incident: Some(&incident), ..seen }, at(340));
    assert_eq!(drill.standing, Standing::Passed { at: at(340) });
    assert_eq!(names(&drill), "collected evaluated published delivered acknowledged ended");
    assert_eq!((drill.next_wake, drill.incident), (None, Some(incident.id.clone())));
}

#[test]
fn what_is_not_done_in_time_breaks_it() {
    let (open, mut called) = (incident(), incident());
    called.escalation = Some(begun());
    let told = [receipt("ops", 130, delivered(131), false)];
    let refused = ReceiptState::Refused { at: at(131), answer: "400 invalid key".to_owned() };
    let failed = [receipt("pager", 130, refused, false)];
    let collected = Some(at(40));
    let nothing = Seen::default();
    let evaluated = Seen { collected, incident: Some(&open), ..nothing };
    let waits = Seen { group_wait: Span::from_seconds(30), ..evaluated };
    let delivered = Seen { receipts: &told, ..evaluated };
    for (seen, last, hop, words) in [
        (nothing, 300, Hop::Collected, "not collected within 5m"),
        (Seen { collected, ..nothing }, 340, Hop::Evaluated, "no incident was open after 5m"),
        (evaluated, 400, Hop::Published, "`tocsin explain drill/shop-checkout` says why"),
        (waits, 430, Hop::Published, "nobody was to be told after 5m30s"),
        (Seen { receipts: &failed, ..evaluated }, 430, Hop::Delivered, "delivered within 5m: pager (400 invalid key)"),
        (Seen { incident: Some(&called), ..delivered }, 431, Hop::Called, "nobody was called within 5m: nobody"),
        (delivered, 131 + 900, Hop::Acknowledged, "nobody acknowledged within 15m; told were ops"),
    ] {
        assert!(drilled(&seen, at(last)).is_running(), "{hop} at its last second");
        let broken = drilled(&seen, at(last + 1));
        let Standing::Broken { hop: found, reason, .. } = &broken.standing else { panic!("{hop}: {broken:?}") };
        assert_eq!(*found, hop);
        assert!(reason.contains(words), "{hop}: {reason}");
        assert!(broken.taken_back_at.is_some(), "the breach is taken back");
        assert_eq!(broken.next_wake.is_some(), seen.incident.is_some(), "it is looked at until its incident is over");
    }
}

#[test]
fn a_breach_that_does_not_end_breaks_it() {
    let mut taken = incident();
    taken.acknowledged_at = Some(at(200));
    taken.state = State::Acknowledged;
    let seen = Seen { incident: Some(&taken), ..Seen::default() };
    let mut drill = drilled(&seen, at(215));
    let back = drill.taken_back_at.unwrap();
    drill.observe(&seen, back.max(at(200)) + HOP_TAKES_AT_MOST);
    assert!(drill.is_running());
    drill.observe(&seen, at(200) + HOP_TAKES_AT_MOST + Span::from_seconds(1));
    assert!(matches!(&drill.standing, Standing::Broken { hop: Hop::Ended, .. }), "{:?}", drill.standing);
}

#[test]
fn who_ends_it_by_hand_was_reached_too() {
    let mut over = incident();
    over.state = State::Resolved;
    over.resolved_at = Some(at(210));
    let drill = drilled(&Seen { incident: Some(&over), ..Seen::default() }, at(220));
    assert_eq!(drill.hops.get(&Hop::Acknowledged), Some(&at(210)));
}

#[test]
fn only_marked_alerts_make_an_incident_a_drill() {
    let drill = incident();
    assert!(drill.is_drill());
    let mut mixed = drill.clone();
    mixed.alerts.push(sample::incident().alerts[0].clone());
    let mut of_another_key = drill.clone();
    of_another_key.key = String::new();
    let bare = Incident { alerts: Vec::new(), ..drill };
    for other in [mixed, of_another_key, bare, sample::incident()] {
        assert!(!other.is_drill(), "{:?}", other.alerts);
    }
}

#[test]
fn a_drill_of_one_minute_is_one() {
    let service = plan().service;
    let minute = ASKED.floor(Span::MINUTE);
    assert_eq!(Drill::id_of(&service, minute), Drill::id_of(&service, minute + Span::from_seconds(59)));
    assert_ne!(Drill::id_of(&service, minute), Drill::id_of(&service, minute + Span::MINUTE));
}
