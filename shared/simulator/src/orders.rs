use domain::drill::Drill;
use domain::id::{DrillId, OverrideId, SilenceId};
use domain::on_call::Override;
use domain::silence::Silence;
use domain::units::Time;
use engine::port::{Orders, PortError, Saved};

use crate::World;

impl Orders for World {
    async fn silences(&self) -> Result<Vec<Silence>, PortError> {
        self.call("silences", |inner| inner.silences.values().cloned().collect())
    }

    async fn save_silence(&self, silence: &Silence, _until: Time) -> Result<Saved, PortError> {
        self.call("save_silence", |inner| {
            let stored = inner.silences.get(&silence.id).map_or(0, |stored| stored.version);
            if stored != silence.version {
                return Saved::Stale;
            }
            let next = Silence { version: silence.version + 1, ..silence.clone() };
            inner.silences.insert(silence.id.clone(), next);
            Saved::Saved
        })
    }

    async fn silence(&self, id: &SilenceId) -> Result<Option<Silence>, PortError> {
        self.call("silence", |inner| inner.silences.get(id).cloned())
    }

    async fn overrides(&self) -> Result<Vec<Override>, PortError> {
        self.call("overrides", |inner| inner.overrides.values().cloned().collect())
    }

    async fn save_override(&self, order: &Override, _until: Time) -> Result<Saved, PortError> {
        self.call("save_override", |inner| {
            if inner.overrides.contains_key(&order.id) {
                return Saved::Stale;
            }
            inner.overrides.insert(order.id.clone(), order.clone());
            Saved::Saved
        })
    }

    async fn delete_override(&self, id: &OverrideId) -> Result<bool, PortError> {
        self.call("delete_override", |inner| inner.overrides.remove(id).is_some())
    }

    async fn drills(&self) -> Result<Vec<Drill>, PortError> {
        self.call("drills", |inner| inner.drills.values().cloned().collect())
    }

    async fn drill(&self, id: &DrillId) -> Result<Option<Drill>, PortError> {
        self.call("drill", |inner| inner.drills.get(id).cloned())
    }

    async fn save_drill(&self, drill: &Drill, _until: Time) -> Result<Saved, PortError> {
        self.call("save_drill", |inner| {
            let stored = inner.drills.get(&drill.id).map_or(0, |stored| stored.version);
            if stored != drill.version {
                return Saved::Stale;
            }
            let next = Drill { version: drill.version + 1, ..drill.clone() };
            inner.drills.insert(drill.id.clone(), next);
            Saved::Saved
        })
    }
}
