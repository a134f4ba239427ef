variable "function_name" {
  description = "Name of the demo's Lambda function; tocsin.yaml watches its alias."
  type        = string
  default     = "shop-checkout"

  validation {
    condition     = can(regex("^[a-zA-Z0-9-_]{1,64}$", var.function_name))
    error_message = "A Lambda function name has 1 to 64 letters, digits, hyphens or underscores."
  }
}

variable "package" {
  description = "Path of the zip with the first release's code."
  type        = string

  validation {
    condition     = endswith(var.package, ".zip")
    error_message = "The package is a zip file."
  }
}

variable "log_retention_days" {
  description = "Days the function's log lines are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90], var.log_retention_days)
    error_message = "CloudWatch Logs keeps lines for 1, 3, 5, 7, 14, 30, 60 or 90 days here."
  }
}
