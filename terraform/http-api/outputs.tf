output "id" {
  description = "Id of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "url" {
  description = "Address of the API."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "execution_arn" {
  description = "What `execute-api:Invoke` is granted on: `<execution_arn>/*`."
  value       = aws_apigatewayv2_api.this.execution_arn
}

output "open_routes" {
  description = "Routes that the gateway lets through unsigned, to the key of the function that checks who calls."
  value       = merge(var.vendor_routes, var.link_routes)
}
