variable "config_dir" {
  description = "Folder with tocsin.yaml and the files it includes."
  type        = string

  validation {
    condition     = fileexists("${var.config_dir}/tocsin.yaml")
    error_message = "The folder holds no tocsin.yaml."
  }
}
