"""MiniStack, with eight things put right where it strays from AWS and the way of the data leans on them.

It also keeps a record of what roles call: with TOCSIN_RIGHTS, each new kind of call (role, action, resource, decision) is one
JSON line in that file.

It runs as the process of the local stack, in the scripts' own environment. Everything else is MiniStack as released; its
version is pinned, because this reaches into it.
"""

import json
import os
import re
from collections import Counter
from contextvars import ContextVar
from datetime import datetime, timezone

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import cloudwatch_logs, eventbridge, lambda_svc, scheduler, sns

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
SWEEP_S = 1  # MiniStack looks for due schedules every 10 s; AWS promises the minute.


def correct() -> None:
    """Applies the corrections."""
    iam_actions._lambda_action = alias_action(iam_actions._lambda_action)
    scheduler._SCHEDULE_TICK_INTERVAL = SWEEP_S
    eventbridge._invoke_target = with_scheduled_time(eventbridge._invoke_target)
    eventbridge._dispatch_to_lambda = retried
    lambda_svc.handle_request = json_only(lambda_svc.handle_request)
    sns._lambda_svc = RetriedLambda()
    cloudwatch_logs._start_query = counted(cloudwatch_logs._start_query)
    iam_actions.extract_resource_arn = with_log_groups(iam_actions.extract_resource_arn)
    if record := os.environ.get("TOCSIN_RIGHTS"):
        iam_evaluator.evaluate = with_caller(iam_evaluator.evaluate)
        iam_evaluator.enforce = recorded(iam_evaluator.enforce, record)


CALLER = ContextVar("caller")


def with_caller(original):
    """Remembers whose policies are looked at: what `enforce` returns does not say so."""

    def evaluate(context, *policies):
        CALLER.set(context.principal_arn)
        return original(context, *policies)

    return evaluate


def recorded(original, record: str):
    known = set()

    def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        CALLER.set("")
        denied = original(access_key_id, iam_action, service, region, resource_arn, service_context)
        call = (CALLER.get(), iam_action, resource_arn, "Deny" if denied else "Allow")
        if call[0] and call not in known:
            known.add(call)
            with open(record, "a") as file:
                file.write(json.dumps(dict(zip(("principal", "action", "resource", "decision"), call))) + "\n")
        return denied

    return enforce


def alias_action(original):
    """Reading and moving an alias are two actions; MiniStack checks both as ListAliases.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    """

    def action(method: str, path: str):
        parts = [part for part in path.split("/") if part]
        if "aliases" in parts[:-1] and "functions" in parts:
            return {"GET": "GetAlias", "PUT": "UpdateAlias", "DELETE": "DeleteAlias"}.get(method)
        return original(method, path)

    return action


def with_scheduled_time(original):
    """A schedule's input may name the moment it stands for; MiniStack passes the name on as it is.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """

    def invoke(target, event, rule, view=None):
        if event.get("Source") == "aws.scheduler" and SCHEDULED_TIME in target.get("Input", ""):
            moment = datetime.fromtimestamp(event["Time"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            target = {**target, "Input": target["Input"].replace(SCHEDULED_TIME, moment)}
        return original(target, event, rule, view)

    return invoke


def json_only(original):
    """Lambda refuses a payload that is no JSON before the function sees it; MiniStack makes an empty object of it.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """

    async def handle_request(method, path, headers, body, query_params):
        if method == "POST" and path.endswith("/invocations") and not is_json(body):
            message = json.dumps({"Type": "User", "message": "Could not parse request body into json"})
            return 400, {"Content-Type": "application/json", "x-amzn-ErrorType": "InvalidRequestContentException"}, message.encode()
        return await original(method, path, headers, body, query_params)

    return handle_request


def is_json(body: bytes) -> bool:
    try:
        json.loads(body or b"{}", parse_constant=int)
        return True
    except ValueError:  # Also what is no UTF-8.
        return False


def retried(arn: str, payload: str) -> None:
    """Schedules and rules invoke asynchronously: what fails is tried again, then parked. MiniStack tries once.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if function and config:
        lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))


COUNTED = re.compile(r"(?:(?P<query>.+) \| )?stats count\(\*\) as (?P<value>\w+) by bin\((?P<minutes>\d+)m\) as (?P<at>\w+)")


def counted(original):
    """Logs Insights counts lines by period; MiniStack gives the lines themselves, whatever `stats` says.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
    """

    def start_query(data):
        asked = COUNTED.fullmatch(data.get("queryString", ""))
        if not asked:
            return original(data)
        lines = " | ".join(filter(None, ["fields @timestamp", asked["query"]]))
        answer = original({**data, "queryString": lines})
        if answer[0] == 200:
            query = cloudwatch_logs._queries[json.loads(answer[2])["queryId"]]
            counts = Counter(begin(row[0]["value"], int(asked["minutes"])) for row in query["results"])
            query["results"] = [
                [{"field": asked["at"], "value": at}, {"field": asked["value"], "value": str(count)}] for at, count in counts.items()
            ]
        return answer

    return start_query


def begin(moment: str, minutes: int) -> str:
    """The start of the period that a moment lies in, as Insights writes both."""
    at = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc).timestamp()
    return datetime.fromtimestamp(at // (60 * minutes) * 60 * minutes, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.000")


def with_log_groups(original):
    """What a question about logs is checked against: its group, also where that is given as an identifier."""

    def extract(service, method, path, headers, body, query_params, region, account_id):
        if service == "logs" and is_json(body):
            asked = json.loads(body or b"{}")
            groups = asked.get("logGroupIdentifiers") or [asked.get("logGroupIdentifier")]
            if groups[0]:
                name = groups[0].rsplit(":log-group:", 1)[-1]
                return f"arn:aws:logs:{region}:{account_id}:log-group:{name}"
        return original(service, method, path, headers, body, query_params, region, account_id)

    return extract


class RetriedLambda:
    """What SNS knows of Lambda: the same, but it too invokes asynchronously, with retries."""

    def __getattr__(self, name: str):
        return getattr(lambda_svc, name)

    def _execute_function_with_config_scope(self, function, event):
        lambda_svc.invoke_async_with_retry(function, event)


if __name__ == "__main__":
    correct()
    app.main()
