"""``python -m tests.bench [name…]``: measure, and print figures with their targets beside.

Ends with 1 if a target is missed or a measurement goes wrong, so that a machine can watch it. Each measurement has a
time limit of its own; they run one after the other, since each wants the machine to itself.
"""

import asyncio
import importlib
import os
import sys

from tests.bench.figures import Figure, Measurement

MEASUREMENTS = ("frames", "agents")  # modules of this package, in the order in which they run


async def run(names: list[str]) -> bool:
    """Measure what is named; whether all targets hold."""
    well = True
    for name in names:
        measurement: Measurement = importlib.import_module(f"tests.bench.{name}")  # type: ignore[assignment]
        print(f"{measurement.NAME}, on {os.cpu_count()} cores", flush=True)
        try:
            async with asyncio.timeout(measurement.LIMIT_S):
                figures: list[Figure] = await measurement.measure()
        except (TimeoutError, AssertionError) as error:
            print(f"  went wrong: {error or f'not done within {measurement.LIMIT_S:.0f} s'}")
            well = False
            continue
        for figure in figures:
            print(f"  {figure}")
        well = well and all(figure.holds for figure in figures)
    return well


def main() -> None:
    names = sys.argv[1:] or list(MEASUREMENTS)
    unknown = set(names) - set(MEASUREMENTS)
    if unknown:
        sys.exit(f"There is no measurement {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}.")
    sys.exit(0 if asyncio.run(run(names)) else 1)


if __name__ == "__main__":
    main()
