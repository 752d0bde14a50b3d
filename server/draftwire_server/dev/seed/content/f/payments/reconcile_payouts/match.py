"""Match what arrived with what the ledger expected, charge by charge."""

from collections import defaultdict
from typing import TypedDict


class Difference(TypedDict):
    charge: str
    kind: str
    expected_minor: int
    arrived_minor: int
    currency: str


class Outcome(TypedDict):
    matched: int
    total_minor: dict[str, int]
    differences: list[Difference]


def arrived_by_charge(payouts: list[dict]) -> dict[str, tuple[int, str]]:
    """Sum up per charge: one that was refunded in part appears in two payouts."""
    sums: dict[str, int] = defaultdict(int)
    currencies: dict[str, str] = {}
    for payout in payouts:
        for charge in payout["charges"]:
            sums[charge["id"]] += charge["net_minor"]
            currencies[charge["id"]] = payout["currency"]
    return {charge: (amount, currencies[charge]) for charge, amount in sums.items()}


def kind_of(expected: int | None, arrived: int | None) -> str | None:
    if expected is None:
        return "not_in_ledger"
    if arrived is None:
        return "not_arrived"
    if expected != arrived:
        return "other_amount"
    return None


def main(payouts: list[dict], ledger: list[dict]) -> Outcome:
    arrived = arrived_by_charge(payouts)
    expected = {row["charge_id"]: (row["net_minor"], row["currency"]) for row in ledger}
    differences: list[Difference] = []
    total: dict[str, int] = defaultdict(int)
    matched = 0
    for charge in sorted(arrived.keys() | expected.keys()):
        want, currency = expected.get(charge, (None, ""))
        got, got_currency = arrived.get(charge, (None, ""))
        total[got_currency or currency] += got or 0
        kind = kind_of(want, got)
        if kind is None:
            matched += 1
            continue
        differences.append(
            {
                "charge": charge,
                "kind": kind,
                "expected_minor": want or 0,
                "arrived_minor": got or 0,
                "currency": got_currency or currency,
            }
        )
    return {"matched": matched, "total_minor": dict(total), "differences": differences}
