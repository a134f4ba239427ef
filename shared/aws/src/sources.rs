use std::time::Duration;

use domain::metric::{Failure, FailureKind, Outcome};
use domain::setup::SourceKind;
use engine::port::{Ask, Sources};
use tokio::time::Instant;

use crate::aws::Aws;

/// Actions: `cloudwatch:GetMetricData`; `sts:AssumeRole` for sources with a role; `aps:QueryMetrics` for Amazon Managed
/// Service for Prometheus; for Prometheus secrets what [`Aws::secret`] calls.
impl Sources for Aws {
    async fn fetch(&self, asks: &[Ask<'_>], budget: Duration) -> Vec<Outcome> {
        let deadline = Instant::now() + budget;
        let (mut cloud_watch, mut prometheus, mut probes) = (Vec::new(), Vec::new(), Vec::new());
        for (number, ask) in asks.iter().enumerate() {
            match ask.source.kind {
                SourceKind::CloudWatch { .. } => cloud_watch.push((number, ask)),
                SourceKind::Prometheus { .. } => prometheus.push((number, ask)),
                SourceKind::Probe => probes.push((number, ask)),
            }
        }
        let (metrics, queries, checks) = tokio::join!(
            self.cloud_watch.fetch(&self.config, &self.calls, &cloud_watch, deadline),
            self.fetch_prometheus(&prometheus, deadline),
            self.fetch_probes(&probes, deadline),
        );
        let not_asked = Outcome::Failed(Failure { kind: FailureKind::NotAsked, detail: String::new() });
        let mut outcomes = vec![not_asked; asks.len()];
        for (number, outcome) in metrics.into_iter().chain(queries).chain(checks) {
            outcomes[number] = outcome;
        }
        outcomes
    }
}
