mock_provider "aws" {
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/apigateway/tocsin" }
  }
  mock_resource "aws_apigatewayv2_api" {
    defaults = { id = "api0000001", execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:api0000001", api_endpoint = "https://api0000001.example" }
  }
}

variables {
  name = "tocsin"
  functions = {
    api = {
      arn        = "arn:aws:lambda:eu-central-1:123456789012:function:tocsin-api"
      invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:tocsin-api/invocations"
    }
  }
  routes = { "GET /health" = "api", "ANY /v1/{proxy+}" = "api" }
}

run "wants_signed_requests" {
  command = apply

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.this : route.authorization_type == "AWS_IAM"])
    error_message = "Every route wants a signature."
  }

  assert {
    condition     = aws_apigatewayv2_stage.default.default_route_settings[0].throttling_rate_limit == 50 && aws_apigatewayv2_stage.default.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.access.arn
    error_message = "The API is throttled and logs its calls."
  }

  assert {
    condition     = alltrue([for integration in aws_apigatewayv2_integration.this : integration.payload_format_version == "2.0"])
    error_message = "Functions get payload 2.0."
  }
}

run "lets_vendors_through_where_they_are_named" {
  command = apply

  variables {
    vendor_routes = { "POST /v1/slack/interactions" = "api" }
  }

  assert {
    condition     = [for route in aws_apigatewayv2_route.vendor : "${route.route_key} ${route.authorization_type}"] == ["POST /v1/slack/interactions NONE"] && alltrue([for route in aws_apigatewayv2_route.this : route.authorization_type == "AWS_IAM"])
    error_message = "Only the vendor's route is open."
  }
}

run "lets_whoever_holds_a_link_through_and_bounds_them" {
  command = apply

  variables {
    link_routes = { "POST /acknowledge/{token}" = "api", "GET /calendar/{schedule}/{token}" = "api" }
  }

  assert {
    condition = alltrue([for route in aws_apigatewayv2_route.link : route.authorization_type == "NONE"]) && {
      for settings in aws_apigatewayv2_stage.default.route_settings : settings.route_key => settings.throttling_rate_limit
    } == { "POST /acknowledge/{token}" = 10, "GET /calendar/{schedule}/{token}" = 10 }
    error_message = "Links are open, with a fifth of the requests."
  }

  assert {
    condition     = !strcontains(aws_apigatewayv2_stage.default.access_log_settings[0].format, "$context.path")
    error_message = "The log holds no token."
  }
}

run "refuses_a_link_without_a_token" {
  command = plan

  variables {
    link_routes = { "GET /acknowledge" = "api" }
  }

  expect_failures = [var.link_routes]
}

run "refuses_an_open_route_for_everything" {
  command = plan

  variables {
    vendor_routes = { "ANY /v1/{proxy+}" = "api" }
  }

  expect_failures = [var.vendor_routes]
}

run "refuses_a_route_without_method" {
  command = plan

  variables {
    routes = { "/health" = "api" }
  }

  expect_failures = [var.routes]
}
