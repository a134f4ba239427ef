output "functions" {
  description = "Names of the Lambda functions whose aliases are watched, and may be rolled back."
  value       = distinct(local.aliases)
}

output "parameters" {
  description = "Names of SSM parameters, by who reads them: `sources` (collector) and `channels` (notifier)."
  value       = { for who, text in local.text : who => distinct(flatten(regexall("\"ssm:(/[^\"]+)\"", text))) }
}

output "secrets" {
  description = "Names or ARNs of Secrets Manager secrets, by who reads them."
  value       = { for who, text in local.text : who => distinct(flatten(regexall("\"secretsmanager:([^\"]+)\"", text))) }
}

output "roles" {
  description = "ARNs of roles of other accounts that the collector takes on."
  value       = distinct(compact([for source in local.sources : try(source.role_arn, "")]))
}

output "cloudwatch" {
  description = "Whether metrics of this account are read."
  value       = anytrue([for source in local.sources : try(source.kind, "") == "cloudwatch" && try(source.role_arn, "") == ""])
}

output "workspaces" {
  description = "Ids of Amazon Managed Prometheus workspaces that are queried with a signature."
  value       = distinct(flatten([for source in local.sources : regexall("/workspaces/(ws-[0-9a-f-]+)", try(source.url, "")) if can(source.auth.sigv4)]))
}
