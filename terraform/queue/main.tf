# A queue that a function works through, with a dead-letter queue for what it fails at again and again, and alarms on both.

resource "aws_sqs_queue" "this" {
  name                       = var.name
  visibility_timeout_seconds = 6 * var.timeout_s # As AWS advises: a batch that waits for a free slot is not handed out twice.
  message_retention_seconds  = 14400             # 4 hours: above the longest delay and all tries together.
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.parked.arn, maxReceiveCount = 5 })
}

resource "aws_sqs_queue" "parked" {
  name                      = "${var.name}-parked"
  message_retention_seconds = 1209600 # 14 days, the longest SQS keeps: time for a person to look.
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_redrive_allow_policy" "parked" {
  queue_url = aws_sqs_queue.parked.id

  redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.this.arn] })
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = aws_sqs_queue.this.arn
  function_name                      = var.function_arn
  batch_size                         = 10
  maximum_batching_window_in_seconds = 0 # What is due is not kept waiting for company.
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.concurrency
  }
}

locals {
  # SQS counts a message's age from when it was sent, its delay included.
  alarms = {
    age    = { queue = aws_sqs_queue.this.name, metric = "ApproximateAgeOfOldestMessage", above = var.delay_s_max + 300 }
    parked = { queue = aws_sqs_queue.parked.name, metric = "ApproximateNumberOfMessagesVisible", above = 0 }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.queue}: ${each.value.metric} above ${each.value.above}."
  namespace           = "AWS/SQS"
  metric_name         = each.value.metric
  dimensions          = { QueueName = each.value.queue }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = each.value.above
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topics
  ok_actions          = var.alarm_topics
}
