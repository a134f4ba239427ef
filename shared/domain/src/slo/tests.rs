use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::incident::Severity;
use crate::units::Time;

const MINUTE: Span = Span::MINUTE;

/// 99.9 % over thirty days.
fn slo() -> Slo {
    Slo {
        name: "up".parse().unwrap(),
        service: "shop".parse().unwrap(),
        description: String::new(),
        indicator: Indicator::Requests {
            part: "shop/errors".parse().unwrap(),
            which: Part::Bad,
            total: "shop/requests".parse().unwrap(),
        },
        objective: "99.9%".parse().unwrap(),
        period: Period::Rolling(Span::DAY.times(30)),
        exclusions: Vec::new(),
        burn_rates: usual(Span::DAY.times(30)),
        guard: Guard::default(),
        no_data: WhenEmpty::Ignore,
        gate: Some(Reopen::default()),
        settle: MINUTE,
        cooldown: Span::from_minutes(10),
        category: Category::Technical,
        labels: Labels::default(),
    }
}

fn at(minute: u32) -> Time {
    Time::from_epoch(1_770_000_000).floor(Span::DAY) + MINUTE.times(minute)
}

fn counted(total: f64, bad: f64) -> Step {
    Step::Counted(Count::of(total, bad).unwrap())
}

/// Drives an objective minute by minute and remembers what it told.
struct Drive {
    slo: Slo,
    counter: Counter,
    minute: u32,
    told: BTreeSet<Severity>,
    /// Minute and severity, each time one began to fire.
    fired: Vec<(u32, Severity)>,
}

impl Drive {
    fn new(slo: Slo) -> Self {
        let counter = Counter::new(slo.shape(MINUTE), at(0));
        Self { slo, counter, minute: 0, told: BTreeSet::new(), fired: Vec::new() }
    }

    fn minute(&mut self, step: Step) -> Budget {
        self.counter.count(step, at(self.minute));
        self.minute += 1;
        let budget = self.slo.budget(&self.counter);
        for severity in self.slo.severities() {
            let fires = self.told.contains(&severity);
            if self.slo.burning(&self.counter, severity, fires, &budget).is_none() {
                self.told.remove(&severity);
            } else if self.told.insert(severity) {
                self.fired.push((self.minute, severity));
            }
        }
        budget
    }

    fn minutes(&mut self, count: u32, total: f64, bad: f64) {
        for _ in 0..count {
            self.minute(counted(total, bad));
        }
    }

    fn pages(&self) -> usize {
        self.fired.iter().filter(|(_, severity)| *severity <= Severity::Sev2).count()
    }
}

/// A generator with a fixed seed: splitmix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A minute of requests that come at `per_hour` on average, each bad with probability `ratio`.
    fn requests(&mut self, per_hour: f64, ratio: f64) -> Step {
        let (mut total, mut wait) = (0.0, -self.next().ln());
        while wait < per_hour / 60.0 {
            total += 1.0;
            wait -= self.next().ln();
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few events")]
        let bad = (0..total as u32).filter(|_| self.next() < ratio).count();
        counted(total, bad as f64)
    }
}

const MONTH: u32 = 30 * 24 * 60;

#[test]
fn a_met_objective_at_low_traffic_hardly_pages() {
    for (per_hour, months, at_most) in [(10.0, 10, 2), (60.0, 10, 2), (100.0, 10, 2), (300.0, 10, 2)] {
        let mut dice = Dice(7);
        let mut drive = Drive::new(slo());
        for _ in 0..months * MONTH {
            drive.minute(dice.requests(per_hour, 0.0005));
        }
        assert!(drive.pages() <= at_most, "{per_hour} an hour: {} pages in {months} months", drive.pages());
    }
}

#[test]
fn without_the_guard_it_would_page_all_the_time() {
    let mut dice = Dice(7);
    let guard = Guard { events: 0, confidence: 1e-9 };
    let mut drive = Drive::new(Slo { guard, ..slo() });
    for _ in 0..MONTH {
        drive.minute(dice.requests(60.0, 0.0005));
    }
    assert!(drive.pages() >= 15, "{}", drive.pages());
}

