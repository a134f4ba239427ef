use proptest::prelude::*;

use super::*;

const FIVE_MINUTES: Span = Span::from_minutes(5);
const A_DAY: i64 = 288;
const STATE_BYTES_MAX: usize = 10_000;

/// The point of that number.
fn at(number: i64) -> Time {
    Time::from_epoch(1_790_000_100 + number * 300)
}

/// Noise between 0 and 1, the same for the same number.
fn noise(number: i64) -> f64 {
    (number.wrapping_mul(6_364_136_223_846_793_005).rotate_left(17) as u64 >> 40) as f64 / 16_777_216.0
}

/// High at noon, low at night, with some noise.
fn daily(number: i64) -> f64 {
    let angle = number as f64 / A_DAY as f64 * std::f64::consts::TAU;
    100.0 + 40.0 * angle.sin() + 4.0 * noise(number)
}

/// The numbers of the points that alarm, with what is said of them.
fn alarms(points: i64, value: impl Fn(i64) -> f64) -> Vec<(i64, String)> {
    alarms_with(&Tuning::default(), points, value)
}

fn alarms_with(tuning: &Tuning, points: i64, value: impl Fn(i64) -> f64) -> Vec<(i64, String)> {
    let mut detector = Detector::new(FIVE_MINUTES);
    let verdicts = (0..points).map(|number| (number, detector.observe(value(number), tuning, at(number))));
    verdicts.filter(|(_, verdict)| verdict.alarm).map(|(number, verdict)| (number, verdict.to_string())).collect()
}

#[test]
fn what_never_changes_never_alarms() {
    for constant in [0.0, 1.0, -3.5, 1e-9, 1e18] {
        assert_eq!(alarms(30 * A_DAY, |_| constant), [], "{constant}");
    }
}

#[test]
fn a_daily_rhythm_is_learned() {
    let told = alarms(20 * A_DAY, daily);
    assert!(told.len() <= 1, "{told:?}");
    let mut detector = Detector::new(FIVE_MINUTES);
    let verdicts = (0..10 * A_DAY).map(|n| (n, detector.observe(daily(n), &Tuning::default(), at(n))));
    let last_day = verdicts.skip(9 * A_DAY as usize).map(|(n, verdict)| (daily(n) - verdict.expected).abs());
    let error = last_day.sum::<f64>() / A_DAY as f64;
    assert!(error < 8.0, "what is expected is off by {error} on average");
}

#[test]
fn more_movement_than_ever_is_seen() {
    let mut noise = Noise::default();
    let mut look = |n: i64, width: f64| noise.look(if n % 2 == 0 { width } else { -width }, Rate::of(FIVE_MINUTES));
    let quiet = (0..10 * A_DAY).map(|n| look(n, 1.0)).last().expect("days have points");
    assert!(quiet.strength < 0.1 && (0.9..1.1).contains(&quiet.times), "{} {}", quiet.strength, quiet.times);
    let loud: Vec<_> = (0..20).map(|n| look(n, 5.0)).collect();
    assert!(loud.iter().any(|seen| seen.strength > 1.0));
    assert!(loud.last().is_some_and(|seen| seen.times > 1.5));
}

#[test]
fn the_largest_numbers_have_a_score() {
    let mut detector = Detector::new(FIVE_MINUTES);
    for number in 0..3 * A_DAY {
        let value = if number % 2 == 0 { f64::MAX } else { f64::MIN };
        let verdict = detector.observe(value, &Tuning::default(), at(number));
        assert!((0.0..=1.0).contains(&verdict.score) && verdict.expected.is_finite(), "{verdict:?}");
    }
}

#[test]
fn a_new_level_is_told_soon_and_then_taken_for_usual() {
    let told = alarms(20 * A_DAY, |n| if n < 10 * A_DAY { daily(n) } else { daily(n) + 150.0 });
    let after: Vec<_> = told.iter().filter(|(number, _)| *number >= 10 * A_DAY).collect();
    assert!(after[0].0 <= 10 * A_DAY + 2, "{told:?}");
    assert!(after.len() <= 2, "{told:?}");
    assert!(after[0].1.contains(" instead of "), "{told:?}");
}

#[test]
fn a_usual_value_at_an_unusual_hour_is_told() {
    let night = |n: i64| (12 * A_DAY..12 * A_DAY + 96).contains(&n);
    let told = alarms(13 * A_DAY, |n| if night(n) { daily(n + A_DAY / 2) } else { daily(n) });
    assert!(told.iter().any(|(number, _)| night(*number)), "{told:?}");
}

