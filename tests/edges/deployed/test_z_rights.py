"""Least privilege, from both sides: no call was refused, and no right was left unused. It runs last."""

import unittest

import deployed
import rights


class Rights(unittest.TestCase):
    maxDiff = None

    def test_no_call_was_refused(self):
        self.assertEqual(rights.refused(), [])

    def test_every_right_was_needed(self):
        roles = list(deployed.WORLD.outputs["function_names"].values())
        self.assertEqual(rights.unused(deployed.WORLD.aws("iam"), roles), [])
