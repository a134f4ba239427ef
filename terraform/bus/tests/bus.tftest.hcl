mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-central-1" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/1", key_id = "1" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:123456789012:tocsin-x" }
  }
}

variables {
  name = "tocsin"
  subscribers = {
    post-mortem = {
      arn    = "arn:aws:lambda:eu-central-1:123456789012:function:tocsin-post-mortem"
      topics = ["technical", "business"]
      filter = { kind = ["incident.resolved"], severity = ["SEV1", "SEV2"] }
    }
    ingest = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:tocsin-ingest", topics = ["inbound"], filter = {} }
  }
  people = [{ topic = "technical", protocol = "email", endpoint = "oncall@example.com" }]
}

run "tells_who_asked" {
  command = apply

  assert {
    condition     = toset(keys(aws_sns_topic_subscription.functions)) == toset(["post-mortem-technical", "post-mortem-business", "ingest-inbound"])
    error_message = "A function hears the topics it names, and ingest never the ones Tocsin publishes to."
  }

  assert {
    condition     = aws_sns_topic_subscription.functions["ingest-inbound"].filter_policy == null
    error_message = "An empty filter lets everything through."
  }

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.people["technical-email-oncall@example.com"].filter_policy).kind[0].exists == false
    error_message = "Alarms about Tocsin, which carry no kind, reach people."
  }

  assert {
    condition     = alltrue([for topic in aws_sns_topic.this : topic.kms_master_key_id == aws_kms_key.this.arn])
    error_message = "Topics are encrypted with a key that CloudWatch may use."
  }

  assert {
    condition     = alltrue([for policy in aws_sns_topic_policy.this : alltrue([for statement in jsondecode(policy.policy).Statement : !can(statement.Principal.AWS)])])
    error_message = "A topic's policy lets services in, never principals: those need their own grant."
  }
}

run "refuses_an_unknown_topic" {
  command = plan

  variables {
    subscribers = { x = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:x", topics = ["nope"], filter = {} } }
  }

  expect_failures = [var.subscribers]
}

run "refuses_an_unknown_protocol" {
  command = plan

  variables {
    people = [{ topic = "technical", protocol = "pigeon", endpoint = "loft" }]
  }

  expect_failures = [var.people]
}
