//! Which policy calls, where several routes tell of one incident.

use super::{World, goalert_policy, play, world};
use crate::escalation::Policy;
use crate::incident::Severity;

fn two_policies(severity: Severity) -> World {
    let mut world = world(goalert_policy(&[(30, "bob"), (30, "jane")], 1), severity);
    world.others = vec![Policy { name: "other".parse().expect("a name"), ..goalert_policy(&[(30, "kim")], 1) }];
    world
}

#[test]
fn what_another_policy_is_named_for() {
    for (severity, script, expected) in [
        // Worse: it takes over from who is called, who has it, and who has put it off.
        (Severity::Sev2, vec![(10, "joins other SEV1"), (20, "wait")], vec!["0 page 1.1 bob", "10 page 1.1 kim"]),
        (
            Severity::Sev2,
            vec![(5, "ack ann"), (10, "joins other SEV1"), (20, "wait")],
            vec!["0 page 1.1 bob", "10 remind ann", "10 page 1.1 kim"],
        ),
        (
            Severity::Sev2,
            vec![(5, "snooze ann 600"), (10, "joins other SEV1"), (20, "wait")],
            vec!["0 page 1.1 bob", "10 remind ann", "10 page 1.1 kim"],
        ),
        // No worse: nobody has it, and whoever takes it takes that, too.
        (
            Severity::Sev2,
            vec![(10, "joins other SEV2"), (12, "ack ann"), (13, "joins other SEV2"), (60, "wait")],
            vec!["0 page 1.1 bob"],
        ),
        // No worse, and somebody has it: they are asked once, and without a word the other calls.
        (
            Severity::Sev2,
            vec![(5, "ack ann"), (10, "joins other SEV2"), (12, "joins other SEV2"), (60, "wait")],
            vec!["0 page 1.1 bob", "10 remind ann", "25 page 1.1 kim", "55 page 2.1 kim"],
        ),
        (
            Severity::Sev2,
            vec![(5, "ack ann"), (10, "joins other SEV3"), (20, "word ann"), (99, "wait")],
            vec!["0 page 1.1 bob", "10 remind ann"],
        ),
        (
            Severity::Sev2,
            vec![(5, "snooze ann 600"), (10, "joins other SEV2"), (30, "wait")],
            vec!["0 page 1.1 bob", "10 remind ann", "25 page 1.1 kim"],
        ),
        // Back, it is asked anew.
        (
            Severity::Sev2,
            vec![
                (5, "joins other SEV2"),
                (6, "resolve"),
                (7, "reopen"),
                (8, "ack ann"),
                (9, "joins other SEV2"),
                (10, "wait"),
            ],
            vec!["0 page 1.1 bob", "7 page 1.1 bob", "9 remind ann"],
        ),
        (Severity::Sev2, vec![(1, "resolve"), (10, "joins other SEV1"), (60, "wait")], vec!["0 page 1.1 bob"]),
    ] {
        let mut world = two_policies(severity);
        play(&mut world, &script);
        let log: Vec<&String> = world.log.iter().filter(|line| !line.contains(" overdue ")).collect();
        assert_eq!(log, expected, "{script:?}");
    }
}

#[test]
fn the_policy_before_has_joined() {
    let mut world = two_policies(Severity::Sev2);
    play(&mut world, &[(5, "joins other SEV1"), (6, "ack ann")]);
    assert_eq!(world.escalation.policy.as_str(), "other");
    let first = world.policy.clone();
    assert!(world.escalation.join(&first, Severity::Sev2, crate::units::Time::from_epoch(600)).is_empty());
    assert_eq!(world.escalation.asked, None, "who took it knew of that one's calls");
}
