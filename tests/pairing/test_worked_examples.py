"""Each scheme, rule and cost has a worked example in a docstring, run with every check."""

import doctest
from dataclasses import fields
from types import ModuleType

import pytest

from carekit.pairing import RULES, SCHEMES, Weights, costs, rules, schemes

WEIGHTS = [one.name for one in fields(Weights)]


def examples(module: ModuleType, of: str | None = None) -> list[doctest.Example]:
    """Of all docstrings of a module, or of one function of it."""
    names = [module.__name__] if of is None else [f"{module.__name__}.{of}"]
    found = doctest.DocTestFinder(exclude_empty=True).find(module)
    chosen = [test for test in found if of is None or test.name in names]
    return [example for test in chosen for example in test.examples]


@pytest.mark.parametrize("code", list(SCHEMES))
def test_a_plan_is_shown_for_each_scheme(code: str) -> None:
    assert any(f'"{code}"' in one.source and "('C1'," in one.want for one in examples(schemes))


@pytest.mark.parametrize("name", list(RULES))
def test_each_rule_shows_a_pair_that_passes_and_the_codes_of_those_that_do_not(name: str) -> None:
    shown = examples(rules, RULES[name].__name__)
    told = [one.want for one in shown if f'reason_codes("{name}", answers)' in one.source]
    assert len(told) == 1
    assert "<NA>" in told[0] and "True" in told[0]
    assert f"'no_{name}'" in told[0] and f"'{rules.UNKNOWN[name]}'" in told[0]


@pytest.mark.parametrize("weight", WEIGHTS)
def test_each_weight_shows_its_points(weight: str) -> None:
    shown = [one for one in examples(costs) if f'("{weight}", ' in one.source]
    assert any(char in "123456789" for one in shown for char in one.want)
