use domain::metric::PushedValue;
use domain::monitored::{EventText, History, Logged, Volume};
use domain::units::Time;
use engine::port::{EventLog, LogRange, Page, PortError, Recorded};

use crate::World;

impl EventLog for World {
    async fn history(&self, source: &EventText, event_type: &EventText) -> Result<Option<History>, PortError> {
        let key = (source.clone(), event_type.clone());
        self.call("history", |inner| inner.histories.get(&key).cloned())
    }

    async fn volume(&self, source: &EventText, event_type: &EventText) -> Result<Option<Volume>, PortError> {
        let key = (source.clone(), event_type.clone());
        self.call("volume", |inner| inner.volumes.get(&key).cloned())
    }

    async fn remember(&self, history: &History, volume: Option<&Volume>, _: Time) -> Result<bool, PortError> {
        let key = (history.source.clone(), history.event_type.clone());
        self.call("remember", |inner| {
            let stored = inner.histories.get(&key).map_or(0, |stored| stored.version);
            if stored != history.version {
                return false;
            }
            let mut next = history.clone();
            next.version += 1;
            inner.histories.insert(key.clone(), next);
            if let Some(volume) = volume {
                inner.volumes.insert(key, volume.clone());
            }
            true
        })
    }

    async fn histories(&self, _: u32, _: Option<String>) -> Result<Page<History>, PortError> {
        self.call("histories", |inner| Page { items: inner.histories.values().cloned().collect(), cursor: None })
    }

    async fn record(&self, logged: &Logged, _: Time) -> Result<Recorded, PortError> {
        self.call("record", |inner| {
            let place = logged.place();
            if let Some(stored) = inner.events.get(&place) {
                return Recorded::AlreadyThere(Box::new(stored.clone()));
            }
            inner.events.insert(place, logged.clone());
            Recorded::New
        })
    }

    async fn replace(&self, logged: &Logged, _: Time) -> Result<(), PortError> {
        self.call("replace", |inner| {
            inner.events.insert(logged.place(), logged.clone());
        })
    }

    async fn logged(&self, range: &LogRange, limit: u32) -> Result<Vec<Logged>, PortError> {
        self.call("logged", |inner| {
            let from = Logged::place_of(range.from);
            let within = inner.events.iter().rev().filter(|(place, _)| **place >= from && **place < range.before);
            let wanted = within.map(|(_, logged)| logged).filter(|logged| {
                range.statuses.contains(&logged.verdict.status)
                    && range.source.as_ref().is_none_or(|source| *source == logged.event.source)
            });
            wanted.take(limit as usize).cloned().collect()
        })
    }

    async fn push(&self, shard: u32, minute: Time, id: &str, values: &[PushedValue], _: Time) -> Result<(), PortError> {
        let key = (shard, minute, id.to_owned());
        self.call("push", |inner| {
            inner.pushed.entry(key).or_insert_with(|| values.to_vec());
        })
    }

    async fn pushed(&self, shard: u32, from: Time, until: Time) -> Result<Vec<PushedValue>, PortError> {
        self.call("pushed", |inner| {
            let of_shard = inner.pushed.iter().filter(|((of, ..), _)| *of == shard).flat_map(|(_, values)| values);
            of_shard.filter(|value| value.at >= from && value.at < until).cloned().collect()
        })
    }

    async fn forget(&self, logged: &[Logged]) -> Result<(), PortError> {
        self.call("forget", |inner| {
            for logged in logged {
                inner.events.remove(&logged.place());
            }
        })
    }
}
