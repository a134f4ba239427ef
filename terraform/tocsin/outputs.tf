output "api_url" {
  description = "Address of the API; every request is signed (service execute-api)."
  value       = module.http_api.url
}

output "api_id" {
  description = "Id of the API."
  value       = module.http_api.id
}

output "function_names" {
  description = "Names of the functions, by short name."
  value       = { for key, function in module.function : key => function.name }
}

output "role_names" {
  description = "Names of the functions' roles, by short name."
  value       = { for key, function in module.function : key => function.role_name }
}

output "parked_queue_urls" {
  description = "Addresses of the dead-letter queues, by the function's short name."
  value       = { for key, function in module.function : key => function.parked_queue_url }
}

output "wakes_queue_url" {
  description = "Address of the queue of groups and incidents that are due soon."
  value       = module.wakes.url
}

output "table_names" {
  description = "Names of the tables, by short name."
  value       = { for key, table in module.table : key => table.name }
}

output "topic_arns" {
  description = "ARNs of the topics: technical, business, and inbound (publish CloudWatch alarms of yours there)."
  value       = module.bus.topic_arns

  precondition {
    condition = alltrue([for topic in module.grants.published : try(split(":", topic)[3] == local.region, false) && !contains(
      [for name in module.bus.topic_names : "${local.account}:${name}"], try(join(":", slice(split(":", topic), 4, 6)), "")
    )])
    error_message = "The topic of a channel of kind sns lies in ${local.region} and is none of Tocsin's own, whose subscribers are functions; topics of channels: ${join(", ", module.grants.published)}."
  }
}

output "bucket" {
  description = "Bucket of configuration and reports."
  value       = module.storage.name
}

output "config_key" {
  description = "Key of the configuration in force."
  value       = module.storage.config_key
}

output "dashboard_url" {
  description = "Address of the main dashboard in the console."
  value       = module.dashboard.url
}
