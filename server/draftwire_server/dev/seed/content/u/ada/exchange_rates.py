"""Euro reference rates of the European Central Bank, with a look back over weekends.

The bank publishes around 16:00 CET on working days. For any other day the rate of the last
working day before it counts, which is what our contracts say.
"""

import csv
import io
import zipfile
from bisect import bisect_right
from datetime import date, timedelta
from decimal import Decimal

import httpx

HISTORY = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
LONGEST_GAP = timedelta(days=6)  # Easter and Christmas together with their weekends


def download() -> str:
    answer = httpx.get(HISTORY, timeout=30, follow_redirects=True).raise_for_status()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = archive.namelist()
        return archive.read(name).decode("ascii")


def parse(text: str, currencies: set[str]) -> dict[date, dict[str, Decimal]]:
    """Read the table; days without a rate for a currency simply lack it."""
    table = {}
    for row in csv.DictReader(io.StringIO(text)):
        rates = {
            currency: Decimal(row[currency])
            for currency in currencies
            if row.get(currency) not in (None, "", "N/A")
        }
        table[date.fromisoformat(row["Date"])] = rates
    return table


def rate_on(table: dict[date, dict[str, Decimal]], day: date, currency: str) -> tuple[date, Decimal]:
    """Give the rate that counts on a day, and the day on which it was published."""
    days = sorted(published for published, rates in table.items() if currency in rates)
    place = bisect_right(days, day)
    if place == 0:
        raise LookupError(f"No rate for {currency} on or before {day}.")
    published = days[place - 1]
    if day - published > LONGEST_GAP:
        raise LookupError(f"The last rate for {currency} before {day} is of {published}: too old.")
    return published, table[published][currency]


def main(day: str, currencies: list[str] = ["USD", "GBP", "CHF"], amount: str = "1") -> list[dict]:
    """Convert an amount of euros at the rates that count on a day."""
    wanted = {currency.upper() for currency in currencies}
    table = parse(download(), wanted)
    answer = []
    for currency in sorted(wanted):
        published, rate = rate_on(table, date.fromisoformat(day), currency)
        answer.append(
            {
                "currency": currency,
                "rate": str(rate),
                "published": published.isoformat(),
                "amount": str((Decimal(amount) * rate).quantize(Decimal("0.01"))),
            }
        )
    return answer
