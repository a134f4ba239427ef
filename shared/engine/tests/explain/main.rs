//! What explain says will be told is what the flush then tells, whom it says is called is who is called, and what it says
//! held an alert back in the past is what did.

#![allow(clippy::unwrap_used)]

mod past;
mod setup;

use std::collections::BTreeMap;

use domain::alert::Status;
use domain::group::Reason;
use domain::id::{ChannelName, GroupId, IncidentId};
use domain::incident::What;
use domain::label::Labels;
use domain::units::{Span, Time};
use proptest::prelude::*;
use simulator::{World, now_or_never};
use tocsin_engine::explain::{Explanation, Said, Subject};
use tocsin_engine::port::Ledger;
use tocsin_engine::raise::raise;

use setup::{ALERTS, BEGIN, Happens, Heard, act, ask, change, fingerprint, happens, run, setup};

const AHEAD: Span = Span::HOUR.times(7);

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

/// Who has the incident is asked by one group, gives no word and loses it: another group, whose notification they had taken,
/// tells again.
#[test]
fn what_one_group_asks_another_hears_of() {
    let (world, setup) = (World::at(BEGIN), setup());
    let mut now = BEGIN;
    let stream = [
        (0, Happens::Fires(3, 2)),
        (0, Happens::Fires(0, 0)),
        (321, Happens::Mute(3)),
        (0, Happens::Silence(0, 24, 1_620)),
        (14, Happens::Fires(0, 0)),
        (4_653, Happens::Fires(0, 0)),
        (2_577, Happens::Resolves(0)),
        (2_501, Happens::Fires(3, 0)),
    ];
    for (after, happens) in &stream {
        let next = now + Span::from_seconds(*after);
        run(&world, &setup, now, next);
        now = next;
        act(&world, &setup, happens, now);
    }
    let at = now + Span::from_seconds(135);
    let explanation = ask(&world, &setup, &Subject::Alert(fingerprint(3)), at, now);
    let repeats = said(&explanation).into_values().flatten().filter(|(_, reason, _)| *reason == Reason::Repeat);
    let repeats: Vec<_> = repeats.map(|(at, _, channels)| (at.since(BEGIN), channels[0].to_string())).collect();
    assert_eq!(repeats, [(Span::from_seconds(13_800), "bot".to_owned())]);
    let heard = run(&world, &setup, now, BEGIN + Span::from_seconds(13_801));
    assert_eq!(
        heard.last().map(|one| (one.at.since(BEGIN), &one.reason)),
        Some((Span::from_seconds(13_800), &Reason::Repeat))
    );
}
