# The SNS topics, encrypted, and who listens to them.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

# The managed key of SNS cannot be used by CloudWatch alarms. This key's policy says what the managed one says
# (whoever may use SNS in this account may use the key through SNS), and lets the two services publish.
resource "aws_kms_key" "this" {
  description         = "Topics of ${var.name}"
  enable_key_rotation = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "ThroughSns"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = {
          StringEquals = {
            "kms:CallerAccount" = data.aws_caller_identity.this.account_id
            "kms:ViaService"    = "sns.${data.aws_region.this.name}.amazonaws.com"
          }
        }
      },
      {
        Sid       = "Services"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
      },
    ]
  })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}-topics"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_sns_topic" "this" {
  for_each = var.topics

  name              = "${var.name}-${each.key}"
  kms_master_key_id = aws_kms_key.this.arn
}

# Services only: what a role may publish is said by that role's own policy.
resource "aws_sns_topic_policy" "this" {
  for_each = var.topics

  arn = aws_sns_topic.this[each.key].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Services"
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.this[each.key].arn
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
    }]
  })
}

locals {
  heard = merge([
    for name, subscriber in var.subscribers : {
      for topic in subscriber.topics : "${name}-${topic}" => { topic = topic, arn = subscriber.arn, filter = subscriber.filter }
    }
  ]...)
}

resource "aws_lambda_permission" "this" {
  for_each = local.heard

  statement_id  = "topic-${each.value.topic}"
  function_name = each.value.arn
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.this[each.value.topic].arn
}

resource "aws_sns_topic_subscription" "functions" {
  for_each = local.heard

  topic_arn     = aws_sns_topic.this[each.value.topic].arn
  protocol      = "lambda"
  endpoint      = each.value.arn
  filter_policy = length(each.value.filter) > 0 ? jsonencode(each.value.filter) : null

  depends_on = [aws_lambda_permission.this]
}

resource "aws_sns_topic_subscription" "people" {
  for_each = { for s in var.people : "${s.topic}-${s.protocol}-${s.endpoint}" => s }

  topic_arn     = aws_sns_topic.this[each.value.topic].arn
  protocol      = each.value.protocol
  endpoint      = each.value.endpoint
  filter_policy = jsonencode({ kind = concat([{ exists = false }], each.value.kinds) })
}
