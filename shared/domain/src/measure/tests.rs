use proptest::prelude::*;

use super::*;
use crate::anomaly::ALARM_SCORE;

const MINUTE: Span = Span::MINUTE;
const WEEK: i64 = 7 * 86_400;

/// A Monday, 00:00 UTC.
const MONDAY: i64 = 1_767_571_200;

struct Watch {
    measure: Measure,
    memory: Memory,
    at: Time,
}

impl Watch {
    fn of(measure: Measure, period: Span) -> Self {
        let memory = Memory::begin(&measure, period);
        Self { measure, memory, at: Time::from_epoch(MONDAY) }
    }

    fn look(&mut self, cell: Cell) -> Measured {
        let found = self.memory.look(&self.measure, cell, self.at);
        self.at = self.at + self.memory.period();
        found
    }

    fn feed(&mut self, values: impl IntoIterator<Item = f64>) {
        for value in values {
            self.look(Cell::Value(value));
        }
    }

    /// The measure of `value`, told to one decimal.
    fn tenths(&mut self, value: f64) -> Option<f64> {
        match self.look(Cell::Value(value)).cell {
            Cell::Value(number) => Some((number * 10.0).round() / 10.0),
            _ => None,
        }
    }
}

/// Ten and a bit, now above, now below.
fn around_ten(count: usize) -> impl Iterator<Item = f64> {
    (0..count).map(|index| if index % 2 == 0 { 9.0 } else { 11.0 })
}

#[test]
fn a_z_score_counts_standard_deviations() {
    let mut watch = Watch::of(Measure::ZScore { over: Span::HOUR }, MINUTE);
    watch.feed(around_ten(29));
    assert_eq!(watch.tenths(10.0), None, "it still learns");
    watch.feed(around_ten(400));
    assert_eq!(watch.tenths(15.0), Some(5.0));
    assert_eq!(watch.tenths(10.0), Some(-0.1), "the outlier has moved the mean a little");
}

#[test]
fn the_median_does_not_mind_outliers() {
    let mut watch = Watch::of(Measure::Mad { over: Span::HOUR }, MINUTE);
    watch.feed(around_ten(60));
    watch.feed([1e9, 1e9, 1e9]);
    assert_eq!(watch.tenths(13.0), Some(0.7), "(13 - 11) / (1.4826 x 2)");
    assert_eq!(watch.look(Cell::Value(10.0)).note.show(Unit::Count).unwrap(), "10 with median 11 and spread 2.97");
}

#[test]
fn a_constant_series_that_moves_is_as_far_off_as_can_be() {
    for measure in [Measure::ZScore { over: Span::HOUR }, Measure::Mad { over: Span::HOUR }] {
        let mut watch = Watch::of(measure, MINUTE);
        watch.feed([0.1; 100]);
        assert_eq!(watch.tenths(0.1), Some(0.0));
        assert_eq!(watch.tenths(0.2), Some(100.0));
        assert_eq!(watch.tenths(0.1).map(f64::abs).map(|z| z < 1.0), Some(true));
    }
}

/// Orders of an hour of the week: by day 100, at night 10, at the weekend a third.
fn orders(at: Time) -> f64 {
    let hour = (at.epoch() - MONDAY).rem_euclid(WEEK) / 3600;
    let by_day = if (8..20).contains(&(hour % 24)) { 100.0 } else { 10.0 };
    let weekend = if hour / 24 >= 5 { 0.3 } else { 1.0 };
    let jitter = (at.epoch() / 60 * 7919 % 11) as f64 / 10.0;
    by_day * weekend + jitter
}

fn weeks_of_orders(watch: &mut Watch, weeks: i64) {
    while watch.at < Time::from_epoch(MONDAY + weeks * WEEK + 12 * 3600) {
        let value = orders(watch.at);
        watch.look(Cell::Value(value));
    }
}

#[test]
fn each_hour_of_the_week_has_its_own_band() {
    let mut watch = Watch::of(Measure::WeekBand { weeks: 4 }, MINUTE.times(5));
    weeks_of_orders(&mut watch, 1);
    assert_eq!(watch.tenths(100.0), None, "one week is no habit");
    weeks_of_orders(&mut watch, 2);
    let Cell::Value(usual) = watch.look(Cell::Value(100.5)).cell else { panic!("it is known") };
    assert!(usual.abs() < 1.0, "{usual}");
    for _ in 0..11 {
        let Cell::Value(drop) = watch.look(Cell::Value(30.0)).cell else { panic!("it is known") };
        assert!(drop < -20.0, "{drop}: the hour is not held against itself");
    }
    let shown = watch.look(Cell::Value(30.0)).note.show(Unit::Count).unwrap();
    assert!(shown.starts_with("30 where this hour of the week has 100."), "{shown}");
}

