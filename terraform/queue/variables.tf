variable "name" {
  description = "Name of the queue, for example tocsin-wakes."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,72}$", var.name))
    error_message = "The name has 3 to 73 lower case letters, digits and hyphens and starts with a letter: the dead-letter queue's appends to it and ends at 80."
  }
}

variable "function_arn" {
  description = "The function that works through it. Its role may receive and delete messages, and ask for the queue's attributes."
  type        = string
}

# Apart from the ARN, so that the queue can be made before the function, whose role names it.
variable "timeout_s" {
  description = "The function's time-out in seconds."
  type        = number

  validation {
    condition     = var.timeout_s >= 1 && var.timeout_s <= 900
    error_message = "Lambda allows 1 to 900 seconds."
  }
}

variable "concurrency" {
  description = "Batches that are worked on at once; the function has at least as many slots, or messages are parked that only found none."
  type        = number

  validation {
    condition     = var.concurrency >= 2 && var.concurrency <= 1000 && floor(var.concurrency) == var.concurrency
    error_message = "SQS bounds a function to 2 to 1000 batches at once."
  }
}

variable "delay_s_max" {
  description = "The longest delay that messages are sent with, in seconds."
  type        = number
  default     = 900

  validation {
    condition     = var.delay_s_max >= 0 && var.delay_s_max <= 900
    error_message = "SQS delays a message 0 to 900 seconds."
  }
}

variable "alarm_topics" {
  description = "ARNs of the topics that hear of old and parked messages."
  type        = list(string)
}
