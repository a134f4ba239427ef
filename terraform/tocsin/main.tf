# Tocsin: eight functions around eight tables, three topics, one queue, one API and one bucket.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
  region  = data.aws_region.this.name

  tables = {
    metrics      = { key = { partition = "pk", sort = "sk" }, indexes = {} }
    post-mortems = { key = { partition = "pk" }, indexes = {} }
    deployments  = { key = { partition = "pk", sort = "sk" }, indexes = {} }
    slos         = { key = { partition = "pk", sort = "sk" }, indexes = {} }
    events       = { key = { partition = "pk", sort = "sk" }, indexes = { by-listing = { partition = "listing", sort = "sk" } } }
    alerts = { key = { partition = "pk" }, indexes = {
      by-status = { partition = "status", sort = "changed_at" }
      by-wake   = { partition = "wake", sort = "next_wake" }
    } }
    incidents = { key = { partition = "pk", sort = "sk" }, indexes = {
      by-wake   = { partition = "wake", sort = "next_wake" }
      by-opened = { partition = "listing", sort = "opened_at" }
    } }
    action-items = { key = { partition = "pk" }, indexes = {
      by-owner = { partition = "owner", sort = "due" }
      by-due   = { partition = "listing", sort = "due" }
    } }
  }

  shards = { for shard in range(var.shards) : "shard-${shard}" => { version = 1, shard = shard } }
}

module "grants" {
  source = "../grants"

  config_dir = var.config_dir
}

module "storage" {
  source = "../storage"

  name       = "${var.name}-${var.environment}-${local.account}-${local.region}"
  config_dir = var.config_dir
  packages   = { for key in keys(local.functions) : key => "${var.packages_dir}/${key}.zip" }
  protected  = var.protected
}

module "table" {
  source   = "../table"
  for_each = local.tables

  name      = "${var.name}-${each.key}"
  key       = each.value.key
  indexes   = each.value.indexes
  protected = var.protected
}

module "bus" {
  source = "../bus"

  name        = var.name
  people      = var.subscriptions
  subscribers = { for key, heard in local.hears : key => merge(heard, { arn = module.function[key].arn }) }
}

module "http_api" {
  source = "../http-api"

  name               = var.name
  log_retention_days = var.log_retention_days
  functions          = { for key in ["api", "ingest"] : key => { arn = module.function[key].arn, invoke_arn = module.function[key].invoke_arn } }

  routes = {
    "GET /health"                   = "api"
    "GET /health/live"              = "api"
    "GET /health/ready"             = "api"
    "ANY /v1/{proxy+}"              = "api"
    "POST /api/v2/alerts"           = "ingest"
    "POST /v1/alertmanager/webhook" = "ingest"
    "POST /v1/alerts"               = "ingest"
    "POST /v1/deployments"          = "ingest"
    "POST /v1/events"               = "ingest"
    "POST /v1/metrics"              = "ingest"
  }

  # Only what the configuration has a key for; the function checks the signature.
  vendor_routes = { for vendor, what in { slack = "interactions", pagerduty = "events" } : "POST /v1/${vendor}/${what}" => "ingest" if contains(module.grants.inbound, vendor) }

  link_routes = {
    for route, key in {
      "GET /acknowledge/{token}"         = "ingest"
      "POST /acknowledge/{token}"        = "ingest"
      "GET /incident/{token}"            = "api"
      "GET /post-mortem/{token}"         = "api"
      "GET /calendar/{schedule}/{token}" = "api"
    } :
    route => key if contains(module.grants.inbound, "links")
  }
}

module "schedule" {
  source   = "../schedule"
  for_each = { collector = local.shards, evaluator = local.shards, timekeeper = { all = { version = 1 } } }

  name     = "${var.name}-${each.key}"
  function = { arn = module.function[each.key].arn, parked_queue_arn = module.function[each.key].parked_queue_arn }
  inputs   = each.value
}

