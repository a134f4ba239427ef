use std::collections::BTreeMap;

use domain::id::ServiceName;
use domain::metric::Statistic;
use domain::units::{Span, Unit};

use super::{Cost, List, Log, Probe};
use crate::read::{OneOrMore, choice, record};

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
        depends_on: optional OneOrMore<String>,
        /// The AWS resources it is made of.
        resources: optional List<Resource>,
        /// What is measured of it.
        series: optional List<Series>,
    }
}

choice! {
    /// An AWS resource that the service is made of. Its usual series and monitors come with it, unless it says
    /// monitored: false; a monitor that is declared under the name of one of them takes its place.
    Resource by "kind" {
        "lambda-alias" => LambdaAlias(LambdaAlias),
        "lambda-function" => LambdaFunction(LambdaFunction),
        "http-api" => HttpApi(HttpApi),
        "rest-api" => RestApi(RestApi),
        "dynamodb-table" => DynamoDbTable(DynamoDbTable),
        "rds-instance" => RdsInstance(RdsInstance),
        "elasticache-cluster" => ElastiCacheCluster(ElastiCacheCluster),
        "ecs-service" => EcsService(EcsService),
        "sqs-queue" => SqsQueue(SqsQueue),
        "load-balancer" => LoadBalancer(LoadBalancer),
        "http-check" => HttpCheck(HttpCheck),
        "tcp-check" => TcpCheck(TcpCheck),
        "log-group" => LogGroup(LogGroup),
        "cloudtrail" => CloudTrail(CloudTrail),
    }
}

record! {
    /// An alias of a Lambda function, which a release or an action can change.
    LambdaAlias tagged "kind" {
        /// The function's name.
        function: required String,
        /// The alias.
        alias: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// A Lambda function, all its versions together.
    LambdaFunction tagged "kind" {
        /// Its name.
        function: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// An HTTP API of API Gateway.
    HttpApi tagged "kind" {
        /// Its id, such as a1b2c3d4e5.
        id: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// A REST API of API Gateway.
    RestApi tagged "kind" {
        /// Its name.
        api: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// A DynamoDB table.
    DynamoDbTable tagged "kind" {
        /// Its name.
        table: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// An instance of RDS.
    RdsInstance tagged "kind" {
        /// Its identifier.
        instance: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// A node of ElastiCache, Valkey or Redis OSS.
    ElastiCacheCluster tagged "kind" {
        /// The id of its cluster.
        cluster: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// A service of ECS.
    EcsService tagged "kind" {
        /// The name of its cluster.
        cluster: required String,
        /// Its name.
        name: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// A queue of SQS.
    SqsQueue tagged "kind" {
        /// Its name.
        queue: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// An Application Load Balancer.
    LoadBalancer tagged "kind" {
        /// The end of its ARN: app/name/id.
        path: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The CloudWatch source they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// An address that is asked each minute; two failures fire, two successes clear.
    HttpCheck tagged "kind" {
        /// What its series and monitors are called.
        name: required String,
        /// The address, http or https.
        url: required String,
        /// A text that the body of a good answer contains.
        contains: optional String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The source of probes that checks it. Default: the only one.
        source: optional String,
    }
}

record! {
    /// A port that is connected to each minute; two failures fire, two successes clear.
    TcpCheck tagged "kind" {
        /// What its series and monitors are called.
        name: required String,
        /// The name or address of the host.
        host: required String,
        /// The port.
        port: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The source of probes that checks it. Default: the only one.
        source: optional String,
    }
}

record! {
    /// A log group: how many lines tell of errors, and which errors are new.
    LogGroup tagged "kind" {
        /// Its name.
        group: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The source of logs they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// A log group that CloudTrail writes to: calls that were denied, failed logins, use of the root user.
    CloudTrail tagged "kind" {
        /// Its name.
        group: required String,
        /// Whether its usual series and monitors come with it. Default true.
        monitored: optional bool,
        /// The source of logs they are read from. Default: the only one.
        source: optional String,
    }
}

record! {
    /// Numbers of one meaning at a fixed period. With a CloudWatch source it has namespace, metric, dimensions and
    /// statistic; with a Prometheus source it has expression; with a source of probes it has probe; with one of logs
    /// it has log; with Cost Explorer it has cost.
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
        /// Probe: a check, and what is read of it.
        probe: optional Probe,
        /// Logs: a question about log lines.
        log: optional Log,
        /// Cost Explorer: a question about the bill.
        cost: optional Cost,
        /// The distance of two points, 10s to 1d; with CloudWatch 10s, 20s, 30s or whole minutes, with Cost Explorer 1d.
        period: required Span,
        /// How often it is asked for while its service is healthy: 1m, or a multiple of 5m, at most 1d. Default 1m for a
        /// critical service, else 5m; with Cost Explorer at least 1h, default 6h.
        pace: optional Span,
        /// The unit of its numbers. Default count.
        unit: optional Unit,
        /// Whether its source writes nothing where there is zero, as for the errors of a load balancer: a period without
        /// points then counts as 0. Default false.
        sparse: optional bool,
    }
}
