"""All benchmarks, one after the other; ends with 1 when a promised ratio is missed."""

import sys

from benchmarks import matching, opening

if __name__ == "__main__":
    failed = 0
    for benchmark in (matching, opening):
        print(f"== {benchmark.__name__}", flush=True)
        failed += benchmark.main() != 0
    sys.exit(bool(failed))
