output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "invoke_arn" {
  description = "ARN by which API Gateway calls the function."
  value       = aws_lambda_function.this.invoke_arn
}

output "parked_queue_arn" {
  description = "ARN of the dead-letter queue."
  value       = aws_sqs_queue.parked.arn
}

output "parked_queue_url" {
  description = "Address of the dead-letter queue."
  value       = aws_sqs_queue.parked.url
}

output "parked_queue_name" {
  description = "Name of the dead-letter queue."
  value       = aws_sqs_queue.parked.name
}

output "role_name" {
  description = "Name of the function's role."
  value       = aws_iam_role.this.name
}
