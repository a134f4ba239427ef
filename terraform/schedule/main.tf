# One schedule per input (per shard), each with the moment it stands for in its event.

locals {
  # jsonencode writes < and > as escapes, and the Scheduler replaces its placeholders in plain text only.
  placeholder = "<aws.scheduler.scheduled-time>"
  events = {
    for key, input in var.inputs : key => replace(
      jsonencode(merge({ for name, value in input : name => value }, { scheduled_time = "SCHEDULED_TIME" })),
      "SCHEDULED_TIME", local.placeholder
    )
  }
}

data "aws_caller_identity" "this" {}

resource "aws_iam_role" "this" {
  name = "${var.name}-schedule"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "invoke"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = var.function.arn },
      { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = var.function.parked_queue_arn },
    ]
  })
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.events

  name                         = "${var.name}-${each.key}"
  schedule_expression          = var.expression
  schedule_expression_timezone = var.timezone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = var.function.arn
    role_arn = aws_iam_role.this.arn
    input    = each.value

    retry_policy {
      maximum_event_age_in_seconds = var.age_s
      maximum_retry_attempts       = 5
    }

    dead_letter_config {
      arn = var.function.parked_queue_arn
    }
  }

  depends_on = [aws_iam_role_policy.this]
}
