output "api_url" {
  description = "Address of the API; every request is signed (service execute-api)."
  value       = module.tocsin.api_url
}

output "function_names" {
  description = "Names of the functions, by short name."
  value       = module.tocsin.function_names
}

output "topic_arns" {
  description = "ARNs of the topics, by short name."
  value       = module.tocsin.topic_arns
}

output "table_names" {
  description = "Names of the tables, by short name."
  value       = module.tocsin.table_names
}

output "bucket" {
  description = "Bucket of configuration and reports."
  value       = module.tocsin.bucket
}

output "dashboard_url" {
  description = "Address of the main dashboard."
  value       = module.tocsin.dashboard_url
}
