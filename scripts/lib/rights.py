"""What the functions' roles may call, and what they did call on the local stack."""

import json
from fnmatch import fnmatchcase

import stack

# Allowed by the local stack without a look at policies: what the Lambda service itself does in a function's name, and what
# comes in CloudWatch's binary protocol. And a query is stopped only when it takes longer than a tick. A queue's messages too are
# fetched by the service.
NOT_ASKED = {
    "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords", "cloudwatch:GetMetricData", "logs:StopQuery",
    "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
}


def calls() -> list[dict]:
    """Each kind of call that a role has made: principal, action, resource, decision."""
    file = stack.rights_file()
    made = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [call for call in made if ":assumed-role/" in call["principal"]]


def refused() -> list[dict]:
    return [call for call in calls() if call["decision"] != "Allow"]


def granted(iam, role: str) -> list[tuple[str, str]]:
    """Each action and resource that the role's own policies allow."""
    statements = [statement for document in documents(iam, role) for statement in document["Statement"]]
    return [(action, resource) for one in statements for action in listed(one["Action"]) for resource in listed(one["Resource"])]


def documents(iam, role: str) -> list[dict]:
    """The role's own policies."""
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]


def without(policies: list[dict], action: str) -> list[dict]:
    """The same policies with one action less; a statement that is left with none is left out."""

    def less(policy: dict) -> list[dict]:
        rest = [{**one, "Action": [of for of in listed(one["Action"]) if of != action]} for one in policy["Statement"]]
        return [one for one in rest if one["Action"]]

    return [{**policy, "Statement": less(policy)} for policy in policies]


def unused(iam, roles: list[str]) -> list[str]:
    """Rights that no call has needed so far: a role with less would do, or a test is missing."""
    made, missing = calls(), []
    for role in roles:
        own = [call for call in made if f":assumed-role/{role}/" in call["principal"]]
        for action in sorted({action for action, _ in granted(iam, role)} - NOT_ASKED):
            resources = [resource for of, resource in granted(iam, role) if of == action]
            for group in grouped(resources):
                if not any(call["action"] == action and any(fnmatchcase(call["resource"], one) for one in group) for call in own):
                    missing.append(f"{role}: {action} on {', '.join(group)}")
    return missing


def grouped(resources: list[str]) -> list[list[str]]:
    """Resources that stand for one thing: both topics, all versions and aliases of the watched functions, and log groups with and
    without their streams."""
    topics = [one for one in resources if ":sns:" in one]
    functions = [one for one in resources if ":lambda:" in one]
    logs = [one for one in resources if ":logs:" in one]
    others = [[one] for one in resources if one not in topics + functions + logs]
    return [group for group in (topics, functions, logs, *others) if group]


def listed(value) -> list[str]:
    return value if isinstance(value, list) else [value]
