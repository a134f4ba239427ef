//! The checkpoints: small states in DynamoDB, large ones in S3.

mod store_world;

use std::sync::Arc;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::units::{Span, Time};
use engine::port::{Checkpoint, CheckpointHead, ChunkLog, Saved};
use store_world::{BUCKET, Item, NOW, World, expires_at};
use tokio::task::JoinSet;

/// Packed, this lies in S3.
const LARGE: u64 = 20_000;

fn minutes(count: u32) -> Time {
    NOW + Span::from_minutes(count)
}

fn checkpoint(version: u64, tick: Time, state: Vec<u8>) -> Checkpoint {
    Checkpoint { head: CheckpointHead { version, tick }, state }
}

#[tokio::test]
async fn a_checkpoint_replaces_the_one_before_and_no_other() {
    let world = World::start().await;
    let store = world.store();
    assert_eq!(store.checkpoint_head(0).await, Ok(None));
    assert_eq!(store.checkpoint(0).await, Ok(None));
    let (first, second) = (checkpoint(1, NOW, vec![1; 100]), checkpoint(2, minutes(1), vec![2; 50]));
    assert_eq!(store.save_checkpoint(0, &second).await, Ok(Saved::Stale));
    assert_eq!(store.save_checkpoint(0, &first).await, Ok(Saved::Saved));
    assert_eq!(store.save_checkpoint(0, &checkpoint(1, minutes(1), vec![9])).await, Ok(Saved::Stale));
    assert_eq!(store.save_checkpoint(0, &checkpoint(3, minutes(1), vec![9])).await, Ok(Saved::Stale));
    assert_eq!(store.checkpoint(0).await, Ok(Some(first)));
    assert_eq!(store.save_checkpoint(0, &second).await, Ok(Saved::Saved));
    assert_eq!(world.store().checkpoint(0).await, Ok(Some(second)));
    assert_eq!(store.checkpoint(1).await, Ok(None));
}

