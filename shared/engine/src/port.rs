//! What the use cases need of the world: nine ports, each with two implementations, AWS and the simulated world.

mod chunk_log;
mod event_log;
mod ledger;
mod messenger;
mod orders;
mod outlet;
mod slos;
mod sources;
mod targets;

pub use chunk_log::{Appended, Checkpoint, CheckpointHead, ChunkLog, Saved};
pub use event_log::{EventLog, LogRange, Recorded};
pub use ledger::{Commit, CommitError, Due, Ledger, OpenPointer, Page, Switch, TargetHistory};
pub use messenger::Messenger;
pub use orders::Orders;
pub use outlet::{Outlet, Wake};
pub use slos::{Slos, StoredSlo};
pub use sources::{Answer, Ask, Sources};
pub use targets::{TargetError, TargetState, Targets};

/// A service behind a port did not answer as it should; the caller retries later or gives the event back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// It may work later: throttled, timed out, unreachable.
    #[error("{service} is not available: {detail}")]
    Unavailable {
        /// Which service.
        service: &'static str,
        /// What it said.
        detail: String,
    },
    /// It will not work without a change of policy or set-up.
    #[error("{service} refuses: {detail}")]
    Denied {
        /// Which service.
        service: &'static str,
        /// What it said.
        detail: String,
    },
    /// What is stored cannot be read: another version's layout, or damage.
    #[error("{what} cannot be read: {detail}")]
    Unreadable {
        /// Which row or object.
        what: String,
        /// Why.
        detail: String,
    },
}
