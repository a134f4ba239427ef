output "function_name" {
  description = "Name of the demo's function."
  value       = aws_lambda_function.checkout.function_name
}

output "alias_name" {
  description = "Name of the alias that serves."
  value       = aws_lambda_alias.live.name
}

output "alias_arn" {
  description = "ARN of the alias that serves; roles that watch or roll back are granted exactly this."
  value       = aws_lambda_alias.live.arn
}
