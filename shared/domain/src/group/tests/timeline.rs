//! A group over time. A line of a story is `seconds what`; what comes out is each flush that tells or holds.

use super::*;

/// Plays `story`, flushes whenever a flush is due, until `until` seconds.
fn play(timing: &Timing, story: &[(u32, &str)], until: u32) -> Vec<String> {
    let at = |seconds| NOW + Span::from_seconds(seconds);
    let (mut group, mut view, mut log) = (empty(), View::default(), Vec::new());
    let mut steps = story.iter().peekable();
    loop {
        let next = steps.peek().map_or(until, |(seconds, _)| *seconds);
        if let Some(due) = group.next_wake().filter(|due| *due <= at(next)) {
            let Flushed { group: after, tell, verdict } = group.flush(&view, timing, due);
            assert!(after.next_wake().is_none_or(|wake| wake > due), "a flush always leads on");
            group = after;
            log.push(line(due.since(NOW), tell.as_ref(), &verdict));
            continue;
        }
        let Some((seconds, what)) = steps.next() else { return log };
        act(&mut group, &mut view, what, timing, at(*seconds));
    }
}

fn act(group: &mut Group, view: &mut View, what: &str, timing: &Timing, now: Time) {
    let (verb, index) = what.split_once(' ').expect("a verb and an alert");
    match verb {
        "fire" => drop(group.place(&alert(index), member(index, true, now), timing, now)),
        "resolve" => drop(group.place(&alert(index), member(index, false, now), timing, now)),
        "silence" => drop(view.held.insert(alert(index), silenced(None))),
        "unsilence" | "unmute" => drop(view.held.remove(&alert(index))),
        "acknowledge" => group.acknowledge(index, now),
        "mute" => drop(view.held.insert(alert(index), muted())),
        _ => panic!("no such verb: {verb}"),
    }
}

fn muted() -> Held {
    Held { cause: Cause::MutedUntilResolved { by: "ann".into() }, until: None }
}

fn line(at: Span, tell: Option<&Tell>, verdict: &Reason) -> String {
    let names = |all: &[Fingerprint]| {
        all.iter().map(|fingerprint| fingerprint.as_str().trim_start_matches("alert-")).collect::<Vec<_>>().join(",")
    };
    let kind = format!("{verdict:?}");
    let kind = kind.split([' ', '{']).next().unwrap_or_default();
    let told = tell.map(|tell| {
        format!(" {} firing [{}] resolved [{}]", tell.generation, names(&tell.firing), names(&tell.resolved))
    });
    format!("{} {kind}{}", at.seconds(), told.unwrap_or_default())
}

fn check(says: &str, story: &[(u32, &str)], until: u32, expected: &[&str]) {
    assert_eq!(play(&Timing::default(), story, until), expected, "{says}");
}

/// `TestAggrGroup` of prometheus/alertmanager, `dispatch/dispatch_test.go`, but that all resolved is told at once.
#[test]
fn waits_for_more_then_for_the_interval_and_empties_itself() {
    check(
        "the first after the wait, the second after the interval, the last at once",
        &[(0, "fire 1"), (10, "fire 2"), (40, "fire 3"), (400, "resolve 1"), (700, "resolve 2"), (760, "resolve 3")],
        20_000,
        &[
            "30 First 1 firing [1,2] resolved []",
            "330 NewAlerts 2 firing [1,2,3] resolved []",
            "630 Resolved 3 firing [2,3] resolved [1]",
            "760 AllResolved 4 firing [] resolved [2,3]",
        ],
    );
}

#[test]
fn what_is_over_before_it_is_told_is_never_told() {
    check("semantics: resolved before group_wait", &[(0, "fire 1"), (29, "resolve 1")], 9_000, &["30 NothingFiring"]);
    check(
        "it fires again within the wait, which goes on",
        &[(0, "fire 1"), (10, "resolve 1"), (20, "fire 1")],
        60,
        &["30 First 1 firing [1] resolved []"],
    );
    check(
        "a new life waits anew, and its notification has a name of its own",
        &[(0, "fire 1"), (40, "resolve 1"), (41, "fire 1"), (100, "resolve 1")],
        9_000,
        &[
            "30 First 1 firing [1] resolved []",
            "40 AllResolved 2 firing [] resolved [1]",
            "71 First 3 firing [1] resolved []",
            "100 AllResolved 4 firing [] resolved [1]",
        ],
    );
}

