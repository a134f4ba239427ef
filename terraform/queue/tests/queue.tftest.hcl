mock_provider "aws" {
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:123456789012:tocsin-wakes", url = "https://sqs.example/tocsin-wakes" }
  }
}

variables {
  name         = "tocsin-wakes"
  function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:tocsin-timekeeper"
  timeout_s    = 50
  concurrency  = 8
  alarm_topics = ["arn:aws:sns:eu-central-1:123456789012:tocsin-technical"]
}

run "loses_nothing" {
  command = apply

  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled && aws_sqs_queue.parked.sqs_managed_sse_enabled
    error_message = "Both queues are encrypted."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.parked.arn, maxReceiveCount = 5 } && aws_sqs_queue.parked.message_retention_seconds == 1209600
    error_message = "What fails five times is kept for people, for 14 days."
  }

  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds == 300 && aws_sqs_queue.this.message_retention_seconds > 900 + 5 * 300
    error_message = "A message outlives its delay and all its tries."
  }

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name => alarm.threshold } == { tocsin-wakes-age = 1200, tocsin-wakes-parked = 0 }
    error_message = "What waits five minutes beyond its delay, and what was given up, is alarmed on."
  }
}

run "hands_over_at_once_and_takes_back_what_failed" {
  command = apply

  assert {
    condition = (aws_lambda_event_source_mapping.this.batch_size == 10 && aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 0
    && aws_lambda_event_source_mapping.this.function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency == 8)
    error_message = "Batches of at most ten, without waiting, each message answered for."
  }
}

run "refuses_one_batch_at_once" {
  command = plan

  variables {
    concurrency = 1
  }

  expect_failures = [var.concurrency]
}

run "refuses_a_delay_beyond_what_sqs_keeps" {
  command = plan

  variables {
    delay_s_max = 901
  }

  expect_failures = [var.delay_s_max]
}
