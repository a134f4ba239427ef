use domain::id::{OverrideId, SilenceId};
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
}
