//! Layouts are named by their content, so a row is written once and serves every chunk of the same series.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::units::{Span, Time};
use engine::port::PortError;

use super::partition;
use crate::Store;
use crate::fault::denied;
use crate::item::{ROW_BYTES_MAX, Row, number, text, unreadable};
use crate::packed::{Layout, LayoutHash};
use crate::store::Condition;

/// Layouts that a warm function remembers; a shard has a few, by the paces of its series. 500 ids take about 30 KB.
const REMEMBERED_MAX: usize = 64;
/// A layout is kept this much longer than the chunk that it was written for, so that it is written once a month at
/// most.
const KEPT_LONGER: Span = Span::DAY.times(30);

/// What a warm function knows of stored layouts.
#[derive(Debug, Default)]
pub(crate) struct Layouts(Mutex<BTreeMap<(u32, LayoutHash), Known>>);

#[derive(Clone, Debug)]
struct Known {
    layout: Arc<Layout>,
    expires_at: Time,
}

impl Layouts {
    fn locked(&self) -> MutexGuard<'_, BTreeMap<(u32, LayoutHash), Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, shard: u32, hash: LayoutHash) -> Option<Known> {
        self.locked().get(&(shard, hash)).cloned()
    }

    fn remember(&self, shard: u32, known: Known) {
        let mut all = self.locked();
        if all.len() >= REMEMBERED_MAX {
            all.clear();
        }
        all.insert((shard, known.layout.hash()), known);
    }
}

impl Store {
    /// Sees to it that the layout is stored and stays so until `until`.
    pub(super) async fn keep_layout(&self, shard: u32, layout: Layout, until: Time) -> Result<(), PortError> {
        let known = self.known_layout(shard, layout.hash()).await?;
        if known.is_some_and(|known| known.expires_at >= until) {
            return Ok(());
        }
        let expires_at = until + KEPT_LONGER;
        let row = Row::key(partition(shard), Some(&layout_key(layout.hash()))).text("layout", layout.text());
        let row = row.expires_at(Some(expires_at));
        if row.len() > ROW_BYTES_MAX {
            return Err(denied(format!("a layout of {} series does not fit one row", layout.series().len())));
        }
        // If the condition does not hold, another function has just written the same.
        self.put(&self.tables.metrics, row, Some(Condition::new_or_below("expires_at", until.epoch()))).await?;
        self.layouts.remember(shard, Known { layout: Arc::new(layout), expires_at });
        Ok(())
    }

    pub(super) async fn layout(&self, shard: u32, hash: LayoutHash) -> Result<Option<Arc<Layout>>, PortError> {
        Ok(self.known_layout(shard, hash).await?.map(|known| known.layout))
    }

    async fn known_layout(&self, shard: u32, hash: LayoutHash) -> Result<Option<Known>, PortError> {
        if let Some(known) = self.layouts.get(shard, hash) {
            return Ok(Some(known));
        }
        let Some(row) = self.get(&self.tables.metrics, &partition(shard), Some(&layout_key(hash))).await? else {
            return Ok(None);
        };
        let what = || format!("{}/{}", partition(shard), layout_key(hash));
        let content = text(&row, "layout").ok_or_else(|| unreadable(what(), "it has no content"))?;
        let layout = Layout::parse(content).map_err(|error| unreadable(what(), error))?;
        if layout.hash() != hash {
            return Err(unreadable(what(), "its content is that of another layout"));
        }
        let expires_at = number(&row, "expires_at").map_or(Time::default(), Time::from_epoch);
        let known = Known { layout: Arc::new(layout), expires_at };
        self.layouts.remember(shard, known.clone());
        Ok(Some(known))
    }
}

fn layout_key(hash: LayoutHash) -> String {
    format!("layout#{hash}")
}
