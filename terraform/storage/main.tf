# The bucket of configuration, packages and reports. Configuration lies under the hash of its content, so that
# a changed file is a new key: a function never mixes two versions.

locals {
  files  = fileset(var.config_dir, "**/*.{yaml,yml}")
  hash   = substr(sha256(join("", [for file in sort(local.files) : "${file}:${filesha256("${var.config_dir}/${file}")}\n"])), 0, 16)
  prefix = "config/${local.hash}"
}

resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = !var.protected
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

# A shard's state is one object that is written over and over: what it was a day ago is of no use.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "earlier-states"
    status = "Enabled"

    filter {
      prefix = "checkpoints/"
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
      Condition = {
        Bool = { "aws:SecureTransport" = "false" }
        # Local emulators, which speak plain HTTP, call their account so; AWS gives it to nobody.
        StringNotEquals = { "aws:PrincipalAccount" = "000000000000" }
      }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_object" "config" {
  for_each = local.files

  bucket       = aws_s3_bucket.this.id
  key          = "${local.prefix}/${each.key}"
  source       = "${var.config_dir}/${each.key}"
  source_hash  = filesha256("${var.config_dir}/${each.key}")
  content_type = "application/yaml"

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}

# By way of the bucket functions are made side by side; the provider makes those from local files one by one.
resource "aws_s3_object" "package" {
  for_each = var.packages

  bucket      = aws_s3_bucket.this.id
  key         = "packages/${each.key}/${substr(filesha256(each.value), 0, 16)}.zip"
  source      = each.value
  source_hash = filesha256(each.value)

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}
