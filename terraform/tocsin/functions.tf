# The eight functions: size, why that size, and who they listen to.

locals {
  # A shard's tick is one run; a second slot lets a retried tick through while a slow one ends. Ticks end before the
  # next begins (50 s). The rest is bounded so that a flood cannot starve the account or the systems behind it.
  functions = {
    collector         = { memory_mb = 256, timeout_s = 50, concurrency = 2 * var.shards, age_s = 300 }          # waits on sources; parses 500 series
    evaluator         = { memory_mb = 256, timeout_s = 50, concurrency = 2 * var.shards, age_s = 300 }          # folds in memory
    timekeeper        = { memory_mb = 128, timeout_s = 50, concurrency = 2 + local.wakes_at_once, age_s = 300 } # one tick for all; wakes
    ingest            = { memory_mb = 128, timeout_s = 10, concurrency = 20, age_s = 3600 }                     # a burst of pushed alerts
    api               = { memory_mb = 256, timeout_s = 10, concurrency = 20, age_s = 3600 }                     # people and dashboards
    incident-response = { memory_mb = 128, timeout_s = 30, concurrency = 10, age_s = 3600 }                     # one incident a run
    notifier          = { memory_mb = 128, timeout_s = 60, concurrency = 10, age_s = 3600 }                     # waits out a vendor's back-off
    post-mortem       = { memory_mb = 256, timeout_s = 60, concurrency = 5, age_s = 3600 }                      # rare; reads two hours of points
  }

  wakes_at_once = 8 # batches of ten

  told = ["technical", "business"]

  # Message attributes a function listens for.
  hears = {
    incident-response = { topics = local.told, filter = { kind = ["incident.opened", "incident.reopened", "incident.updated", "action.approved", "action.undo"] } }
    post-mortem       = { topics = local.told, filter = { kind = ["incident.resolved", "action.performed", "action.verified", "action.failed"], severity = length(module.grants.post_mortems) > 0 ? module.grants.post_mortems : ["none"] } }
    ingest            = { topics = ["inbound"], filter = {} }
    notifier = { topics = local.told, filter = { kind = [
      "incident.opened", "incident.updated", "incident.acknowledged", "incident.resolved",
      "action.planned", "action.performed", "action.failed", "action.verified", "post-mortem.written",
      "notification.due", "notification.retry", "deployment.due",
    ] } }
  }

  environment = {
    TOCSIN_NAME               = var.name
    TOCSIN_ENVIRONMENT        = var.environment
    TOCSIN_BUCKET             = module.storage.name
    TOCSIN_CONFIG_KEY         = module.storage.config_key
    TOCSIN_TABLE_METRICS      = module.table["metrics"].name
    TOCSIN_TABLE_ALERTS       = module.table["alerts"].name
    TOCSIN_TABLE_INCIDENTS    = module.table["incidents"].name
    TOCSIN_TABLE_POST_MORTEMS = module.table["post-mortems"].name
    TOCSIN_TABLE_ACTION_ITEMS = module.table["action-items"].name
    TOCSIN_TABLE_DEPLOYMENTS  = module.table["deployments"].name
    TOCSIN_TABLE_EVENTS       = module.table["events"].name
    TOCSIN_TABLE_SLOS         = module.table["slos"].name
    TOCSIN_TOPIC_TECHNICAL    = module.bus.topic_arns["technical"]
    TOCSIN_TOPIC_BUSINESS     = module.bus.topic_arns["business"]
    TOCSIN_WAKES              = module.wakes.url
    TOCSIN_API_URL            = coalesce(var.api_url, module.http_api.url)
    TOCSIN_SHARDS             = tostring(var.shards)

    # axum's routes are the API's own paths.
    AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH = "true"
  }

  # What the policies beside this file may name.
  arns = {
    table     = { for key, table in module.table : key => table.arn }
    index     = { for key, table in module.table : key => "${table.arn}/index" }
    config    = "${module.storage.arn}/${module.storage.config_prefix}/*"
    reports   = "${module.storage.arn}/post-mortems/*"
    parked    = "${module.storage.arn}/parked/*"
    archive   = "${module.storage.arn}/archive/*"
    states    = "${module.storage.arn}/checkpoints/*"
    topics    = [for topic in local.told : module.bus.topic_arns[topic]]
    wakes     = module.wakes.arn
    watched   = [for name in module.grants.functions : "arn:aws:lambda:${local.region}:${local.account}:function:${name}"]
    versions  = [for name in module.grants.functions : "arn:aws:lambda:${local.region}:${local.account}:function:${name}:*"]
    roles     = module.grants.roles
    metrics   = module.grants.cloudwatch
    templates = module.grants.templates ? "${module.storage.arn}/templates/*" : ""
    bill      = module.grants.bill
    pushed    = module.grants.pushed
    drills    = module.grants.drills
    converses = module.grants.conversations
    announces = module.grants.announcements
    mail_from = [for identity in module.grants.mail_from : "arn:aws:ses:${local.region}:${local.account}:identity/${identity}"]
    texts     = module.grants.text_messages
    published = module.grants.published
    # With and without the ending that stands for a group's streams: which one is checked depends on the action.
    log_groups = {
      for who, groups in module.grants.log_groups : who => flatten([
        for one in groups : [
          for ending in ["", ":*"] :
          "${startswith(one.group, "arn:") ? one.group : "arn:aws:logs:${coalesce(one.region, local.region)}:${local.account}:log-group:${one.group}"}${ending}"
        ]
      ])
    }
    prometheus = [for id in module.grants.workspaces : "arn:aws:aps:${local.region}:${local.account}:workspace/${id}"]
    parameters = {
      for who, names in module.grants.parameters : who => [for name in names : "arn:aws:ssm:${local.region}:${local.account}:parameter${name}"]
    }
    # Secrets Manager ends the ARN of a named secret with six characters of its own.
    secrets = {
      for who, names in module.grants.secrets : who => [
        for name in names : startswith(name, "arn:") ? name : "arn:aws:secretsmanager:${local.region}:${local.account}:secret:${name}-??????"
      ]
    }
  }
}

module "function" {
  source   = "../function"
  for_each = local.functions

  name               = "${var.name}-${each.key}"
  package            = module.storage.packages[each.key]
  policy             = templatefile("${path.module}/policies/${each.key}.json.tftpl", local.arns)
  environment        = local.environment
  architecture       = var.architecture
  memory_mb          = each.value.memory_mb
  timeout_s          = each.value.timeout_s
  concurrency        = lookup(var.concurrency, each.key, each.value.concurrency)
  retry              = { attempts = 2, age_s = each.value.age_s }
  log_retention_days = var.log_retention_days
  alarm_topics       = [module.bus.topic_arns["technical"]]
}
