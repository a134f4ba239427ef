//! Who has it: snooze, take-over, reminders, links.

use super::{check, goalert_policy, play, world};
use crate::escalation::{Escalation, Policy, Refused};
use crate::incident::Severity;
use crate::units::{Span, Time};

fn policy() -> Policy {
    goalert_policy(&[(30, "bob"), (30, "jane")], 1)
}

fn reminding() -> Policy {
    Policy { remind_every: Some(Span::from_minutes(30)), ..policy() }
}

#[test]
fn a_snooze_ends_in_a_page_of_the_first_step() {
    let script = [(40, "snooze ann 60"), (99, "wait")];
    check(policy(), &script, &["0 page 1.1 bob", "30 page 1.2 jane"]);
    let script = [(40, "snooze ann 60"), (130, "wait")];
    let expected = ["0 page 1.1 bob", "30 page 1.2 jane", "100 page 1.1 bob", "130 page 1.2 jane"];
    check(policy(), &script, &expected);
    check(policy(), &[(1, "snooze ann 60"), (2, "resolve"), (500, "wait")], &["0 page 1.1 bob"]);
    check(policy(), &[(1, "snooze ann 60"), (2, "ack bob"), (500, "wait")], &["0 page 1.1 bob"]);
}

#[test]
fn a_snooze_ends_when_it_becomes_worse() {
    let script = [(1, "snooze ann 600"), (20, "rate SEV1"), (30, "wait")];
    check(policy(), &script, &["0 page 1.1 bob", "20 page 1.1 bob"]);
}

#[test]
fn whoever_has_it_and_gives_no_word_when_it_is_worse_has_it_no_more() {
    let asked = ["0 page 1.1 bob", "20 remind ann"];
    let anew = [&asked[..], &["25 page 1.1 bob", "55 page 1.2 jane"]].concat();
    check(policy(), &[(1, "ack ann"), (20, "worse SEV1"), (60, "wait")], &anew);
    for word in ["word ann", "ack ann", "link 2 ann", "take bob", "take ann", "snooze ann 60"] {
        check(policy(), &[(1, "ack ann"), (20, "worse SEV1"), (24, word), (60, "wait")], &asked);
    }
    for other in ["word bob", "ack bob", "link 2 bob", "link 1 ann"] {
        let mut world = world(policy(), Severity::Sev4);
        play(&mut world, &[(1, "ack ann"), (20, "worse SEV1"), (24, other), (30, "wait")]);
        assert!(world.log.contains(&"25 page 1.1 bob".to_owned()), "{other}: {:?}", world.log);
    }
    // Worse once more: the shorter time holds.
    let script = [(1, "ack ann"), (10, "worse SEV2"), (22, "worse SEV1"), (30, "wait")];
    check(policy(), &script, &["0 page 1.1 bob", "10 remind ann", "22 remind ann", "25 page 1.1 bob"]);
    // The link of what was asked before is no answer to what is asked now.
    for (link, answers) in [("link 2 ann", false), ("link 3 ann", true)] {
        let mut world = world(policy(), Severity::Sev4);
        let asked = [(10, "worse SEV2"), (22, "worse SEV1")];
        play(&mut world, &[(1, "ack ann"), asked[0], asked[1], (23, link), (30, "wait")]);
        assert_eq!(world.log.contains(&"25 page 1.1 bob".to_owned()), !answers, "{link}: {:?}", world.log);
    }
    check(policy(), &[(1, "ack ann"), (20, "worse SEV1"), (21, "resolve"), (99, "wait")], &asked);
}

#[test]
fn the_link_of_a_reminder_is_a_word_once() {
    let reminders = ["0 page 1.1 bob", "40 remind ann", "72 remind ann"];
    check(reminding(), &[(10, "ack ann"), (42, "link 2 ann"), (99, "wait")], &reminders);
    let spent = "50 refused this link was used already, or the incident has begun anew since; use the latest message";
    let script = [(10, "ack ann"), (42, "link 2 ann"), (50, "link 2 ann"), (99, "wait")];
    check(reminding(), &script, &[reminders[0], reminders[1], spent, reminders[2]]);
}

#[test]
fn a_snooze_has_an_end_that_is_near() {
    let mut escalation = Escalation::start(&policy(), Severity::Sev1, Time::from_epoch(0));
    let now = Time::from_epoch(100);
    assert_eq!(escalation.snooze("ann", now, now), Err(Refused::SnoozePast));
    let far = now + Escalation::SNOOZE_MAX;
    assert_eq!(escalation.snooze("ann", far + Span::from_seconds(1), now), Err(Refused::SnoozeTooLong));
    assert_eq!(escalation.snooze("ann", far, now), Ok(()));
    assert_eq!((escalation.holder(), escalation.next_wake()), (Some("ann"), Some(far)));
    assert!(Refused::SnoozeTooLong.to_string().contains("7d at most"));
}

