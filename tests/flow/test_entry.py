import subprocess
import sys

import pytest


def run(code: str, *flags: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", *flags, "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_networkx_lists_the_backend_without_a_warning() -> None:
    code = (
        "import networkx as nx;"
        "print('carekit' in nx.config.backends, 'carekit' in nx.utils.backends.backends,"
        " list(nx.utils.backends.backend_info['carekit']['functions']))"
    )
    assert run(code) == "True True ['max_flow_min_cost']"


def test_the_entry_imports_nothing() -> None:
    code = (
        "import sys; import carekit; before = set(sys.modules);"
        "import carekit.flow.entry; carekit.flow.entry.info();"
        "print(sorted(set(sys.modules) - before))"
    )
    assert run(code) == "['carekit.flow', 'carekit.flow.entry']"


@pytest.mark.parametrize("module", ["carekit.flow.certify", "carekit.pairing.verify"])
def test_the_proof_loads_no_solver(module: str) -> None:
    code = f"import sys, {module}; print('ortools' in sys.modules, 'networkx' in sys.modules)"
    assert run(code) == "False False"
