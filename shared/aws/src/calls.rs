use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! services {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What is called.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Service { $($(#[$doc])* $name,)* }

        impl Service {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The service's name in errors and metrics.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

services! {
    /// `GetMetricData`.
    CloudWatch = "CloudWatch",
    /// Log lines and queries.
    CloudWatchLogs = "CloudWatch Logs",
    /// The bill.
    CostExplorer = "Cost Explorer",
    /// Aliases and versions.
    Lambda = "Lambda",
    /// Any Prometheus HTTP API.
    Prometheus = "Prometheus",
    /// Objects.
    S3 = "S3",
    /// Secrets.
    SecretsManager = "SecretsManager",
    /// E-mails.
    Ses = "SES",
    /// Topics, and text messages.
    Sns = "SNS",
    /// Queues.
    Sqs = "SQS",
    /// Parameters.
    Ssm = "SSM",
    /// Assumed roles.
    Sts = "STS",
}

/// What was counted over a time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Requests by service, without those that were not called.
    pub requests: Vec<(Service, u64)>,
    /// Samples that a source gave and that are no numbers: infinite, NaN, or a mean without a count.
    pub samples_dropped: u64,
}

/// Counters that may be added to from everywhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    requests: [AtomicU64; Service::ALL.len()],
    samples_dropped: AtomicU64,
}

impl Calls {
    pub(crate) fn count(&self, service: Service) {
        self.0.requests[service as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self, samples: u64) {
        self.0.samples_dropped.fetch_add(samples, Ordering::Relaxed);
    }

    pub(crate) fn take(&self) -> Counts {
        let requests = Service::ALL
            .iter()
            .map(|service| (*service, self.0.requests[*service as usize].swap(0, Ordering::Relaxed)))
            .filter(|(_, count)| *count > 0)
            .collect();
        Counts { requests, samples_dropped: self.0.samples_dropped.swap(0, Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_taken_once() {
        let calls = Calls::default();
        calls.count(Service::Sns);
        calls.clone().count(Service::Sns);
        calls.count(Service::CloudWatch);
        calls.dropped(3);
        let counts = calls.take();
        assert_eq!(counts.requests, [(Service::CloudWatch, 1), (Service::Sns, 2)]);
        assert_eq!(counts.samples_dropped, 3);
        assert_eq!(calls.take(), Counts::default());
    }
}
