//! The log of chunks, in DynamoDB.

mod store_world;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::metric::{Asked, Chunk, Failure, FailureKind, Outcome, Remark, Sample, Value};
use domain::units::{Span, Time};
use engine::port::{Appended, ChunkLog, PortError};
use store_world::{NOW, World, expires_at, text};
use tokio::task::JoinSet;

const KEPT: Span = Span::DAY.times(15);

/// A tick that read `points` samples of `series` series, each a number that depends on `seed`.
fn chunk(tick: Time, series: usize, points: u32, number: impl Fn(usize, u32) -> f64) -> Chunk {
    let asked = (0..series).map(|index| Asked {
        series: format!("service-{:03}/series-{}", index / 5, index % 5).parse().expect("an id"),
        from: tick - Span::from_minutes(10),
        until: tick,
        outcome: Outcome::Read(
            (0..points)
                .map(|point| Sample {
                    at: tick - Span::from_minutes(points - point),
                    value: Value::Number(number(index, point)),
                })
                .collect(),
        ),
        remark: Remark::default(),
    });
    Chunk { shard: 0, tick, asked: asked.collect() }
}

fn small(tick: Time, number: f64) -> Chunk {
    let mut chunk = chunk(tick, 3, 5, |_, _| number);
    chunk.asked[1].outcome = Outcome::Read(Vec::new());
    chunk.asked[2].outcome =
        Outcome::Failed(Failure { kind: FailureKind::Throttled, detail: "Rate exceeded".to_owned() });
    chunk
}

fn minutes(count: u32) -> Time {
    NOW + Span::from_minutes(count)
}

#[tokio::test]
async fn a_tick_is_written_once() {
    let world = World::start().await;
    let store = world.store();
    let first = small(NOW, 1.0);
    assert_eq!(store.append(&first, NOW + KEPT).await, Ok(Appended::Written));
    assert_eq!(store.append(&first, NOW + KEPT).await, Ok(Appended::AlreadyThere));
    assert_eq!(world.store().append(&small(NOW, 2.0), NOW + KEPT).await, Ok(Appended::AlreadyThere));
    let all = world.store().chunks(0, NOW, minutes(1)).await;
    assert_eq!(all, Ok(vec![first]));
    assert_eq!(store.chunks(1, NOW, minutes(1)).await, Ok(Vec::new()));
    for kind in ["chunk#", "layout#"] {
        let rows = world.rows(&world.tables.metrics, kind).await;
        assert_eq!(rows.len(), 1);
        assert!(expires_at(&rows[0]).unwrap() >= (NOW + KEPT).epoch(), "{kind}");
    }
}

#[tokio::test]
async fn chunks_come_in_order_from_the_start_to_before_the_end() {
    let world = World::start().await;
    let store = world.store();
    for minute in [3, 0, 2, 1] {
        store.append(&small(minutes(minute), f64::from(minute)), NOW + KEPT).await.unwrap();
    }
    let ticks = async |from, until| {
        let chunks = store.chunks(0, from, until).await.unwrap();
        chunks.into_iter().map(|chunk| chunk.tick).collect::<Vec<_>>()
    };
    assert_eq!(ticks(minutes(0), minutes(9)).await, [0, 1, 2, 3].map(minutes));
    assert_eq!(ticks(minutes(1), minutes(3)).await, [1, 2].map(minutes));
    assert_eq!(ticks(minutes(1), minutes(1)).await, []);
    assert_eq!(ticks(minutes(1) - Span::from_seconds(30), minutes(1)).await, []);
}

#[tokio::test]
async fn of_concurrent_ticks_one_is_written() {
    let world = World::start().await;
    let mut tries = JoinSet::new();
    for number in 0..8 {
        let store = world.store();
        tries.spawn(async move {
            let chunk = small(NOW, f64::from(number));
            (store.append(&chunk, NOW + KEPT).await.unwrap(), chunk)
        });
    }
    let written: Vec<_> = tries.join_all().await.into_iter().filter(|(is, _)| *is == Appended::Written).collect();
    assert_eq!(written.len(), 1);
    assert_eq!(world.store().chunks(0, NOW, minutes(1)).await, Ok(vec![written[0].1.clone()]));
}

