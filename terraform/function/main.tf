# A function with all that keeps it honest: its own role, log group, dead-letter queue and alarms.

resource "aws_iam_role" "this" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "calls" {
  name   = "calls"
  role   = aws_iam_role.this.id
  policy = var.policy
}

# What the Lambda service does in the function's name; the code itself only parks messages.
resource "aws_iam_role_policy" "platform" {
  name = "platform"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.this.arn}:*"
      },
      {
        Sid      = "Park"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = aws_sqs_queue.parked.arn
      },
      {
        # X-Ray has no resources to name.
        Sid      = "Traces"
        Effect   = "Allow"
        Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        Resource = "*"
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_sqs_queue" "parked" {
  name                      = "${var.name}-parked"
  message_retention_seconds = 1209600 # 14 days, the longest SQS keeps: time for a person to look.
  sqs_managed_sse_enabled   = true
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  role             = aws_iam_role.this.arn
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  s3_bucket        = var.package.bucket
  s3_key           = var.package.key
  source_code_hash = var.package.hash

  memory_size                    = var.memory_mb
  timeout                        = var.timeout_s
  reserved_concurrent_executions = var.concurrency

  environment {
    variables = merge(var.environment, { TOCSIN_PARKED_QUEUE_URL = aws_sqs_queue.parked.url })
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }

  tracing_config {
    mode = "Active"
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.parked.arn
  }

  # Lambda refuses a dead-letter queue the role may not write to.
  depends_on = [aws_iam_role_policy.platform, aws_iam_role_policy.calls]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = var.retry.attempts
  maximum_event_age_in_seconds = var.retry.age_s
}

locals {
  # Anything above zero is worth a look; age is judged against half of the time an event is kept.
  alarms = {
    errors    = { namespace = "AWS/Lambda", metric = "Errors", statistic = "Sum", above = 0, periods = 2 }
    throttles = { namespace = "AWS/Lambda", metric = "Throttles", statistic = "Sum", above = 0, periods = 2 }
    age       = { namespace = "AWS/Lambda", metric = "AsyncEventAge", statistic = "Maximum", above = var.retry.age_s * 500, periods = 1 }
    parked    = { namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", above = 0, periods = 1 }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${var.name}: ${each.value.metric} above ${each.value.above}."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.namespace == "AWS/SQS" ? { QueueName = aws_sqs_queue.parked.name } : { FunctionName = var.name }
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = each.value.periods
  threshold           = each.value.above
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topics
  ok_actions          = var.alarm_topics
}