#[test]
fn a_change_is_in_percent_of_the_earlier_time() {
    for (against, days) in [(Against::Yesterday, 1), (Against::LastWeek, 7)] {
        let mut watch = Watch::of(Measure::Change { against, over: MINUTE.times(15), at_least: 0.0 }, MINUTE.times(5));
        watch.feed(std::iter::repeat_n(200.0, days * 288 - 1));
        assert_eq!(watch.tenths(200.0), None, "there is no such time yet");
        watch.feed([200.0; 6]);
        assert_eq!(watch.tenths(140.0), Some(-10.0), "a third of the quarter of an hour has fallen by 30 %");
        watch.feed([140.0]);
        assert_eq!(watch.tenths(140.0), Some(-30.0));
        let shown = watch.look(Cell::Value(140.0)).note.show(Unit::Dollars).unwrap();
        assert!(shown.starts_with("140 USD after 200 USD "), "{shown}");
    }
}

#[test]
fn a_change_of_little_is_none() {
    let against = Against::Yesterday;
    let mut watch = Watch::of(Measure::Change { against, over: MINUTE.times(5), at_least: 20.0 }, MINUTE.times(5));
    watch.feed([1.0; 300]);
    assert_eq!(watch.tenths(19.0), Some(0.0));
    assert_eq!(watch.tenths(21.0), Some(2000.0));
    let mut empty = Watch::of(Measure::Change { against, over: MINUTE.times(5), at_least: 0.0 }, MINUTE.times(5));
    empty.feed([0.0; 300]);
    assert_eq!(empty.tenths(0.0), Some(0.0));
    assert_eq!(empty.tenths(1.0), Some(100_000.0), "anything is infinitely more than nothing");
}

#[test]
fn orders_are_held_against_their_hour_of_the_week() {
    let against = Against::Usual { weeks: 4 };
    let mut watch = Watch::of(Measure::Change { against, over: Span::HOUR, at_least: 0.0 }, MINUTE.times(5));
    weeks_of_orders(&mut watch, 2);
    let hour: Vec<f64> = (0..12).filter_map(|_| watch.tenths(50.0)).collect();
    assert_eq!(hour.len(), 12);
    assert!(hour[11] < -49.0 && hour[11] > -52.0, "{hour:?}");
}

#[test]
fn a_forecast_follows_the_trend() {
    let measure = Measure::Forecast { within: Span::HOUR.times(10), over: Span::HOUR.times(12) };
    let mut watch = Watch::of(measure, MINUTE.times(5));
    watch.feed((0..288).map(|index| 50.0 + f64::from(index) / 12.0 + f64::from(index * 7919 % 5) / 10.0));
    let found = watch.look(Cell::Value(74.0));
    let Cell::Value(ahead) = found.cell else { panic!("it is known") };
    assert!((ahead - 84.0).abs() < 0.1, "{ahead}");
    let shown = found.note.show(Unit::Percent).unwrap();
    assert!(shown.starts_with("74 % now, rises 1 % an hour: 84") && shown.ends_with("in 10h"), "{shown}");
}

#[test]
fn a_forecast_takes_noise_for_no_trend() {
    let measure = Measure::Forecast { within: Span::HOUR.times(10), over: Span::HOUR.times(12) };
    let mut watch = Watch::of(measure, MINUTE.times(5));
    watch.feed((0..288).map(|index| 50.0 + f64::from(index * 7919 % 101)));
    assert_eq!(watch.tenths(60.0), Some(60.0));
}

#[test]
fn a_cleared_disk_begins_a_new_history() {
    let measure = Measure::Forecast { within: Span::HOUR, over: Span::HOUR.times(4) };
    let mut watch = Watch::of(measure, MINUTE.times(5));
    watch.feed((0..96).map(f64::from));
    watch.feed((0..3).map(f64::from));
    assert_eq!(watch.tenths(3.0), None, "what was before the disk was cleared says nothing about the next hour");
    watch.feed((4..40).map(f64::from));
    assert_eq!(watch.tenths(40.0), Some(52.0));
}

#[test]
fn data_are_overdue_after_period_and_grace() {
    let due = Due::Every(Span::HOUR);
    let mut watch = Watch::of(Measure::Absence { due, grace: MINUTE.times(10), nonzero: true }, MINUTE.times(5));
    watch.feed([1.0]);
    for _ in 0..14 {
        assert_eq!(watch.look(Cell::Empty).cell, Cell::Value(0.0));
    }
    assert_eq!(watch.look(Cell::Value(0.0)).cell, Cell::Value(300.0), "a zero is no run");
    assert_eq!(watch.look(Cell::Unknown).cell, Cell::Unknown, "what could not be read may have been a run");
    let late = watch.look(Cell::Empty);
    assert_eq!(late.cell, Cell::Value(900.0));
    assert_eq!(late.note.show(Unit::Count).unwrap(), "nothing since 2026-01-05T00:05:00Z, overdue for 15m");
    assert_eq!(watch.look(Cell::Value(1.0)).cell, Cell::Value(0.0));
}

