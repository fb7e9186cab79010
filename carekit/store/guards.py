"""What the world must still allow when rows are written: one function a table.

A guard runs inside the writing transaction, after the rows are in place and before they are
kept: ``guard(after, before, read)`` gets the rows this step wrote, as they were before it (no
row where it was not there), and a reader. It raises ``Stale`` and nothing is written.
"""

from collections.abc import Callable

import pandas as pd

from carekit.errors import Stale
from carekit.store.reading import Reader

__all__ = ["GUARDS", "Guard", "listed", "published"]

Guard = Callable[[pd.DataFrame, pd.DataFrame, Reader], None]

_SAME = ["scheme", "child_id", "helper_id", "since"]
_SHOWN = 20


def violations(
    new: pd.DataFrame,
    children: pd.DataFrame,
    helpers: pd.DataFrame,
    trainings: pd.DataFrame,
    pairings: pd.DataFrame,
    settings: pd.DataFrame,
) -> pd.DataFrame:
    """``carekit.pairing.violations``, loaded only when a pairing is published.

    The schemes are those shipped and the branch's own, kept among its settings.
    """
    from carekit import pairing

    found: pd.DataFrame = pairing.violations(
        new, children, helpers, trainings, pairings, pairing.kept_schemes(settings)
    )
    return found


def published(after: pd.DataFrame, before: pd.DataFrame, read: Reader) -> None:
    """Refuse pairs that are no longer allowed: ``Stale("publish_refused")``.

    Checked are new pairings and those that are changed to another child, helper or day or last
    longer than before; ending one early or noting a reason is always allowed, and one that is
    over by today is a record of the past: the papers of its days need not be known.
    """
    old = before.set_index("pairing_id").reindex(after["pairing_id"])
    old.index = after.index
    was, now = old["until"], after["until"]
    same = (after[_SAME] == old[_SAME]).fillna(False).all(axis=1)
    not_longer = now.notna() & (was.isna() | (now <= was)) | (now.isna() & was.isna())
    over = now <= pd.Timestamp(read.today())
    new = after[~(same & not_longer | over)]
    if new.empty:
        return
    pairings = read("pairings")
    others = pairings[~pairings["pairing_id"].isin(new["pairing_id"])]
    people = (read("children"), read("helpers"), read("trainings"))
    found = violations(new, *people, others, read("settings"))
    if len(found):
        shown = found[["code", "child_id", "helper_id"]].head(_SHOWN).astype("object")
        first = shown.iloc[0]
        raise Stale(
            "publish_refused",
            count=len(found),
            reason=str(first["code"]),
            child_id=str(first["child_id"]),
            helper_id=str(first["helper_id"]),
            found=shown.rename(columns={"code": "reason"}).to_dict("records"),
        )


def listed(after: pd.DataFrame, before: pd.DataFrame, read: Reader) -> None:
    """Refuse to put a child with a closed file on an outing's list: ``Stale``.

    Being on a list shows a child to whoever plans. Who was put there before the file closed
    stays: the list of a past outing is a record.
    """
    old = before.set_index("outing_person_id")["child_id"].reindex(after["outing_person_id"])
    same = after["child_id"].eq(old.set_axis(after.index)).fillna(False)
    new = after.loc[after["child_id"].notna() & ~same, "child_id"]
    if new.empty:
        return
    children = read("children").set_index("child_id")
    closed = children["closed_on"].reindex(new).le(pd.Timestamp(read.today()))
    if found := closed.index[closed].tolist():
        raise Stale("outing_child_closed", count=len(found), child_id=str(found[0]))


GUARDS: dict[str, Guard] = {"pairings": published, "outing_people": listed}
