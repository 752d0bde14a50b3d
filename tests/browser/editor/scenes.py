"""Every look of the editor, as addresses of items that are made for it: for axe, and for whoever looks at pictures."""

from typing import Any

from tests.browser.editor.people import Someone, script

CODE = '''import wmill


def main(charge: str, amount: int, reason: str = "requested_by_customer"):
    """Refund a charge, whole or in part."""
    client = wmill.client("stripe")
    if amount <= 0:
        raise ValueError("amount must be positive")
    refund = client.refunds.create(charge=charge, amount=amount, reason=reason)
    return {"id": refund.id, "status": refund.status}
'''
PANELS = (
    "deploy",
    "history",
    "conflicts",
    "behind",
    "stash",
    "sharing",
    "json",
    "local",
    "adopt",
    "away",
    "given",
    "used",
)


def module(name: str, code: str) -> dict[str, Any]:
    return {"id": name, "summary": f"Step {name}", "value": {"type": "rawscript", "language": "bun", "content": code}}


async def scenes(ada: Someone, grace: Someone) -> dict[str, str]:
    """Name → path of each look."""
    item = await ada.make("script", "f/payments/looked_at", script("pass\n", "Refund a charge"))
    await ada.deploy(item, script(CODE, "Refund a charge"), 0)
    mine = script(CODE.replace("reason=reason)", "reason=reason, metadata={})"), "Refund a charge")
    saved = await ada.save(item, mine)
    changed = script(CODE.replace("reason=reason)", "reason=reason, timeout=30)"), "Refund a charge")
    await ada.ask(
        "PUT",
        f"/items/{item}/draft?purpose=own",
        {"value": script(CODE.replace("reason=reason)", "reason=reason, retries=2)"), "Refund")},
        if_match=f'"{saved["etag"]}"',
    )
    await ada.ask("PUT", f"/items/{item}/draft?purpose=own", {"value": changed}, if_match=f'"{saved["etag"]}"')
    await grace.save(item, script(CODE.replace("amount <= 0", "amount < 1"), "Refund a charge"))
    await grace.deploy(item, script(CODE.replace("whole or in part", "at most whole"), "Refund a charge"), 1)
    other = await grace.save(item, script(CODE.replace("amount <= 0", "amount < 1"), "Refund a charge"))
    found = {"code": f"/items/{item}", "fields": f"/items/{item}?at=~more"}
    found |= {panel: f"/items/{item}?panel={panel}" for panel in PANELS}
    found["adopt"] = f"/items/{item}/drafts/{other['draft']}?panel=adopt"
    found["beside"] = f"/items/{item}?beside=deployed"
    found["difference"] = f"/items/{item}/diff?from=version:1&to=version:2"
    found["version"] = f"/items/{item}/versions/1"
    found["theirs"] = f"/items/{item}/drafts/{other['draft']}"
    modules = [module("a", "export async function main(x: number) {\n  return x + 1\n}\n"), module("b", "// second\n")]
    flow = await ada.make(
        "flow", "f/payments/looked_at_flow", {"summary": "Nightly payout", "value": {"modules": modules}}
    )
    found["flow"] = f"/items/{flow}?at=a"
    variable = await ada.make("variable", "f/payments/looked_at_key", {"summary": "Key"})
    found["variable"] = f"/items/{variable}"
    schedule = {
        "summary": "Nightly",
        "schedule": "0 0 8 * * *",
        "timezone": "UTC",
        "enabled": True,
        "runs": {"path": "f/payments/looked_at", "kind": "script"},
    }
    nightly = await ada.make("schedule", "f/payments/looked_at_nightly", schedule)
    await ada.deploy(nightly, {**schedule, "summary": "Every night"}, 0)
    found["trigger"] = f"/items/{nightly}"
    found["nothing"] = "/items/nothinghere"
    return found
