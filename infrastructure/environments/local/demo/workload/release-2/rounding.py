"""What is paid for an exact total: rounded to the currency's minor unit, then to the smallest coin where there is a cash rule."""

from decimal import ROUND_HALF_UP, Decimal

MINOR_UNIT = {"CHF": Decimal("0.01"), "EUR": Decimal("0.01"), "JPY": Decimal(1), "SEK": Decimal("0.01"), "USD": Decimal("0.01")}
# The smallest coin in minor units: 5 rappen, 1 krona. 0 = the country decides (euro).
SMALLEST_COIN = {"CHF": 5, "EUR": 0, "JPY": 1, "SEK": 100, "USD": 1}


def payable(total: Decimal, currency: str) -> Decimal:
    unit = MINOR_UNIT[currency]
    minor = int(total.quantize(unit, rounding=ROUND_HALF_UP) / unit)
    coin = SMALLEST_COIN[currency]
    return (minor + coin // 2) // coin * coin * unit
