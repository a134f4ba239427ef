terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Keep the state where your team keeps it, for example:
  # backend "s3" { bucket = "...", key = "tocsin.tfstate", region = "...", encrypt = true, use_lockfile = true }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { Application = "tocsin", Environment = var.environment }
  }
}
