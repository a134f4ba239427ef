variable "name" {
  description = "Name of the schedules' role and prefix of their names; one schedule per input."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,49}$", var.name))
    error_message = "The name has 3 to 50 lower case letters, digits and hyphens and starts with a letter."
  }
}

variable "function" {
  description = "The function to invoke: its ARN, and the ARN of the queue that takes what could not be delivered."
  type        = object({ arn = string, parked_queue_arn = string })
}

variable "inputs" {
  description = "What each schedule sends, by the name that ends the schedule's own; `scheduled_time` is added."
  type        = map(any)

  validation {
    condition     = length(var.inputs) > 0
    error_message = "A schedule needs at least one input."
  }
}

variable "expression" {
  description = "When: a rate or cron expression of EventBridge Scheduler."
  type        = string
  default     = "rate(1 minute)"

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.expression))
    error_message = "The expression is rate(...) or cron(...)."
  }
}

variable "timezone" {
  description = "The zone a cron expression is read in, an IANA name."
  type        = string
  default     = "UTC"
}

variable "age_s" {
  description = "Seconds after which a tick that could not be delivered is given up."
  type        = number
  default     = 300

  validation {
    condition     = var.age_s >= 60 && var.age_s <= 86400
    error_message = "EventBridge Scheduler keeps an event 60 to 86400 seconds."
  }
}
