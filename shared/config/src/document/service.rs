use std::collections::BTreeMap;

use domain::id::ServiceName;
use domain::metric::Statistic;
use domain::units::{Span, Unit};

use super::List;
use crate::read::{choice, record};

record! {
    /// A service, its owner and what it is made of.
    Service {
        /// Its name, unique among services; "tocsin" is the system's own.
        name: required ServiceName,
        /// The team or person that owns it.
        owner: required String,
        /// Whether its series are asked for every minute whatever its health; otherwise every five. Default false.
        critical: optional bool,
        /// The services it calls.
        depends_on: optional List<String>,
        /// The AWS resources it is made of.
        resources: optional List<Resource>,
        /// What is measured of it.
        series: optional List<Series>,
    }
}

choice! {
    /// An AWS resource that serves, and that a release or an action can change.
    Resource by "kind" {
        "lambda-alias" => LambdaAlias(LambdaAlias),
    }
}

record! {
    /// An alias of a Lambda function.
    LambdaAlias tagged "kind" {
        /// The function's name.
        function: required String,
        /// The alias.
        alias: required String,
    }
}

record! {
    /// Numbers of one meaning at a fixed period. With a CloudWatch source it has namespace, metric, dimensions and
    /// statistic; with a Prometheus source it has expression.
    Series {
        /// Its name, unique in its service.
        name: required String,
        /// The name of the source it is read from.
        source: required String,
        /// CloudWatch: the namespace, such as AWS/Lambda.
        namespace: optional String,
        /// CloudWatch: the metric, such as Errors.
        metric: optional String,
        /// CloudWatch: all dimensions, exactly; fewer name another metric. Default none.
        dimensions: optional BTreeMap<String, String>,
        /// CloudWatch: Sum, SampleCount, Average, Minimum, Maximum or a percentile such as p99.
        statistic: optional Statistic,
        /// Prometheus: a PromQL expression that yields one series.
        expression: optional String,
        /// The distance of two points, 10s to 1h; with CloudWatch 10s, 20s, 30s or whole minutes.
        period: required Span,
        /// How often it is asked for while its service is healthy: 1m, or a multiple of 5m. Default 1m for a critical
        /// service, else 5m.
        pace: optional Span,
        /// The unit of its numbers. Default count.
        unit: optional Unit,
    }
}
