"""Where the functions that an incident passes through are killed: between every two steps that leave something behind."""

from kills import Kill

COMMIT = "dynamodb:TransactWriteItems"
PUBLISH = "sns:Publish"


def of_the_incident() -> list[Kill]:
    return [
        # The chunk is written, nothing is said of it.
        Kill("collector", "after", "dynamodb:PutItem", nth=2),
        # The deployment is stored, the chunk is not.
        Kill("collector", "before", "dynamodb:PutItem", nth=4),
        # The state is folded and lost with the process.
        Kill("evaluator", "before", COMMIT),
        # Alert and incident are stored, no one is told.
        Kill("evaluator", "after", COMMIT, nth=2),
        # The response is planned, not begun.
        Kill("incident-response", "after", COMMIT),
        # The alias has moved, the record of it is missing.
        Kill("incident-response", "after", "lambda:PUT"),
        # A message is claimed, not sent.
        Kill("notifier", "after", COMMIT),
        # A vendor has it, the receipt is missing.
        Kill("notifier", "before", COMMIT, nth=3),
        # What a killed function left behind is about to be published.
        Kill("timekeeper", "before", PUBLISH),
        # An event is published, and still stands as unpublished.
        Kill("timekeeper", "after", PUBLISH, nth=2),
        # One report of two is written.
        Kill("post-mortem", "after", "s3:PUT"),
        # Both are written, the post-mortem is not stored.
        Kill("post-mortem", "before", COMMIT),
        # It is stored, no one is told.
        Kill("post-mortem", "after", COMMIT, nth=2),
    ]
