"""The secrets that the notifier reads: made up for each stack, and kept as SSM SecureStrings."""

import secrets

WEBHOOK = "webhook-secret"


def make() -> dict[str, str]:
    """The PagerDuty key (32 characters) and the key of the webhooks' signatures."""
    return {"pagerduty-key": secrets.token_hex(16), WEBHOOK: secrets.token_hex(32)}


def store(parameters, name: str, made: dict[str, str], receiver: str) -> None:
    """Writes them under /NAME, with the Slack address, which is a secret too."""
    for key, value in (made | {"slack-webhook": f"{receiver}/slack"}).items():
        parameters.put_parameter(Name=f"/{name}/{key}", Value=value, Type="SecureString", Overwrite=True)
