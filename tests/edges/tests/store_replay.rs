//! Replay equals live over a whole day: what the evaluator told of chunks in DynamoDB, with its checkpoints, alerts and
//! incidents beside them, is what the backtest finds in the chunks that lie there.

#![allow(clippy::unwrap_used)]

mod store_world;

use std::collections::BTreeSet;
use std::time::Duration;

use domain::routing::Routing;
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::backtest::{Told, replay};
use engine::collect::{Memory, Tick, collect};
use engine::evaluate::{Warm, evaluate};
use engine::fold::Plan;
use engine::port::{ChunkLog, Ledger};
use simulator::World as Simulated;
use store::Store;
use store_world::{NOW, World};
use tests_journeys::{Scene, setup_with_objective};

const MINUTES: u32 = 1440;

/// Collector and evaluator of the shop, whose sources are simulated and whose store is real.
struct Live {
    scene: Scene,
    store: Store,
    collector: Memory,
    evaluator: Option<Warm>,
    told: Vec<Told>,
}

impl Live {
    async fn minute(&mut self, minute: u32) {
        self.scene.bad_day(minute);
        self.scene.measure();
        self.scene.tocsin.pass();
        let (setup, now) = (&self.scene.tocsin.setup, self.scene.tocsin.now);
        let sources: &Simulated = &self.scene.tocsin.world;
        let tick = Tick { setup, shard: 0, shards: 1, at: now, budget: Duration::from_secs(30) };
        collect(sources, &self.store, &mut self.collector, tick, now).await.unwrap();
        // Now and then a process dies, and the next one begins from the checkpoint.
        if minute % 50 == 49 {
            self.evaluator = None;
        }
        let (store, plan) = (&self.store, Plan::of(setup, 0, 1));
        let bare = Setup { routing: Routing::default(), ..setup.clone() };
        let report = evaluate(store, (store, store), sources, (&plan, &bare), &mut self.evaluator, now).await.unwrap();
        self.told.extend(report.changes.into_iter().map(|change| Told { at: now, change }));
    }
}

#[tokio::test]
async fn a_day_of_stored_chunks_gives_byte_equal_transitions() {
    let world = World::start().await;
    let begin: Time = NOW.floor(Span::MINUTE);
    let mut live = Live {
        scene: Scene::at(setup_with_objective(), begin),
        store: world.store(),
        collector: Memory::default(),
        evaluator: None,
        told: Vec::new(),
    };
    for minute in 0..MINUTES {
        live.minute(minute).await;
    }
    let end = live.scene.tocsin.now;
    let chunks = world.store().chunks(0, begin, end + Span::MINUTE).await.unwrap();
    assert_eq!(chunks.len(), 1440);
    let replayed = lines(&replay(&setup_with_objective(), 1, &chunks, end));
    let told = lines(&live.told);
    let names: BTreeSet<_> = live.told.iter().map(|told| told.change.name.clone()).collect();
    assert!(told.len() > 30 && names.len() > 4, "{} changes of {names:?}", told.len());
    let differs = (0..replayed.len().max(told.len())).find(|index| replayed.get(*index) != told.get(*index));
    assert_eq!(differs.map(|index| (replayed.get(index), told.get(index))), None);
    let incidents = world.store().incidents(100, None).await.unwrap().items;
    assert!(incidents.len() > 2, "they became incidents: {}", incidents.len());
}

fn lines(told: &[Told]) -> Vec<String> {
    told.iter().map(|told| serde_json::to_string(told).unwrap()).collect()
}
