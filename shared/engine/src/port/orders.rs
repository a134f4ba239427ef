use std::future::Future;

use domain::drill::Drill;
use domain::id::{DrillId, OverrideId, SilenceId};
use domain::on_call::Override;
use domain::silence::Silence;
use domain::units::Time;

use super::{PortError, Saved};

/// What people have ordered while it matters: silences, who stands in for whom, and drills. Rows expire by themselves.
pub trait Orders {
    /// All silences that are not forgotten yet, in any order.
    ///
    /// # Errors
    /// When the store does not answer.
    fn silences(&self) -> impl Future<Output = Result<Vec<Silence>, PortError>> + Send;

    /// Writes a silence if what is stored has its version (0: none is), and forgets it at `until`.
    ///
    /// # Errors
    /// When the store does not answer.
    fn save_silence(&self, silence: &Silence, until: Time) -> impl Future<Output = Result<Saved, PortError>> + Send;

    /// The silence.
    ///
    /// # Errors
    /// When the store does not answer.
    fn silence(&self, id: &SilenceId) -> impl Future<Output = Result<Option<Silence>, PortError>> + Send;

    /// All overrides that are not forgotten yet, in any order.
    ///
    /// # Errors
    /// When the store does not answer.
    fn overrides(&self) -> impl Future<Output = Result<Vec<Override>, PortError>> + Send;

    /// Writes an override unless there is one of its id, and forgets it at `until`.
    ///
    /// # Errors
    /// When the store does not answer.
    fn save_override(&self, order: &Override, until: Time) -> impl Future<Output = Result<Saved, PortError>> + Send;

    /// Takes an override back; whether there was one.
    ///
    /// # Errors
    /// When the store does not answer.
    fn delete_override(&self, id: &OverrideId) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// All drills that are not forgotten yet, in any order.
    ///
    /// # Errors
    /// When the store does not answer.
    fn drills(&self) -> impl Future<Output = Result<Vec<Drill>, PortError>> + Send;

    /// The drill.
    ///
    /// # Errors
    /// When the store does not answer.
    fn drill(&self, id: &DrillId) -> impl Future<Output = Result<Option<Drill>, PortError>> + Send;

    /// Writes a drill if what is stored has its version (0: none is), and forgets it at `until`. It is due at its
    /// `next_wake`.
    ///
    /// # Errors
    /// When the store does not answer.
    fn save_drill(&self, drill: &Drill, until: Time) -> impl Future<Output = Result<Saved, PortError>> + Send;
}
