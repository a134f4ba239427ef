use std::time::Duration;

use domain::metric::{Failure, FailureKind, Outcome};
use domain::setup::SourceKind;
use engine::port::{Answer, Ask, Sources};
use tokio::time::Instant;

use crate::aws::Aws;

/// Actions: `cloudwatch:GetMetricData`; `sts:AssumeRole` for sources with a role; `aps:QueryMetrics` for Amazon Managed
/// Service for Prometheus; `logs:FilterLogEvents`, `logs:StartQuery`, `logs:GetQueryResults` and `logs:StopQuery` for logs;
/// `ce:GetCostAndUsage` and `ce:GetCostForecast` for the bill; for Prometheus secrets what [`Aws::secret`] calls.
impl Sources for Aws {
    async fn fetch(&self, asks: &[Ask<'_>], budget: Duration) -> Vec<Answer> {
        let deadline = Instant::now() + budget;
        let (mut cloud_watch, mut prometheus, mut probes) = (Vec::new(), Vec::new(), Vec::new());
        let (mut logs, mut bill) = (Vec::new(), Vec::new());
        for (number, ask) in asks.iter().enumerate() {
            match ask.source.kind {
                SourceKind::CloudWatch { .. } => cloud_watch.push((number, ask)),
                SourceKind::Prometheus { .. } => prometheus.push((number, ask)),
                SourceKind::Probe => probes.push((number, ask)),
                // The collector reads these from its own table.
                SourceKind::Pushed => {}
                SourceKind::Logs { .. } => logs.push((number, ask)),
                SourceKind::CostExplorer { .. } => bill.push((number, ask)),
            }
        }
        let (metrics, queries, checks, lines, costs) = tokio::join!(
            self.cloud_watch.fetch(&self.config, &self.calls, &cloud_watch, deadline),
            self.fetch_prometheus(&prometheus, deadline),
            self.fetch_probes(&probes, deadline),
            self.fetch_logs(&logs, deadline),
            self.fetch_bill(&bill, deadline),
        );
        let not_asked = Outcome::Failed(Failure { kind: FailureKind::NotAsked, detail: String::new() });
        let mut answers = vec![Answer::from(not_asked); asks.len()];
        let plain = metrics.into_iter().chain(queries).map(|(number, outcome)| (number, outcome.into()));
        for (number, answer) in plain.chain(checks).chain(lines).chain(costs) {
            answers[number] = answer;
        }
        answers
    }
}
