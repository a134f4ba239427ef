"""The demo's workload: prices a shopping cart.

An invalid cart is an answer ("rejected"), not an error: only what the code cannot do counts as a failed invocation.
"""

from cart import InvalidCart, parse
from rounding import payable


def handle(event, _context):
    try:
        cart = parse(event)
    except InvalidCart as refusal:
        return {"status": "rejected", "cart": event.get("cart"), "reason": str(refusal)}
    return {
        "status": "accepted",
        "cart": cart.name,
        "currency": cart.currency,
        "total": str(payable(cart.total(), cart.currency)),
    }
