# The emulator answers for its APIs under a path of its own: their host names do not resolve everywhere.
output "api_url" {
  description = "Address of the API."
  value       = "${var.endpoint}/_aws/execute-api/${module.tocsin.api_id}"
}

output "function_names" {
  description = "Names of the functions, by short name."
  value       = module.tocsin.function_names
}

output "role_names" {
  description = "Names of the functions' roles, by short name."
  value       = module.tocsin.role_names
}

output "parked_queue_urls" {
  description = "Addresses of the dead-letter queues, by the function's short name."
  value       = module.tocsin.parked_queue_urls
}

output "table_names" {
  description = "Names of the tables, by short name."
  value       = module.tocsin.table_names
}

output "topic_arns" {
  description = "ARNs of the topics, by short name."
  value       = module.tocsin.topic_arns
}

output "bucket" {
  description = "Bucket of configuration and reports."
  value       = module.tocsin.bucket
}

output "config_key" {
  description = "Key of the configuration in force."
  value       = module.tocsin.config_key
}

output "dashboard_url" {
  description = "Address of the main dashboard; the local stack keeps it but has no console."
  value       = module.tocsin.dashboard_url
}

output "demo_alias_arn" {
  description = "ARN of the demo's alias that serves."
  value       = module.demo.alias_arn
}
