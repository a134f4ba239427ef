//! Objectives: the factors of the tables, what the guard is worth at low traffic, how soon an outage pages, and how many
//! points a second are counted and judged.

use std::time::Duration;

use domain::slo::{Count, Counter, Guard, Slo, Step, by_budget, usual};
use domain::units::{Span, Time};
use serde_json::json;

use crate::cpu;
use crate::table::{Table, Verdict};

const MONTH: u32 = 30 * 24 * 60;
/// Months of each rate: a page in ten months is 0.1.
const MONTHS: u32 = 50;
/// The true ratio of bad requests: half of what 99.9 % allows.
const MET: f64 = 0.0005;
const PAGES_A_MONTH_MAX: f64 = 0.2;
const OUTAGE_MINUTES_MAX: f64 = 5.0;
const BURN_MINUTES_MAX: f64 = 20.0;
const POINTS_A_SECOND_MIN: f64 = 5e6;
/// Requests an hour.
const RATES: [f64; 4] = [10.0, 60.0, 100.0, 300.0];

/// Measures and prints.
pub(crate) fn measure() {
    println!("\nObjectives: 99.9 % over 30 days");
    factors();
    println!("  pages a month while it is met (true ratio {} %), over {MONTHS} months:", MET * 100.0);
    let mut table = Table::new(&["requests an hour", "without the guard", "with it", "minutes from outage to page"]);
    for rate in RATES {
        let plain = Guard { events: 0, confidence: 1e-9 };
        let limit = ((rate - 60.0).abs() < 1.0).then_some(OUTAGE_MINUTES_MAX);
        let minutes = minutes_to_page(rate, 1.0);
        let guarded = pages(rate, Guard::default());
        table.row(&[
            format!("{rate}"),
            format!("{:.1}", pages(rate, plain)),
            Verdict::at_most(guarded, PAGES_A_MONTH_MAX).to_string(),
            limit.map_or_else(|| format!("{minutes:.0}"), |limit| Verdict::at_most(minutes, limit).to_string()),
        ]);
    }
    table.print();
    let burn = minutes_to_page(600.0, 0.1);
    println!(
        "  a burn of 100 times at 10 requests a minute pages after {} minutes",
        Verdict::at_most(burn, BURN_MINUTES_MAX)
    );
    speed();
}

fn factors() {
    let of = |days: u32| {
        let rules = usual(Span::DAY.times(days)).into_iter().map(|rule| format!("{:.4}", rule.factor));
        rules.collect::<Vec<_>>().join(" ")
    };
    println!("  factors: 30 d {}; 28 d {}; 90 d {}; 7 d {}", of(30), of(28), of(90), of(7));
    let sloth = [(8.0, 1), (12.5, 6), (20.0, 24), (42.0, 72)];
    let sloth = sloth.map(|(percent, hours)| {
        format!("{:.2}", by_budget(percent / 100.0, Span::HOUR.times(hours), Span::DAY.times(7)))
    });
    println!("    by Sloth's own shares for 7 d: {}", sloth.join(" "));
}

/// Pages (episodes of SEV2) a month.
fn pages(per_hour: f64, guard: Guard) -> f64 {
    let mut drive = Drive::new(guard);
    let mut dice = Dice(11);
    for _ in 0..MONTHS * MONTH {
        drive.minute(dice.requests(per_hour, MET));
    }
    f64::from(drive.pages) / f64::from(MONTHS)
}

/// Minutes from the beginning of the trouble to the page, the mean of some months, by the traffic's own luck.
fn minutes_to_page(per_hour: f64, ratio: f64) -> f64 {
    let tries = 20_u32;
    let total: u32 = (0..tries)
        .map(|seed| {
            let (mut drive, mut dice) = (Drive::new(Guard::default()), Dice(u64::from(seed)));
            (0..MONTH / 5).for_each(|_| drive.minute(dice.requests(per_hour, MET)));
            let before = drive.pages;
            let mut minutes = 0;
            while drive.pages == before && !drive.fires && minutes < 10 * 1440 {
                drive.minute(dice.requests(per_hour, ratio));
                minutes += 1;
            }
            minutes
        })
        .sum();
    f64::from(total) / f64::from(tries)
}

fn speed() {
    let mut drive = Drive::new(Guard::default());
    let mut dice = Dice(3);
    let steps: Vec<Step> = (0..MONTH).map(|_| dice.requests(6000.0, 0.001)).collect();
    let before = cpu::of_this_thread();
    let rounds = 20;
    (0..rounds).for_each(|_| steps.iter().for_each(|step| drive.minute(*step)));
    let took: Duration = cpu::of_this_thread().saturating_sub(before);
    // A step is a point of each of two series.
    let points = 2.0 * f64::from(rounds * MONTH) / took.as_secs_f64();
    println!(
        "  counted and judged: {} million points a second",
        Verdict::at_least(points / 1e6, POINTS_A_SECOND_MIN / 1e6)
    );
    let bytes = postcard::to_extend(&drive.counter, Vec::new()).expect("it can be written").len();
    println!("  state of one objective after 20 months: {:.1} KB before packing", bytes as f64 / 1024.0);
}

struct Drive {
    slo: Slo,
    counter: Counter,
    at: Time,
    fires: bool,
    pages: u32,
}

impl Drive {
    fn new(guard: Guard) -> Self {
        let written = json!({
            "name": "up", "service": "shop", "description": "", "objective": 0.999, "period": { "rolling": "30d" },
            "indicator": { "requests": { "part": "shop/errors", "which": "bad", "total": "shop/requests" } },
            "exclusions": [], "guard": guard, "no_data": "ignore", "burn_rates": usual(Span::DAY.times(30)),
            "gate": null, "settle": "1m", "cooldown": "10m", "category": "technical", "labels": {},
        });
        let slo: Slo = serde_json::from_value(written).expect("it is an objective");
        let at = crate::installation::BEGAN;
        let counter = Counter::new(slo.shape(Span::MINUTE), at);
        Self { slo, counter, at, fires: false, pages: 0 }
    }

    fn minute(&mut self, step: Step) {
        self.counter.count(step, self.at);
        self.at = self.at + Span::MINUTE;
        let budget = self.slo.budget(&self.counter);
        for severity in [domain::incident::Severity::Sev2, domain::incident::Severity::Sev3] {
            let page = severity == domain::incident::Severity::Sev2;
            let burns = self.slo.burning(&self.counter, severity, page && self.fires, &budget).is_some();
            if page {
                self.pages += u32::from(burns && !self.fires);
                self.fires = burns;
            }
        }
    }
}

/// splitmix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A minute of requests that come as they please, `per_hour` on average.
    fn requests(&mut self, per_hour: f64, ratio: f64) -> Step {
        let (mut total, mut bad) = (0.0, 0.0);
        let mut wait = -(1.0 - self.next()).ln();
        while wait < per_hour / 60.0 {
            total += 1.0;
            bad += f64::from(u8::from(self.next() < ratio));
            wait -= (1.0 - self.next()).ln();
        }
        Step::Counted(Count::of(total, bad).expect("they are counts"))
    }
}
