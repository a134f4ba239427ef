//! Random lives of an escalation: nothing may stop it but a person or the end.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::goalert_policy;
use crate::escalation::{Effect, Escalation, Policy, State, Step, Target};
use crate::incident::Severity;
use crate::units::{Span, Time};

#[derive(Clone, Debug)]
enum Event {
    /// Woken, whether or not something is due.
    Wake,
    /// Woken exactly when it wants to be.
    OnTime,
    Acknowledge(u8),
    TakeOver(u8),
    Snooze(u32),
    Escalate,
    Rate(Severity),
    Again(Severity),
    Assign,
    Word(u8),
    Resolve,
    Reopen,
    Link(u32),
}

fn events() -> impl Strategy<Value = Vec<(u32, u8, Event)>> {
    let jump = prop_oneof![Just(0), Just(1), 0..120u32, 0..7200u32, 0..1_000_000u32];
    let severity = prop::sample::select(Severity::ALL.to_vec());
    let event = prop_oneof![
        4 => Just(Event::Wake),
        6 => Just(Event::OnTime),
        1 => (0..3u8).prop_map(Event::Acknowledge),
        1 => (0..3u8).prop_map(Event::TakeOver),
        1 => (0..700_000u32).prop_map(Event::Snooze),
        2 => Just(Event::Escalate),
        2 => severity.clone().prop_map(Event::Rate),
        2 => severity.prop_map(Event::Again),
        1 => Just(Event::Assign),
        1 => (0..3u8).prop_map(Event::Word),
        1 => Just(Event::Resolve),
        2 => Just(Event::Reopen),
        1 => (0..30u32).prop_map(Event::Link),
    ];
    prop::collection::vec((jump, any::<u8>(), event), 1..60)
}

fn policies() -> impl Strategy<Value = Policy> {
    let span = prop::option::of((0..9000u32).prop_map(Span::from_minutes));
    let step = (span.clone(), 0..8u8).prop_map(|(after, person)| Step {
        after,
        targets: vec![Target::Person(format!("p{person}").parse().expect("a name"))],
    });
    let steps = prop::collection::vec(step, 1..5);
    (steps, span.clone(), 0..=5u8, span, any::<bool>()).prop_map(|(steps, again_after, repeat, remind_every, has)| {
        let mut policy = goalert_policy(&[], repeat);
        (policy.steps, policy.again_after, policy.remind_every) = (steps, again_after, remind_every);
        policy.fallback = policy.fallback.filter(|_| has);
        policy
    })
}

/// Whether the person is there: one bit each.
fn there(present: u8, targets: &[Target]) -> bool {
    let is_there = |name: &str| name[1..].parse::<u8>().is_ok_and(|person| present & (1 << person) != 0);
    targets.iter().any(|target| matches!(target, Target::Person(name) if is_there(name.as_str())))
}

fn apply(
    escalation: &mut Escalation,
    policy: &Policy,
    event: &Event,
    present: u8,
    now: Time,
) -> (Vec<Effect>, /* an acknowledgement */ bool) {
    let reaches = |targets: &[Target]| there(present, targets);
    let name = |person: u8| format!("h{person}");
    let nothing = Vec::new;
    match event {
        Event::Wake | Event::OnTime => (escalation.due(policy, &reaches, now), false),
        Event::Acknowledge(person) => (nothing(), escalation.acknowledge(&name(*person), policy, now).is_ok()),
        Event::TakeOver(person) => (nothing(), escalation.take_over(&name(*person), policy, now).is_ok()),
        Event::Snooze(seconds) => (nothing(), escalation.snooze("h9", now + Span::from_seconds(*seconds), now).is_ok()),
        Event::Link(generation) => (nothing(), escalation.redeem(*generation, "h8", policy, now).is_ok()),
        Event::Escalate => (escalation.escalate_now("h9", policy, &reaches, now).unwrap_or_default(), false),
        Event::Rate(severity) => (escalation.rate(*severity, policy, &reaches, now), false),
        Event::Again(severity) => (escalation.choose_again(policy, *severity, now).unwrap_or_default(), false),
        Event::Assign => (escalation.assign(policy, &reaches, now), false),
        Event::Word(person) => {
            escalation.heard(&name(*person), policy, now);
            (nothing(), false)
        }
        Event::Resolve => {
            escalation.resolve();
            (nothing(), false)
        }
        Event::Reopen => {
            escalation.reopen(policy, Severity::Sev2, now);
            (escalation.due(policy, &reaches, now), false)
        }
    }
}

