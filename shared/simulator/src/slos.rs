use domain::id::{ServiceName, SloName};
use domain::slo::{Day, GateOverride, Snapshot};
use domain::units::Time;
use engine::port::{PortError, Saved, Slos, StoredSlo};

use crate::{Inner, World};

fn has_version(inner: &Inner, slo: &StoredSlo) -> bool {
    inner.slos.get(&slo.slo.name).map_or(0, |stored| stored.version) == slo.version
}

impl Slos for World {
    async fn slos(&self) -> Result<Vec<StoredSlo>, PortError> {
        self.call("slos", |inner| inner.slos.values().cloned().collect())
    }

    async fn slo(&self, name: &SloName) -> Result<Option<StoredSlo>, PortError> {
        self.call("slo", |inner| inner.slos.get(name).cloned())
    }

    async fn save_slo(&self, slo: &StoredSlo) -> Result<Saved, PortError> {
        self.call("save_slo", |inner| {
            if !has_version(inner, slo) {
                return Saved::Stale;
            }
            let next = StoredSlo { version: slo.version + 1, ..slo.clone() };
            inner.slos.insert(slo.slo.name.clone(), next);
            Saved::Saved
        })
    }

    async fn delete_slo(&self, slo: &StoredSlo) -> Result<Saved, PortError> {
        self.call("delete_slo", |inner| {
            if !has_version(inner, slo) {
                return Saved::Stale;
            }
            inner.slos.remove(&slo.slo.name);
            Saved::Saved
        })
    }

    async fn snapshots(&self) -> Result<Vec<Snapshot>, PortError> {
        self.call("snapshots", |inner| inner.snapshots.values().flat_map(|(_, all)| all.clone()).collect())
    }

    async fn save_snapshots(&self, shard: u32, snapshots: &[Snapshot], tick: Time) -> Result<(), PortError> {
        self.call("save_snapshots", |inner| {
            if inner.snapshots.get(&shard).is_none_or(|(stored, _)| *stored < tick) {
                inner.snapshots.insert(shard, (tick, snapshots.to_vec()));
            }
        })
    }

    async fn save_days(&self, days: &[Day]) -> Result<(), PortError> {
        self.call("save_days", |inner| {
            inner.days.extend(days.iter().map(|day| ((day.slo.clone(), day.from), day.clone())));
        })
    }

    async fn days(&self, slo: &SloName, from: Time, until: Time) -> Result<Vec<Day>, PortError> {
        self.call("days", |inner| {
            let of = inner.days.range((slo.clone(), from)..(slo.clone(), until.max(from)));
            of.map(|(_, day)| day.clone()).collect()
        })
    }

    async fn gate_overrides(&self, service: &ServiceName, limit: u32) -> Result<Vec<GateOverride>, PortError> {
        self.call("gate_overrides", |inner| {
            let of = inner.gates.iter().rev().filter(|((of, _), _)| of == service);
            of.take(limit as usize).map(|(_, word)| word.clone()).collect()
        })
    }

    async fn override_gate(&self, word: &GateOverride) -> Result<(), PortError> {
        self.call("override_gate", |inner| {
            inner.gates.insert((word.service.clone(), word.at), word.clone());
        })
    }
}
