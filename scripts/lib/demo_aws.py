"""Clients for the local AWS."""

import boto3
from botocore.config import Config

REGION = "us-east-1"


def client(service: str, endpoint: str, patience_s: int = 30):
    """The root user's client; without retries, so that what is measured is what happened."""
    config = Config(read_timeout=patience_s, connect_timeout=patience_s, max_pool_connections=20, retries={"max_attempts": 0})
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, config=config, **keys)
