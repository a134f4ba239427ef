"""An action whose monitor has not recovered in time, as a crash or a quiet source can leave it: the timekeeper compares before and after."""

import json
import time
import unittest

import deployed
from deployed import invoke

ID = "inc-00000000000000001a7e"


class LateCheck(unittest.TestCase):
    def test_the_timekeeper_reads_what_the_series_did_and_settles_the_action(self):
        dynamodb, table = deployed.WORLD.aws("dynamodb"), deployed.WORLD.outputs["table_names"]["incidents"]
        # Other tests leave incidents of the service too, and no order among them.
        acted_on = (one for one in deployed.WORLD.incidents() if one["actions"] and one["resolved_at"])
        incident = next(acted_on, None)
        if incident is None:
            self.skipTest("the incident was not played")
        item = dynamodb.get_item(TableName=table, Key={"pk": {"S": incident["id"]}, "sk": {"S": "incident"}})["Item"]
        action = incident["actions"][0]
        acted = {"is": "acted", "at": action["planned_at"], "verify_by": incident["resolved_at"]}
        late = {**incident, "id": ID, "state": "mitigating", "resolved_at": None, "next_wake": incident["resolved_at"], "actions": [{**action, "state": acted}]}
        item |= {"pk": {"S": ID}, "body": {"S": json.dumps(late)}, "wake": {"S": "w0"}, "next_wake": {"N": str(int(time.time()) - 1)}}
        dynamodb.put_item(TableName=table, Item=item)
        kept, failed = invoke("timekeeper", "{}")
        self.assertIsNone(failed, kept)
        self.assertEqual(kept["failed"], [])
        settled = next(row["body"] for row in deployed.WORLD.rows("incidents") if row["pk"] == ID and row["sk"] == "incident")
        self.assertNotEqual(settled["actions"][0]["state"]["is"], "acted", settled["actions"])
        self.assertGreater(len(settled["timeline"]), len(incident["timeline"]), "and says why")
