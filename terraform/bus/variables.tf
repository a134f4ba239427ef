variable "name" {
  description = "Prefix of the topics' names."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,49}$", var.name))
    error_message = "The name has 3 to 50 lower case letters, digits and hyphens and starts with a letter."
  }
}

variable "topics" {
  description = "Topics to make, by the word that ends their name."
  type        = set(string)
  default     = ["technical", "business", "inbound"]
}

variable "subscribers" {
  description = "Functions that hear a topic, by name: `topics` they listen to; `filter` on message attributes (attribute to allowed values), empty for everything."
  type = map(object({
    arn    = string
    topics = set(string)
    filter = map(list(string))
  }))
  default = {}

  validation {
    condition     = alltrue(flatten([for s in var.subscribers : [for topic in s.topics : contains(var.topics, topic)]]))
    error_message = "A subscriber names a topic that does not exist."
  }
}

variable "people" {
  description = "Who else hears of incidents: protocol email, sms or https; `kinds` of events they get. Alarms about Tocsin itself carry no kind and always pass."
  type = list(object({
    topic    = string
    protocol = string
    endpoint = string
    kinds    = optional(list(string), ["incident.opened", "incident.resolved", "action.performed", "post-mortem.written"])
  }))
  default = []

  validation {
    condition     = alltrue([for s in var.people : contains(["email", "sms", "https"], s.protocol) && contains(["technical", "business"], s.topic)])
    error_message = "A subscription has protocol email, sms or https and topic technical or business."
  }
}
