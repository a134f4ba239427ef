variable "packages_dir" {
  description = "Folder with one zip per function."
  type        = string
}

variable "config_dir" {
  description = "Folder with tocsin.yaml, as the scripts prepared it."
  type        = string
}

variable "demo_package" {
  description = "Zip of the demo workload's first release."
  type        = string
}

variable "endpoint" {
  description = "Address of the local stack."
  type        = string

  validation {
    condition     = startswith(var.endpoint, "http://")
    error_message = "The local stack is reached over http://."
  }
}

variable "name" {
  description = "Prefix of everything that is deployed."
  type        = string
  default     = "tocsin"
}

variable "shards" {
  description = "Number of shards."
  type        = number
  default     = 1
}
