run "grants_follow_the_configuration" {
  command = plan

  variables {
    config_dir = "tests/config"
  }

  assert {
    condition     = toset(output.functions) == toset(["checkout", "cart"])
    error_message = "Watched functions come from every file, once each, and from Lambda aliases only."
  }

  assert {
    condition = output.parameters == {
      sources  = tolist(["/tocsin/prom-token"])
      channels = tolist(["/tocsin/slack-webhook", "/tocsin/bot"])
      inbound  = tolist(["/tocsin/links", "/tocsin/slack-signing"])
      links    = tolist(["/tocsin/links"])
    }
    error_message = "The collector reads what sources refer to, the notifier what channels refer to."
  }

  assert {
    condition     = output.secrets == { sources = tolist([]), channels = tolist(["tocsin/hook"]), inbound = tolist([]), links = tolist([]) }
    error_message = "Secrets are told apart the same way."
  }

  assert {
    condition     = output.cloudwatch && output.roles == tolist(["arn:aws:iam::210987654321:role/reader"]) && output.workspaces == tolist(["ws-0a1b2c3d"])
    error_message = "Accounts and workspaces are found."
  }
}

run "messages_are_granted_as_channels_send_them" {
  command = plan

  variables {
    config_dir = "tests/config"
  }

  assert {
    condition     = output.inbound == ["links", "slack"] && output.conversations && !output.announcements && output.text_messages && toset(output.mail_from) == toset(["tocsin@example.com", "example.com"])
    error_message = "Who may call, who is mailed from, whether telephones are told and messages looked up: all from the channels."
  }
}

run "topics_are_those_that_channels_name" {
  command = plan

  variables {
    config_dir = "tests/config"
  }

  assert {
    condition     = output.published == tolist(["arn:aws:sns:eu-central-1:123456789012:incidents"])
    error_message = "The notifier publishes on the topics of its channels, and on no other."
  }
}

run "logs_and_the_bill_are_granted_as_they_are_read" {
  command = plan

  variables {
    config_dir = "tests/config"
  }

  assert {
    condition = jsonencode(output.log_groups) == jsonencode({
      queries = [{ region = "us-west-2", group = "arn:aws:logs:us-west-2:123456789012:log-group:/shop/jobs" }]
      lines   = [{ region = "", group = "trail" }, { region = "", group = "/shop/web" }]
    })
    error_message = "Groups that are queried and groups whose lines are read are told apart; those of a role are that role's."
  }

  assert {
    condition     = output.templates && output.pushed && output.drills && output.bill == tolist(["ce:GetCostAndUsage", "ce:GetCostForecast"])
    error_message = "Templates, pushed metrics, drills and the bill are found."
  }
}

run "post_mortems_are_of_the_severities_that_are_asked_for" {
  command = plan

  variables {
    config_dir = "tests/config"
  }

  assert {
    condition     = output.post_mortems == tolist(["SEV1", "SEV2", "SEV3"])
    error_message = "The configuration says of which severities."
  }
}

run "finds_nothing_where_nothing_is_named" {
  command = plan

  variables {
    config_dir = "tests/without"
  }

  assert {
    condition     = !output.text_messages && !output.drills && !output.pushed && !output.templates && length(output.functions) == 0
    error_message = "Nothing is granted that the configuration does not name."
  }

  assert {
    condition     = output.post_mortems == tolist(["SEV1", "SEV2"])
    error_message = "Post-mortems are of SEV1 and SEV2 where nothing else is said."
  }
}

run "a_person_with_a_telephone_is_told_without_a_channel" {
  command = plan

  variables {
    config_dir = "tests/people"
  }

  assert {
    condition     = output.text_messages && output.post_mortems == tolist(["SEV1"])
    error_message = "Bob has a telephone, and one severity may stand by itself."
  }
}

run "the_configuration_to_begin_with_grants_what_it_names" {
  command = plan

  variables {
    config_dir = "../../infrastructure/config"
  }

  assert {
    condition     = output.text_messages && output.inbound == ["links"] && contains(output.parameters.links, "/tocsin/links")
    error_message = "Whoever is called has a telephone, and pages carry a link."
  }
}

run "refuses_a_folder_without_configuration" {
  command = plan

  variables {
    config_dir = "tests"
  }

  expect_failures = [var.config_dir]
}
