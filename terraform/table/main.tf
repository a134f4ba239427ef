# A table on demand, encrypted, restorable to any second, whose aged rows expire.

locals {
  strings = toset(compact(concat([var.key.partition, var.key.sort], [for index in var.indexes : index.partition])))
  numbers = setsubtract([for index in var.indexes : index.sort], local.strings)
}

resource "aws_dynamodb_table" "this" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = var.key.partition
  range_key                   = var.key.sort
  deletion_protection_enabled = var.protected

  dynamic "attribute" {
    for_each = local.strings

    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "attribute" {
    for_each = local.numbers

    content {
      name = attribute.value
      type = "N"
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.partition
      range_key       = global_secondary_index.value.sort
      projection_type = "ALL"
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  # The account's own key for DynamoDB, so that its use shows in CloudTrail.
  server_side_encryption {
    enabled = true
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
}
