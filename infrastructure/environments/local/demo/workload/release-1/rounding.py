"""What is paid for an exact total: rounded to the currency's minor unit."""

from decimal import ROUND_HALF_UP, Decimal

MINOR_UNIT = {"CHF": Decimal("0.01"), "EUR": Decimal("0.01"), "JPY": Decimal(1), "SEK": Decimal("0.01"), "USD": Decimal("0.01")}


def payable(total: Decimal, currency: str) -> Decimal:
    return total.quantize(MINOR_UNIT[currency], rounding=ROUND_HALF_UP)
