"""Put a likely cause beside every difference, so that nobody starts from zero."""

CAUSES = {
    "not_in_ledger": "Captured after the ledger closed, or booked under another id.",
    "not_arrived": "Held back in a reserve, disputed, or paid out a day later.",
}
ROUNDING_MINOR = 2


def cause_of(difference: dict, fee_percent: float) -> str:
    if difference["kind"] != "other_amount":
        return CAUSES[difference["kind"]]
    gap = difference["expected_minor"] - difference["arrived_minor"]
    if abs(gap) <= ROUNDING_MINOR:
        return "Rounding of a currency conversion."
    fee = round(difference["expected_minor"] * fee_percent / 100)
    if abs(gap - fee) <= ROUNDING_MINOR:
        return "Looks like a fee that was taken twice."
    if gap > 0:
        return "Refunded in part before it was paid out."
    return "More arrived than was booked: look for a second capture."


def main(outcome: dict, fee_percent: float = 1.5) -> dict:
    explained = [
        {**difference, "cause": cause_of(difference, fee_percent)} for difference in outcome["differences"]
    ]
    explained.sort(key=lambda d: abs(d["expected_minor"] - d["arrived_minor"]), reverse=True)
    open_minor = sum(d["expected_minor"] - d["arrived_minor"] for d in explained)
    return {**outcome, "differences": explained, "open_minor": open_minor}
