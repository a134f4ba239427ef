//! What people have ordered, in the table `incidents`: silences in one partition, overrides in another, drills in a third.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::drill::Drill;
use domain::id::{DrillId, OverrideId, SilenceId};
use domain::on_call::Override;
use domain::silence::Silence;
use domain::units::Time;
use engine::port::{Orders, PortError, Saved};
use serde::de::DeserializeOwned;

use crate::Store;
use crate::item::{Row, body};
use crate::ledger::wake;
use crate::store::Condition;

const SILENCES: &str = "silences";
const OVERRIDES: &str = "overrides";
pub(crate) const DRILLS: &str = "drills";

impl Orders for Store {
    async fn silences(&self) -> Result<Vec<Silence>, PortError> {
        self.orders(SILENCES).await
    }

    async fn save_silence(&self, silence: &Silence, until: Time) -> Result<Saved, PortError> {
        let next = Silence { version: silence.version + 1, ..silence.clone() };
        let row = Row::key(SILENCES, Some(silence.id.as_str())).number("version", next.version);
        let row = row.expires_at(Some(until)).body(&next);
        let written = self.put(&self.tables.incidents, row, Some(Condition::version(silence.version))).await?;
        Ok(if written { Saved::Saved } else { Saved::Stale })
    }

    async fn silence(&self, id: &SilenceId) -> Result<Option<Silence>, PortError> {
        let row = self.get(&self.tables.incidents, SILENCES, Some(id.as_str())).await?;
        row.map(|row| body(&row, || format!("the silence {id}"))).transpose()
    }

    async fn overrides(&self) -> Result<Vec<Override>, PortError> {
        self.orders(OVERRIDES).await
    }

    async fn save_override(&self, order: &Override, until: Time) -> Result<Saved, PortError> {
        let row = Row::key(OVERRIDES, Some(order.id.as_str())).expires_at(Some(until)).body(order);
        let written = self.put(&self.tables.incidents, row, Some(Condition::new_row())).await?;
        Ok(if written { Saved::Saved } else { Saved::Stale })
    }

    async fn delete_override(&self, id: &OverrideId) -> Result<bool, PortError> {
        let key = Row::key(OVERRIDES, Some(id.as_str()));
        self.delete(&self.tables.incidents, key, Condition::present()).await
    }

    async fn drills(&self) -> Result<Vec<Drill>, PortError> {
        self.orders(DRILLS).await
    }

    async fn drill(&self, id: &DrillId) -> Result<Option<Drill>, PortError> {
        let row = self.get(&self.tables.incidents, DRILLS, Some(id.as_str())).await?;
        row.map(|row| body(&row, || format!("the drill {id}"))).transpose()
    }

    async fn save_drill(&self, drill: &Drill, until: Time) -> Result<Saved, PortError> {
        let next = Drill { version: drill.version + 1, ..drill.clone() };
        let row = Row::key(DRILLS, Some(drill.id.as_str())).number("version", next.version);
        let row = wake(row.expires_at(Some(until)).body(&next), drill.id.as_str(), drill.next_wake);
        let written = self.put(&self.tables.incidents, row, Some(Condition::version(drill.version))).await?;
        Ok(if written { Saved::Saved } else { Saved::Stale })
    }
}

impl Store {
    /// All rows of a partition, read consistently: a silence holds from the moment it is made.
    async fn orders<T: DeserializeOwned>(&self, pk: &str) -> Result<Vec<T>, PortError> {
        let query = self.client().query().table_name(&self.tables.incidents).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk");
        let rows = self.query_all(query.expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))).await?;
        rows.iter().map(|row| body(row, || pk.to_owned())).collect()
    }
}
