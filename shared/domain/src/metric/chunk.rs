use serde::{Deserialize, Serialize};

use super::{Outcome, Remark};
use crate::id::SeriesId;
use crate::units::Time;

/// What one tick of one shard read: the entry of the log that the fold runs over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// The shard.
    pub shard: u32,
    /// The tick, a whole minute; the "now" of the fold.
    pub tick: Time,
    /// What was asked, ordered by series id, each series once.
    pub asked: Vec<Asked>,
}

/// One series that was due at a tick.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The series.
    pub series: SeriesId,
    /// Start of the asked range, inclusive.
    pub from: Time,
    /// End of the asked range, exclusive.
    pub until: Time,
    /// Samples that are new, or differ from what is stored; or why there are none.
    pub outcome: Outcome,
    /// Why it is so, as far as its source knows.
    #[serde(default)]
    pub remark: Remark,
}
