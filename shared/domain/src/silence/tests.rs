//! Source: Alertmanager `silence/silence_test.go`.

use proptest::prelude::*;

use super::*;
use crate::label::tests as of_labels;

const NOW: Time = Time::from_epoch(1_800_000_000);

/// Minutes from now.
fn at(minutes: i64) -> Time {
    Time::from_epoch(NOW.epoch() + 60 * minutes)
}

fn silence(wanted: &str, starts: i64, ends: i64) -> Silence {
    Silence {
        id: SilenceId::given(format!("{wanted} {starts} {ends}")),
        version: 1,
        matchers: wanted.parse().expect("the text is a list of matchers"),
        starts_at: at(starts),
        ends_at: at(ends),
        by: "ada".to_owned(),
        comment: "a known fault".to_owned(),
        created_at: at(starts),
    }
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}

/// `TestQMatches`.
#[test]
fn a_silence_covers_what_satisfies_all_its_matchers() {
    let alert = labels(&[("job", "test"), ("instance", "web-1"), ("path", "/user/profile"), ("method", "GET")]);
    let cases = [
        ("job=test", true),
        ("job!=test", false),
        ("job=test,method=POST", false),
        ("job=test,method!=POST", true),
        ("path=~\"/user/.+\"", true),
        ("path!~\"/user/.+\"", false),
        ("path=~\"/user/.+\",path=~\"/nothing/.+\"", false),
    ];
    for (wanted, expected) in cases {
        let silences: Silences = [silence(wanted, -1, 1)].into_iter().collect();
        assert_eq!(silences.first_match(&alert, NOW).is_some(), expected, "{wanted}");
    }
}

#[test]
fn a_silence_is_pending_then_active_then_expired() {
    let silence = silence("a=b", 0, 1);
    assert_eq!(silence.state(at(-1)), SilenceState::Pending);
    assert_eq!(silence.state(at(0)), SilenceState::Active);
    assert_eq!(silence.state(Time::from_epoch(at(1).epoch() - 1)), SilenceState::Active);
    assert_eq!(silence.state(at(1)), SilenceState::Expired);
    let silences: Silences = [silence].into_iter().collect();
    let given = labels(&[("a", "b")]);
    let covered = |now| silences.first_match(&given, now).is_some();
    assert_eq!([at(-1), at(0), at(1)].map(covered), [false, true, false]);
}

/// `TestSilenceCanUpdate`, of which only the end can be asked.
#[test]
fn a_silence_ends_at_another_time_only_where_the_past_stays_true() {
    for (starts, ends, next, expected) in [
        (-60, 0, 60, "is over since"),
        (-60, 120, -1, "ends in the future"),
        (-60, 120, 0, "ends in the future"),
        (60, 120, 60, "ends after it starts"),
        (-60, 120, 366 * 24 * 60, "lasts at most 366d"),
        (-60, 120, 366 * 24 * 60 - 60, ""),
        (-60, 120, 180, ""),
        (-60, 120, 1, ""),
        (60, 120, 61, ""),
        (60, 120, 180, ""),
    ] {
        let old = silence("a=b", starts, ends);
        let next = old.clone().until(at(next), NOW).map(|silence| (silence.ends_at == at(next), silence));
        match next {
            Ok((moved, silence)) => {
                assert!(expected.is_empty() && moved, "{starts} {ends}: {silence:?}");
                assert_eq!(Silence { ends_at: old.ends_at, ..silence }, old);
            }
            Err(error) => assert!(!expected.is_empty() && error.to_string().contains(expected), "{error}"),
        }
    }
}

/// `TestSilenceExpire`.
#[test]
fn a_silence_is_expired_at_once() {
    let active = silence("a=b", -60, 60).expire(NOW).unwrap();
    assert_eq!((active.starts_at, active.ends_at, active.state(NOW)), (at(-60), NOW, SilenceState::Expired));
    let pending = silence("a=b", 10, 60).expire(NOW).unwrap();
    assert_eq!((pending.starts_at, pending.ends_at, pending.state(NOW)), (NOW, NOW, SilenceState::Expired));
    assert_eq!(silence("a=b", -60, 0).expire(NOW), Err(SilenceError::Expired(NOW)));
}

/// `TestValidateSilence`.
#[test]
fn a_silence_that_cannot_be_is_refused() {
    let check = |change: fn(&mut Silence), words: &str| {
        let mut silence = silence("a=b", 0, 60);
        change(&mut silence);
        let shown = silence.check(NOW).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(if words.is_empty() { shown.is_empty() } else { shown.contains(words) }, "{shown:?} {words:?}");
    };
    check(|_| {}, "");
    check(|silence| silence.matchers = Matchers::default(), "would silence every alert");
    check(|silence| silence.matchers = "a=\"\"".parse().unwrap(), "would silence every alert");
    check(|silence| silence.matchers = "a=\"\",b=~\".*\"".parse().unwrap(), "would silence every alert");
    check(|silence| silence.matchers = "a=\"\",b=~\".+\"".parse().unwrap(), "");
    check(|silence| silence.ends_at = silence.starts_at, "ends after it starts");
    check(|silence| (silence.starts_at, silence.ends_at) = (at(-60), NOW), "ends in the future");
    check(|silence| silence.ends_at = silence.starts_at + SILENCE_MAX + Span::MINUTE, "lasts at most 366d");
    check(|silence| silence.by = " ".to_owned(), "names who silences");
    check(|silence| silence.comment = String::new(), "names why");
    check(|silence| silence.comment = "x".repeat(COMMENT_BYTES_MAX + 1), "names why");
}

#[test]
fn of_several_the_one_that_ends_last_is_named() {
    let silences: Silences =
        [silence("a=b", -1, 5), silence("a=~.+", -1, 9), silence("a=b", 2, 99), silence("c=d", -1, 99)]
            .into_iter()
            .collect();
    let given = labels(&[("a", "b")]);
    assert_eq!(silences.first_match(&given, NOW).unwrap().ends_at, at(9));
    assert_eq!(silences.first_match(&given, at(9)).unwrap().ends_at, at(99));
}

proptest! {
    #[test]
    fn the_index_finds_what_a_scan_finds(
        given in proptest::collection::vec((of_labels::matchers(), -5i64..5, 1i64..5), 0..60),
        labels in of_labels::some_labels(),
    ) {
        let given = given.into_iter().map(|(matchers, starts, long)| {
            Silence { matchers, ..silence("a=b", starts, starts + long) }
        });
        let silences: Silences = given.collect();
        let scanned =
            silences.iter().find(|one| one.state(NOW) == SilenceState::Active && one.matchers.matches(&labels));
        prop_assert_eq!(silences.first_match(&labels, NOW), scanned);
    }
}