#[tokio::test]
async fn a_full_tick_costs_at_most_fourteen_write_units() {
    let world = World::start().await;
    let store = world.store();
    // Requests, errors, latencies of one decimal: numbers as CloudWatch gives them.
    let number = |index: usize, point: u32| {
        let noise = (index * 7919 + point as usize * 104_729) % 997;
        match index % 3 {
            0 => (1000 * (index / 10 + 1) + noise) as f64,
            1 => (noise / 300) as f64,
            _ => (1200 + noise) as f64 / 10.0,
        }
    };
    store.append(&chunk(NOW, 500, 5, number), NOW + KEPT).await.unwrap();
    let first = store.consumed();
    store.append(&chunk(minutes(5), 500, 5, number), minutes(5) + KEPT).await.unwrap();
    let second = store.consumed() - first;
    assert_eq!(second.calls, 1, "a warm function writes the chunk and nothing else");
    assert!(second.write_units > 0.0 && second.write_units <= 14.0, "{second:?}");
    let rows = world.rows(&world.tables.metrics, "chunk#").await;
    let bytes = rows[0]["packed"].as_b().unwrap().as_ref().len();
    assert!(bytes <= 4 * 2500, "{bytes} bytes for 2,500 points");
}

#[tokio::test]
async fn a_layout_outlives_its_chunks() {
    let world = World::start().await;
    let layouts = async || world.rows(&world.tables.metrics, "layout#").await;
    let store = world.store();
    store.append(&small(NOW, 1.0), NOW + KEPT).await.unwrap();
    let first = expires_at(&layouts().await[0]);
    store.append(&small(minutes(1), 1.0), minutes(1) + KEPT).await.unwrap();
    world.store().append(&small(minutes(2), 1.0), minutes(2) + KEPT).await.unwrap();
    assert_eq!(expires_at(&layouts().await[0]), first, "it lasts for a while");
    let much_later = NOW + Span::DAY.times(60);
    for store in [store, world.store()] {
        store.append(&small(much_later, 1.0), much_later + KEPT).await.unwrap();
        assert!(expires_at(&layouts().await[0]).unwrap() >= (much_later + KEPT).epoch());
    }
    assert_eq!(layouts().await.len(), 1);
}

/// Full mantissas do not pack: seven bytes each.
fn noise(index: usize, point: u32) -> f64 {
    1.0 + f64::sqrt(index as f64 + f64::from(point) / 1000.0).fract()
}

#[tokio::test]
async fn a_chunk_that_does_not_fit_a_row_lies_in_parts() {
    let world = World::start().await;
    let store = world.store();
    let large = chunk(NOW, 500, 140, noise);
    assert_eq!(store.append(&large, NOW + KEPT).await, Ok(Appended::Written));
    assert_eq!(world.store().append(&large, NOW + KEPT).await, Ok(Appended::AlreadyThere));
    let parts = world.rows(&world.tables.metrics, "part#").await;
    assert_eq!(parts.len(), 2);
    assert!(parts.iter().all(|part| expires_at(part) == Some((NOW + KEPT).epoch())));
    assert!(world.store().chunks(0, NOW, minutes(1)).await == Ok(vec![large]));
}

#[tokio::test]
async fn many_chunks_take_several_pages() {
    let world = World::start().await;
    let store = world.store();
    let chunks: Vec<_> = (0..5).map(|minute| chunk(minutes(minute), 500, 90, noise)).collect();
    for chunk in &chunks {
        store.append(chunk, NOW + KEPT).await.unwrap();
    }
    let before = store.consumed();
    assert!(store.chunks(0, NOW, minutes(5)).await.unwrap() == chunks);
    assert!((store.consumed() - before).calls > 1, "DynamoDB answers at most 1 MB at once");
}

#[tokio::test]
async fn a_chunk_that_cannot_be_read_is_named() {
    let world = World::start().await;
    world.store().append(&small(NOW, 1.0), NOW + KEPT).await.unwrap();
    let unreadable = async || match world.store().chunks(0, NOW, minutes(1)).await {
        Err(error @ PortError::Unreadable { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let mut row = world.rows(&world.tables.metrics, "chunk#").await.remove(0);
    let mut layout = world.rows(&world.tables.metrics, "layout#").await.remove(0);
    layout.insert("layout".to_owned(), text("other/series\n"));
    world.overwrite(&world.tables.metrics, layout).await;
    assert!(unreadable().await.contains("its content is that of another layout"));

    row.insert("packed".to_owned(), AttributeValue::B(Blob::new([9, 9, 9])));
    world.overwrite(&world.tables.metrics, row.clone()).await;
    let version = "shard#0/chunk#001900000020 cannot be read: its format has version 9, this program reads version 2";
    assert_eq!(unreadable().await, version);

    row.remove("packed");
    world.overwrite(&world.tables.metrics, row).await;
    assert_eq!(unreadable().await, "shard#0/chunk#001900000020 cannot be read: it has no content");
}
