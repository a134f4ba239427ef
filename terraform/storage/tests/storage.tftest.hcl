mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::tocsin-test", id = "tocsin-test" }
  }
}

variables {
  name       = "tocsin-test"
  config_dir = "../grants/tests/config"
  packages   = { collector = "tests/storage.tftest.hcl" }
}

run "is_private_and_names_content" {
  command = apply

  assert {
    condition = (
      aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.block_public_policy
      && aws_s3_bucket_public_access_block.this.ignore_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    )
    error_message = "Nothing in the bucket is public."
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false" && jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Effect == "Deny"
    error_message = "Plain HTTP is refused."
  }

  assert {
    condition     = can(regex("^config/[0-9a-f]{16}/tocsin.yaml$", output.config_key)) && aws_s3_object.config["more.yaml"].key == "${output.config_prefix}/more.yaml"
    error_message = "All files of one configuration lie under the hash of all their content."
  }

  assert {
    condition     = can(regex("^packages/collector/[0-9a-f]{16}.zip$", output.packages["collector"].key))
    error_message = "A package lies under the hash of its content."
  }
}

run "names_the_missing_package" {
  command = plan

  variables {
    packages = { collector = "nowhere/collector.zip" }
  }

  expect_failures = [var.packages]
}
