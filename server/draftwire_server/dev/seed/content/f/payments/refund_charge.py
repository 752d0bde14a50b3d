"""Refund a charge, whole or in part, and leave a trace that an auditor can follow.

A refund is refused when it would exceed what is left of the charge, when the charge is
disputed, or when it is older than the card networks accept. Every call carries an idempotency
key derived from its arguments: running the job twice refunds once.
"""

import hashlib
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

import httpx

API = "https://api.stripe.com/v1"
OLDEST = timedelta(days=180)
REASONS = {"duplicate", "fraudulent", "requested_by_customer"}


class Stripe(TypedDict):
    token: str


class Refund(TypedDict):
    id: str
    charge: str
    amount: str
    currency: str
    status: str


class Refused(Exception):
    """The refund must not happen; the text is shown to the person who asked."""


def to_minor(amount: Decimal, currency: str) -> int:
    """Convert to the currency's smallest unit; yen have none."""
    exponent = 0 if currency.lower() in {"jpy", "krw", "vnd"} else 2
    scaled = amount.scaleb(exponent).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return int(scaled)


def from_minor(amount: int, currency: str) -> Decimal:
    exponent = 0 if currency.lower() in {"jpy", "krw", "vnd"} else 2
    return Decimal(amount).scaleb(-exponent)


def check(charge: dict, amount: int) -> None:
    """Raise `Refused` unless this charge can be refunded by this amount."""
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise Refused("The charge is disputed: answer the dispute instead of refunding.")
    if amount <= 0:
        raise Refused("The amount must be positive.")
    if amount > left:
        raise Refused(f"Only {from_minor(left, charge['currency'])} of this charge is left.")
    made = datetime.fromtimestamp(charge["created"], tz=timezone.utc)
    if datetime.now(timezone.utc) - made > OLDEST:
        raise Refused(f"Charges older than {OLDEST.days} days can't be refunded; pay out instead.")


def idempotency_key(charge: str, amount: int, ticket: str) -> str:
    return hashlib.sha256(f"refund:{charge}:{amount}:{ticket}".encode()).hexdigest()


def main(
    stripe: Stripe,
    charge_id: str,
    ticket: str,
    amount: str | None = None,
    reason: str = "requested_by_customer",
) -> Refund:
    """Refund `amount` of a charge (all that is left of it, if none is given)."""
    if reason not in REASONS:
        raise Refused(f"The reason must be one of {', '.join(sorted(REASONS))}.")
    with httpx.Client(base_url=API, auth=(stripe["token"], ""), timeout=20) as client:
        charge = client.get(f"/charges/{charge_id}").raise_for_status().json()
        left = charge["amount"] - charge["amount_refunded"]
        minor = left if amount is None else to_minor(Decimal(amount), charge["currency"])
        check(charge, minor)
        answer = client.post(
            "/refunds",
            data={
                "charge": charge_id,
                "amount": minor,
                "reason": reason,
                "metadata[ticket]": ticket,
            },
            headers={"Idempotency-Key": idempotency_key(charge_id, minor, ticket)},
        )
        refund = answer.raise_for_status().json()
    return {
        "id": refund["id"],
        "charge": charge_id,
        "amount": str(from_minor(refund["amount"], refund["currency"])),
        "currency": refund["currency"].upper(),
        "status": refund["status"],
    }
