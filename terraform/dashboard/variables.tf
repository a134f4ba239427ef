variable "name" {
  description = "Name of the dashboard, which is the installation's."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.name))
    error_message = "A dashboard name has letters, digits, hyphens and underscores."
  }
}

variable "functions" {
  description = "Names of the functions, by short name."
  type        = map(string)
}

variable "queues" {
  description = "Names of the dead-letter queues, by the function's short name."
  type        = map(string)
}

variable "tables" {
  description = "Names of the tables, by short name."
  type        = map(string)
}

variable "topics" {
  description = "Names of the topics, by short name."
  type        = map(string)
}

variable "api_id" {
  description = "Id of the HTTP API."
  type        = string
}
