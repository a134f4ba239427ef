//! The clocks of the severities.

use super::{clock_policy, play, world};
use crate::incident::Severity;

fn check(severity: Severity, script: &[(u32, &str)], expected: &[&str]) {
    let mut world = world(clock_policy(&["ann", "bob"], 0), severity);
    play(&mut world, script);
    assert_eq!(world.log, expected, "{severity} {script:?}");
}

/// SEV1 respond 5 min, escalate 15 min; SEV2 15/30 min; SEV3 1 h/2 h; SEV4 4 h/8 h.
#[test]
fn a_policy_without_delays_keeps_the_severitys() {
    for (severity, respond, escalate) in
        [(Severity::Sev1, 5, 15), (Severity::Sev2, 15, 30), (Severity::Sev3, 60, 120), (Severity::Sev4, 240, 480)]
    {
        let first = "0 page 1.1 ann".to_owned();
        let overdue = format!("{respond} overdue ann");
        let second = format!("{escalate} page 1.2 bob");
        let last = format!("{} fallback everybody", 2 * escalate);
        let all = [&*first, &overdue, &second, &last];
        check(severity, &[(respond - 1, "wait")], &all[..1]);
        check(severity, &[(escalate - 1, "wait")], &all[..2]);
        check(severity, &[(2 * escalate - 1, "wait")], &all[..3]);
        check(severity, &[(2 * escalate + 59, "wait")], &all);
        check(severity, &[(respond - 1, "ack ann"), (5000, "wait")], &all[..1]);
    }
}

#[test]
fn worse_brings_the_next_step_forward_and_less_bad_does_not_put_it_off() {
    let worse = ["0 page 1.1 ann", "20 overdue ann", "20 page 1.2 bob", "35 fallback everybody"];
    // Both clocks of SEV1 are over when it becomes SEV1: the step is paged, which says it all.
    check(Severity::Sev3, &[(20, "rate SEV1"), (40, "wait")], &[worse[0], worse[2], worse[3]]);
    let sooner = ["0 page 1.1 ann", "5 overdue ann", "15 page 1.2 bob", "30 fallback everybody"];
    check(Severity::Sev3, &[(3, "rate SEV1"), (40, "wait")], &sooner);
    let less = ["0 page 1.1 ann", "5 overdue ann", "15 page 1.2 bob", "135 fallback everybody"];
    check(Severity::Sev1, &[(3, "rate SEV3"), (140, "wait")], &less);
}

#[test]
fn a_declared_delay_goes_before_the_clock() {
    let mut policy = clock_policy(&["ann", "bob", "joe"], 0);
    policy.steps[1].after = Some("40m".parse().unwrap());
    let mut world = world(policy, Severity::Sev1);
    play(&mut world, &[(70, "wait")]);
    let expected = ["0 page 1.1 ann", "5 overdue ann", "40 page 1.2 bob", "55 page 1.3 joe", "70 fallback everybody"];
    assert_eq!(world.log, expected);
}

#[test]
fn a_first_step_may_wait() {
    let mut policy = clock_policy(&["ann", "bob"], 0);
    policy.steps[0].after = Some("10m".parse().unwrap());
    let mut world = world(policy, Severity::Sev1);
    play(&mut world, &[(12, "wait")]);
    assert_eq!(world.log, ["10 page 1.1 ann"]);
}