#[test]
fn an_outage_at_one_request_a_minute_pages_within_five() {
    let mut drive = Drive::new(slo());
    drive.minutes(MONTH, 1.0, 0.0);
    drive.minutes(10, 1.0, 1.0);
    assert_eq!(drive.fired.first(), Some(&(MONTH + 4, Severity::Sev2)));
}

#[test]
fn a_burn_of_a_hundred_pages_within_twenty_minutes() {
    let mut drive = Drive::new(slo());
    drive.minutes(MONTH, 10.0, 0.0);
    drive.minutes(20, 10.0, 1.0);
    let (minute, severity) = drive.fired[0];
    assert_eq!((minute - MONTH, severity), (15, Severity::Sev2));
}

#[test]
fn nothing_fires_before_a_long_window_was_seen_unless_the_budget_is_gone() {
    let mut slow = Drive::new(slo());
    slow.minutes(59, 100.0, 2.0);
    assert_eq!(slow.fired, []);
    slow.minutes(1, 100.0, 2.0);
    assert_eq!(slow.fired, [(60, Severity::Sev2)], "two per cent: a burn rate of 20");
    // All of it bad: a thousandth of thirty days is 43 minutes.
    let mut gone = Drive::new(slo());
    gone.minutes(3, 100.0, 0.0);
    gone.minutes(60, 100.0, 100.0);
    assert_eq!(gone.fired.first(), Some(&(47, Severity::Sev2)));
    let mut hour = Drive::new(Slo { period: Period::Rolling(Span::DAY), burn_rates: usual(Span::DAY), ..slo() });
    hour.minutes(3, 100.0, 0.0);
    hour.minutes(60, 100.0, 100.0);
    assert_eq!(hour.fired.first(), Some(&(5, Severity::Sev2)), "of a day it is 1.44 minutes");
}

#[test]
fn an_alert_ends_with_the_burning() {
    let mut drive = Drive::new(slo());
    drive.minutes(MONTH, 100.0, 0.0);
    drive.minutes(30, 100.0, 10.0);
    assert!(drive.told.contains(&Severity::Sev2));
    // Two bad minutes of thirty are above six times the budget, one is not.
    drive.minutes(28, 100.0, 0.0);
    assert!(drive.told.contains(&Severity::Sev2));
    drive.minutes(1, 100.0, 0.0);
    assert!(drive.told.is_empty(), "{:?}", drive.told);
}

/// Few events would not have been enough to begin, and are enough to go on.
#[test]
fn an_alert_goes_on_when_events_become_few() {
    let mut drive = Drive::new(Slo { burn_rates: slo().burn_rates[..1].to_vec(), ..slo() });
    drive.minutes(MONTH, 1.0, 0.0);
    drive.minutes(30, 1.0, 1.0);
    drive.minutes(55, 0.0, 0.0);
    assert!(drive.told.contains(&Severity::Sev2), "five bad requests of five are left in the hour");
    assert_eq!(drive.pages(), 1, "{:?}", drive.fired);
    let mut calm = Drive::new(slo());
    calm.minutes(MONTH, 0.0, 0.0);
    calm.minutes(3, 1.0, 1.0);
    assert_eq!(calm.fired, [], "three events are no reason to begin");
}

/// An exclusion that is taken back counts again, also before the steps that are kept.
#[test]
fn an_exclusion_can_be_taken_back() {
    let hour = |from: u32, hours: u32| Exclusion::Once {
        from: at(from * 60),
        until: at((from + hours) * 60),
        reason: String::new(),
    };
    let mut slo = Slo { exclusions: vec![hour(24, 2)], ..slo() };
    let mut counter = Counter::new(slo.shape(MINUTE), at(0));
    (0..10 * 1440).for_each(|minute| counter.count(counted(1.0, 0.0), at(minute)));
    assert_eq!(counter.period().total().to_bits(), (14_400.0_f64 - 120.0).to_bits());
    slo.exclusions = vec![hour(230, 3)];
    counter.reshape(slo.shape(MINUTE));
    assert_eq!(counter.period().total().to_bits(), (14_400.0_f64 - 180.0).to_bits());
    slo.exclusions.clear();
    counter.reshape(slo.shape(MINUTE));
    assert_eq!(counter.period().total().to_bits(), 14_400.0_f64.to_bits());
}

