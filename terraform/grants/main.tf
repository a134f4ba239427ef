# What the configuration refers to, so that roles are granted exactly that: nobody keeps a second list.

locals {
  documents = [for file in sort(fileset(var.config_dir, "**/*.{yaml,yml}")) : yamldecode(file("${var.config_dir}/${file}"))]
  sources   = flatten([for document in local.documents : try(document.sources, [])])
  services  = flatten([for document in local.documents : try(document.services, [])])
  channels  = flatten([for document in local.documents : try(document.channels, [])])
  people    = flatten([for document in local.documents : try(document.people, [])])
  inbound   = merge([for document in local.documents : try(document.inbound, {})]...)

  drills = anytrue([for document in local.documents : length(coalesce(try(document.drills, []), [])) > 0])

  # A reference is `ssm:/name` or `secretsmanager:name`; jsonencode turns whatever holds one into text.
  text = { sources = jsonencode(local.sources), channels = jsonencode(local.channels), inbound = jsonencode(local.inbound), links = jsonencode(try(local.inbound.links, {})) }

  # Logs of this account, by the name of their source: the region, or none for Tocsin's own.
  logs = { for source in local.sources : source.name => try(source.region, "") if try(source.kind, "") == "logs" && try(source.role_arn, "") == "" }

  # Each question about logs: its source, groups, and kind. What comes with a resource reads the source it names, or the only one.
  questions = concat(
    flatten([
      for service in local.services : [
        for series in try(service.series, []) : { source = series.source, groups = series.log.groups, kind = series.log.kind, reads = try(series.log.reads, "") }
        if can(series.log)
      ]
    ]),
    flatten([
      for service in local.services : [
        for resource in try(service.resources, []) : {
          source = try(resource.source, [for source in local.sources : source.name if try(source.kind, "") == "logs"][0], "")
          groups = [resource.group]
          kind   = "pattern"
          reads  = resource.kind == "log-group" ? "new-templates" : ""
        }
        if contains(["log-group", "cloudtrail"], try(resource.kind, "")) && try(resource.monitored, true)
      ]
    ]),
  )
  own = [for question in local.questions : question if contains(keys(local.logs), question.source)]

  bills = [for source in local.sources : source.name if try(source.kind, "") == "cost-explorer" && try(source.role_arn, "") == ""]
  costs = flatten([
    for service in local.services : [
      for series in try(service.series, []) : try(series.cost.reads, "day") if can(series.cost) && contains(local.bills, series.source)
    ]
  ])

  aliases = flatten([
    for service in local.services : [
      for resource in try(service.resources, []) : resource.function if try(resource.kind, "") == "lambda-alias"
    ]
  ])
}