/// Bytes that nothing makes shorter (splitmix64).
fn incompressible(count: u64, seed: u64) -> Vec<u8> {
    let byte = |number: u64| {
        let bits = number.wrapping_add(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (bits ^ (bits >> 27)).to_be_bytes()[0]
    };
    (0..count).map(byte).collect()
}

fn large(version: u64) -> Checkpoint {
    checkpoint(version, minutes(u32::try_from(version).expect("a few")), incompressible(LARGE, version))
}

async fn head_row(world: &World) -> Option<Item> {
    world.rows(&world.tables.metrics, "checkpoint").await.pop()
}

#[tokio::test]
async fn a_state_has_a_limit_and_what_is_no_state_is_named() {
    let world = World::start().await;
    let store = world.store();
    let more = checkpoint(1, NOW, vec![7; 16 * 1024 * 1024 + 1]);
    let error = store.save_checkpoint(0, &more).await.unwrap_err().to_string();
    assert!(error.contains("16777217 bytes are too many to store, at most 16777216 are taken"), "{error}");

    let small = checkpoint(1, NOW, vec![7; 1024 * 1024]);
    assert_eq!(store.save_checkpoint(0, &small).await, Ok(Saved::Saved));
    let mut part = world.rows(&world.tables.metrics, "part#").await.remove(0);
    assert!(expires_at(&part).is_some_and(|at| at > NOW.epoch()));
    assert_eq!(expires_at(&head_row(&world).await.unwrap()), None);
    part.insert("part".to_owned(), AttributeValue::B(Blob::new(*b"no state")));
    world.overwrite(&world.tables.metrics, part).await;
    assert_eq!(store.checkpoint(0).await, Ok(None), "what was damaged is not what the head names");
}

#[tokio::test]
async fn a_large_state_lies_in_s3_and_its_head_is_one_read_unit() {
    let world = World::start().await;
    let store = world.store();
    let full = checkpoint(1, NOW, incompressible(16 * 1024 * 1024, 0));
    assert_eq!(store.save_checkpoint(0, &full).await, Ok(Saved::Saved));
    assert_eq!(world.rows(&world.tables.metrics, "part#").await.len(), 0);
    let before = store.consumed();
    assert_eq!(store.checkpoint_head(0).await, Ok(Some(full.head)));
    assert!((store.consumed() - before).read_units <= 1.0);
    assert!(world.store().checkpoint(0).await == Ok(Some(full)));
    let before = store.consumed();
    assert_eq!(store.save_checkpoint(0, &large(2)).await, Ok(Saved::Saved));
    assert!((store.consumed() - before).write_units <= 1.0);
    assert!(world.store().checkpoint(0).await == Ok(Some(large(2))));
    assert_eq!(store.save_checkpoint(1, &large(1)).await, Ok(Saved::Saved), "each shard has its own");
    assert!(store.checkpoint(0).await == Ok(Some(large(2))));
}

#[tokio::test]
async fn of_concurrent_checkpoints_one_is_saved_whole() {
    for size in [500, LARGE] {
        let world = World::start().await;
        let store = Arc::new(world.store());
        let mut tries = JoinSet::new();
        for number in 0..8 {
            let store = Arc::clone(&store);
            tries.spawn(async move {
                let checkpoint = checkpoint(1, minutes(number), incompressible(size, u64::from(number)));
                (store.save_checkpoint(0, &checkpoint).await.unwrap(), checkpoint)
            });
        }
        let saved: Vec<_> = tries.join_all().await.into_iter().filter(|(is, _)| *is == Saved::Saved).collect();
        assert_eq!(saved.len(), 1, "{size}");
        assert!(store.checkpoint(0).await == Ok(Some(saved[0].1.clone())), "{size}");
    }
}

#[tokio::test]
async fn a_state_outgrows_the_table_and_comes_back() {
    let world = World::start().await;
    let store = world.store();
    let small = |version| checkpoint(version, minutes(u32::try_from(version).unwrap()), vec![7; 100]);
    for (version, is_large) in [(1, true), (2, false), (3, false), (4, true), (5, true), (6, false), (7, true)] {
        let next = if is_large { large(version) } else { small(version) };
        assert_eq!(store.save_checkpoint(0, &next).await, Ok(Saved::Saved), "{version}");
        assert!(world.store().checkpoint(0).await == Ok(Some(next)), "{version}");
    }
}

/// A function dies after it wrote the object and before it wrote the head.
#[tokio::test]
async fn an_object_without_its_head_is_taken_up() {
    let world = World::start().await;
    let store = world.store();
    for before in 0..3 {
        let row = head_row(&world).await;
        let (lost, next) = (large(before + 1), large(before + 2));
        assert_eq!(store.save_checkpoint(0, &lost).await, Ok(Saved::Saved));
        match row {
            Some(row) => {
                world.overwrite(&world.tables.metrics, row).await;
                assert!(store.checkpoint(0).await == Ok(Some(lost.clone())), "a later state of the same log");
            }
            None => world.remove(&world.tables.metrics, head_row(&world).await.unwrap()).await,
        }
        assert_eq!(store.save_checkpoint(0, &lost).await, Ok(Saved::Stale), "the memory is dropped");
        assert_eq!(store.checkpoint_head(0).await, Ok(Some(lost.head)), "and the head made good");
        assert!(store.checkpoint(0).await == Ok(Some(lost)));
        assert_eq!(next.head.version, before + 2);
    }
    assert_eq!(store.save_checkpoint(0, &large(4)).await, Ok(Saved::Saved));
}

#[tokio::test]
async fn what_in_s3_is_no_state_is_named() {
    let world = World::start().await;
    let store = world.store();
    assert_eq!(store.save_checkpoint(0, &large(1)).await, Ok(Saved::Saved));
    let overwrite = |body: &'static [u8], version: Option<&str>| {
        let put = world.s3.put_object().bucket(BUCKET).key("checkpoints/shard-0").body(body.to_vec().into());
        match version {
            Some(version) => put.metadata("version", version).metadata("tick", "1900000000").send(),
            None => put.send(),
        }
    };
    overwrite(b"no state", Some("1")).await.unwrap();
    let error = store.checkpoint(0).await.unwrap_err().to_string();
    assert!(error.starts_with("shard#0/checkpoint cannot be read: its state:"), "{error}");
    overwrite(b"no state", None).await.unwrap();
    let error = store.checkpoint(0).await.unwrap_err().to_string();
    assert_eq!(error, "checkpoints/shard-0 cannot be read: it has no version, tick or tag");
    world.s3.delete_object().bucket(BUCKET).key("checkpoints/shard-0").send().await.unwrap();
    let error = store.checkpoint(0).await.unwrap_err().to_string();
    assert!(error.starts_with("S3 refuses: NoSuchKey"), "{error}");
}
