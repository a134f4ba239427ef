mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/tocsin-collector-schedule", id = "tocsin-collector-schedule" }
  }
}

variables {
  name = "tocsin-collector"
  function = {
    arn              = "arn:aws:lambda:eu-central-1:123456789012:function:tocsin-collector"
    parked_queue_arn = "arn:aws:sqs:eu-central-1:123456789012:tocsin-collector-parked"
  }
  inputs = { shard-0 = { version = 1, shard = 0 }, shard-1 = { version = 1, shard = 1 } }
}

run "one_schedule_per_shard" {
  command = apply

  assert {
    condition     = toset(output.names) == toset(["tocsin-collector-shard-0", "tocsin-collector-shard-1"])
    error_message = "Each input has its schedule."
  }

  assert {
    condition     = aws_scheduler_schedule.this["shard-1"].target[0].input == "{\"scheduled_time\":\"<aws.scheduler.scheduled-time>\",\"shard\":1,\"version\":1}"
    error_message = "The Scheduler replaces its placeholder in plain text only: no escapes."
  }

  assert {
    condition     = aws_scheduler_schedule.this["shard-0"].target[0].dead_letter_config[0].arn == var.function.parked_queue_arn
    error_message = "A tick that cannot be delivered is parked."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "Only this account's schedules take the role."
  }
}

run "goes_by_the_clock_of_a_zone" {
  command = apply

  variables {
    name       = "tocsin-drills"
    inputs     = { all = { version = 1, drills = true } }
    expression = "cron(0 10 ? * TUE *)"
    timezone   = "Europe/Berlin"
  }

  assert {
    condition     = aws_scheduler_schedule.this["all"].schedule_expression_timezone == "Europe/Berlin"
    error_message = "Ten o'clock is ten o'clock where the people are."
  }

  assert {
    condition     = aws_scheduler_schedule.this["all"].target[0].input == "{\"drills\":true,\"scheduled_time\":\"<aws.scheduler.scheduled-time>\",\"version\":1}"
    error_message = "The input says that it is for drills."
  }
}

run "refuses_no_inputs" {
  command = plan

  variables {
    inputs = {}
  }

  expect_failures = [var.inputs]
}

run "refuses_a_clock_it_cannot_read" {
  command = plan

  variables {
    expression = "every minute"
  }

  expect_failures = [var.expression]
}
