variable "name" {
  description = "Name of the deployed function, for example tocsin-collector."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,57}$", var.name))
    error_message = "The name has 3 to 58 lower case letters, digits and hyphens and starts with a letter: role and queue names append to it and end at 64."
  }
}

variable "package" {
  description = "The zip that holds the binary as `bootstrap`: its bucket, key, and SHA-256 in base64."
  type        = object({ bucket = string, key = string, hash = string })

  validation {
    condition     = endswith(var.package.key, ".zip")
    error_message = "The package is a zip; scripts/package makes it."
  }
}

variable "policy" {
  description = "What the code itself calls, as an IAM policy document in JSON."
  type        = string

  validation {
    condition     = can(jsondecode(var.policy).Statement)
    error_message = "The policy is a JSON document with a Statement."
  }
}

variable "environment" {
  description = "Environment of the function. References only, never a secret."
  type        = map(string)
  default     = {}
}

variable "architecture" {
  description = "x86_64 or arm64, as the package was built."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "The architecture is x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory in MB; CPU comes with it, a whole core at 1769."
  type        = number
  default     = 256

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "Lambda gives 128 to 10240 MB."
  }
}

variable "timeout_s" {
  description = "Time-out of one invocation in seconds."
  type        = number
  default     = 30

  validation {
    condition     = var.timeout_s >= 1 && var.timeout_s <= 900
    error_message = "Lambda allows 1 to 900 seconds."
  }
}

variable "concurrency" {
  description = "Reserved concurrent executions; -1 reserves nothing."
  type        = number
  default     = -1

  validation {
    condition     = var.concurrency >= -1
    error_message = "Reserved concurrency is -1 (none reserved) or at least 0."
  }
}

variable "retry" {
  description = "Asynchronous invocations: attempts after the first, and the age in seconds after which an event is parked."
  type        = object({ attempts = number, age_s = number })
  default     = { attempts = 2, age_s = 3600 }

  validation {
    condition     = var.retry.attempts >= 0 && var.retry.attempts <= 2 && var.retry.age_s >= 60 && var.retry.age_s <= 21600
    error_message = "Lambda retries 0 to 2 times and keeps an event 60 to 21600 seconds."
  }
}

variable "log_retention_days" {
  description = "How long log lines are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400], var.log_retention_days)
    error_message = "CloudWatch Logs keeps 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or 400 days."
  }
}

variable "alarm_topics" {
  description = "ARNs of the topics that hear of errors, throttles, old and parked events."
  type        = list(string)
}
