# The demo's workload: a function that prices carts, served through the alias "live". Terraform publishes the first
# release; later ones move the alias the way a delivery pipeline does, so code and alias target are not watched for drift.

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.checkout.arn}:*"]
  }
}

resource "aws_cloudwatch_log_group" "checkout" {
  name              = "/aws/lambda/${var.function_name}"
  retention_in_days = var.log_retention_days
}

resource "aws_iam_role" "checkout" {
  name               = var.function_name
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "logs" {
  name   = "logs"
  role   = aws_iam_role.checkout.id
  policy = data.aws_iam_policy_document.logs.json
}

resource "aws_lambda_function" "checkout" {
  function_name    = var.function_name
  description      = "Demo workload: prices shopping carts."
  role             = aws_iam_role.checkout.arn
  runtime          = "python3.12"
  handler          = "handler.handle"
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  publish          = true
  memory_size      = 128
  timeout          = 5

  lifecycle {
    ignore_changes = [filename, source_code_hash]
  }

  depends_on = [aws_cloudwatch_log_group.checkout]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "What customers reach."
  function_name    = aws_lambda_function.checkout.function_name
  function_version = aws_lambda_function.checkout.version

  lifecycle {
    ignore_changes = [function_version]
  }
}
