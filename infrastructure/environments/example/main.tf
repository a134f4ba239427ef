# A deployment on AWS: copy this folder, edit terraform.tfvars and ../../config/tocsin.yaml, apply.

module "tocsin" {
  source = "../../../terraform/tocsin"

  environment   = var.environment
  packages_dir  = var.packages_dir
  config_dir    = "${path.module}/../../config"
  architecture  = var.architecture
  shards        = var.shards
  subscriptions = [for email in var.emails : { topic = "technical", protocol = "email", endpoint = email }]
}

# Saved Logs Insights queries, one file each.
resource "aws_cloudwatch_query_definition" "saved" {
  for_each = fileset("${path.module}/../../queries", "*.txt")

  name            = "tocsin/${trimsuffix(each.key, ".txt")}"
  query_string    = file("${path.module}/../../queries/${each.key}")
  log_group_names = [for name in values(module.tocsin.function_names) : "/aws/lambda/${name}"]
}

# How long the past is kept is yours to say.
resource "aws_s3_bucket_lifecycle_configuration" "past" {
  bucket = module.tocsin.bucket

  rule {
    id     = "past"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}
