variable "name" {
  description = "Name of the table."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.name))
    error_message = "A table name has 3 to 255 letters, digits, dots, hyphens and underscores."
  }
}

variable "key" {
  description = "Names of the key attributes, both strings: partition, and sort where the table has one."
  type        = object({ partition = string, sort = optional(string) })
}

variable "indexes" {
  description = "Global secondary indexes by name: a string partition key and a sort key, numeric unless it is the table's own; an item without them is not in the index."
  type        = map(object({ partition = string, sort = string }))
  default     = {}

  validation {
    condition     = length(var.indexes) <= 20
    error_message = "DynamoDB allows 20 global secondary indexes a table."
  }
}

variable "protected" {
  description = "Refuse to delete the table."
  type        = bool
  default     = true
}
