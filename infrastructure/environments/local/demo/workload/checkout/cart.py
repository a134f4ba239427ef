"""A cart, parsed once; a constructed cart is a valid cart."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

CURRENCIES = ("CHF", "EUR", "JPY", "SEK", "USD")
# One order is packed by one person; larger ones go through sales.
LINES_MAX = 50
QUANTITY_MAX = 100
# Coupons are printed with a whole percentage; above this they need an approval that this function cannot see.
COUPON_PERCENT_MAX = 60


class InvalidCart(ValueError):
    """The customer's cart cannot be sold as it is; the text says why."""


@dataclass(frozen=True)
class Line:
    sku: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True)
class Cart:
    name: str
    currency: str
    lines: tuple[Line, ...]
    coupon_percent: int

    def total(self) -> Decimal:
        gross = sum((line.unit_price * line.quantity for line in self.lines), Decimal(0))
        return gross * (100 - self.coupon_percent) / 100


def parse(event: dict) -> Cart:
    currency = event.get("currency")
    if currency not in CURRENCIES:
        raise InvalidCart(f"currency {currency!r} is not sold in")
    lines = tuple(parse_line(line) for line in event.get("lines", ()))
    if not 1 <= len(lines) <= LINES_MAX:
        raise InvalidCart(f"{len(lines)} lines; a cart has 1 to {LINES_MAX}")
    coupon = event.get("coupon_percent", 0)
    if not 0 <= coupon <= COUPON_PERCENT_MAX:
        raise InvalidCart(f"coupon of {coupon} %; at most {COUPON_PERCENT_MAX} %")
    return Cart(event["cart"], currency, lines, coupon)


def parse_line(line: dict) -> Line:
    try:
        price = Decimal(line["unit_price"])
    except (InvalidOperation, KeyError) as cause:
        raise InvalidCart(f"line {line.get('sku')!r} has no price") from cause
    if price <= 0:
        raise InvalidCart(f"line {line.get('sku')!r} costs {price}")
    if not 1 <= line.get("quantity", 0) <= QUANTITY_MAX:
        raise InvalidCart(f"line {line.get('sku')!r} has quantity {line.get('quantity')}")
    return Line(line["sku"], line["quantity"], price)
