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
        let too = format!("{} overdue bob", escalate + respond);
        let last = format!("{} fallback everybody", 2 * escalate);
        let all = [&*first, &overdue, &second, &too, &last];
        check(severity, &[(respond - 1, "wait")], &all[..1]);
        check(severity, &[(escalate - 1, "wait")], &all[..2]);
        check(severity, &[(escalate + respond - 1, "wait")], &all[..3]);
        check(severity, &[(2 * escalate - 1, "wait")], &all[..4]);
        check(severity, &[(2 * escalate + 59, "wait")], &all);
        check(severity, &[(respond - 1, "ack ann"), (5000, "wait")], &all[..1]);
    }
}

#[test]
fn worse_brings_the_next_step_forward_and_less_bad_does_not_put_it_off() {
    // Both clocks of SEV1 are over when it becomes SEV1.
    let worse = ["0 page 1.1 ann", "20 overdue ann", "20 page 1.2 bob", "25 overdue bob", "35 fallback everybody"];
    check(Severity::Sev3, &[(20, "rate SEV1"), (40, "wait")], &worse);
    let sooner = ["0 page 1.1 ann", "5 overdue ann", "15 page 1.2 bob", "20 overdue bob", "30 fallback everybody"];
    check(Severity::Sev3, &[(3, "rate SEV1"), (40, "wait")], &sooner);
    let less = ["0 page 1.1 ann", "5 overdue ann", "15 page 1.2 bob", "75 overdue bob", "135 fallback everybody"];
    check(Severity::Sev1, &[(3, "rate SEV3"), (140, "wait")], &less);
    // What SEV1 promised holds, though it became less bad and worse again.
    check(Severity::Sev1, &[(3, "rate SEV3"), (4, "rate SEV2"), (10, "wait")], &less[..2]);
}

#[test]
fn worse_brings_the_next_round_forward_though_nobody_stood_behind_the_last() {
    let nobody = [(0, "away ann"), (0, "away bob")];
    let skipped = ["0 skip ann", "0 skip bob", "0 fallback everybody"];
    for (worse, again) in [(3, "15 fallback everybody"), (20, "20 fallback everybody")] {
        let script = [&nobody[..], &[(worse, "rate SEV1"), (21, "wait")]].concat();
        check(Severity::Sev4, &script, &[&skipped[..], &[again]].concat());
    }
    // Who was called before the round that reached nobody does not shorten it.
    let mut world = world(clock_policy(&["ann"], 2), Severity::Sev4);
    play(&mut world, &[(479, "wait"), (479, "away ann"), (485, "rate SEV1"), (496, "wait")]);
    let steps = ["0 page 1.1 ann", "240 overdue ann", "480 skip ann", "480 fallback everybody"];
    assert_eq!(world.log, [&steps[..], &["495 skip ann", "495 fallback everybody"]].concat());
}

#[test]
fn worse_begins_anew_when_all_rounds_are_over() {
    let over = ["0 page 1.1 ann", "60 overdue ann", "120 page 1.2 bob", "180 overdue bob", "240 fallback everybody"];
    let anew = ["250 page 1.1 ann", "255 overdue ann", "265 page 1.2 bob", "270 overdue bob", "280 fallback everybody"];
    check(Severity::Sev3, &[(250, "rate SEV1"), (290, "wait")], &[&over[..], &anew].concat());
    check(Severity::Sev3, &[(250, "rate SEV4"), (290, "wait")], &over);
}

#[test]
fn a_declared_delay_goes_before_the_clock() {
    let mut policy = clock_policy(&["ann", "bob", "joe"], 0);
    policy.steps[1].after = Some("40m".parse().unwrap());
    let mut world = world(policy, Severity::Sev1);
    play(&mut world, &[(70, "wait")]);
    let steps = ["0 page 1.1 ann", "5 overdue ann", "40 page 1.2 bob", "45 overdue bob", "55 page 1.3 joe"];
    assert_eq!(world.log, [&steps[..], &["60 overdue joe", "70 fallback everybody"]].concat());
}

/// Each step has the severity's time to respond, from when it was called, however soon the next one is.
#[test]
fn a_delay_below_the_clock_takes_nobodys_time_to_respond() {
    let check = |after: &str, again: &str, script: &[(u32, &str)], expected: &[&str]| {
        let mut policy = clock_policy(&["ann", "bob"], 1);
        policy.steps[1].after = Some(after.parse().unwrap());
        policy.again_after = Some(again.parse().unwrap());
        let mut world = world(policy, Severity::Sev2);
        play(&mut world, script);
        assert_eq!(world.log, expected, "{after} {again} {script:?}");
    };
    let first = ["0 page 1.1 ann", "10 page 1.2 bob", "15 overdue ann", "25 overdue bob"];
    check("10m", "1h", &[(69, "wait")], &first);
    check("10m", "1h", &[(14, "ack bob"), (69, "wait")], &first[..2]);
    let by_hand = [first[0], first[1], "12 page 2.1 ann", first[2]];
    check("10m", "1h", &[(12, "escalate kim"), (20, "ack bob")], &by_hand);
    check("15m", "1h", &[(16, "wait")], &[first[0], "15 overdue ann", "15 page 1.2 bob"]);
    // Who is called again before the time is over has the time of the first call; then another.
    let again = ["0 page 1.1 ann", "4 page 1.2 bob", "8 page 2.1 ann", "12 page 2.2 bob", "15 overdue ann"];
    let end = ["16 fallback everybody", "19 overdue bob"];
    check("4m", "4m", &[(75, "wait")], &[&again[..], &end].concat());
    check("10m", "10m", &[(24, "wait")], &[first[0], first[1], first[2], "20 page 2.1 ann"]);
    let rest = ["25 overdue bob", "30 page 2.2 bob", "35 overdue ann", "40 fallback everybody", "45 overdue bob"];
    check("10m", "10m", &[(99, "wait")], &[&first[..3], &["20 page 2.1 ann"], &rest].concat());
    check("10m", "10m", &[(44, "ack bob"), (99, "wait")], &[&first[..3], &["20 page 2.1 ann"], &rest[..4]].concat());
}

#[test]
fn a_first_step_may_wait() {
    let mut policy = clock_policy(&["ann", "bob"], 0);
    policy.steps[0].after = Some("10m".parse().unwrap());
    let mut world = world(policy, Severity::Sev1);
    play(&mut world, &[(12, "wait")]);
    assert_eq!(world.log, ["10 page 1.1 ann"]);
}