#[test]
fn a_series_that_stops_moving_is_told() {
    let told = alarms(14 * A_DAY, |n| if n < 12 * A_DAY { daily(n) } else { 100.0 });
    assert!(told.iter().any(|(number, _)| *number >= 12 * A_DAY), "{told:?}");
}

#[test]
fn only_the_side_that_counts_is_told() {
    let up = |n: i64| if n == 12 * A_DAY { 900.0 } else { daily(n) };
    for (direction, expected) in [(Direction::Both, true), (Direction::Up, true), (Direction::Down, false)] {
        let told = alarms_with(&Tuning { direction, ..Tuning::default() }, 13 * A_DAY, up);
        assert_eq!(told.iter().any(|(number, _)| *number == 12 * A_DAY), expected, "{direction}: {told:?}");
    }
}

#[test]
fn nothing_is_told_while_it_learns() {
    let told = alarms(2 * A_DAY, |n| if n % 50 == 0 { 1e6 * n as f64 } else { noise(n) });
    assert_eq!(told, []);
}

#[test]
fn a_counter_that_is_mostly_zero_is_told_of_its_first_burst() {
    let told = alarms(20 * A_DAY, |n| if (15 * A_DAY..15 * A_DAY + 6).contains(&n) { 7.0 } else { 0.0 });
    assert_eq!(told.first().map(|(number, _)| *number), Some(15 * A_DAY), "{told:?}");
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn what_is_no_number_leaves_no_trace() {
    let mut clean = Detector::new(FIVE_MINUTES);
    let mut disturbed = clean.clone();
    for number in 0..3 * A_DAY {
        let expected = clean.observe(daily(number), &Tuning::default(), at(number));
        for nonsense in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!disturbed.observe(nonsense, &Tuning::default(), at(number)).alarm);
        }
        assert_eq!(disturbed.observe(daily(number), &Tuning::default(), at(number)), expected);
    }
    assert_eq!(disturbed, clean);
}

#[test]
fn sentences_are_for_people() {
    let watched = Span::DAY.times(41);
    let level = View::Level { value: 93.21, span: 1, before: (12.0, 83.4), watched };
    assert_eq!(level.to_string(), "highest value so far: 93.21, after 12 to 83.4 in 41 days");
    let rhythm = View::Rhythm { value: 12_345_678.0, expected: 0.000_2, by_week: true };
    assert_eq!(
        rhythm.to_string(),
        "further than ever from what is usual at this hour and day of the week: 12345678 instead of 0.0002"
    );
    assert_eq!(View::Noise { times: 6.21 }.to_string(), "moves 6.2 times as much as usual");
    assert_eq!(View::Noise { times: 0.11 }.to_string(), "moves only 11 % as much as usual");
    let hour = View::Hour { value: 3.0, share: 0.004 };
    assert_eq!(hour.to_string(), "values like 3 are 0.40 % of those at this time of the day");
}

/// Values as they come: steps, noise, spikes, and the largest there are.
fn values() -> impl Strategy<Value = Vec<f64>> {
    let one = prop_oneof![8 => 0.0..100.0, 1 => Just(0.0), 1 => any::<f64>()];
    proptest::collection::vec(one, 1..1500)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn scores_are_shares_and_tell_alarms_apart(values in values(), interval in 1_u32..90_000) {
        let mut detector = Detector::new(Span::from_seconds(interval));
        for (number, value) in values.iter().enumerate() {
            let now = Time::from_epoch(number as i64 * i64::from(interval));
            let verdict = detector.observe(*value, &Tuning::default(), now);
            prop_assert!((0.0..=1.0).contains(&verdict.score), "{verdict:?}");
            prop_assert_eq!(verdict.alarm, verdict.score >= ALARM_SCORE);
        }
    }

    #[test]
    fn a_stored_state_goes_on_as_if_it_had_not_been(values in values(), cut in 0_usize..1500) {
        let tuning = Tuning::default();
        let mut whole = Detector::new(FIVE_MINUTES);
        let mut stored = whole.clone();
        for (number, value) in values.iter().enumerate() {
            if number == cut {
                let bytes = postcard::to_allocvec(&stored).expect("a state has a size");
                prop_assert!(bytes.len() <= STATE_BYTES_MAX, "{}", bytes.len());
                stored = postcard::from_bytes(&bytes).expect("and is read again");
            }
            let now = at(number as i64);
            prop_assert_eq!(whole.observe(*value, &tuning, now), stored.observe(*value, &tuning, now));
        }
    }
}