#[test]
fn a_job_is_due_by_the_clock_of_its_zone() {
    let cron = Cron::new("0 3 * * *", "Europe/Berlin").unwrap();
    let at = |text: &str| text.parse::<Time>().unwrap();
    let around = cron.around(at("2026-03-28T12:00:00Z"));
    assert_eq!(around, Some((at("2026-03-28T02:00:00Z"), at("2026-03-29T01:00:00Z"))), "summer time begins");
    let due = Due::Cron(cron);
    let mut watch = Watch::of(Measure::Absence { due, grace: MINUTE.times(30), nonzero: false }, MINUTE.times(10));
    watch.at = at("2026-03-28T12:00:00Z");
    let mut late = Vec::new();
    while watch.at < at("2026-03-29T02:00:00Z") {
        let end = watch.at + MINUTE.times(10);
        if watch.look(Cell::Empty).cell != Cell::Value(0.0) {
            late.push(end);
        }
    }
    assert_eq!(late.first(), Some(&at("2026-03-29T01:40:00Z")), "03:00 and half an hour of grace, in summer time");
    assert_eq!(watch.look(Cell::Value(7.0)).cell, Cell::Value(0.0));
    assert_eq!(watch.look(Cell::Empty).cell, Cell::Value(0.0), "until tomorrow all is well");
}

#[test]
fn what_is_no_time_is_refused() {
    for (fields, zone) in [
        ("0 3 * *", "UTC"),
        ("61 3 * * *", "UTC"),
        ("0 3 31 2 *", "UTC"),
        ("0 3 * * *", "Mars/Olympus"),
        ("0 0 3 * * *", "UTC"),
    ] {
        assert!(Cron::new(fields, zone).is_err(), "{fields} {zone}");
    }
    let error = Cron::new("0 3 * * *", "Berlin").unwrap_err().to_string();
    assert_eq!(error, "\"Berlin\" is not a time zone; write an IANA name such as \"Europe/Berlin\"");
}

#[test]
fn an_anomaly_has_the_detectors_score_and_reason() {
    let mut watch = Watch::of(Measure::Anomaly { sensitivity: 1.0, side: Direction::Down }, MINUTE.times(5));
    weeks_of_orders(&mut watch, 6);
    let mut alarms = Vec::new();
    for _ in 0..24 {
        let found = watch.look(Cell::Value(0.0));
        if matches!(found.cell, Cell::Value(score) if score >= ALARM_SCORE) {
            alarms.push(found.note.show(Unit::Count).unwrap());
        }
    }
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert!(alarms[0].contains("expected 100."), "{}", alarms[0]);
}

fn any_measure() -> impl Strategy<Value = Measure> {
    prop_oneof![
        Just(Measure::Anomaly { sensitivity: 1.0, side: Direction::Both }),
        Just(Measure::ZScore { over: Span::HOUR }),
        Just(Measure::Mad { over: Span::HOUR.times(6) }),
        Just(Measure::WeekBand { weeks: 2 }),
        Just(Measure::Change { against: Against::Yesterday, over: MINUTE.times(15), at_least: 1.0 }),
        Just(Measure::Change { against: Against::Usual { weeks: 2 }, over: Span::HOUR, at_least: 0.0 }),
        Just(Measure::Forecast { within: Span::HOUR, over: Span::HOUR.times(2) }),
        Just(Measure::Absence { due: Due::Every(Span::HOUR), grace: MINUTE, nonzero: true }),
        Just(Measure::Absence {
            due: Due::Cron(Cron::new("*/20 * * * *", "America/New_York").unwrap()),
            grace: MINUTE,
            nonzero: false
        }),
    ]
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        1 => Just(Cell::Unknown),
        1 => Just(Cell::Empty),
        1 => any::<f64>().prop_map(Cell::Value),
        8 => (0.0..100.0).prop_map(Cell::Value),
    ]
}

proptest! {
    #[test]
    fn a_stored_memory_goes_on_as_if_nothing_had_happened(
        measure in any_measure(),
        cells in proptest::collection::vec(any_cell(), 1..600),
        cut in 0_usize..600,
    ) {
        let mut memory = Memory::begin(&measure, MINUTE.times(15));
        let mut restored = memory.clone();
        for (index, cell) in cells.iter().enumerate() {
            let at = Time::from_epoch(MONDAY + 900 * i64::try_from(index).unwrap());
            if index == cut {
                restored = postcard::from_bytes(&postcard::to_extend(&restored, Vec::new()).unwrap()).unwrap();
            }
            let (one, other) = (memory.look(&measure, *cell, at).cell, restored.look(&measure, *cell, at).cell);
            let bits = |cell| if let Cell::Value(number) = cell { number.to_bits() } else { 0 };
            prop_assert_eq!(bits(one), bits(other));
            prop_assert!(!matches!(one, Cell::Value(number) if number.is_nan()), "{measure:?} {cell:?} {one:?}");
        }
        let stored = postcard::to_extend(&memory, Vec::new()).unwrap();
        prop_assert!(stored.len() <= 10 * 1024, "{measure:?}: {} bytes", stored.len());
    }
}
