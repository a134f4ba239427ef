"""Whoever subscribes to the topic of a channel reads what happened as a mail."""

import json
import time
import unittest

import deployed
from deployed import await_true
from test_people import incident, raised, resolved

TOPIC = "arn:aws:sns:us-east-1:000000000000:shop-incidents"


class Subscribers(unittest.TestCase):
    def test_they_read_a_mail_with_a_subject_and_its_receipt_names_it(self):
        sqs, sns = deployed.WORLD.aws("sqs"), deployed.WORLD.aws("sns")
        queue = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
        only_begun = {"FilterPolicy": json.dumps({"kind": ["incident.opened"], "severity": ["SEV2"]})}
        sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=arn, Attributes=only_begun)
        name = f"subscribers-{int(time.time())}"
        about = raised(name)

        def read() -> list[dict]:
            answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            mails = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
            return [mail for mail in mails if about in mail["Message"]]

        [mail] = await_true("a mail is published", read)
        self.assertEqual(mail["Subject"], f"[SEV2] {name} on shop-checkout")
        self.assertIn(f"{name} is wrong", mail["Message"])
        receipt = await_true("it has a receipt", lambda: [r for r in receipts(about) if r.get("channel") == "subscribers"])[0]
        self.assertEqual(receipt["state"]["is"], "delivered")
        resolved(name)
        await_true("it is over", lambda: incident(about)["state"] == "resolved")
        self.assertEqual(read(), [], "its end does not pass the filter")


def receipts(about: str) -> list[dict]:
    return [one for one in deployed.WORLD.receipts() if one.get("incident") == about]
