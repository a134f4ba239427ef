variable "name" {
  description = "Prefix of everything that is deployed."
  type        = string
  default     = "tocsin"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,23}$", var.name))
    error_message = "The name has 2 to 24 lower case letters, digits and hyphens and starts with a letter."
  }
}

variable "environment" {
  description = "Name of the environment, for example production; it stands in every log line."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,31}$", var.environment))
    error_message = "The environment has 2 to 32 lower case letters, digits and hyphens."
  }
}

variable "packages_dir" {
  description = "Folder with one zip per function (`collector.zip`), as scripts/package writes them."
  type        = string
}

variable "config_dir" {
  description = "Folder with tocsin.yaml and the files it includes. Uploaded as it is; roles are granted what it refers to."
  type        = string
}

variable "shards" {
  description = "Number of shards; 500 series fit one."
  type        = number
  default     = 1

  validation {
    condition     = var.shards >= 1 && var.shards <= 400 && floor(var.shards) == var.shards
    error_message = "1 to 400 shards, a whole number: each is two schedules, and 400 hold 200,000 series."
  }
}

variable "subscriptions" {
  description = "Who hears of incidents by SNS: topic technical or business, protocol email, sms or https."
  type = list(object({
    topic    = string
    protocol = string
    endpoint = string
    kinds    = optional(list(string), ["incident.opened", "incident.resolved", "action.performed", "post-mortem.written"])
  }))
  default = []
}

variable "drill_schedule" {
  description = "When the drills of the configuration are done: an expression of EventBridge Scheduler, and the zone it is read in."
  type        = object({ expression = string, timezone = optional(string, "UTC") })
  default     = { expression = "cron(0 10 ? * TUE *)" }
}

variable "architecture" {
  description = "x86_64 or arm64, as the packages were built."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "The architecture is x86_64 or arm64."
  }
}

variable "concurrency" {
  description = "Reserved concurrency by function where it differs from ours; -1 reserves nothing (accounts with a small limit)."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.concurrency) : contains(["collector", "evaluator", "ingest", "incident-response", "post-mortem", "notifier", "timekeeper", "api"], key)])
    error_message = "Concurrency names a function that does not exist."
  }
}

variable "log_retention_days" {
  description = "How long log lines are kept."
  type        = number
  default     = 30
}

variable "protected" {
  description = "Refuse to delete tables, and the bucket while it holds anything."
  type        = bool
  default     = true
}

variable "api_url" {
  description = "Address of the API in links, where it has a name of its own; otherwise the one API Gateway gives."
  type        = string
  default     = null

  validation {
    condition     = var.api_url == null || can(regex("^https?://", var.api_url))
    error_message = "The address starts with https:// or http://."
  }
}
