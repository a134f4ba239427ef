"""The secrets that the notifier reads: made up for each stack, and kept as SSM SecureStrings only."""

import secrets


def store(parameters, name: str, receiver: str) -> None:
    """Writes the Slack address, the PagerDuty key (32 characters) and the webhook key under /NAME."""
    values = {
        "slack-webhook": f"{receiver}/slack",
        "pagerduty-key": secrets.token_hex(16),
        "webhook-secret": secrets.token_hex(32),
    }
    for key, value in values.items():
        parameters.put_parameter(Name=f"/{name}/{key}", Value=value, Type="SecureString", Overwrite=True)
