use std::future::Future;

use domain::notification::Secret;
use domain::setup::Setup;
use domain::units::Time;
use engine::port::{ChunkLog, EventLog, Ledger, Orders, Outlet, PortError, Slos};

/// What the API stands on. A function implements it over AWS, a test over the simulated world.
pub trait App: Send + Sync + 'static {
    /// The tables.
    type Store: Ledger + ChunkLog + EventLog + Orders + Slos + Send + Sync;
    /// The bus.
    type Outlet: Outlet + Send + Sync;

    /// The tables.
    fn store(&self) -> &Self::Store;

    /// The bus.
    fn outlet(&self) -> &Self::Outlet;

    /// The configuration, read when it is first asked for: not every route needs it, and no start waits for it.
    ///
    /// # Errors
    /// When it cannot be read, or has mistakes.
    fn setup(&self) -> impl Future<Output = Result<&Setup, NotConfigured>> + Send;

    /// The value of a secret: the key of a vendor's signatures.
    ///
    /// # Errors
    /// When it cannot be read; without the value.
    fn secret(&self, secret: &Secret) -> impl Future<Output = Result<String, String>> + Send;

    /// Tells whoever pressed a button, at the address that came with the press.
    ///
    /// # Errors
    /// When it cannot be told.
    fn reply(&self, url: &str, text: &str) -> impl Future<Output = Result<(), String>> + Send;

    /// How many shards there are.
    fn shards(&self) -> u32;

    /// Keeps for people what cannot be taken of a request, with the reason. The same `key` within a while is kept once: who
    /// sends again and again would fill the queue.
    ///
    /// # Errors
    /// When nothing keeps it: the sender must send it again.
    fn park(&self, key: &str, payload: &str, reason: &str) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The present.
    fn now(&self) -> Time;
}

/// There is no configuration, for this reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotConfigured(pub String);

/// Who sends a request, as the gateway has authenticated them: a request extension. With `AWS_IAM` it is an ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub String);

/// The gateway's own name of a request: a request extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);
