use std::future::Future;

use domain::metric::PushedValue;
use domain::monitored::{EventText, History, Logged, Status, Volume};
use domain::units::Time;

use super::{Page, PortError};

/// The log of what services push: monitored events, what their sources usually say, and values of metrics.
pub trait EventLog {
    /// What is known of a source's events of one type, read consistently.
    ///
    /// # Errors
    /// When the store does not answer.
    fn history(
        &self,
        source: &EventText,
        event_type: &EventText,
    ) -> impl Future<Output = Result<Option<History>, PortError>> + Send;

    /// How many of them there usually are.
    ///
    /// # Errors
    /// When the store does not answer.
    fn volume(
        &self,
        source: &EventText,
        event_type: &EventText,
    ) -> impl Future<Output = Result<Option<Volume>, PortError>> + Send;

    /// Stores what was learned unless somebody else was faster; whether it was stored.
    ///
    /// # Errors
    /// When the store does not answer.
    fn remember(
        &self,
        history: &History,
        volume: Option<&Volume>,
        expires_at: Time,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Histories by source, a page at a time.
    ///
    /// # Errors
    /// When the store does not answer.
    fn histories(
        &self,
        limit: u32,
        cursor: Option<String>,
    ) -> impl Future<Output = Result<Page<History>, PortError>> + Send;

    /// Stores an event, once.
    ///
    /// # Errors
    /// When the store does not answer.
    fn record(&self, logged: &Logged, expires_at: Time) -> impl Future<Output = Result<Recorded, PortError>> + Send;

    /// Stores an event in the place of the one of its id.
    ///
    /// # Errors
    /// When the store does not answer.
    fn replace(&self, logged: &Logged, expires_at: Time) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The latest events of a range, at most `limit`; fewer only where there are no more.
    ///
    /// # Errors
    /// When the store does not answer.
    fn logged(&self, range: &LogRange, limit: u32) -> impl Future<Output = Result<Vec<Logged>, PortError>> + Send;

    /// Keeps values of a minute that were pushed for series of a shard, once per `id`.
    ///
    /// # Errors
    /// When the store does not answer.
    fn push(
        &self,
        shard: u32,
        minute: Time,
        id: &str,
        values: &[PushedValue],
        expires_at: Time,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// What was pushed for series of a shard and measured in `[from, until)`, read consistently.
    ///
    /// # Errors
    /// When the store does not answer.
    fn pushed(
        &self,
        shard: u32,
        from: Time,
        until: Time,
    ) -> impl Future<Output = Result<Vec<PushedValue>, PortError>> + Send;

    /// Deletes events; some may be gone already.
    ///
    /// # Errors
    /// When the store does not answer; some may be deleted.
    fn forget(&self, logged: &[Logged]) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// A part of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRange {
    /// Events of these.
    pub statuses: Vec<Status>,
    /// Events of this source; `None`: of all.
    pub source: Option<EventText>,
    /// Not before this.
    pub from: Time,
    /// Before this place, see [`Logged::place`].
    pub before: String,
}

/// What became of an event that was to be stored.
#[derive(Clone, PartialEq, Debug)]
pub enum Recorded {
    /// It is stored.
    New,
    /// It was there before; it may since have been judged anew.
    AlreadyThere(Box<Logged>),
}
