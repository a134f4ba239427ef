//! The Numenta Anomaly Benchmark's data and rules (Lavin and Ahmad 2015, <https://arxiv.org/abs/1510.03336>).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use domain::anomaly::{Detector, Tuning, sampling_interval};
use domain::units::{Span, Time};

/// So many parts in a hundred of a file, and so many rows at most, are not scored at its beginning.
const PROBATION: (usize, usize) = (15, 750);

/// A recorded series with the stretches that people labelled.
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) points: Vec<(Time, f64)>,
    /// First and last row of each.
    windows: Vec<(usize, usize)>,
}

/// What a detector did on recordings; sums of several are sums of their fields.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    /// What its earliest detections are worth, 1 at a window's beginning.
    hits: f64,
    /// What its false alarms cost, 1 far from any window.
    false_alarms: f64,
    windows: f64,
    found: f64,
    alarms: f64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.hits += other.hits;
        self.false_alarms += other.false_alarms;
        self.windows += other.windows;
        self.found += other.found;
        self.alarms += other.alarms;
    }
}

impl Tally {
    /// Standard, low rate of false alarms, low rate of misses; 100 is perfect, 0 is silence.
    pub(crate) fn scores(&self) -> [f64; 3] {
        [(0.11, 1.0), (0.22, 1.0), (0.11, 2.0)].map(|(of_false_alarms, of_misses)| {
            let misses = of_misses * (self.windows - self.found);
            let raw = self.hits - of_false_alarms * self.false_alarms - misses;
            100.0 * (raw + of_misses * self.windows) / (self.windows + of_misses * self.windows)
        })
    }

    pub(crate) fn alarms_per_found(&self) -> f64 {
        self.alarms / self.found.max(1.0)
    }
}

/// The recordings under `folder`, by name; none if it does not hold the benchmark.
pub(crate) fn load(folder: &Path) -> Vec<Recording> {
    let Ok(labels) = fs::read_to_string(folder.join("combined_windows.json")) else { return Vec::new() };
    let labels: BTreeMap<String, Vec<[String; 2]>> = serde_json::from_str(&labels).expect("labels are lists of pairs");
    let read = |(name, labels): (String, Vec<[String; 2]>)| {
        let text = fs::read_to_string(folder.join("data").join(&name)).ok()?;
        let points: Vec<_> = text.lines().skip(1).map(point).collect();
        let windows = labels.iter().map(|[start, end]| window(&points, time(start), time(end))).collect();
        Some(Recording { name, points, windows })
    };
    labels.into_iter().filter_map(read).collect()
}

fn point(line: &str) -> (Time, f64) {
    let (at, value) = line.split_once(',').expect("two columns");
    (time(at), value.trim().parse().expect("a number"))
}

fn time(text: &str) -> Time {
    let civil: jiff::civil::DateTime = text.parse().expect("a date and a time");
    Time::from_epoch(civil.to_zoned(jiff::tz::TimeZone::UTC).expect("a time in range").timestamp().as_second())
}

fn window(points: &[(Time, f64)], start: Time, end: Time) -> (usize, usize) {
    let inside = |(at, _): &(Time, f64)| (start..=end).contains(at);
    let last = points.iter().rposition(inside).expect("a labelled row exists");
    (points.iter().position(inside).expect("a labelled row exists"), last)
}

impl Recording {
    /// The score of each row.
    pub(crate) fn judged(&self, tuning: &Tuning) -> Vec<(f64, bool)> {
        let interval = sampling_interval(self.points.iter().map(|(at, _)| *at)).unwrap_or(Span::MINUTE);
        let mut detector = Detector::new(interval);
        let verdicts = self.points.iter().map(|(at, value)| detector.observe(*value, tuning, *at));
        verdicts.map(|verdict| (verdict.score, verdict.alarm)).collect()
    }

    pub(crate) fn tally(&self, tuning: &Tuning) -> Tally {
        let probation = (PROBATION.0 * self.points.len() / 100).min(PROBATION.1);
        let mut tally = Tally { windows: self.windows.len() as f64, ..Tally::default() };
        let mut best = vec![None::<f64>; self.windows.len()];
        let alarms =
            self.judged(tuning).into_iter().enumerate().filter(|(row, (_, alarm))| *row >= probation && *alarm);
        for (row, _) in alarms {
            tally.alarms += 1.0;
            match self.windows.iter().rposition(|(first, _)| row >= *first) {
                None => tally.false_alarms += 1.0,
                Some(index) => {
                    let (first, last) = self.windows[index];
                    if row > last {
                        tally.false_alarms -= worth((row - last) as f64 / (last - first).max(1) as f64);
                    } else {
                        let position = -((last - row + 1) as f64) / (last - first + 1) as f64;
                        let hit = worth(position) / worth(-1.0);
                        best[index] = Some(best[index].map_or(hit, |best| best.max(hit)));
                    }
                }
            }
        }
        tally.found = best.iter().flatten().count() as f64;
        tally.hits = best.into_iter().flatten().sum();
        tally
    }
}

/// What an alarm is worth at this distance from a window's end, in lengths of the window: near 1 at its beginning, 0 at
/// its end, -1 far behind it.
fn worth(position: f64) -> f64 {
    if position > 3.0 { -1.0 } else { 2.0 / (1.0 + (5.0 * position).exp()) - 1.0 }
}
