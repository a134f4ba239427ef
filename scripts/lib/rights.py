"""What the functions' roles may call, and what they did call on the local stack."""

import json
from fnmatch import fnmatchcase

import stack

# What the Lambda service itself does in a function's name, which the local stack does without asking.
OF_THE_PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}


def calls() -> list[dict]:
    """Each kind of call that a role has made: principal, action, resource, decision."""
    file = stack.rights_file()
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def refused() -> list[dict]:
    return [call for call in calls() if call["decision"] != "Allow"]


def granted(iam, role: str) -> list[tuple[str, str]]:
    """Each action and resource that the role's own policies allow."""
    found = []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        for statement in iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]:
            found += [(action, resource) for action in listed(statement["Action"]) for resource in listed(statement["Resource"])]
    return found


def unused(iam, roles: list[str]) -> list[str]:
    """Rights that no call has needed so far: a role with less would do, or a test is missing."""
    made, missing = calls(), []
    for role in roles:
        own = [call for call in made if f":assumed-role/{role}/" in call["principal"]]
        for action in sorted({action for action, _ in granted(iam, role)} - OF_THE_PLATFORM):
            resources = [resource for of, resource in granted(iam, role) if of == action]
            for group in grouped(resources):
                if not any(call["action"] == action and any(fnmatchcase(call["resource"], one) for one in group) for call in own):
                    missing.append(f"{role}: {action} on {', '.join(group)}")
    return missing


def grouped(resources: list[str]) -> list[list[str]]:
    """Resources that stand for one thing: both topics, and all versions and aliases of the watched functions."""
    topics = [one for one in resources if ":sns:" in one]
    functions = [one for one in resources if ":lambda:" in one]
    others = [[one] for one in resources if one not in topics + functions]
    return [group for group in (topics, functions, *others) if group]


def listed(value) -> list[str]:
    return value if isinstance(value, list) else [value]
