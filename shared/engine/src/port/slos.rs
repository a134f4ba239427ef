use std::future::Future;

use domain::id::{ServiceName, SloName};
use domain::slo::{Day, GateOverride, Slo, Snapshot};
use domain::units::Time;
use serde::{Deserialize, Serialize};

use super::{PortError, Saved};

/// Objectives that were made through the API, how all objectives stand, and what people said about gates.
pub trait Slos {
    /// All that were made through the API.
    ///
    /// # Errors
    /// When the store does not answer.
    fn slos(&self) -> impl Future<Output = Result<Vec<StoredSlo>, PortError>> + Send;

    /// One of them, read consistently.
    ///
    /// # Errors
    /// When the store does not answer.
    fn slo(&self, name: &SloName) -> impl Future<Output = Result<Option<StoredSlo>, PortError>> + Send;

    /// Stores it as the next version, unless another than its own is stored (0: none).
    ///
    /// # Errors
    /// When the store does not answer.
    fn save_slo(&self, slo: &StoredSlo) -> impl Future<Output = Result<Saved, PortError>> + Send;

    /// Deletes it, unless another version is stored.
    ///
    /// # Errors
    /// When the store does not answer.
    fn delete_slo(&self, slo: &StoredSlo) -> impl Future<Output = Result<Saved, PortError>> + Send;

    /// How the objectives of all shards stood when it was last told.
    ///
    /// # Errors
    /// When the store does not answer.
    fn snapshots(&self) -> impl Future<Output = Result<Vec<Snapshot>, PortError>> + Send;

    /// Tells how the objectives of a shard stood at `tick`; what is older than what is stored is left out.
    ///
    /// # Errors
    /// When the store does not answer.
    fn save_snapshots(
        &self,
        shard: u32,
        snapshots: &[Snapshot],
        tick: Time,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Keeps what was counted on days that are over.
    ///
    /// # Errors
    /// When the store does not answer; some may be kept.
    fn save_days(&self, days: &[Day]) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Days of an objective that begin in `[from, until)`, the oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn days(&self, slo: &SloName, from: Time, until: Time) -> impl Future<Output = Result<Vec<Day>, PortError>> + Send;

    /// What people said about the gate of a service, the latest first, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    fn gate_overrides(
        &self,
        service: &ServiceName,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<GateOverride>, PortError>> + Send;

    /// Records what a person says about a gate; the latest decides.
    ///
    /// # Errors
    /// When the store does not answer.
    fn override_gate(&self, word: &GateOverride) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// An objective that was made through the API.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StoredSlo {
    /// The objective.
    pub slo: Slo,
    /// Counts changes, from 1; 0 before the first.
    pub version: u64,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
    /// Who did that.
    pub by: String,
}
