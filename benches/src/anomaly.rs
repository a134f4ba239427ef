//! The anomaly detector on the Numenta Anomaly Benchmark: its scores, honestly, and what a point costs.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use domain::anomaly::{ALARM_SCORE, Detector, Direction, Tuning};
use domain::units::{Span, Time};

use crate::nab::{Recording, Tally, load};
use crate::table::{Table, Verdict};

const SCORES_MIN: [f64; 3] = [78.0, 70.0, 82.0];
const CROSS_VALIDATED_MIN: f64 = 70.0;
const ALARMS_PER_WINDOW_MAX: f64 = 2.5;
const POINTS_A_SECOND_MIN: f64 = 3e6;
const STATE_BYTES_MAX: f64 = 10_000.0;
/// Tunings among which each fold chooses.
const CANDIDATES: u64 = 300;
/// Of these, so many of the best are averaged.
const BEST: usize = 12;
/// What an alarm a window more than may be is worth, in points of the three scores.
const PRICE_OF_AN_ALARM: f64 = 20.0;
const FOLDS: [usize; 3] = [3, 6, 31];
const TIMED_POINTS: u32 = 2_000_000;

/// Measures and prints; `folder` holds the benchmark's labels and data.
pub(crate) fn measure(folder: Option<&Path>) {
    println!("\nAnomaly detection");
    let (ns, bytes) = cost();
    println!("  million points a second: {}", Verdict::at_least(1e3 / ns, POINTS_A_SECOND_MIN / 1e6));
    println!("  bytes of state, once full: {}", Verdict::at_most(bytes, STATE_BYTES_MAX));
    let recordings = folder.map(load).unwrap_or_default();
    let Some(folder) = folder.filter(|_| !recordings.is_empty()) else {
        println!("  NOT MEASURED: scores, since no folder with the benchmark is named (--nab)");
        return;
    };
    let mut table = Table::new(&["", "standard", "low FP", "low FN", "alarms/window found"]);
    let whole = sum(recordings.iter().map(|recording| recording.tally(&Tuning::default())));
    table.row(&row(&format!("{} files, one tuning", recordings.len()), &whole, &SCORES_MIN));
    let tried = (0..CANDIDATES).map(candidate);
    let candidates: Vec<(Tuning, Vec<Tally>)> =
        tried.map(|tuning| (tuning, recordings.iter().map(|recording| recording.tally(&tuning)).collect())).collect();
    for folds in FOLDS {
        let tally = cross_validated(&recordings, &candidates, folds);
        table.row(&row(&format!("chosen within {folds} folds"), &tally, &[CROSS_VALIDATED_MIN]));
    }
    table.print();
    check(folder, &recordings, whole.scores());
}

fn row(name: &str, tally: &Tally, least: &[f64]) -> Vec<String> {
    let scores = tally.scores();
    let shown = (0..3).map(|i| match least.get(i) {
        Some(least) => Verdict::at_least(scores[i], *least).to_string(),
        None => Verdict::none(scores[i]).to_string(),
    });
    let alarms = Verdict::at_most(tally.alarms_per_found(), ALARMS_PER_WINDOW_MAX).to_string();
    std::iter::once(name.to_owned()).chain(shown).chain([alarms]).collect()
}

fn sum(tallies: impl Iterator<Item = Tally>) -> Tally {
    let mut sum = Tally::default();
    tallies.for_each(|tally| sum += tally);
    sum
}

