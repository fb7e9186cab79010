"""All benchmarks, one after the other; ends with 1 when a promised ratio is missed.

`python -m benchmarks county app` runs only those named.
"""

import sys
from importlib import import_module

PARTS = (
    *("matching", "or_library", "county", "opening", "app", "explain", "rematch"),
    *("vault", "store"),
)

if __name__ == "__main__":
    wanted = sys.argv[1:] or PARTS
    if unknown := [part for part in wanted if part not in PARTS]:
        sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    failed = 0
    for part in wanted:
        print(f"== {part}", flush=True)
        failed += import_module(f"benchmarks.{part}").main() != 0
    sys.exit(bool(failed))
