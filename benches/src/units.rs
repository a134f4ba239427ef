//! What ticks consume of `DynamoDB`, as it counts it itself.

use domain::routing::Routing;
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::evaluate::{CHECKPOINT_EVERY, Warm, evaluate};
use engine::fold::Plan;
use engine::port::ChunkLog;
use store::Store;
use testkit::stack::Stack;

use crate::installation::{POINTS, SERIES, chunk, setup, tables};
use crate::table::Verdict;

const BUCKET: &str = "bench";
const TICKS: u32 = 13;
/// After the first two ticks, the layout of the shard is known and the first checkpoint written.
const FROM: u32 = 2;
const WRITE_UNITS_MAX: f64 = 14.0;
/// Later than any bench runs, so that no row has expired.
const LATER: Span = Span::DAY.times(4000);

/// Measures and prints.
pub(crate) async fn measure() {
    let stack = Stack::start();
    stack.create_tables("bench").await;
    let s3 = aws_sdk_s3::config::Builder::from(&stack.config()).force_path_style(true).build();
    aws_sdk_s3::Client::from_conf(s3).create_bucket().bucket(BUCKET).send().await.expect("the stack makes a bucket");
    let store = Store::new(stack.config(), tables(), BUCKET.to_owned());
    let setup = setup();
    let plan = Plan::of(&setup, 0, 1);
    let bare = Setup { routing: Routing::default(), ..setup.clone() };
    let mut warm: Option<Warm> = None;
    let (mut by_collector, mut by_evaluator) = (0.0, 0.0);
    for number in 1..=TICKS {
        let chunk = chunk(&setup, number);
        let before = store.consumed();
        store.append(&chunk, later(chunk.tick)).await.expect("the stack takes a chunk");
        let collected = store.consumed();
        let report =
            evaluate(&store, (&store, &store), &simulator::World::default(), (&plan, &bare), &mut warm, chunk.tick)
                .await;
        assert_eq!(report.expect("the stack answers").chunks, 1, "every tick folds its chunk");
        if number > FROM {
            by_collector += (collected - before).write_units;
            by_evaluator += (store.consumed() - collected).write_units;
        }
    }
    let ticks = f64::from(TICKS - FROM);
    println!(
        "\nWrite units of a tick of {SERIES} series x {POINTS} points, from consumed capacity, mean of {ticks} ticks"
    );
    println!("  the chunk: {}", Verdict::at_most(by_collector / ticks, WRITE_UNITS_MAX));
    println!("  the state's head, every {} minutes: {:.1}", CHECKPOINT_EVERY.seconds() / 60, by_evaluator / ticks);
    println!("  both: {}", Verdict::at_most((by_collector + by_evaluator) / ticks, WRITE_UNITS_MAX));
}

fn later(tick: Time) -> Time {
    tick + LATER
}
