output "arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.this.arn
}

output "url" {
  description = "Address of the queue."
  value       = aws_sqs_queue.this.url
}

output "parked_queue_name" {
  description = "Name of its dead-letter queue."
  value       = aws_sqs_queue.parked.name
}

output "parked_queue_url" {
  description = "Address of its dead-letter queue."
  value       = aws_sqs_queue.parked.url
}