#[test]
fn the_budget_is_that_of_the_whole_period() {
    let mut drive = Drive::new(slo());
    let first = drive.minute(counted(10.0, 1.0));
    assert_eq!((first.allowed, first.is_spent()), (432.0, false));
    drive.minutes(MONTH, 10.0, 0.0);
    drive.minutes(MONTH / 2, 10.0, 0.0);
    drive.minutes(21, 10.0, 10.0);
    let budget = drive.slo.budget(&drive.counter);
    assert!((budget.spent - 210.0 / 432.0).abs() < 0.001, "{budget:?}");
    drive.minutes(23, 10.0, 10.0);
    assert!(drive.slo.budget(&drive.counter).is_spent());
    let recent = drive.slo.burn_rate(drive.counter.window(drive.slo.recent())).unwrap();
    assert!((recent - 440.0 / 3600.0 * 1000.0).abs() < 1e-9, "{recent}");
    assert_eq!(drive.slo.exhausted_in(&drive.counter), Some(Span::default()));
}

#[test]
fn a_forecast_goes_on_as_it_recently_went() {
    let mut drive = Drive::new(slo());
    drive.minutes(MONTH, 1000.0, 0.0);
    drive.minutes(360, 1000.0, 10.0);
    // Ten times the budget for six hours: 8.3 % are spent, the rest lasts 2.75 days.
    let lasts = drive.slo.exhausted_in(&drive.counter).unwrap();
    assert!((f64::from(lasts.seconds()) / 86_400.0 - 2.75).abs() < 0.01, "{lasts}");
    let mut slow = Drive::new(slo());
    slow.minutes(MONTH, 10_000.0, 5.0);
    assert_eq!(slow.slo.exhausted_in(&slow.counter), None, "half of what a rolling period regains");
}

#[test]
fn a_calendar_month_begins_with_a_whole_budget() {
    let period = Period::Calendar { unit: CalendarUnit::Month, zone: "UTC".to_owned() };
    let mut drive = Drive::new(Slo { period, ..slo() });
    // at(0) is 2026-02-02: the month ends in 27 days.
    drive.minutes(26 * 1440, 10.0, 0.0);
    drive.minutes(1440, 10.0, 1.0);
    assert!(drive.slo.budget(&drive.counter).is_spent());
    let first = drive.minute(counted(10.0, 0.0));
    assert_eq!((first.counted.total(), first.spent), (10.0, 0.0));
    assert_eq!(drive.counter.elapsed(), (Span::DAY.times(31), MINUTE));
}

/// What brute force makes of the same steps.
struct Brute {
    steps: Vec<Step>,
    exclusions: Vec<Exclusion>,
}

impl Brute {
    fn sum(&self, wanted: impl Fn(Time) -> bool) -> (f64, f64, u32) {
        let excluded = |at| self.exclusions.iter().any(|exclusion| exclusion.holds(at));
        let known = (0..).zip(&self.steps).map(|(minute, step)| (at(minute), *step));
        let counts = known.filter(|(at, step)| wanted(*at) && !excluded(*at) && *step != Step::Unknown);
        counts.fold((0.0, 0.0, 0), |(total, bad, steps), (_, step)| match step {
            Step::Counted(count) => (total + count.total as f64 / 1000.0, bad + count.bad as f64 / 1000.0, steps + 1),
            _ => (total, bad, steps + 1),
        })
    }
}

