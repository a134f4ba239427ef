mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "eu-central-1" }
  }
}

run "shows_every_part" {
  command = plan

  variables {
    name      = "tocsin"
    functions = { collector = "tocsin-collector", evaluator = "tocsin-evaluator", timekeeper = "tocsin-timekeeper" }
    queues    = { collector = "tocsin-collector-parked" }
    tables    = { metrics = "tocsin-metrics" }
    topics    = { technical = "tocsin-technical" }
    api_id    = "api0000001"
  }

  assert {
    condition = alltrue([
      for part in ["tocsin-collector", "tocsin-collector-parked", "tocsin-metrics", "tocsin-technical", "api0000001"] :
      strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "\"${part}\"")
    ])
    error_message = "Functions, queues, tables, topics and the API are on the dashboard."
  }

  assert {
    condition = length(distinct([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : "${widget.x}/${widget.y}"
    ])) == length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets)
    error_message = "No graph lies on another."
  }
}
