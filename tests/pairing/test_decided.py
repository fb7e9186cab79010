"""Locked pairs stay, forbidden ones never come, and no rule gives way to either."""

import pandas as pd
import pytest

from carekit import pairing, tables
from carekit.errors import BadInput
from carekit.pairing import PEER, VOLUNTEER

from .frames import DAY, child, children, helper, helpers, town

COLUMNS = ["child_id", "helper_id", "verdict"]


def said(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS, dtype="string")


def table(*rows: tuple) -> pd.DataFrame:
    names = ["decision_id", "scheme", *COLUMNS, "decided_on", "until"]
    return tables.typed("decisions", pd.DataFrame(rows, columns=names))


@pytest.mark.parametrize(
    ("decided_on", "until", "holds"),
    [
        (DAY, None, True),
        ("2026-03-03", None, False),
        ("2026-01-01", DAY, False),
        ("2026-01-01", "2026-03-03", True),
        (DAY, DAY, False),
    ],
)
def test_a_decision_holds_from_its_day_to_the_day_before_its_end(
    decided_on: str, until: str | None, holds: bool
) -> None:
    one = table(("D00001", "volunteer", "C00001", "H00001", "lock", decided_on, until))
    found = pairing.decided(one, VOLUNTEER, on=DAY)
    assert list(found) == COLUMNS and len(found) == holds


def test_other_schemes_do_not_count_and_the_later_word_holds() -> None:
    rows = table(
        ("D00001", "volunteer", "C00001", "H00001", "lock", "2026-01-01", None),
        ("D00002", "volunteer", "C00001", "H00001", "forbid", "2026-02-01", None),
        ("D00003", "peer", "C00001", "H00002", "lock", "2026-01-01", None),
        ("D00004", "volunteer", "C00002", "H00001", "forbid", DAY, None),
        ("D00005", "volunteer", "C00002", "H00001", "lock", DAY, None),
    )
    found = pairing.decided(rows, VOLUNTEER, on=DAY)
    assert found["verdict"].tolist() == ["forbid", "lock"]
    assert pairing.decided(rows, PEER, on=DAY)["helper_id"].tolist() == ["H00002"]
    assert pairing.decided(tables.empty("decisions"), VOLUNTEER, on=DAY).empty


def propose(*decisions: tuple[str, str, str], count: int = 2, **near: object) -> pairing.Proposal:
    """Children 1, 2 ... with the near helper 1 and helper 2, a kilometre off; a place each."""
    waiting = children(*(child(number) for number in range(1, count + 1)))
    offers = helpers(helper(1, latitude=27.1, **near), helper(2))
    made = pairing.propose(waiting, offers, VOLUNTEER, on=DAY, decisions=said(*decisions))
    assert made.certificate.gap == 0 and pairing.verify(made, waiting, offers).empty
    assert made.decisions.equals(said(*decisions))
    return made


def pairs(proposal: pairing.Proposal) -> dict[str, str]:
    return dict(zip(proposal.pairs["child_id"], proposal.pairs["helper_id"], strict=True))


def test_a_locked_child_has_the_helper_though_it_is_dearer() -> None:
    assert pairs(propose(count=1)) == {"C00001": "H00001"}
    assert pairs(propose(("C00001", "H00002", "lock"), count=1)) == {"C00001": "H00002"}


def test_a_locked_child_comes_before_everybody() -> None:
    waiting = children(child(1, tier=1), child(2, tier=3))
    locked = said(("C00002", "H00001", "lock"))
    made = pairing.propose(waiting, helpers(helper(1)), VOLUNTEER, on=DAY, decisions=locked)
    assert pairs(made) == {"C00002": "H00001"}
    assert made.unmatched["code"].tolist() == ["places_taken"]


def test_a_forbidden_pair_never_comes() -> None:
    assert pairs(propose(("C00001", "H00001", "forbid"), count=1)) == {"C00001": "H00002"}
    none = propose(("C00001", "H00001", "forbid"), ("C00001", "H00002", "forbid"), count=1)
    assert none.pairs.empty and len(none.unmatched) == 1


def test_forbidding_what_no_rule_allows_changes_nothing() -> None:
    assert pairs(propose(("C00009", "H00009", "forbid"), count=1)) == {"C00001": "H00001"}


@pytest.mark.parametrize(
    ("decisions", "near", "code"),
    [
        ([("C00001", "H00009", "lock")], {}, "lock_impossible"),
        ([("C00009", "H00001", "lock")], {}, "lock_impossible"),
        ([("C00001", "H00001", "lock")], {"languages": "gan"}, "lock_impossible"),
        ([("C00001", "H00001", "lock")], {"ready": False}, "lock_impossible"),
        ([("C00001", "H00001", "lock")], {"closed_on": pd.Timestamp(DAY)}, "lock_impossible"),
        ([("C00001", "H00001", "lock"), ("C00001", "H00002", "lock")], {}, "lock_twice"),
        ([("C00001", "H00001", "lock"), ("C00002", "H00001", "lock")], {}, "lock_overfull"),
    ],
)
def test_a_lock_never_passes_a_rule(decisions: list, near: dict, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        propose(*decisions, **near)


@pytest.mark.parametrize("seed", range(12))
def test_random_decisions_are_kept_and_the_proof_holds(seed: int) -> None:
    waiting, offers = town(seed)
    free = pairing.propose(waiting, offers, VOLUNTEER, on=DAY)
    every = pairing.candidates(waiting, offers, VOLUNTEER, on=DAY)
    if every.empty:
        return
    other = every.sample(frac=1, random_state=seed).drop_duplicates("child_id")
    lock = other[["child_id", "helper_id"]].astype("string").iloc[:1]
    shut = free.pairs[["child_id", "helper_id"]].iloc[1:]
    shut = shut[~shut["child_id"].isin(lock["child_id"])]
    decisions = pd.concat([lock.assign(verdict="lock"), shut.assign(verdict="forbid")]).astype(
        "string"
    )
    made = pairing.propose(waiting, offers, VOLUNTEER, on=DAY, decisions=decisions)
    assert made.certificate.gap == 0 and pairing.verify(made, waiting, offers).empty
    now = set(pairs(made).items())
    assert set(lock.itertuples(index=False, name=None)) <= now
    assert not set(shut.itertuples(index=False, name=None)) & now
    back = pairing.from_json(pairing.to_json(made))
    pd.testing.assert_frame_equal(back.decisions, made.decisions.reset_index(drop=True))
    assert pairing.verify(back, waiting, offers).empty
