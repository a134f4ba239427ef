"""Carts as customers of the demo's shop fill them; the same seed gives the same carts."""

from random import Random

# Share of carts by currency, in percent: a European shop that also ships abroad.
CURRENCIES = {"USD": 40, "EUR": 28, "CHF": 12, "JPY": 10, "SEK": 10}
# Unit prices in the currency's major unit; yen and kronor are small units.
SHELF = {"tea": "4.90", "mug": "12.50", "kettle": "39.00", "scale": "64.95", "grinder": "119.00"}
SCALE = {"JPY": 100, "SEK": 10}
# Customers mistype: this share of carts has a quantity that cannot be sold, and is rejected without being an error.
MISTYPED_SHARE = 0.03


def carts(seed: int):
    """Endless carts."""
    random = Random(seed)
    number = 0
    while True:
        number += 1
        yield cart(random, number)


def cart(random: Random, number: int) -> dict:
    currency = random.choices(list(CURRENCIES), list(CURRENCIES.values()))[0]
    skus = random.sample(list(SHELF), random.randint(1, 3))
    lines = [line(random, sku, currency) for sku in skus]
    if random.random() < MISTYPED_SHARE:
        lines[0]["quantity"] = 0
    return {"cart": f"c-{number}", "currency": currency, "lines": lines, "coupon_percent": random.choice([0, 0, 0, 10])}


def line(random: Random, sku: str, currency: str) -> dict:
    price = SHELF[sku]
    if currency in SCALE:
        price = str(round(float(price) * SCALE[currency]))
    return {"sku": sku, "quantity": random.randint(1, 4), "unit_price": price}
