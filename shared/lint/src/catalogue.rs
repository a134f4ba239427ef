//! What is known of the metrics that AWS writes: between which numbers they lie, how often they are written, and which
//! dimensions they have. Metrics that are not named here may be anything.
//!
//! Source: the pages "metrics and dimensions" of the services' user guides.

use domain::units::Span;

use crate::range::Range;

/// From 0 to 100, whatever the statistic but sums and counts.
const PERCENTAGES: &[(&str, &[&str])] = &[
    ("AWS/EC2", &["CPUUtilization"]),
    ("AWS/RDS", &["CPUUtilization", "BurstBalance", "EBSByteBalance%", "EBSIOBalance%", "BufferCacheHitRatio"]),
    ("AWS/DocDB", &["CPUUtilization", "BufferCacheHitRatio"]),
    ("AWS/Neptune", &["CPUUtilization", "BufferCacheHitRatio"]),
    ("AWS/EBS", &["BurstBalance"]),
    ("AWS/EFS", &["PercentIOLimit"]),
    ("AWS/ElastiCache", &["CPUUtilization", "EngineCPUUtilization", "DatabaseMemoryUsagePercentage"]),
    ("AWS/ES", &["CPUUtilization", "MasterCPUUtilization", "JVMMemoryPressure", "MasterJVMMemoryPressure"]),
    ("AWS/Redshift", &["CPUUtilization", "PercentageDiskSpaceUsed"]),
    ("AWS/CloudFront", &["4xxErrorRate", "5xxErrorRate", "TotalErrorRate", "CacheHitRate"]),
    ("AWS/Route53", &["HealthCheckPercentageHealthy"]),
    ("CWAgent", &["mem_used_percent", "disk_used_percent", "swap_used_percent", "mem_available_percent"]),
];

/// From 0 to 1, whatever the statistic but sums and counts.
const FLAGS: &[(&str, &[&str])] = &[
    ("AWS/EC2", &["StatusCheckFailed", "StatusCheckFailed_Instance", "StatusCheckFailed_System"]),
    ("AWS/Lambda", &["ProvisionedConcurrencyUtilization", "Errors"]),
    ("AWS/ApiGateway", &["4XXError", "5XXError", "4xx", "5xx"]),
    ("AWS/S3", &["4xxErrors", "5xxErrors"]),
    ("AWS/Route53", &["HealthCheckStatus"]),
];

/// Metrics of AWS that may be negative: -1 says that replication does not run, and credits are negative costs.
const SIGNED: &[&str] = &["ReplicaLag", "AuroraBinlogReplicaLag", "OldestReplicationSlotLag", "EstimatedCharges"];

/// A function runs at most 15 minutes. Source: Lambda quotas.
const LAMBDA_DURATION_MS_MAX: f64 = 900_000.0;

/// Part and whole, of which the sum of the part is never above that of the whole.
const PARTS: &[(&str, &str, &str)] = &[
    ("AWS/Lambda", "Errors", "Invocations"),
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "RequestCount"),
    ("AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", "RequestCount"),
    ("AWS/ApiGateway", "5XXError", "Count"),
    ("AWS/ApiGateway", "4XXError", "Count"),
    ("AWS/ApiGateway", "5xx", "Count"),
    ("AWS/ApiGateway", "4xx", "Count"),
    ("AWS/States", "ExecutionsFailed", "ExecutionsStarted"),
];

/// How often metrics are written that have less than a point a minute.
const SLOW: &[(&str, &str, Span)] = &[
    ("AWS/S3", "BucketSizeBytes", Span::DAY),
    ("AWS/S3", "NumberOfObjects", Span::DAY),
    ("AWS/EFS", "StorageBytes", Span::from_minutes(15)),
    ("AWS/Billing", "EstimatedCharges", Span::HOUR.times(6)),
];

