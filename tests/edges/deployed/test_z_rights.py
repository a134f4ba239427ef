"""Least privilege, from both sides: no call was refused, and no right was left unused. It runs last."""

import unittest

import deployed
import rights
from demo_aws import REGION
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

ACCOUNT = "000000000000"


class Rights(unittest.TestCase):
    maxDiff = None

    def test_no_call_was_refused(self):
        self.assertEqual(rights.refused(), [])

    def test_every_right_was_needed(self):
        roles = list(deployed.WORLD.outputs["function_names"].values())
        self.assertEqual(rights.unused(deployed.WORLD.aws("iam"), roles), [])

    def test_without_any_one_right_a_call_is_refused(self):
        """Judged by the stack's own evaluator over the calls that were made, with one action less in one role at a time."""
        iam, made = deployed.WORLD.aws("iam"), rights.calls()
        for role in deployed.WORLD.outputs["function_names"].values():
            own = [call for call in made if f":assumed-role/{role}/" in call["principal"]]
            documents = rights.documents(iam, role)
            self.assertEqual(refused(own, documents), [])
            for action in sorted({action for action, _ in rights.granted(iam, role)} - rights.NOT_ASKED):
                with self.subTest(role=role, without=action):
                    self.assertNotEqual(refused(own, rights.without(documents, action)), [])


def refused(made: list[dict], documents: list[dict]) -> list[dict]:
    """The calls that these policies do not allow."""
    policies = [parse_policy_document(document) for document in documents]

    def allowed(call: dict) -> bool:
        context = EvalContext(call["principal"], "AssumedRole", ACCOUNT, call["action"], call["resource"], REGION)
        return evaluate(context, policies).decision == "Allow"

    return [call for call in made if not allowed(call)]