#[test]
fn an_unchanged_group_is_repeated_and_an_acknowledged_one_is_not() {
    let repeated: &[&str] = &[
        "30 First 1 firing [1] resolved []",
        "14430 Repeat 2 firing [1] resolved []",
        "28830 Repeat 3 firing [1] resolved []",
    ];
    check("every four hours, whatever comes twice", &[(0, "fire 1"), (60, "fire 1"), (90, "fire 1")], 30_000, repeated);
    check(
        "acknowledged: until something is new",
        &[(0, "fire 1"), (60, "acknowledge ann"), (20_000, "fire 2")],
        40_000,
        &[
            "30 First 1 firing [1] resolved []",
            "14430 Acknowledged",
            "20000 NewAlerts 2 firing [1,2] resolved []",
            "34400 Repeat 3 firing [1,2] resolved []",
        ],
    );
    check(
        "acknowledged: until it is resolved and fires again (issue 1860)",
        &[(0, "fire 1"), (60, "acknowledge ann"), (70, "resolve 1"), (80, "fire 1")],
        15_000,
        &[
            "30 First 1 firing [1] resolved []",
            "70 AllResolved 2 firing [] resolved [1]",
            "110 First 3 firing [1] resolved []",
            "14510 Repeat 4 firing [1] resolved []",
        ],
    );
}

#[test]
fn what_is_held_is_looked_at_each_interval_and_told_when_it_no_longer_is() {
    check(
        "silenced from the start",
        &[(0, "silence 1"), (1, "fire 1"), (400, "unsilence 1")],
        700,
        &["31 AllHeld", "331 AllHeld", "631 First 1 firing [1] resolved []"],
    );
    check(
        "one of two",
        &[(0, "silence 1"), (1, "fire 1"), (1, "fire 2"), (400, "unsilence 1"), (700, "resolve 2"), (800, "resolve 1")],
        9_000,
        &[
            "31 First 1 firing [2] resolved []",
            "331 NothingNew",
            "631 NoLongerHeld 2 firing [1,2] resolved []",
            "800 AllResolved 3 firing [] resolved [1,2]",
        ],
    );
    check(
        "it resolves while silenced: what was told has an end (issue 226)",
        &[(0, "fire 1"), (40, "silence 1"), (100, "resolve 1")],
        9_000,
        &["30 First 1 firing [1] resolved []", "100 AllResolved 2 firing [] resolved [1]"],
    );
    check(
        "it was told, silenced, and is told again no sooner than the repeat interval",
        &[(0, "fire 1"), (14_200, "silence 1"), (14_500, "unsilence 1")],
        20_000,
        &["30 First 1 firing [1] resolved []", "14430 AllHeld", "14730 Repeat 2 firing [1] resolved []"],
    );
}

#[test]
fn muted_until_resolved_is_told_when_it_is() {
    check(
        "no repeats, but the end (issue 3825)",
        &[(0, "fire 1"), (40, "mute 1"), (14_600, "resolve 1"), (14_650, "unmute 1"), (14_700, "fire 1")],
        14_740,
        &[
            "30 First 1 firing [1] resolved []",
            "14430 AllHeld",
            "14600 AllResolved 2 firing [] resolved [1]",
            "14730 First 3 firing [1] resolved []",
        ],
    );
}

#[test]
fn a_flush_that_comes_too_early_or_twice_changes_nothing() {
    let timing = Timing::default();
    let mut group = empty();
    assert_eq!(group.place(&alert(1), member("errors", false, NOW), &timing, NOW), Placed::NeverFired);
    assert_eq!((group.next_wake(), group.is_empty()), (None, true));
    assert_eq!(group.place(&alert(1), member("errors", true, NOW), &timing, NOW), Placed::Fires);
    let until = NOW + timing.wait;
    let early = group.clone().flush(&View::default(), &timing, NOW + Span::from_seconds(29));
    assert_eq!((early.verdict, early.tell, &early.group), (Reason::TooEarly { until }, None, &group));
    let once = group.clone().flush(&View::default(), &timing, until);
    assert_eq!(group.flush(&View::default(), &timing, until), once, "a crash before the commit");
    let twice = once.group.clone().flush(&View::default(), &timing, until);
    assert_eq!((twice.tell, &twice.group), (None, &once.group), "a wake that comes twice");
}

#[test]
fn an_old_change_is_refused() {
    let timing = Timing::default();
    let mut group = empty();
    group.place(&alert(1), member("errors", true, NOW + Span::MINUTE), &timing, NOW);
    let before = group.clone();
    assert_eq!(group.place(&alert(1), member("errors", false, NOW), &timing, NOW), Placed::Stale);
    assert_eq!(group, before);
}

#[test]
fn who_mutes_what_was_not_told_yet_is_told_of_its_end() {
    let timing = Timing::default();
    let view = View { held: BTreeMap::from([(alert(1), muted())]), muted: None };
    let mut group = empty();
    group.place(&alert(1), member("errors", true, NOW), &timing, NOW);
    let mut group = group.flush(&view, &timing, NOW + timing.wait).group;
    let end = NOW + Span::HOUR;
    group.place(&alert(1), member("errors", false, end), &timing, end);
    assert_eq!(group.flush(&view, &timing, end).verdict, Reason::AllResolved);
}

#[test]
fn what_was_muted_before_it_was_told_is_told_when_it_no_longer_is() {
    check(
        "and its end, too",
        &[(0, "fire 1"), (10, "mute 1"), (60, "unmute 1"), (700, "resolve 1")],
        1_000,
        &["30 AllHeld", "330 NoLongerHeld 1 firing [1] resolved []", "700 AllResolved 2 firing [] resolved [1]"],
    );
}
