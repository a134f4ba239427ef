mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-central-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/x" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:123456789012:x", url = "https://sqs.example/x" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:x" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:x" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:123456789012:x" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/1", key_id = "1" }
  }
  mock_resource "aws_dynamodb_table" {
    defaults = { arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/x" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::tocsin", id = "tocsin" }
  }
  mock_resource "aws_apigatewayv2_api" {
    defaults = { id = "api0000001", execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:api0000001", api_endpoint = "https://api0000001.example" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:eu-central-1:123456789012:rule/x" }
  }
}

variables {
  environment  = "test"
  packages_dir = "tests/packages"
  config_dir   = "../grants/tests/config"

  subscriptions = [{ topic = "technical", protocol = "email", endpoint = "oncall@example.com" }]
}

run "composes_eight_functions" {
  command = apply

  assert {
    condition = output.function_names == {
      for key in ["api", "collector", "evaluator", "incident-response", "ingest", "notifier", "post-mortem", "timekeeper"] : key => "tocsin-${key}"
    }
    error_message = "Eight functions, named after what they are."
  }

  assert {
    condition     = toset(keys(output.table_names)) == toset(["metrics", "alerts", "incidents", "post-mortems", "action-items", "deployments", "events", "slos"])
    error_message = "One table per aggregate."
  }

  assert {
    condition = keys(aws_cloudwatch_metric_alarm.dead_man) == ["collector", "evaluator", "timekeeper"] && alltrue([
      for key, alarm in aws_cloudwatch_metric_alarm.dead_man : alarm.treat_missing_data == "breaching" && alarm.comparison_operator == "LessThanThreshold"
      && alarm.namespace == "Tocsin" && alarm.dimensions == tomap({ Installation = "tocsin", Function = key }) && alarm.alarm_actions == toset([module.bus.topic_arns["technical"]])
    ])
    error_message = "Silence, of whoever has work each minute, is what the dead-man cries about."
  }

  assert {
    condition = alltrue([
      for key in keys(local.functions) : alltrue([
        for statement in jsondecode(templatefile("policies/${key}.json.tftpl", local.arns)).Statement :
        (try(statement.Resource, "none") != "*" || contains(["Metrics", "Results", "Bill"], statement.Sid)) && alltrue([for action in statement.Action : !strcontains(action, "*")])
      ])
    ])
    error_message = "Exact actions on named resources; metrics, results of queries and the bill have none to name."
  }

  assert {
    condition = [
      for statement in jsondecode(templatefile("policies/incident-response.json.tftpl", local.arns)).Statement : statement.Resource if statement.Sid == "Act"
      ] == [[
        "arn:aws:lambda:eu-central-1:123456789012:function:cart", "arn:aws:lambda:eu-central-1:123456789012:function:checkout",
    ]]
    error_message = "incident-response acts on what the configuration watches, on nothing else."
  }
}

