output "topic_arns" {
  description = "ARNs of the topics, by the word that ends their name."
  value       = { for name, topic in aws_sns_topic.this : name => topic.arn }
}

output "topic_names" {
  description = "Names of the topics, by the word that ends them."
  value       = { for name, topic in aws_sns_topic.this : name => topic.name }
}
