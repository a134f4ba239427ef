output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.id
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "config_key" {
  description = "Key of the uploaded tocsin.yaml; it changes with the content."
  value       = aws_s3_object.config["tocsin.yaml"].key
}

output "config_prefix" {
  description = "Folder of the configuration in force."
  value       = local.prefix
}

output "packages" {
  description = "Where each uploaded package lies, and the hash Lambda compares, by name."
  value = {
    for name, package in aws_s3_object.package : name => {
      bucket = package.bucket, key = package.key, hash = filebase64sha256(var.packages[name])
    }
  }
}
