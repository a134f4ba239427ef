use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::resources::Resources;
use crate::alarm::Writers;

/// Which attribute of which resource is the value of which dimension.
const NAMED: &[(&str, &str, &str, &str)] = &[
    ("aws_lambda_function", "function_name", "AWS/Lambda", "FunctionName"),
    ("aws_sqs_queue", "name", "AWS/SQS", "QueueName"),
    ("aws_dynamodb_table", "name", "AWS/DynamoDB", "TableName"),
    ("aws_db_instance", "identifier", "AWS/RDS", "DBInstanceIdentifier"),
    ("aws_rds_cluster_instance", "identifier", "AWS/RDS", "DBInstanceIdentifier"),
    ("aws_rds_cluster", "cluster_identifier", "AWS/RDS", "DBClusterIdentifier"),
    ("aws_lb", "arn_suffix", "AWS/ApplicationELB", "LoadBalancer"),
    ("aws_alb", "arn_suffix", "AWS/ApplicationELB", "LoadBalancer"),
    ("aws_lb", "arn_suffix", "AWS/NetworkELB", "LoadBalancer"),
    ("aws_lb_target_group", "arn_suffix", "AWS/ApplicationELB", "TargetGroup"),
    ("aws_alb_target_group", "arn_suffix", "AWS/ApplicationELB", "TargetGroup"),
    ("aws_lb_target_group", "arn_suffix", "AWS/NetworkELB", "TargetGroup"),
    ("aws_ecs_cluster", "name", "AWS/ECS", "ClusterName"),
    ("aws_ecs_service", "name", "AWS/ECS", "ServiceName"),
    ("aws_apigatewayv2_api", "id", "AWS/ApiGateway", "ApiId"),
    ("aws_api_gateway_rest_api", "name", "AWS/ApiGateway", "ApiName"),
    ("aws_elasticache_cluster", "cluster_id", "AWS/ElastiCache", "CacheClusterId"),
    ("aws_kinesis_stream", "name", "AWS/Kinesis", "StreamName"),
    ("aws_s3_bucket", "bucket", "AWS/S3", "BucketName"),
    ("aws_sns_topic", "name", "AWS/SNS", "TopicName"),
    ("aws_instance", "id", "AWS/EC2", "InstanceId"),
    ("aws_autoscaling_group", "name", "AWS/EC2", "AutoScalingGroupName"),
    ("aws_autoscaling_group", "name", "AWS/AutoScaling", "AutoScalingGroupName"),
    ("aws_sfn_state_machine", "arn", "AWS/States", "StateMachineArn"),
];

/// What the resources write. A kind of which there is none says nothing: its resources may be in another state; nor does
/// one of which a name is not known yet.
pub(super) fn read(resources: &Resources<'_>) -> Writers {
    let mut values: BTreeMap<(String, String), Option<BTreeSet<String>>> = BTreeMap::new();
    for (kind, attribute, namespace, dimension) in NAMED {
        for resource in resources.of_kind(kind) {
            let known = values
                .entry(((*namespace).to_owned(), (*dimension).to_owned()))
                .or_insert_with(|| Some(BTreeSet::new()));
            *known = match (known.take(), resource.text(attribute)) {
                (Some(mut known), Some(value)) => {
                    known.insert(value.to_owned());
                    Some(known)
                }
                _ => None,
            };
        }
    }
    let values = values.into_iter().filter_map(|(of, known)| Some((of, known?))).collect();
    Writers { values, filters: filters(resources) }
}

fn filters(resources: &Resources<'_>) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let mut found: BTreeMap<String, Option<BTreeMap<String, BTreeSet<String>>>> = BTreeMap::new();
    for resource in resources.of_kind("aws_cloudwatch_log_metric_filter") {
        for written in resource.values["metric_transformation"].as_array().into_iter().flatten() {
            let Some(namespace) = written["namespace"].as_str() else { continue };
            let metrics = found.entry(namespace.to_owned()).or_insert_with(|| Some(BTreeMap::new()));
            let dimensions = written["dimensions"].as_object().map(|dimensions| dimensions.keys().cloned().collect());
            match (written["name"].as_str().map(str::to_owned), metrics.as_mut()) {
                (Some(name), Some(metrics)) => {
                    metrics.insert(name, dimensions.unwrap_or_default());
                }
                _ => *metrics = None,
            }
        }
    }
    found.into_iter().filter_map(|(namespace, metrics)| Some((namespace, metrics?))).collect()
}

/// The dimensions of an alarm; a value that is not known yet is `None`.
pub(super) fn dimensions(values: &Json) -> BTreeMap<String, Option<String>> {
    let fields = values.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned))).collect()
}