#[test]
fn the_holder_is_reminded_unless_heard() {
    let reminders = ["0 page 1.1 bob", "40 remind ann", "70 remind ann"];
    check(reminding(), &[(10, "ack ann"), (99, "wait")], &reminders);
    let script = [(10, "ack ann"), (39, "word ann"), (68, "word ann"), (97, "wait")];
    check(reminding(), &script, &reminders[..1]);
    check(reminding(), &[(10, "ack ann"), (39, "word bob"), (41, "wait")], &reminders[..2]);
    check(reminding(), &[(10, "ack ann"), (39, "resolve"), (99, "wait")], &reminders[..1]);
    check(policy(), &[(10, "ack ann"), (999, "wait")], &reminders[..1]);
}

#[test]
fn taking_over_changes_who_is_reminded() {
    let script = [(10, "ack ann"), (20, "take bob"), (55, "wait")];
    check(reminding(), &script, &["0 page 1.1 bob", "50 remind bob"]);
    check(reminding(), &[(10, "take bob"), (20, "wait")], &["0 page 1.1 bob"]);
}

#[test]
fn what_is_over_takes_nothing_but_a_reopen() {
    let over = "it is over; nobody is paged any more";
    let mut world = world(policy(), Severity::Sev4);
    play(&mut world, &[(1, "resolve")]);
    assert_eq!(world.escalation.next_wake(), None);
    world.log.clear();
    play(&mut world, &[(2, "ack a"), (2, "take a"), (2, "snooze a 5"), (2, "escalate a"), (2, "link 1 a")]);
    assert_eq!(world.log, vec![format!("2 refused {over}"); 5]);
    play(&mut world, &[(3, "reopen"), (4, "reopen"), (5, "wait")]);
    assert_eq!(world.log[5..], ["3 page 1.1 bob"]);
}

#[test]
fn a_link_works_once() {
    const SPENT: &str =
        "refused this link was used already, or the incident has begun anew since; use the latest message";
    let spent = |minute: u32| format!("{minute} {SPENT}");
    let pages = ["0 page 1.1 bob", "30 page 1.2 jane"];
    // The link of an earlier step works until somebody has it.
    check(policy(), &[(35, "link 1 bob"), (500, "wait")], &pages);
    check(policy(), &[(35, "link 3 bob")], &[pages[0], pages[1], &spent(35)]);
    let held = "36 refused bob has it already; take it over instead";
    check(policy(), &[(35, "link 1 bob"), (36, "link 2 jane")], &[pages[0], pages[1], held]);
    // Whoever had it gave it on: the old links are used up, the new page's works.
    let script = [(35, "link 1 bob"), (40, "escalate ann"), (41, "link 2 jane"), (42, "link 3 bob"), (400, "wait")];
    check(policy(), &script, &[pages[0], pages[1], "40 page 2.1 bob", &spent(41)]);
    let script = [(1, "resolve"), (2, "reopen"), (3, "link 1 bob"), (4, "link 2 bob"), (400, "wait")];
    check(policy(), &script, &[pages[0], "2 page 1.1 bob", &spent(3)]);
}

#[test]
fn sentences_read_well_and_the_stored_form_is_small() {
    let mut escalation = Escalation::start(&reminding(), Severity::Sev1, Time::from_epoch(0));
    let said = |effects: &[super::Effect]| effects.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let first = escalation.due(&reminding(), &|_| true, Time::from_epoch(0));
    assert_eq!(said(&first), "Step 1 of 2, round 1, pages bob: the incident began");
    let again = escalation.due(&reminding(), &|_| true, Time::from_epoch(300));
    assert_eq!(said(&again), "Step 1 pages bob again: no response within 5m");
    let second = escalation.due(&reminding(), &|_| true, Time::from_epoch(1800));
    assert_eq!(said(&second), "Step 2 of 2, round 1, pages jane: nobody acknowledged for 30m");
    escalation.acknowledge("jane", &reminding(), Time::from_epoch(1860)).unwrap();
    let remind = escalation.due(&reminding(), &|_| true, Time::from_epoch(3660));
    assert_eq!(said(&remind), "jane is asked for an update: no word for 30m");
    let text = serde_json::to_string(&escalation).unwrap();
    assert_eq!(serde_json::from_str::<Escalation>(&text).unwrap(), escalation);
    assert!(text.len() < 400, "{} bytes: {text}", text.len());
}
