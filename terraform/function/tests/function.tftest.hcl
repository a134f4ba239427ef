mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/tocsin-collector", id = "tocsin-collector" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:123456789012:tocsin-collector-parked", url = "https://sqs.example/tocsin-collector-parked" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/tocsin-collector" }
  }
}

variables {
  name         = "tocsin-collector"
  package      = { bucket = "b", key = "packages/collector/0123.zip", hash = "aGFzaA==" }
  policy       = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
  environment  = { TOCSIN_NAME = "tocsin" }
  retry        = { attempts = 2, age_s = 300 }
  alarm_topics = ["arn:aws:sns:eu-central-1:123456789012:tocsin-technical"]
}

run "keeps_itself_honest" {
  command = apply

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active" && aws_lambda_function.this.logging_config[0].log_format == "JSON"
    error_message = "A function traces and logs JSON."
  }

  assert {
    condition     = aws_lambda_function.this.dead_letter_config[0].target_arn == aws_sqs_queue.parked.arn && aws_sqs_queue.parked.sqs_managed_sse_enabled
    error_message = "What fails is parked in the function's own encrypted queue."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "Log lines are kept 30 days unless said otherwise."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["errors", "throttles", "age", "parked"])
    error_message = "Errors, throttles, age and parked messages are alarmed on."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["age"].threshold == 150000
    error_message = "Age alarms at half the time an event is kept, in milliseconds."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables["TOCSIN_PARKED_QUEUE_URL"] == "https://sqs.example/tocsin-collector-parked"
    error_message = "The function knows where to park."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.platform.policy).Statement :
      statement.Resource != "*" || alltrue([for action in statement.Action : startswith(action, "xray:")])
    ])
    error_message = "Only X-Ray, which has no resources, is granted on everything."
  }
}

run "refuses_a_long_name" {
  command = plan

  variables {
    name = "tocsin-a-name-that-is-far-too-long-for-the-role-and-the-queue-of-it"
  }

  expect_failures = [var.name]
}

run "refuses_a_policy_that_is_none" {
  command = plan

  variables {
    policy = "{}"
  }

  expect_failures = [var.policy]
}

run "refuses_an_age_beyond_six_hours" {
  command = plan

  variables {
    retry = { attempts = 2, age_s = 21601 }
  }

  expect_failures = [var.retry]
}
