# The local stack: the production module on a local AWS, with a demo workload to watch.

module "tocsin" {
  source = "../../../terraform/tocsin"

  name         = var.name
  environment  = "local"
  packages_dir = var.packages_dir
  config_dir   = var.config_dir
  shards       = var.shards
  protected    = false
}

# Whoever wants to read of the shop's incidents by e-mail subscribes to it.
resource "aws_sns_topic" "subscribers" {
  name = "shop-incidents"
}

module "demo" {
  source = "./demo"

  package = var.demo_package
}
