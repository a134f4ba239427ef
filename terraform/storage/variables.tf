variable "name" {
  description = "Name of the bucket, unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket name has 3 to 63 lower case letters, digits and hyphens."
  }
}

variable "config_dir" {
  description = "Folder with tocsin.yaml and the files it includes."
  type        = string

  validation {
    condition     = fileexists("${var.config_dir}/tocsin.yaml")
    error_message = "The folder holds no tocsin.yaml."
  }
}

variable "packages" {
  description = "Paths of the functions' zips, by name."
  type        = map(string)

  validation {
    condition     = alltrue([for path in values(var.packages) : fileexists(path)])
    error_message = "A package does not exist: ${join(", ", [for path in values(var.packages) : path if !fileexists(path)])}. scripts/package makes them."
  }
}

variable "protected" {
  description = "Refuse to delete the bucket while it holds anything."
  type        = bool
  default     = true
}
