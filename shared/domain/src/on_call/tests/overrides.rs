use super::*;

const LONG: [&str; 2] = ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"];

fn three() -> Schedule {
    let each = |name: &str| rotation(name, "1 week", "2025-01-06 09:00", vec![]);
    schedule("UTC", vec![each("rab"), each("baz"), each("bin")])
}

fn check_changes(changes: &[Change], expected: &str) {
    let made: Vec<Override> = changes.iter().map(|change| make(change.clone(), LONG[0], LONG[1])).collect();
    check(&three(), &made, "2026-01-10T00:00:00Z", expected);
    let reversed: Vec<Override> = made.into_iter().rev().collect();
    check(&three(), &reversed, "2026-01-10T00:00:00Z", expected);
}

/// The first is goalert's, `oncall/overridecalculator_test.go`.
#[test]
fn changes_do_what_they_say() {
    check_changes(&[add("foo"), replace("rab", "bar"), remove("baz")], "bar bin foo");
    check_changes(&[], "rab baz bin");
    check_changes(&[remove("rab"), remove("baz"), remove("bin")], "");
    check_changes(&[remove("nobody"), replace("nobody", "foo")], "rab baz bin");
    check_changes(&[add("baz")], "rab baz bin");
    check_changes(&[replace("rab", "bin")], "bin baz");
    // A swap is no circle, and who is added is on call whatever becomes of their turn.
    check_changes(&[replace("rab", "baz"), replace("baz", "rab")], "baz rab bin");
    check_changes(&[add("baz"), remove("baz")], "rab bin baz");
}

#[test]
fn the_one_that_began_later_is_the_one() {
    let early = make(replace("rab", "foo"), LONG[0], LONG[1]);
    let late = make(replace("rab", "bar"), "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z");
    for made in [[early.clone(), late.clone()], [late, early]] {
        check(&three(), &made, "2026-01-04T23:59:59Z", "foo baz bin");
        check(&three(), &made, "2026-01-05T00:00:00Z", "bar baz bin");
        check(&three(), &made, "2026-01-06T00:00:00Z", "foo baz bin");
    }
}

#[test]
fn they_begin_inclusive_and_end_exclusive_and_are_those_of_their_schedule() {
    let mut made = vec![make(remove("rab"), LONG[0], LONG[1])];
    check(&three(), &made, "2025-12-31T23:59:59Z", "rab baz bin");
    check(&three(), &made, LONG[0], "baz bin");
    check(&three(), &made, "2026-01-31T23:59:59Z", "baz bin");
    check(&three(), &made, LONG[1], "rab baz bin");
    made[0].schedule = "other".parse().unwrap();
    check(&three(), &made, LONG[0], "rab baz bin");
}

#[test]
fn ids_tell_changes_apart() {
    let made = make(remove("rab"), LONG[0], LONG[1]);
    assert_eq!(made.id, make(remove("rab"), LONG[0], LONG[1]).id);
    for other in [make(add("rab"), LONG[0], LONG[1]), make(remove("rab"), LONG[0], "2026-02-02T00:00:00Z")] {
        assert_ne!(made.id, other.id);
    }
}

#[test]
fn a_rotation_knows_who_stands_in_but_not_who_was_added() {
    let mut schedule = three();
    let names = ["first", "second", "third"];
    for (rotation, name) in schedule.rotations.iter_mut().zip(names) {
        rotation.name = name.parse().unwrap();
    }
    let check = |changes: &[Change], expected: [&str; 3]| {
        let made: Vec<Override> = changes.iter().map(|change| make(change.clone(), LONG[0], LONG[1])).collect();
        for (name, expected) in names.into_iter().zip(expected) {
            let found = schedule.on_call_in(&name.parse().unwrap(), &made, at("2026-01-10T00:00:00Z"));
            assert_eq!(found, Some(people(expected)), "{name} {changes:?}");
            let before = schedule.on_call_in(&name.parse().unwrap(), &made, at("2024-01-10T00:00:00Z"));
            assert_eq!(before, Some(Vec::new()), "{name} before it begins");
        }
    };
    check(&[], ["rab", "baz", "bin"]);
    check(&[replace("rab", "baz"), remove("bin"), add("foo")], ["baz", "baz", ""]);
    assert_eq!(schedule.on_call_in(&"fourth".parse().unwrap(), &[], at(LONG[0])), None);
}
