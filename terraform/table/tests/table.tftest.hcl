mock_provider "aws" {}

run "is_safe_and_cheap" {
  command = plan

  variables {
    name    = "tocsin-incidents"
    key     = { partition = "pk", sort = "sk" }
    indexes = { by-wake = { partition = "wake", sort = "next_wake" } }
  }

  assert {
    condition = (
      aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.this.point_in_time_recovery[0].enabled
      && aws_dynamodb_table.this.server_side_encryption[0].enabled
      && aws_dynamodb_table.this.ttl[0].attribute_name == "expires_at"
      && aws_dynamodb_table.this.deletion_protection_enabled
    )
    error_message = "A table is on demand, restorable, encrypted, expires rows and is protected."
  }

  assert {
    condition = { for a in aws_dynamodb_table.this.attribute : a.name => a.type } == {
      pk = "S", sk = "S", wake = "S", next_wake = "N"
    }
    error_message = "Keys are strings; what an index sorts by is a number."
  }
}

run "may_have_no_sort_key" {
  command = plan

  variables {
    name = "tocsin-post-mortems"
    key  = { partition = "pk" }
  }

  assert {
    condition     = length(aws_dynamodb_table.this.attribute) == 1 && aws_dynamodb_table.this.range_key == null
    error_message = "A table without a sort key has one attribute."
  }
}
