//! Services: what a team owns and Tocsin watches.

use serde::{Deserialize, Serialize};

use crate::id::{SeriesId, ServiceName};

/// The service that incidents about Tocsin itself belong to; nobody else's may have its name.
pub const OWN_SERVICE: &str = "tocsin";
/// The service of what comes from outside and fits none that is configured.
pub const UNASSIGNED: &str = "unassigned";

/// A service, its owner and what it is made of.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Service {
    /// Its name.
    pub name: ServiceName,
    /// The team or person that owns it.
    pub owner: String,
    /// Whether its series are asked for every minute whatever its health.
    pub critical: bool,
    /// The services it calls.
    pub depends_on: Vec<ServiceName>,
    /// The AWS resources it is made of.
    pub resources: Vec<Resource>,
    /// Its series, in the order of the configuration.
    pub series: Vec<SeriesId>,
}

/// An AWS resource that serves, and that a release or an action can change.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Resource {
    /// An alias of a Lambda function.
    LambdaAlias {
        /// The function's name.
        function: String,
        /// The alias.
        alias: String,
    },
}

impl std::fmt::Display for Resource {
    /// A stable name: `lambda:shop-checkout:live`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LambdaAlias { function, alias } => write!(f, "lambda:{function}:{alias}"),
        }
    }
}

/// The shard that `service` belongs to, out of `shards`: by FNV-1a hash of its name, so that it never moves while the
/// number of shards stays.
pub fn shard_of(service: &ServiceName, shards: u32) -> u32 {
    let hash =
        service.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash % shards.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_one_shard_below_the_count() {
        let name: ServiceName = "shop-checkout".parse().unwrap();
        for shards in 1..64 {
            assert!(shard_of(&name, shards) < shards);
        }
        assert_eq!(shard_of(&name, 0), 0);
    }
}