const fn waits_for_somebody(escalation: &Escalation) -> bool {
    matches!(escalation.state, State::Paging | State::Exhausted { .. })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_stops_it_but_a_person_or_the_end(policy in policies(), events in events()) {
        let mut now = Time::from_epoch(1_700_000_000);
        let mut escalation = Escalation::start(&policy, Severity::Sev2, now);
        let mut seen: BTreeSet<(u32, usize)> = BTreeSet::new();
        let mut generation = 0;
        for (jump, present, event) in events {
            now = match (&event, escalation.next_wake()) {
                (Event::OnTime, Some(at)) => at.max(now),
                _ => now + Span::from_seconds(jump),
            };
            let before = escalation.clone();
            let (effects, taken) = apply(&mut escalation, &policy, &event, present, now);

            if waits_for_somebody(&before) && !taken && !matches!(event, Event::Resolve) {
                prop_assert!(waits_for_somebody(&escalation), "{event:?} stops {before:?}: {escalation:?}");
            }
            // Anew: after the end, after a snooze that was not taken over, after a question that nobody answered, with a policy
            // that is assigned, and when it is worse after all rounds.
            let is_unanswered = before.asked.as_ref().is_some_and(|asked| asked.until <= now);
            let could_begin = is_unanswered || matches!(before.state, State::Over | State::Snoozed { .. });
            let begins = could_begin && waits_for_somebody(&escalation) && !matches!(event, Event::Escalate);
            let is_over = matches!(before.state, State::Exhausted { .. });
            let is_worse = is_over && matches!(event, Event::Rate(severity) if severity < before.severity);
            if begins || is_worse || matches!(event, Event::Assign) {
                seen.clear();
            }
            for effect in &effects {
                if let Effect::Page { round, step, .. } | Effect::Skipped { round, step, .. } = effect {
                    prop_assert!(seen.insert((*round, *step)), "twice: {effect:?} by {event:?}");
                }
                if let Some(found) = effect.generation() {
                    prop_assert_eq!(found, generation + 1, "a gap or a repeat: {:?}", effect);
                    generation = found;
                }
            }
            prop_assert_eq!(escalation.pages, generation);
            if !matches!(event, Event::Assign) {
                answers_are_waited_for(&before, &escalation, &effects, now)?;
            }

            // What waits for somebody has a wake, and something happens then.
            if waits_for_somebody(&escalation) {
                let wake = escalation.next_wake();
                prop_assert!(wake.is_some(), "{escalation:?} after {event:?}");
                let mut later = escalation.clone();
                let at = wake.unwrap_or_default().max(now);
                prop_assert!(!later.due(&policy, &|_| true, at).is_empty(), "{escalation:?} after {event:?}");
                prop_assert!(later.next_wake().is_some_and(|next| next > at), "{later:?}");
            }
            an_answer_is_waited_for(&escalation, &policy)?;
            // What somebody has pages nobody, and no link of before works.
            if taken {
                prop_assert!(!waits_for_somebody(&escalation));
                prop_assert!(escalation.holder().is_some());
                for old in 0..=generation + 1 {
                    prop_assert!(escalation.clone().redeem(old, "h7", &policy, now).is_err());
                }
            }
            let is_held = matches!(before.state, State::Acknowledged { .. } | State::Over);
            if is_held && !is_unanswered && !matches!(event, Event::Escalate | Event::Reopen) {
                let paged = effects.iter().any(|effect| !matches!(effect, Effect::Remind { .. }));
                prop_assert!(!paged, "{effects:?} though {before:?}");
            }
            // Woken twice at the same time, it says nothing more; stored and read, it is the same.
            prop_assert!(escalation.clone().due(&policy, &|_| true, now).is_empty() || !due_was_called(&event));
            let text = serde_json::to_string(&escalation).expect("JSON");
            prop_assert_eq!(&serde_json::from_str::<Escalation>(&text).expect("read back"), &escalation);
        }
    }
}

/// Whoever is called has the severity's time to respond, and is called at every address when it is over, no sooner.
fn answers_are_waited_for(
    before: &Escalation,
    after: &Escalation,
    effects: &[Effect],
    now: Time,
) -> Result<(), TestCaseError> {
    let late = |escalation: &Escalation, step| {
        let mut called = escalation.called.iter().filter(|called| called.step == step);
        called.next().map(|called| called.by.min(called.at + after.severity.policy().respond_within))
    };
    for effect in effects {
        match effect {
            Effect::Page { step, .. } => prop_assert!(late(after, *step).is_some_and(|by| by > now), "{after:?}"),
            Effect::Overdue { step, .. } => prop_assert!(late(before, *step).is_some_and(|by| by <= now), "{before:?}"),
            _ => {}
        }
    }
    for called in before.called.iter().filter(|_| waits_for_somebody(after) && after.started_at == before.started_at) {
        let is_said =
            effects.iter().any(|effect| matches!(effect, Effect::Overdue { step, .. } if *step == called.step));
        prop_assert!(is_said || after.called.iter().any(|kept| (kept.step, kept.at) == (called.step, called.at)));
    }
    Ok(())
}

/// What somebody has, and was asked about, is theirs until the time to answer is over, and no longer.
fn an_answer_is_waited_for(escalation: &Escalation, policy: &Policy) -> Result<(), TestCaseError> {
    let Some(asked) = &escalation.asked else { return Ok(()) };
    prop_assert!(escalation.holder().is_some(), "{escalation:?}");
    let mut later = escalation.clone();
    later.due(policy, &|_| true, asked.until - Span::from_seconds(1));
    let ends = matches!(escalation.state, State::Snoozed { until, .. } if until < asked.until);
    prop_assert!(later.holder().is_some() || ends, "{later:?}");
    prop_assert!(escalation.next_wake().is_some_and(|wake| wake <= asked.until));
    prop_assert!(!escalation.clone().due(policy, &|_| true, asked.until).is_empty());
    Ok(())
}

const fn due_was_called(event: &Event) -> bool {
    matches!(event, Event::Wake | Event::OnTime | Event::Escalate | Event::Rate(_) | Event::Assign | Event::Reopen)
}
