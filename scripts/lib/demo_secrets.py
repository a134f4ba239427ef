"""The secrets that the notifier reads: made up for each stack, and kept as SSM SecureStrings."""

import secrets

WEBHOOK = "webhook-secret"
SLACK_SIGNING = "slack-signing"


def make() -> dict[str, str]:
    """PagerDuty's key (32 characters), the bot's token, and the keys of signatures: webhooks', Slack's, our links'."""
    signing = {name: secrets.token_hex(32) for name in (WEBHOOK, SLACK_SIGNING, "links")}
    return {"pagerduty-key": secrets.token_hex(16), "slack-token": f"xoxb-{secrets.token_hex(12)}", **signing}


def store(parameters, name: str, made: dict[str, str], receiver: str) -> None:
    """Writes them under /NAME, with the Slack address, which is a secret too."""
    for key, value in (made | {"slack-webhook": f"{receiver}/slack"}).items():
        parameters.put_parameter(Name=f"/{name}/{key}", Value=value, Type="SecureString", Overwrite=True)
