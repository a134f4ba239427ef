output "functions" {
  description = "Names of the Lambda functions whose aliases are watched, and may be rolled back."
  value       = distinct(local.aliases)
}

output "parameters" {
  description = "Names of SSM parameters, by who reads them: `sources` (collector), `channels` (notifier), `inbound` (ingest), and `links` (whoever signs links or is called by one)."
  value       = { for who, text in local.text : who => distinct(flatten(regexall("\"ssm:(/[^\"]+)\"", text))) }
}

output "secrets" {
  description = "Names or ARNs of Secrets Manager secrets, by who reads them."
  value       = { for who, text in local.text : who => distinct(flatten(regexall("\"secretsmanager:([^\"]+)\"", text))) }
}

output "inbound" {
  description = "Who may call without a signature of AWS: `slack`, `pagerduty`, and whoever holds one of our `links`."
  value       = [for vendor, settings in local.inbound : vendor if can(settings.signing_secret)]
}

output "mail_from" {
  description = "Identities of SES that mails are from: addresses, and their domains."
  value       = distinct(flatten([for channel in local.channels : [channel.from, split("@", channel.from)[1]] if try(channel.kind, "") == "email"]))
}

output "text_messages" {
  description = "Whether telephones are told: by a channel, or because a person has one."
  value = anytrue(concat(
    [for channel in local.channels : try(channel.kind, "") == "sms"],
    [for address in flatten([for person in local.people : try(person.addresses, [])]) : startswith(address, "phone:")],
  ))
}

output "published" {
  description = "ARNs of the topics of SNS that channels publish on."
  value       = distinct([for channel in local.channels : channel.topic if try(channel.kind, "") == "sns"])
}

output "conversations" {
  description = "Whether a channel keeps one message per incident, so that a message is looked up before the next."
  value       = anytrue([for channel in local.channels : try(channel.kind, "") == "slack-bot"])
}

output "announcements" {
  description = "Whether a channel hears of deployments."
  value       = anytrue([for channel in local.channels : try(channel.kind, "") == "pagerduty" && try(channel.changes, true)])
}

output "post_mortems" {
  description = "Severities of incidents that get a post-mortem."
  value       = tolist(flatten([try([for document in local.documents : document.post_mortem.severities if can(document.post_mortem.severities)][0], ["SEV1", "SEV2"])]))
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

output "log_groups" {
  description = "Log groups of this account that are read, as region (none for Tocsin's own) and name or ARN: by `queries` of Logs Insights, and as `lines`."
  value = {
    for who, kinds in { queries = ["query"], lines = ["pattern", "templates"] } : who => distinct(flatten([
      for question in local.own : [for group in question.groups : { region = local.logs[question.source], group = trimsuffix(group, ":*") }]
      if contains(kinds, question.kind)
    ]))
  }
}

output "pushed" {
  description = "Whether services, or drills, push metrics."
  value       = local.drills || anytrue([for source in local.sources : try(source.kind, "") == "pushed"])
}

output "drills" {
  description = "Whether the way from a breach to a person is tried."
  value       = local.drills
}

output "templates" {
  description = "Whether templates of log lines are learned."
  value       = anytrue([for question in local.questions : contains(["new-templates", "busiest-template"], question.reads)])
}

output "bill" {
  description = "Actions that reading this account's bill takes."
  value = concat(
    length(local.costs) > 0 ? ["ce:GetCostAndUsage"] : [],
    contains(local.costs, "month-forecast") ? ["ce:GetCostForecast"] : [],
  )
}
