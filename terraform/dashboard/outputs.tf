output "url" {
  description = "Address of the dashboard in the console."
  value       = "https://${data.aws_region.this.name}.console.aws.amazon.com/cloudwatch/home?region=${data.aws_region.this.name}#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}"
}
