//! One tick of the evaluator over 500 series with 3 monitors each, from loaded state, in memory.

use std::time::{Duration, Instant};

use domain::routing::Routing;
use domain::setup::Setup;
use domain::units::Span;
use engine::evaluate::evaluate;
use engine::fold::{Plan, ShardState, fold};
use engine::port::ChunkLog;
use simulator::World;

use crate::cpu;
use crate::installation::{BEGAN, MONITORS, POINTS, SERIES, chunk, configuration, setup, setup_with_anomalies};
use crate::table::Verdict;

const TICKS: u32 = 60;
/// The first ticks fill the state.
const WARM_UP: usize = 5;
const MILLISECONDS_MAX: f64 = 5.0;
const READS: usize = 21;
/// Eight days, so that all has learned what it can.
const LEARN_TICKS: u32 = 2304;
const ANOMALIES_MILLISECONDS_MAX: f64 = 10.0;

/// Measures and prints.
pub(crate) async fn measure() {
    let setup = setup();
    let plan = Plan::of(&setup, 0, 1);
    let bare = Setup { routing: Routing::default(), ..setup.clone() };
    let (world, mut warm) = (World::default(), None);
    let mut state = ShardState::default();
    let (mut ticks, mut folds) = (Vec::new(), Vec::new());
    for number in 1..=TICKS {
        let chunk = chunk(&setup, number);
        let now = BEGAN + Span::from_minutes(POINTS * number);
        world.append(&chunk, now).await.expect("memory takes all");
        let start = Instant::now();
        let report =
            evaluate(&world, (&world, &world), &world, (&plan, &bare), &mut warm, now).await.expect("memory answers");
        ticks.push(milliseconds(start.elapsed()));
        assert_eq!(report.chunks, 1, "every tick folds its chunk");
        let start = Instant::now();
        fold(&plan, &mut state, &chunk);
        folds.push(milliseconds(start.elapsed()));
    }
    println!("\nA tick of the evaluator: {SERIES} series x {POINTS} points, {MONITORS} monitors");
    let ticks = Verdict::at_most(cpu::median(ticks.split_off(WARM_UP)), MILLISECONDS_MAX);
    println!(
        "  ms, median of {TICKS}, with a checkpoint in some: {ticks}; the fold alone {:.2}",
        cpu::median(folds.split_off(WARM_UP))
    );
    println!("  its state has {} bytes", state.encode().len());
    let reads = (0..READS).map(|_| {
        let start = Instant::now();
        crate::installation::setup();
        milliseconds(start.elapsed())
    });
    println!(
        "  reading its configuration of {} bytes takes {:.1} ms",
        configuration().len(),
        cpu::median(reads.collect())
    );
}

/// The same with an anomaly monitor and a threshold for each series, once all have learned.
pub(crate) fn measure_anomalies() {
    let setup = setup_with_anomalies();
    let plan = Plan::of(&setup, 0, 1);
    let mut state = ShardState::default();
    for number in 1..=LEARN_TICKS {
        fold(&plan, &mut state, &chunk(&setup, number));
    }
    assert!(state.learned.len() == SERIES, "every series is learned");
    let (mut ticks, mut saves) = (Vec::new(), Vec::new());
    for number in LEARN_TICKS + 1..=LEARN_TICKS + TICKS {
        let chunk = chunk(&setup, number);
        let start = Instant::now();
        fold(&plan, &mut state, &chunk);
        ticks.push(milliseconds(start.elapsed()));
    }
    let bytes = state.encode();
    for _ in 0..READS {
        let start = Instant::now();
        assert!(state.encode().len() == bytes.len() && ShardState::decode(&bytes).1.is_none());
        saves.push(milliseconds(start.elapsed()));
    }
    let tick = Verdict::at_most(cpu::median(ticks), ANOMALIES_MILLISECONDS_MAX);
    println!("\nThe same series, each with a threshold and an anomaly monitor, after {} days", LEARN_TICKS / 288);
    println!("  ms, median of {TICKS} from loaded state: {tick}");
    println!("  its state has {} bytes; to write and read it takes {:.1} ms", bytes.len(), cpu::median(saves));
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
