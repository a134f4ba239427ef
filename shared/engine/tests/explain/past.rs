//! The past is told as it was, or not at all.

use std::collections::BTreeMap;

use domain::id::{Fingerprint, GroupId};
use domain::units::{Span, Time};
use proptest::prelude::*;
use simulator::World;
use tocsin_engine::explain::{Check, Explanation, Said, Subject};

use crate::setup::{ALERTS, BEGIN, Happens, act, ask, fingerprint, happens, run, setup};

/// What held the alert back, by group and question.
fn found(explanation: &Explanation) -> BTreeMap<(GroupId, Check), &Said> {
    let steps = explanation.steps.iter().filter_map(|step| match &step.said {
        said @ (Said::Held { check, .. } | Said::Free { check } | Said::NotKept { check, .. }) => {
            Some(((step.group.clone()?, *check), said))
        }
        _ => None,
    });
    steps.collect()
}

/// Severities and labels are not kept, so here each alert keeps its own.
fn with_its_severity(happens: &Happens) -> Happens {
    match happens {
        Happens::Fires(alert, _) => Happens::Fires(*alert, usize::from(*alert) % 4),
        other => other.clone(),
    }
}

fn stored(world: &World) -> Vec<Fingerprint> {
    let all = (0..ALERTS).map(fingerprint);
    all.filter(|one| world.lock().alerts.contains_key(one.as_str())).collect()
}

fn forget_silences(world: &World, ended_before: Time) {
    world.lock().silences.retain(|_, silence| silence.ends_at > ended_before);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_of_the_past_was_so(
        stream in proptest::collection::vec(happens(), 2..24),
        later in prop_oneof![0..9_000_u32, Just(5 * 86_400), 5 * 86_400..6 * 86_400_u32],
    ) {
        let (world, setup) = (World::at(BEGIN), setup());
        let ask = |alert: &Fingerprint, at, now| ask(&world, &setup, &Subject::Alert(alert.clone()), at, now);
        let (mut now, mut then) = (BEGIN, Vec::new());
        for (after, happens) in &stream {
            let next = now + Span::from_seconds(*after);
            run(&world, &setup, now, next);
            // Of a second in which something happens the end counts.
            let before = next - Span::from_seconds(1);
            if before > now {
                then.extend(stored(&world).into_iter().map(|alert| (ask(&alert, before, before), before, alert)));
            }
            now = next;
            act(&world, &setup, &with_its_severity(happens), now);
        }
        let next = now + Span::from_seconds(later);
        run(&world, &setup, now, next);
        forget_silences(&world, next - Span::DAY.times(5));
        for (explained, at, alert) in then {
            let past = ask(&alert, at, next);
            let (was, says) = (found(&explained), found(&past));
            let fired = past.steps.iter().any(|step| step.said == Said::Then { fired: Some(true) });
            for (question, says) in says {
                // In what group it was then is not kept; and what did not fire was held back by nothing.
                let Some(was) = was.get(&question).filter(|_| fired) else { continue };
                match (says, was) {
                    (Said::NotKept { .. }, _) => prop_assert!(matches!(question.1, Check::Inhibited | Check::Silenced | Check::MutedUntilResolved)),
                    (says, was) => prop_assert_eq!(says, *was, "{} at {}, asked at {}", alert, at, next),
                }
            }
        }
    }
}