module "drill_schedule" {
  source = "../schedule"
  count  = module.grants.drills ? 1 : 0

  name       = "${var.name}-drills"
  function   = { arn = module.function["timekeeper"].arn, parked_queue_arn = module.function["timekeeper"].parked_queue_arn }
  inputs     = { all = { version = 1, drills = true } }
  expression = var.drill_schedule.expression
  timezone   = var.drill_schedule.timezone
}

# Groups of alerts and incidents that are due within 15 minutes: SQS holds them to the second. What comes late or never is found
# by the timekeeper's own tick.
module "wakes" {
  source = "../queue"

  name         = "${var.name}-wakes"
  function_arn = module.function["timekeeper"].arn
  timeout_s    = local.functions.timekeeper.timeout_s
  concurrency  = local.wakes_at_once
  alarm_topics = [module.bus.topic_arns["technical"]]
}

module "dashboard" {
  source = "../dashboard"

  name      = var.name
  functions = { for key, function in module.function : key => function.name }
  queues    = merge({ for key, function in module.function : key => function.parked_queue_name }, { wakes = module.wakes.parked_queue_name })
  tables    = { for key, table in module.table : key => table.name }
  topics    = module.bus.topic_names
  api_id    = module.http_api.id
}

# What AWS finds by itself: every state change of a CloudWatch alarm but for Tocsin's own, and every finding of GuardDuty.
locals {
  heard = {
    alarms = {
      source      = ["aws.cloudwatch"]
      detail-type = ["CloudWatch Alarm State Change"]
      detail      = { alarmName = [{ anything-but = { prefix = "${var.name}-" } }] }
    }
    findings = {
      source      = ["aws.guardduty"]
      detail-type = ["GuardDuty Finding"]
    }
  }
}

resource "aws_cloudwatch_event_rule" "heard" {
  for_each = local.heard

  name          = "${var.name}-${each.key}"
  description   = "What ${var.name}-ingest hears of: ${each.key}."
  event_pattern = jsonencode(each.value)
}

resource "aws_cloudwatch_event_target" "heard" {
  for_each = local.heard

  rule = aws_cloudwatch_event_rule.heard[each.key].name
  arn  = module.function["ingest"].arn
}

resource "aws_lambda_permission" "heard" {
  for_each = local.heard

  statement_id  = "rule-${each.key}"
  function_name = module.function["ingest"].arn
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.heard[each.key].arn
}

# The dead-man: who watches the watchers is CloudWatch, and it tells people without any of our functions. It counts ticks that
# were done to their end (`Ticks`, which each function writes then), so that one that runs and always fails is silent too.
locals {
  dead_man = {
    collector  = { ticks = var.shards, silent = "nothing is read, or not of every shard" }
    evaluator  = { ticks = var.shards, silent = "nothing is judged, or not of every shard" }
    timekeeper = { ticks = 1, silent = "nothing is escalated, tried again or closed" }
  }
}

resource "aws_cloudwatch_metric_alarm" "dead_man" {
  for_each = local.dead_man

  alarm_name          = "${var.name}-dead-man-${each.key}"
  alarm_description   = "The ${each.key} has not done its work for five minutes: ${each.value.silent}."
  namespace           = "Tocsin"
  metric_name         = "Ticks"
  dimensions          = { Installation = var.name, Function = each.key }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  threshold           = each.value.ticks # a minute
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [module.bus.topic_arns["technical"]]
  ok_actions          = [module.bus.topic_arns["technical"]]
}

# A warning and no mistake: others may subscribe to the topic without this module. Whether an address was confirmed is not known here.
check "somebody_hears_the_dead_man" {
  assert {
    condition     = anytrue([for subscription in var.subscriptions : subscription.topic == "technical"])
    error_message = "Nobody is subscribed to the topic technical, which hears when Tocsin itself falls silent: add an address to `subscriptions`."
  }
}
