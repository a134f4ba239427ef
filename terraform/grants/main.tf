# What the configuration refers to, so that roles are granted exactly that: nobody keeps a second list.

locals {
  documents = [for file in sort(fileset(var.config_dir, "**/*.{yaml,yml}")) : yamldecode(file("${var.config_dir}/${file}"))]
  sources   = flatten([for document in local.documents : try(document.sources, [])])
  services  = flatten([for document in local.documents : try(document.services, [])])
  channels  = flatten([for document in local.documents : try(document.channels, [])])

  # A reference is `ssm:/name` or `secretsmanager:name`; jsonencode turns whatever holds one into text.
  text = { sources = jsonencode(local.sources), channels = jsonencode(local.channels) }

  aliases = flatten([
    for service in local.services : [
      for resource in try(service.resources, []) : resource.function if try(resource.kind, "") == "lambda-alias"
    ]
  ])
}
