use std::collections::BTreeMap;

use domain::service::Resource;
use engine::port::{TargetError, TargetState, Targets};

use crate::World;

/// A Lambda alias.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Alias {
    /// What it points at.
    pub version: String,
    /// Counts its changes.
    pub revision: u64,
    /// Whether it splits its traffic.
    pub weighted: bool,
    /// Descriptions of versions.
    pub descriptions: BTreeMap<String, String>,
    /// Every version it was pointed at by an action, in order.
    pub acts: Vec<String>,
}

impl Alias {
    /// Somebody else points it at `version`.
    pub fn release(&mut self, version: &str) {
        version.clone_into(&mut self.version);
        self.revision += 1;
    }
}

impl Targets for World {
    async fn look_up(&self, target: &Resource) -> Result<TargetState, TargetError> {
        self.call("look_up", |inner| {
            let alias = inner.aliases.get(&target.to_string());
            alias.map(|alias| TargetState {
                version: alias.version.clone(),
                revision: alias.revision.to_string(),
                weighted: alias.weighted,
            })
        })?
        .ok_or_else(|| TargetError::Missing(target.to_string()))
    }

    async fn describe(&self, target: &Resource, version: &str) -> Result<String, TargetError> {
        let described = self.call("describe", |inner| {
            inner.aliases.get(&target.to_string()).and_then(|alias| alias.descriptions.get(version).cloned())
        });
        Ok(described?.unwrap_or_default())
    }

    async fn point_at(&self, target: &Resource, version: &str, revision: &str) -> Result<(), TargetError> {
        self.call("point_at", |inner| {
            let alias = inner.aliases.get_mut(&target.to_string());
            let alias = alias.ok_or_else(|| TargetError::Missing(target.to_string()))?;
            if alias.revision.to_string() != revision {
                return Err(TargetError::Changed(target.to_string()));
            }
            alias.release(version);
            alias.acts.push(version.to_owned());
            Ok(())
        })?
    }
}
