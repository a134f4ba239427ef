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

module "demo" {
  source = "./demo"

  package = var.demo_package
}
