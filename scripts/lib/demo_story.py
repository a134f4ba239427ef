"""The steps of the demo's incident, each read from what is stored, and the clock beside them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import demo_messages
import demo_people
import demo_workload
import rights
from demo_load import SLOT_S
from demo_world import World

# The incident's own numbers: the monitor pages above 10 %, and the good release fails never.
BREACH_SHARE = 0.10
HEALED_SHARE = 0.01
# Three slots of the load: long enough to be no accident.
HEALED_S = 30
VENDORS = ("slack", "pagerduty", "webhook")


@dataclass(frozen=True)
class Step:
    """`seen` says in a few words what was found, or None while it is not there."""

    title: str
    seen: Callable[[World], str | None]


def breach_collected(world: World) -> str | None:
    counts = [points(world, series) for series in ("shop-checkout/requests", "shop-checkout/errors")]
    requests, errors = ({time: value for time, value in found if value is not None} for found in counts)
    shares = {time: errors[time] / requests[time] for time in errors if requests.get(time)}
    worst = max(shares, key=shares.get, default=None)
    if worst is None or shares[worst] <= BREACH_SHARE:
        return None
    return f"{errors[worst]:.0f} of {requests[worst]:.0f} requests failed in the {SLOT_S} s from {worst}"


def points(world: World, series: str) -> list[tuple]:
    """The stored points of the story's time, through the API."""
    query = {"series": series, "from": int(world.since) // 60 * 60, "to": int(time.time()), "step": f"{SLOT_S}s"}
    _, answer = world.get(f"/v1/metrics/query?{urlencode(query)}")
    return [(point["at"], point.get("value")) for point in answer.get("points", [])]


def alert_fired(world: World) -> str | None:
    alert = world.alert()
    return alert and f"{alert['name']}, {alert['severity']}: {alert['reason']}"


def incident_opened(world: World) -> str | None:
    incident = world.incident()
    return f"{incident['id']}: {incident['title']}" if incident and incident["severity"] == "SEV2" else None


def deployment_seen(world: World) -> str | None:
    moves = [d for d in world.bodies("deployments", "moved_by", "to") if d["to"] == world.bad_version]
    return moves[0] and f"version {moves[0]['from']} to {moves[0]['to']}, seen by {moves[0]['moved_by']}" if moves else None


def told(vendor: str) -> Callable[[World], str | None]:
    def seen(world: World) -> str | None:
        incident = world.incident()
        messages = [m for m in world.messages(vendor) if incident and incident["id"] in str(m["body"])]
        delivered = [r for r in world.receipts() if r["channel"] == vendor and r["state"]["is"] == "delivered"]
        return "\n" + demo_messages.shown(messages[0]) if messages and delivered else None

    return seen


def called(world: World) -> str | None:
    page = demo_people.page_of(world, demo_people.ON_CALL)
    return page and "\n" + demo_messages.shown(page)


def taken_by_link(world: World) -> str | None:
    """Presses the button behind the link once; then the incident must be hers."""
    page = demo_people.page_of(world, demo_people.ON_CALL)
    if not page:
        return None
    link = demo_people.link_of(page)
    if "pressed" not in world.done:
        status, said = demo_people.follow(world, link)
        if status != 200:
            raise ValueError(f"the link answers {status}: {said[:300]}")
        world.done["pressed"] = link
    by = next((e["by"] for e in (world.incident() or {}).get("timeline", []) if e["what"] == "state-changed" and e["to"] == "acknowledged"), None)
    calls = [e["summary"] for e in world.incident()["timeline"] if e["what"] == "paging"]
    if "ann" not in (by or "") and not any(c == "Acknowledged by ann" for c in calls):
        return None
    again, said = demo_people.follow(world, link)
    if again == 200 and "already" not in said:
        raise ValueError("the link worked twice")
    return "ann has it, and the same link once more takes nothing"


def silenced_by_button(world: World) -> str | None:
    """Then the silence must be there."""
    if "pressed" not in world.done or not pressed(world, world.incident(), "Silence"):
        return None
    _, answer = world.get("/v1/silences")
    found = next(iter(answer.get("items", [])), None)
    return found and f"{found['comment']} (by {found['by']}, until {found['ends_at']})"


def acknowledged_by_button(world: World) -> str | None:
    """Takes the work on the error budget, for which nobody is called."""
    work = world.work_on_budget()
    if not pressed(world, work, "Acknowledge"):
        return None
    by = next((e["by"] for e in work["timeline"] if e["what"] == "state-changed" and e["to"] == "acknowledged"), None)
    return by and f"{work['title']} is taken by {by}"


def pressed(world: World, incident: dict | None, button: str) -> bool:
    """Presses the button of the incident's message in Slack, once; whether that is done."""
    told = [m for m in world.messages("slack-api") if incident and incident["id"] in str(m["body"])]
    message = next((m for m in told if any(b["type"] == "actions" for b in m["body"].get("blocks", []))), None)
    if button not in world.done and message:
        status, said = demo_people.press(world, message, button, world.slack_signing)
        if status != 200:
            raise ValueError(f"the button answers {status}: {said[:300]}")
        world.done[button] = True
    return button in world.done


def budget_burns(world: World) -> str | None:
    status, answer = world.get(f"/v1/error-budget/{demo_workload.FUNCTION}")
    budget = next(iter(answer.get("budgets", [])), None)
    if status != 200 or not budget or budget["consumed_percentage"] < 10:
        return None
    return f"{budget['bad']:.0f} of {budget['total']:.0f} requests failed in {budget['window']}: {budget['consumed_percentage']:.0f} % of the budget"


def gate_closed(world: World) -> str | None:
    status, gate = world.get(f"/v1/gate/{demo_workload.FUNCTION}")
    if status != 200 or gate["state"] != "closed":
        return None
    world.gate_closed = True
    return gate["reason"]


def gate_open_again(world: World) -> str | None:
    if not world.gate_closed or not world.rolled_back_at:
        return None
    status, gate = world.get(f"/v1/gate/{demo_workload.FUNCTION}")
    work = world.work_on_budget()
    if status != 200 or gate["state"] != "open" or not work or work["state"] != "resolved":
        return None
    return gate["reason"]


def rolled_back(world: World) -> str | None:
    action = world.action()
    done = action and action["state"]["is"] in ("acted", "verified")
    if not done or world.serving() != world.good_version:
        return None
    return f"version {world.good_version} serves again, because {action['reason']}"


def errors_fell(world: World) -> str | None:
    if not world.rolled_back_at:
        return None
    slots, before, failed_before = world.measured(world.since, world.rolled_back_at)
    # The slot in which the alias moved saw both versions.
    clean, after, failed_after = world.measured(world.rolled_back_at, time.time())
    if clean * SLOT_S < HEALED_S or not before or failed_before / before <= BREACH_SHARE / 2 or failed_after / after > HEALED_SHARE:
        return None
    return f"the load saw {failed_before} of {before} calls fail before and {failed_after} of {after} after"


def check_passed(world: World) -> str | None:
    action = world.action()
    return f"at {action['state']['at']}" if action and action["state"]["is"] == "verified" else None


def alert_resolved(world: World) -> str | None:
    alert = world.alert()
    return alert["reason"] if alert and alert["status"] == "resolved" else None


def incident_resolved(world: World) -> str | None:
    incident = world.incident()
    if not incident or incident["state"] != "resolved":
        return None
    return f"open from {incident['opened_at']} to {incident['resolved_at']}, {len(incident['timeline'])} timeline entries"


def page_resolved(world: World) -> str | None:
    resolved = [m for m in world.messages("pagerduty") if m["body"].get("event_action") == "resolve"]
    return "\n" + demo_messages.shown(resolved[0]) if resolved else None


def post_mortem_written(world: World) -> str | None:
    incident = world.incident()
    rows = incident and [p for p in world.bodies("post-mortems", "incident") if p["incident"] == incident["id"]]
    markdown, html = world.report("md"), world.report("html")
    if not rows or not markdown or not html or f"version {world.bad_version}" not in markdown:
        return None
    return f"{len(markdown)} bytes of Markdown, {len(html)} of HTML; it names version {world.bad_version}"


def api_answers(world: World) -> str | None:
    incident = world.incident()
    path = f"/v1/incidents/{incident['id']}" if incident else "/v1/incidents"
    signed, answer = world.get(path)
    unsigned, _ = world.get(path, signed=False)
    if not incident or signed != 200 or incident["id"] not in str(answer) or unsigned != 403:
        return None
    return f"GET {path}: 200 when signed, {unsigned} when not"


def shown_by_link(world: World) -> str | None:
    incident = world.incident()
    pages = incident and demo_people.read(world, incident["id"])
    if not pages or incident["id"] not in pages[0] or f"version {world.bad_version}" not in pages[1]:
        return None
    return f"{len(pages[0])} bytes of the incident, from there {len(pages[1])} of its post-mortem; nobody has signed in"


def once_each(world: World) -> str | None:
    """Only asked when all else is seen."""
    incidents = world.incidents()
    # A vendor may be told twice, after a crash that left its answer unknown; its key makes that one page.
    pages = {m["body"]["dedup_key"] for m in world.messages("pagerduty") if m["body"].get("event_action") == "trigger"}
    actions = [a for i in incidents for a in i["actions"]]
    odd = [p for vendor in VENDORS for m in world.messages(vendor) if not m["valid"] for p in m["problems"]]
    if odd:
        raise ValueError(f"messages that do not fit their vendor's schema: {'; '.join(odd)}")
    if not len(incidents) == len(actions) == len(pages) == 1:
        raise ValueError(f"{len(incidents)} incidents, {len(actions)} rollbacks, {len(pages)} pages")
    refused = [f"{call['principal']}: {call['action']} on {call['resource']}" for call in rights.refused()]
    if refused:
        raise ValueError(f"calls that a function's role does not allow: {'; '.join(refused)}")
    return "one incident, one rollback, one page; every message fits its vendor's schema; no function's call was refused"


STEPS = (
    Step("the breach is collected", breach_collected),
    Step("the deployment is noticed", deployment_seen),
    Step("the alert fires", alert_fired),
    Step("an incident opens as SEV2", incident_opened),
    Step("SNS carries it: Slack", told("slack")),
    Step("SNS carries it: PagerDuty", told("pagerduty")),
    Step("who is on call is called", called),
    Step("her link takes the incident, once", taken_by_link),
    Step("a button in Slack silences its alerts for an hour", silenced_by_button),
    Step("the error budget burns", budget_burns),
    Step("a button in Slack takes the work on it", acknowledged_by_button),
    Step("the deployment gate closes", gate_closed),
    Step("the runbook rolls the alias back", rolled_back),
    Step("the error rate really falls", errors_fell),
    Step("the check after the action passes", check_passed),
    Step("the alert resolves", alert_resolved),
    Step("the incident resolves", incident_resolved),
    Step("PagerDuty hears of it", page_resolved),
    Step("the post-mortem is written", post_mortem_written),
    Step("the API tells it to whom signs", api_answers),
    Step("the link in its messages shows it to whoever holds it", shown_by_link),
    Step("the deployment gate opens again", gate_open_again),
)
LAST = Step("everything happened once", once_each)