run "wakes_by_whoever_makes_something_due" {
  command = apply

  assert {
    condition = {
      for key in keys(local.functions) : key => toset(flatten([
        for statement in jsondecode(templatefile("policies/${key}.json.tftpl", local.arns)).Statement : statement.Action if contains(["Wake", "Woken"], statement.Sid)
      ]))
      } == {
      api               = toset(["sqs:SendMessage"])
      collector         = toset([])
      evaluator         = toset(["sqs:SendMessage"])
      incident-response = toset(["sqs:SendMessage"])
      ingest            = toset(["sqs:SendMessage"])
      notifier          = toset([])
      post-mortem       = toset([])
      timekeeper        = toset(["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])
    }
    error_message = "Who raises alerts or changes incidents sends wakes; the timekeeper alone hears them."
  }

  assert {
    condition     = local.environment.TOCSIN_WAKES == "https://sqs.example/x" && local.functions.timekeeper.concurrency > local.wakes_at_once
    error_message = "Every function knows the queue, and wakes leave the timekeeper's tick a slot."
  }
}

run "opens_links_where_there_is_a_key_to_sign_them" {
  command = plan

  assert {
    condition     = toset(keys(module.http_api.open_routes)) == toset(["GET /acknowledge/{token}", "GET /calendar/{schedule}/{token}", "GET /incident/{token}", "GET /post-mortem/{token}", "POST /acknowledge/{token}", "POST /v1/slack/interactions"])
    error_message = "Open is what the configuration has a key for, and nothing else."
  }

  assert {
    condition = jsonencode({
      for key in keys(local.functions) : key => [
        for statement in jsondecode(templatefile("policies/${key}.json.tftpl", local.arns)).Statement : true
        if statement.Sid == "Parameters" && contains(try(tolist(statement.Resource), []), "arn:aws:ssm:eu-central-1:123456789012:parameter/tocsin/links")
      ]
    }) == jsonencode({ for key in keys(local.functions) : key => contains(["api", "ingest", "notifier"], key) ? [true] : [] })
    error_message = "The key of links is read by who signs them and who is called by one."
  }
}

run "drills_each_week_where_they_are_wanted" {
  command = plan

  variables {
    drill_schedule = { expression = "cron(0 9 ? * WED *)", timezone = "Europe/Berlin" }
  }

  assert {
    condition     = length(module.drill_schedule) == 1 && module.grants.pushed
    error_message = "The configuration names drills, whose breach is pushed."
  }

  assert {
    condition     = [for statement in jsondecode(templatefile("policies/timekeeper.json.tftpl", local.arns)).Statement : statement.Action if statement.Sid == "Drills"] == [["dynamodb:PutItem"]]
    error_message = "The timekeeper pushes the breach."
  }
}

run "drills_nobody_who_wants_none" {
  command = plan

  variables {
    config_dir = "../grants/tests/without"
  }

  assert {
    condition     = length(module.drill_schedule) == 0 && !module.grants.pushed
    error_message = "Without drills there is no schedule."
  }

  assert {
    condition     = [for statement in jsondecode(templatefile("policies/timekeeper.json.tftpl", local.arns)).Statement : true if statement.Sid == "Drills"] == []
    error_message = "Without drills nobody may push one."
  }
}

run "reads_the_logs_that_are_named" {
  command = plan

  assert {
    condition = jsonencode({
      for statement in jsondecode(templatefile("policies/collector.json.tftpl", local.arns)).Statement : statement.Sid => statement.Resource
      if contains(["Lines", "Queries"], statement.Sid)
      }) == jsonencode({
      Lines   = [for end in ["trail", "trail:*", "/shop/web", "/shop/web:*"] : "arn:aws:logs:eu-central-1:123456789012:log-group:${end}"]
      Queries = [for end in ["", ":*"] : "arn:aws:logs:us-west-2:123456789012:log-group:/shop/jobs${end}"]
    })
    error_message = "Lines and queries are read of the groups that the configuration names, in the region of their source."
  }
}

run "reserves_what_is_asked" {
  command = plan

  variables {
    shards      = 3
    concurrency = { api = -1 }
  }

  assert {
    condition     = local.functions.collector.concurrency == 6
    error_message = "Two slots a shard."
  }

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.dead_man : key => alarm.threshold } == { collector = 3, evaluator = 3, timekeeper = 1 }
    error_message = "One shard that is silent is missed among many; the timekeeper has no shards."
  }
}

run "warns_when_nobody_hears_the_dead_man" {
  command = plan

  variables {
    subscriptions = [{ topic = "business", protocol = "email", endpoint = "sales@example.com" }]
  }

  expect_failures = [check.somebody_hears_the_dead_man]
}

run "refuses_an_unknown_function" {
  command = plan

  variables {
    concurrency = { nobody = 1 }
  }

  expect_failures = [var.concurrency]
}

run "refuses_a_channel_that_publishes_among_functions" {
  command = plan

  variables {
    config_dir = "tests/own-topic"
  }

  expect_failures = [output.topic_arns]
}

run "refuses_a_channel_that_publishes_in_another_region" {
  command = plan

  variables {
    config_dir = "tests/far-topic"
  }

  expect_failures = [output.topic_arns]
}
