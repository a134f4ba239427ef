variable "name" {
  description = "Name of the API."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,62}$", var.name))
    error_message = "The name has 3 to 63 lower case letters, digits and hyphens and starts with a letter."
  }
}

variable "functions" {
  description = "Functions behind the API, by the key the routes use."
  type        = map(object({ arn = string, invoke_arn = string }))
}

variable "routes" {
  description = "Route key (`GET /health`) to the key of the function that answers; every route wants a signed request (AWS_IAM)."
  type        = map(string)

  validation {
    condition     = alltrue([for route in keys(var.routes) : can(regex("^(ANY|GET|POST|PUT|PATCH|DELETE) /", route))])
    error_message = "A route key is a method and a path, for example `GET /health`."
  }
}

variable "vendor_routes" {
  description = "As `routes`, but for vendors, which cannot sign for AWS: the gateway lets their calls through, and the function checks the vendor's own signature before it reads anything."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for route in keys(var.vendor_routes) : can(regex("^POST /v1/[a-z]+/[a-z]+$", route))])
    error_message = "A vendor's route is `POST /v1/<vendor>/<what>`."
  }
}

variable "link_routes" {
  description = "As `routes`, but for people who follow a link that they were sent: the gateway lets them through, and the function checks the token that ends the path before it does anything."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for route in keys(var.link_routes) : can(regex("^(GET|POST) /[a-z-]+(/\\{[a-z]+\\})?/\\{token\\}$", route))])
    error_message = "A link's route is `GET /<what>/{token}`, or `GET /<what>/{name}/{token}`."
  }
}

variable "throttle" {
  description = "Requests per second and burst that the whole API accepts before it answers 429."
  type        = object({ rate = number, burst = number })
  default     = { rate = 50, burst = 100 }

  validation {
    condition     = var.throttle.rate > 0 && var.throttle.burst >= var.throttle.rate
    error_message = "The burst is at least the rate, and the rate above 0."
  }
}

variable "log_retention_days" {
  description = "How long the access log is kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400], var.log_retention_days)
    error_message = "CloudWatch Logs keeps 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or 400 days."
  }
}