fn close(found: Sum, expected: (f64, f64, u32)) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-6 * b.max(1.0);
    near(found.total(), expected.0) && near(found.bad(), expected.1) && found.steps() == expected.2
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => Just(Step::Unknown),
        1 => Just(Step::Empty),
        8 => (0_u32..2000, 0_u32..2000).prop_map(|(total, bad)| counted(f64::from(total) / 3.0, f64::from(bad) / 7.0)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_window_is_exact_to_the_event(
        pattern in prop::collection::vec(step(), 1..200),
        length in 1_u32..9000,
        revisions in prop::collection::vec((0_u32..60, step()), 0..20),
        excluded in (0_u32..9000, 0_u32..3000),
        later in (0_u32..200, 0_u32..72),
        split in 0.0..1.0_f64,
    ) {
        let mut brute = Brute { steps: Vec::new(), exclusions: Vec::new() };
        let rolling = |hours| Slo { period: Period::Rolling(Span::HOUR.times(hours)), ..slo() };
        let mut first = rolling(97);
        first.exclusions = vec![Exclusion::Once {
            from: at(excluded.0), until: at(excluded.0 + excluded.1), reason: String::new(),
        }];
        brute.exclusions.clone_from(&first.exclusions);
        let mut counter = Counter::new(first.shape(MINUTE), at(0));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of the length")]
        let changes_at = (f64::from(length) * split) as u32;
        let mut slo = first;
        for minute in 0..length {
            let step = pattern[minute as usize % pattern.len()];
            counter.count(step, at(minute));
            brute.steps.push(step);
            if minute % 97 == 0 {
                for (back, new) in revisions.iter().filter(|(back, _)| *back <= minute) {
                    counter.revise(*new, at(minute - back));
                    brute.steps[(minute - back) as usize] = *new;
                }
            }
            if minute == changes_at {
                // Whole hours, so that the past can be excluded before the steps that are kept as well.
                let from = at(0) + Span::HOUR.times(later.0);
                slo.exclusions.push(Exclusion::Once {
                    from, until: from + Span::HOUR.times(later.1), reason: String::new(),
                });
                slo.period = Period::Rolling(Span::HOUR.times(120));
                counter.reshape(slo.shape(MINUTE));
                brute.exclusions.clone_from(&slo.exclusions);
            }
        }
        let end = at(length);
        for window in [5, 30, 60, 120, 360, 1440, 4320].map(Span::from_minutes) {
            prop_assert!(close(counter.window(window), brute.sum(|at| at + window >= end)), "{window}");
        }
        let hour = |at: Time| at.floor(Span::HOUR);
        let period = brute.sum(|at| hour(at) + Span::HOUR.times(120) >= end);
        prop_assert!(close(counter.period(), period), "{:?} {period:?}", counter.period());
        let stored = postcard::to_extend(&counter, Vec::new()).unwrap();
        prop_assert_eq!(postcard::from_bytes::<Counter>(&stored).unwrap(), counter);
    }

    #[test]
    fn a_calendar_day_is_exact_to_the_event(
        pattern in prop::collection::vec(step(), 1..50), length in 1_u32..4000, zone in 0_usize..3,
    ) {
        let zone = ["UTC", "Asia/Kolkata", "America/Los_Angeles"][zone].to_owned();
        let period = Period::Calendar { unit: CalendarUnit::Day, zone };
        let slo = Slo { period: period.clone(), ..slo() };
        let mut counter = Counter::new(slo.shape(MINUTE), at(0));
        let mut brute = Brute { steps: Vec::new(), exclusions: Vec::new() };
        for minute in 0..length {
            let step = pattern[minute as usize % pattern.len()];
            counter.count(step, at(minute));
            brute.steps.push(step);
            // The turn of the day does not keep a source from revising what was before it.
            if minute % 7 == 6 {
                counter.revise(counted(9.0, 4.0), at(minute - 5));
                brute.steps[minute as usize - 5] = counted(9.0, 4.0);
            }
        }
        let (from, _) = period.turn(at(length - 1)).unwrap();
        prop_assert!(close(counter.period(), brute.sum(|at| at >= from)));
    }

    #[test]
    fn a_pause_counts_as_nothing(before in 1_u32..300, pause in 1_u32..12_000, after in 1_u32..300) {
        let mut counter = Counter::new(slo().shape(MINUTE), at(0));
        let mut brute = Brute { steps: Vec::new(), exclusions: Vec::new() };
        for minute in (0..before).chain(before + pause..before + pause + after) {
            counter.count(counted(3.0, 1.0), at(minute));
            brute.steps.resize(minute as usize, Step::Unknown);
            brute.steps.push(counted(3.0, 1.0));
        }
        let end = at(before + pause + after);
        for window in [5, 60, 1440, 4320].map(Span::from_minutes) {
            prop_assert!(close(counter.window(window), brute.sum(|at| at + window >= end)), "{window}");
        }
    }
}
