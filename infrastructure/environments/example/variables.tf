variable "region" {
  description = "AWS region."
  type        = string
  default     = "eu-central-1"
}

variable "environment" {
  description = "Name of the environment."
  type        = string
  default     = "production"
}

variable "packages_dir" {
  description = "Folder with one zip per function; scripts/package fills it."
  type        = string
  default     = "../../../.tocsin/package"
}

variable "architecture" {
  description = "x86_64 or arm64, as the packages were built."
  type        = string
  default     = "x86_64"
}

variable "shards" {
  description = "Number of shards; 500 series fit one."
  type        = number
  default     = 1
}

variable "emails" {
  description = "E-mail addresses that hear of technical incidents, and when Tocsin itself falls silent."
  type        = set(string)

  validation {
    condition     = length(var.emails) > 0
    error_message = "At least one address: the dead-man must reach somebody."
  }
}
