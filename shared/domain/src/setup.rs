//! Everything a team has declared: the configuration as valid values.

mod source;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use source::{PrometheusAuth, Source, SourceKind};

use crate::correlation::Correlation;
use crate::drill;
use crate::id::{ChannelName, MonitorName, SeriesId, ServiceName, SloName};
use crate::incident::Severity;
use crate::metric::Series;
use crate::monitor::Monitor;
use crate::monitored::Rules;
use crate::notification::{Channel, Inbound};
use crate::on_call::OnCall;
use crate::response::Runbook;
use crate::routing::Routing;
use crate::service::{Service, shard_of};
use crate::slo::Slo;
use crate::units::Span;

/// The whole configuration. Every reference in it resolves.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Setup {
    /// Where series are read.
    pub sources: Vec<Source>,
    /// What is watched.
    pub services: Vec<Service>,
    /// The series of all services.
    pub series: Vec<Series>,
    /// The rules.
    pub monitors: Vec<Monitor>,
    /// What is promised.
    #[serde(default)]
    pub slos: Vec<Slo>,
    /// What to do when.
    pub runbooks: Vec<Runbook>,
    /// Whether actions may act at all.
    pub response_enabled: bool,
    /// Where notifications can go.
    pub channels: Vec<Channel>,
    /// Who may call us.
    #[serde(default)]
    pub inbound: Inbound,
    /// Which alerts go where, when, and what holds them back.
    #[serde(default)]
    pub routing: Routing,
    /// Who can be called, and after whom.
    #[serde(default)]
    pub on_call: OnCall,
    /// Which incidents are taken to be one.
    #[serde(default)]
    pub correlation: Correlation,
    /// Whose way from a breach to a person is tried.
    #[serde(default)]
    pub drills: Vec<drill::Plan>,
    /// How far each tick looks back for late and revised samples.
    pub look_back: Span,
    /// Post-mortems are written for these.
    pub post_mortem_severities: Vec<Severity>,
    /// Owner of follow-ups where the service has none.
    pub default_owner: String,
    /// How long chunks are kept.
    pub keep_metrics: Span,
    /// How monitored events are judged.
    #[serde(default)]
    pub events: Rules,
    /// How long monitored events are kept before they go to the archive.
    pub keep_events: Span,
    /// How long closed incidents, alerts and deployments are kept.
    pub keep_incidents: Span,
}

impl Setup {
    /// The service of that name.
    pub fn service(&self, name: &ServiceName) -> Option<&Service> {
        self.services.iter().find(|service| &service.name == name)
    }

    /// The series of that id.
    pub fn series(&self, id: &SeriesId) -> Option<&Series> {
        self.series.iter().find(|series| &series.id == id)
    }

    /// The monitor of that name.
    pub fn monitor(&self, name: &MonitorName) -> Option<&Monitor> {
        self.monitors.iter().find(|monitor| &monitor.name == name)
    }

    /// The objective of that name.
    pub fn slo(&self, name: &SloName) -> Option<&Slo> {
        self.slos.iter().find(|slo| &slo.name == name)
    }

    /// The channel of that name.
    pub fn channel(&self, name: &ChannelName) -> Option<&Channel> {
        self.channels.iter().find(|channel| &channel.name == name)
    }

    /// The monitors that `shard`, out of `shards`, judges: those of its services, and those that they name.
    pub fn monitors_of(&self, shard: u32, shards: u32) -> Vec<&Monitor> {
        let own = |monitor: &Monitor| shard_of(&monitor.service, shards) == shard;
        let named: BTreeSet<&MonitorName> =
            self.monitors.iter().filter(|monitor| own(monitor)).flat_map(|monitor| monitor.signal.monitors()).collect();
        self.monitors.iter().filter(|monitor| own(monitor) || named.contains(&monitor.name)).collect()
    }

    /// This and further objectives, made otherwise; of two of one name the configuration's is the one.
    #[must_use]
    pub fn with_slos(&self, others: impl IntoIterator<Item = Slo>) -> Self {
        let mut whole = self.clone();
        whole.slos.extend(others.into_iter().filter(|slo| self.slo(&slo.name).is_none()));
        whole
    }

    /// The objectives that `shard`, out of `shards`, judges: those of its services.
    pub fn slos_of(&self, shard: u32, shards: u32) -> impl Iterator<Item = &Slo> {
        self.slos.iter().filter(move |slo| shard_of(&slo.service, shards) == shard)
    }

    /// The series that `shard`, out of `shards`, needs: those of its services, and those that its monitors and objectives
    /// read.
    pub fn series_of(&self, shard: u32, shards: u32) -> Vec<&Series> {
        let services = self.services_of(shard, shards).flat_map(|service| &service.series);
        let read = self.monitors_of(shard, shards).into_iter().flat_map(Monitor::series);
        let promised = self.slos_of(shard, shards).flat_map(Slo::series);
        let wanted: BTreeSet<&SeriesId> = services.chain(read).chain(promised).collect();
        self.series.iter().filter(|series| wanted.contains(&series.id)).collect()
    }

    /// The services of `shard`, out of `shards`.
    pub fn services_of(&self, shard: u32, shards: u32) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(move |service| shard_of(&service.name, shards) == shard)
    }
}
