# The main dashboard: is it seen, is it judged, is it told, and is Tocsin itself well?

data "aws_region" "this" {}

locals {
  half = { width = 12, height = 6 }

  # One graph per question, two in a row.
  graphs = [
    { title = "Ticks: runs a minute", stat = "Sum", metrics = [
    for key in ["collector", "evaluator", "timekeeper"] : ["AWS/Lambda", "Invocations", "FunctionName", var.functions[key], { label = key }]] },
    { title = "Series: asked for, failed", stat = "Sum", metrics = [
    for metric in ["SeriesAsked", "SeriesFailed"] : ["Tocsin", metric, "Installation", var.name, "Function", "collector", { label = metric }]] },
    { title = "Alerts that changed", stat = "Sum", metrics = [
    for key in ["evaluator", "ingest"] : ["Tocsin", "AlertChanges", "Installation", var.name, "Function", key, { label = key }]] },
    { title = "Notifications: delivered, refused or given up", stat = "Sum", metrics = [
    for metric in ["Delivered", "Undelivered"] : ["Tocsin", metric, "Installation", var.name, "Function", "notifier", { label = metric }]] },
    { title = "Failures", stat = "Sum", metrics = concat(
      [for key, name in var.functions : ["AWS/Lambda", "Errors", "FunctionName", name, { label = "${key} errors" }]],
    [for key, name in var.functions : ["AWS/Lambda", "Throttles", "FunctionName", name, { label = "${key} throttles" }]]) },
    { title = "Duration, p99 (ms)", stat = "p99", metrics = [
    for key, name in var.functions : ["AWS/Lambda", "Duration", "FunctionName", name, { label = key }]] },
    { title = "Age of events when taken up (ms)", stat = "Maximum", metrics = [
    for key, name in var.functions : ["AWS/Lambda", "AsyncEventAge", "FunctionName", name, { label = key }]] },
    { title = "Parked messages", stat = "Maximum", metrics = [
    for key, name in var.queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name, { label = key }]] },
    { title = "Events told", stat = "Sum", metrics = [
    for key, name in var.topics : ["AWS/SNS", "NumberOfMessagesPublished", "TopicName", name, { label = key }]] },
    { title = "Write units", stat = "Sum", metrics = [
    for key, name in var.tables : ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", name, { label = key }]] },
    { title = "Read units", stat = "Sum", metrics = [
    for key, name in var.tables : ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", name, { label = key }]] },
    { title = "API: requests and errors", stat = "Sum", metrics = [
    for metric in ["Count", "4xx", "5xx"] : ["AWS/ApiGateway", metric, "ApiId", var.api_id, { label = metric }]] },
    { title = "API: latency, p99 (ms)", stat = "p99", metrics = [
    ["AWS/ApiGateway", "Latency", "ApiId", var.api_id, { label = "latency" }]] },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    start          = "-PT3H"
    periodOverride = "inherit"
    widgets = [for index, graph in local.graphs : {
      type   = "metric"
      x      = index % 2 * local.half.width
      y      = floor(index / 2) * local.half.height
      width  = local.half.width
      height = local.half.height
      properties = {
        title   = graph.title
        region  = data.aws_region.this.name
        stat    = graph.stat
        period  = 60
        view    = "timeSeries"
        metrics = graph.metrics
      }
    }]
  })
}
