//! The backtest: points a second on one core, a month of a whole shard, and `promtool test rules` beside it.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use domain::setup::Setup;
use domain::units::Span;
use engine::backtest::{Recording, Recordings, Report, Stretch, run};

use crate::cpu;
use crate::installation::{BEGAN, setup_with_anomalies, setup_with_objectives};
use crate::table::Verdict;

const DAYS: u32 = 30;
const THRESHOLDS_A_SECOND_MIN: f64 = 5e6;
const ANOMALIES_A_SECOND_MIN: f64 = 1e6;
const OBJECTIVES_A_SECOND_MIN: f64 = 5e6;
const MONTH_SECONDS_MAX: f64 = 60.0;
/// Ours may take this part of what `promtool` takes.
const PROMTOOL_PART_MAX: f64 = 1.0 / 50.0;
/// Series and minutes of the comparison: enough that neither measures its start.
const PROMTOOL: (usize, u32) = (50, 2 * 1440);
const LIMIT: f64 = 5_000_000.0;

/// Measures and prints; `promtool` is the program.
pub(crate) fn measure(promtool: Option<&Path>) {
    let setup = setup_with_anomalies();
    let of = |prefix: &str| {
        let mut setup = setup.clone();
        setup.monitors.retain(|monitor| monitor.name.as_str().starts_with(prefix));
        setup
    };
    let recordings = recordings(&setup, usize::MAX, DAYS * 1440);
    let points: usize = recordings.values().map(Recording::points).sum();
    println!("\nBacktest: {} one-minute series over {DAYS} days, {points} points, on one core", recordings.len());
    let speed = |took: Duration| points as f64 / took.as_secs_f64() / 1e6;
    let (thresholds, fired) = timed(&of("limit-"), &recordings, DAYS * 1440);
    let limit = THRESHOLDS_A_SECOND_MIN / 1e6;
    let shown = Verdict::at_least(speed(thresholds), limit);
    println!("  thresholds, 2 of 3: {shown} million points a second, {fired} firings");
    let (anomalies, fired) = timed(&of("odd-"), &recordings, DAYS * 1440);
    let limit = ANOMALIES_A_SECOND_MIN / 1e6;
    println!("  anomalies: {} million points a second, {fired} firings", Verdict::at_least(speed(anomalies), limit));
    let objectives = setup_with_objectives();
    let (took, fired) = timed(&objectives, &recordings, DAYS * 1440);
    let read = objectives.slos.len() * 2 * (DAYS * 1440) as usize;
    let speed = Verdict::at_least(read as f64 / took.as_secs_f64() / 1e6, OBJECTIVES_A_SECOND_MIN / 1e6);
    println!("  objectives, two series each: {speed} million points a second, {fired} firings");
    let month = (thresholds + anomalies).as_secs_f64();
    println!("  seconds for both monitors of each series: {}", Verdict::at_most(month, MONTH_SECONDS_MAX));
    match promtool {
        Some(promtool) => compare(promtool, &of("limit-")),
        None => println!("  NOT MEASURED: promtool test rules, since the program is not named (--promtool)"),
    }
}

/// CPU time of a run up to the report, and how often something fired.
fn timed(setup: &Setup, recordings: &Recordings, minutes: u32) -> (Duration, usize) {
    let stretch = Stretch { begin: BEGAN, until: BEGAN + Span::from_minutes(minutes) };
    let before = cpu::of_this_thread();
    let told = run(setup, recordings, stretch, &mut |_| {});
    let report = Report::of(setup, &told, (stretch.begin, stretch.until), None);
    (cpu::of_this_thread().saturating_sub(before), report.firings.len())
}

/// A daily wave with noise for each of the first series, which exceeds the limit twice a day for six minutes.
fn recordings(setup: &Setup, series: usize, minutes: u32) -> Recordings {
    let ids = setup.series.iter().take(series).map(|series| series.id.clone());
    let numbers = |index: usize| (0..minutes).map(move |minute| number(index, minute)).collect();
    ids.enumerate().map(|(index, id)| (id, Recording::stored(Span::MINUTE, BEGAN, numbers(index)))).collect()
}

fn number(series: usize, minute: u32) -> f64 {
    let mut bits = (series as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ u64::from(minute + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^= bits >> 29;
    bits = bits.wrapping_mul(0x94d0_49bb_1331_11eb);
    let noise = (bits >> 44) as f64;
    if minute % 720 >= 714 { 2.0 * LIMIT } else { 1e6 + 500.0 * f64::from(minute % 1440) + noise.round() }
}

/// The same rules over the same points, by both.
fn compare(promtool: &Path, setup: &Setup) {
    let (series, minutes) = PROMTOOL;
    let mut setup = setup.clone();
    setup.series.truncate(series);
    let kept: Vec<_> = setup.series.iter().map(|series| series.id.clone()).collect();
    setup.monitors.retain(|monitor| monitor.series().all(|id| kept.contains(id)));
    let recordings = recordings(&setup, series, minutes);
    let (ours, fired) = timed(&setup, &recordings, minutes);
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("rules.yaml"), rules(series)).expect("a file can be written");
    fs::write(folder.path().join("test.yaml"), test(series, minutes)).expect("a file can be written");
    let (before, started) = (cpu::of_children(), Instant::now());
    let output = Command::new(promtool).args(["test", "rules", "test.yaml"]).current_dir(folder.path()).output();
    let output = output.expect("promtool starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = cpu::of_children().saturating_sub(before);
    let part = ours.as_secs_f64() / theirs.as_secs_f64();
    println!(
        "  the same {series} rules over {minutes} minutes: ours {:.4} s of CPU, {fired} firings;",
        ours.as_secs_f64()
    );
    let took = started.elapsed().as_secs_f64();
    println!("    promtool test rules {:.2} s of CPU ({took:.2} s on the clock)", theirs.as_secs_f64());
    println!("    ours takes of it: {:.6} {}", part, Verdict::at_most(part, PROMTOOL_PART_MAX));
}

fn rules(series: usize) -> String {
    let mut text = "groups:\n  - name: limits\n    rules:\n".to_owned();
    for index in 0..series {
        let _ = writeln!(text, "      - {{ alert: limit{index}, expr: 'series{index} > {LIMIT}', for: 1m }}");
    }
    text
}

/// The points as `promtool` reads them, and one alert that must fire.
fn test(series: usize, minutes: u32) -> String {
    let mut text =
        "rule_files: [rules.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n".to_owned();
    for index in 0..series {
        let _ = write!(text, "      - series: series{index}\n        values: '");
        for minute in 0..minutes {
            let _ = write!(text, "{} ", number(index, minute));
        }
        text.push_str("'\n");
    }
    let at = minutes - 1;
    let _ = write!(
        text,
        "    alert_rule_test:\n      - eval_time: {at}m\n        alertname: limit0\n        exp_alerts: [ {{}} ]\n"
    );
    text
}
