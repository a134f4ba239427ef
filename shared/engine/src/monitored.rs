//! Monitored events: judged when they come, kept, asked for, judged anew, archived.

mod alert;
mod archive;
mod observe;
mod query;
mod reevaluate;
mod stats;

pub use archive::{ARCHIVE_MAX, Archived, archive};
pub use observe::{observe, oldest};
pub use query::{LogQuery, query};
pub use reevaluate::{Changed, REEVALUATE_MAX, Reevaluated, reevaluate};
pub use stats::{SourceStats, Stats, stats};