/// Sets of dimensions of which a metric needs one, all of it.
type Sets = &'static [&'static [&'static str]];

/// Dimensions without which a namespace has no metric: all of at least one of the sets.
const NEEDED: &[(&str, Sets)] = &[
    ("AWS/ApplicationELB", &[&["LoadBalancer"], &["TargetGroup"]]),
    ("AWS/NetworkELB", &[&["LoadBalancer"], &["TargetGroup"]]),
    ("AWS/SQS", &[&["QueueName"]]),
    ("AWS/ApiGateway", &[&["ApiName"], &["ApiId"]]),
    ("AWS/ECS", &[&["ClusterName"]]),
    ("AWS/S3", &[&["BucketName"]]),
    ("AWS/Kinesis", &[&["StreamName"]]),
    ("AWS/CloudFront", &[&["DistributionId", "Region"], &["FunctionName", "Region"]]),
    ("AWS/NATGateway", &[&["NatGatewayId"]]),
    ("AWS/EFS", &[&["FileSystemId"]]),
    ("AWS/EBS", &[&["VolumeId"]]),
    ("AWS/ES", &[&["DomainName", "ClientId"]]),
    ("AWS/Billing", &[&["Currency"]]),
    ("AWS/AutoScaling", &[&["AutoScalingGroupName"]]),
    ("AWS/CertificateManager", &[&["CertificateArn"]]),
    ("AWS/Synthetics", &[&["CanaryName"]]),
];

/// Metrics that need more than their namespace does.
const NEEDED_BY_METRIC: &[(&str, &[&str], Sets)] = &[(
    "AWS/DynamoDB",
    &["SuccessfulRequestLatency", "ThrottledRequests", "SystemErrors", "ReturnedItemCount"],
    &[&["TableName", "Operation"], &["TableName", "StreamLabel", "Operation"]],
)];

fn is_in(table: &[(&str, &[&str])], namespace: &str, metric: &str) -> bool {
    table.iter().any(|(known, metrics)| *known == namespace && metrics.contains(&metric))
}

/// Whether AWS itself writes into the namespace.
pub(crate) fn is_of_aws(namespace: &str) -> bool {
    namespace.starts_with("AWS/")
}

/// Between which numbers the metric's `statistic` lies.
pub(crate) fn range(namespace: &str, metric: &str, statistic: &str) -> Range {
    if statistic == "SampleCount" {
        return Range::NOT_NEGATIVE;
    }
    let adds_up = statistic == "Sum";
    if is_in(PERCENTAGES, namespace, metric) {
        return if adds_up { Range::NOT_NEGATIVE } else { Range::PERCENT };
    }
    if is_in(FLAGS, namespace, metric) {
        return if adds_up { Range::NOT_NEGATIVE } else { Range::SHARE };
    }
    if namespace == "AWS/Lambda" && metric == "Duration" && !adds_up {
        return Range { least: 0.0, most: LAMBDA_DURATION_MS_MAX };
    }
    if is_of_aws(namespace) && !SIGNED.contains(&metric) { Range::NOT_NEGATIVE } else { Range::ANY }
}

/// Whether `part` is counted in `whole` too.
pub(crate) fn is_part(namespace: &str, part: &str, whole: &str) -> bool {
    PARTS.contains(&(namespace, part, whole))
}

/// The time between two points of the metric, where it is known to be above a minute.
pub(crate) fn slow(namespace: &str, metric: &str) -> Option<Span> {
    let mut found = SLOW.iter().filter(|(known, name, _)| (*known, *name) == (namespace, metric));
    found.next().map(|(_, _, span)| *span)
}

/// The sets of dimensions of which the metric needs one; none where any will do.
pub(crate) fn needed(namespace: &str, metric: &str) -> Sets {
    let special = NEEDED_BY_METRIC.iter().find(|(known, metrics, _)| *known == namespace && metrics.contains(&metric));
    let usual = || NEEDED.iter().find(|(known, _)| *known == namespace).map(|(_, sets)| *sets);
    special.map(|(_, _, sets)| *sets).or_else(usual).unwrap_or_default()
}

/// Whether the metric is a level at a moment, which nobody adds up.
pub(crate) fn is_level(namespace: &str, metric: &str) -> bool {
    let ends = ["Utilization", "Latency", "ResponseTime", "Percentage", "_percent", "Balance"];
    let begins = ["ApproximateAge", "ApproximateNumberOfMessages", "Free", "DatabaseConnections"];
    (is_of_aws(namespace) || namespace == "CWAgent")
        && (ends.iter().any(|end| metric.ends_with(end)) || begins.iter().any(|begin| metric.starts_with(begin)))
}

/// Whether the metric has points only when something is wrong.
pub(crate) fn is_sparse(namespace: &str, metric: &str) -> bool {
    let begins = ["HTTPCode_", "RejectedConnectionCount", "TargetConnectionErrorCount"];
    let ends = ["ThrottleEvents", "ThrottledRequests", "SystemErrors", "UserErrors", "DeadLetterErrors"];
    is_of_aws(namespace)
        && (begins.iter().any(|begin| metric.starts_with(begin)) || ends.iter().any(|end| metric.ends_with(end)))
}