/// The held-out files' tally, where each fold is judged with what was best on all others: the mean of the best tunings,
/// since the very best one is mostly lucky. Of their rests the longest is taken.
fn cross_validated(recordings: &[Recording], candidates: &[(Tuning, Vec<Tally>)], folds: usize) -> Tally {
    let mut held_out = Tally::default();
    for fold in 0..folds {
        let quality = |(_, tallies): &(Tuning, Vec<Tally>)| {
            let others = sum((0..recordings.len()).filter(|file| file % folds != fold).map(|file| tallies[file]));
            let too_many = (others.alarms_per_found() - ALARMS_PER_WINDOW_MAX).max(0.0);
            others.scores().iter().sum::<f64>() - PRICE_OF_AN_ALARM * too_many
        };
        let mut ranked: Vec<_> = candidates.iter().map(|candidate| (quality(candidate), candidate.0)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let best: Vec<Tuning> = ranked.into_iter().take(BEST).map(|(_, tuning)| tuning).collect();
        let chosen = mean(&best);
        held_out += sum(recordings.iter().skip(fold).step_by(folds).map(|recording| recording.tally(&chosen)));
    }
    held_out
}

fn mean(tunings: &[Tuning]) -> Tuning {
    let of = |field: &dyn Fn(&Tuning) -> f64| tunings.iter().map(field).sum::<f64>() / tunings.len() as f64;
    Tuning {
        weights: std::array::from_fn(|i| of(&|tuning| tuning.weights[i])),
        rest: tunings.iter().map(|tuning| tuning.rest).max().unwrap_or_default(),
        habit: of(&|tuning| tuning.habit),
        deviations: of(&|tuning| tuning.deviations),
        direction: Direction::Both,
    }
}

/// One of many tunings, wide around equal weights; the same for the same number.
fn candidate(number: u64) -> Tuning {
    let mut bits = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut below = |count: usize| {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        (bits >> 33) as usize % count
    };
    let weights = [(); 4].map(|()| [0.7, 1.0, 1.4, 2.0][below(4)]);
    let rest = Span::HOUR.times([6, 12, 18, 24][below(4)]);
    let (habit, deviations) = ([0.03, 0.08, 0.2][below(3)], [0.5, 0.8, 1.1][below(3)]);
    let sensitivity = [0.8, 0.9, 1.0, 1.1][below(4)];
    Tuning { weights, rest, habit, deviations, direction: Direction::Both }.sensitive(sensitivity)
}

/// Nanoseconds a point, and the bytes of a full state.
fn cost() -> (f64, f64) {
    let tuning = Tuning::default();
    let mut detector = Detector::new(Span::MINUTE);
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let start = Instant::now();
    for number in 0..TIMED_POINTS {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        let value = 50.0 + f64::from(number % 1440) / 30.0 + (bits >> 40) as f64 / 1e6;
        std::hint::black_box(detector.observe(value, &tuning, Time::from_epoch(i64::from(number) * 60)));
    }
    let ns = start.elapsed().as_nanos() as f64 / f64::from(TIMED_POINTS);
    (ns, postcard::to_allocvec(&detector).expect("a state has a size").len() as f64)
}

/// Says whether the benchmark's own script, where it lies beside the data, gives the same scores.
fn check(folder: &Path, recordings: &[Recording], ours: [f64; 3]) {
    let script = folder.join("score.py");
    if !script.is_file() {
        println!("  NOT CHECKED against the benchmark's own script, which is not there");
        return;
    }
    let scores = tempfile::tempdir().expect("a folder can be made");
    for recording in recordings {
        let rows = recording.judged(&Tuning::default());
        let text: String = rows.iter().map(|(score, _)| format!("{score}\n")).collect();
        let file = scores.path().join(&recording.name);
        fs::create_dir_all(file.parent().expect("a group")).expect("a folder can be made");
        fs::write(file, format!("anomaly_score\n{text}")).expect("a file can be written");
    }
    let arguments = [folder.join("combined_windows.json"), folder.join("data"), scores.path().to_owned()];
    let threshold = ["--threshold".to_owned(), ALARM_SCORE.to_string()];
    let output = Command::new("python3").arg(script).args(arguments).args(threshold).output().expect("python3 starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let word = |line: &str| line.split(" at ").next()?.split_whitespace().last()?.parse::<f64>().ok();
    let theirs: Vec<f64> = text.lines().filter_map(word).collect();
    let same = theirs.len() == 3 && theirs.iter().zip(ours).all(|(theirs, ours)| (theirs - ours).abs() < 0.01);
    assert!(same, "the benchmark's own script says {theirs:?}, this program {ours:?}");
    println!("  the benchmark's own script gives the same scores");
}
