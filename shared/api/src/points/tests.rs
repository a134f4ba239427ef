use domain::metric::{Asked, FailureKind, Remark, Sample};

use super::*;

const MINUTE: Span = Span::MINUTE;

fn minute(number: i64) -> Time {
    Time::from_epoch(number * 60)
}

fn chunk(tick: i64, (from, until): (i64, i64), outcome: Outcome) -> Chunk {
    let asked = |series: &str, outcome| Asked {
        series: series.parse().unwrap(),
        from: minute(from),
        until: minute(until),
        outcome,
        remark: Remark::default(),
    };
    let other = Outcome::Read(vec![Sample { at: minute(from), value: Value::Number(99.0) }]);
    Chunk { shard: 0, tick: minute(tick), asked: vec![asked("a/other", other), asked("a/x", outcome)] }
}

fn read(tick: i64, range: (i64, i64), samples: &[(i64, Value)]) -> Chunk {
    let samples = samples.iter().map(|(at, value)| Sample { at: minute(*at), value: *value });
    chunk(tick, range, Outcome::Read(samples.collect()))
}

fn failed(tick: i64, range: (i64, i64)) -> Chunk {
    let failure = Failure { kind: FailureKind::Throttled, detail: format!("tick {tick}") };
    chunk(tick, range, Outcome::Failed(failure))
}

const ONE: Value = Value::Number(1.0);

/// Six minutes as letters: `.` unknown, `-` empty, `!` failed, a digit the value.
fn check(chunks: &[Chunk], step: Span, merge: Merge, expected: &str) {
    let mut cells = Cells::new(minute(0), minute(6), MINUTE);
    for chunk in chunks {
        cells.add(chunk, &"a/x".parse().unwrap());
    }
    let letter = |step: &Step| match &step.verdict {
        Verdict::Unknown => ".".to_owned(),
        Verdict::Empty => "-".to_owned(),
        Verdict::Failed(_) => "!".to_owned(),
        Verdict::Value(value) => value.to_string(),
    };
    let found: Vec<String> = step::steps(&cells, step, merge).iter().map(letter).collect();
    assert_eq!(found.join(" "), expected);
}

#[test]
fn unknown_empty_failed_and_a_value_are_four_things() {
    let sum = Merge::Sum;
    check(&[], MINUTE, sum, ". . . . . .");
    check(&[read(3, (0, 3), &[(1, ONE)])], MINUTE, sum, "- 1 - . . .");
    check(&[failed(3, (1, 3))], MINUTE, sum, ". ! ! . . .");
    check(&[failed(3, (0, 3)), read(4, (1, 4), &[(2, ONE)])], MINUTE, sum, "! - 1 - . .");
    check(&[read(3, (0, 3), &[(1, ONE)]), failed(4, (0, 4))], MINUTE, sum, "- 1 - ! . .");
    let revised = [read(3, (0, 3), &[(1, ONE)]), read(4, (0, 4), &[(1, Value::Number(5.0))])];
    check(&revised, MINUTE, sum, "- 5 - - . .");
    check(&[read(9, (-5, 9), &[(-1, ONE), (7, ONE), (5, ONE)])], MINUTE, sum, "- - - - - 1");
}

#[test]
fn steps_merge_as_the_statistic_needs() {
    let two = Span::from_minutes(2);
    let number = Value::Number;
    let numbers = [read(6, (0, 6), &[(0, number(1.0)), (1, number(3.0)), (2, number(4.0))])];
    check(&numbers, two, Merge::Sum, "4 4 -");
    check(&numbers, two, Merge::Mean, "2 4 -");
    check(&numbers, two, Merge::Minimum, "1 4 -");
    check(&numbers, two, Merge::Maximum, "3 4 -");
    let mean = |sum, count| Value::Mean { sum, count };
    let means = [read(6, (0, 4), &[(0, mean(90.0, 9.0)), (1, mean(0.0, 1.0))])];
    check(&means, two, Merge::Mean, "9 - .");
    check(&[failed(6, (0, 3)), read(7, (2, 3), &[])], two, Merge::Sum, "! . .");
    let huge = [read(6, (0, 2), &[(0, number(f64::MAX)), (1, number(f64::MAX))])];
    check(&huge, two, Merge::Sum, "! . .");
}

#[test]
fn what_a_step_lacks_is_counted() {
    let mut cells = Cells::new(minute(0), minute(6), MINUTE);
    for chunk in [failed(3, (2, 4)), read(4, (0, 3), &[(0, ONE)])] {
        cells.add(&chunk, &"a/x".parse().unwrap());
    }
    let steps = step::steps(&cells, Span::from_minutes(6), Merge::Sum);
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].verdict, Verdict::Value(1.0));
    assert_eq!(steps[0].missing, Missing { empty: 2, failed: 1, unknown: 2 });
}
