"""Care: a contact is logged, a helper's own children, who may do which."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from carekit import care, tables
from carekit.errors import BadInput, NotAllowed
from carekit.store import Store

__all__ = ["helper_of", "log_contact", "my_children"]

Read = Callable[[str], pd.DataFrame]


def helper_of(users: pd.DataFrame, user_id: str) -> str | None:
    """The helper a person is tied to (``users.scope``); None for a coordinator, who sees all.

    Raises ``NotAllowed("care_not_yours")`` for every other role, a disabled or unknown person,
    and a helper who is tied to nobody.

    >>> users = pd.DataFrame({"user_id": ["li.na", "wang.wei"], "role": ["coordinator", "helper"],
    ...                       "scope": [None, "H00001"], "disabled": [False, False]})
    >>> helper_of(users, "li.na"), helper_of(users, "wang.wei")
    (None, 'H00001')
    """
    found = users[users["user_id"].eq(user_id).fillna(False)]
    user: Mapping[Any, Any] = found.iloc[0].to_dict() if len(found) else {}
    if not user or (pd.notna(user["disabled"]) and user["disabled"]):
        raise NotAllowed("care_not_yours")
    if user["role"] == "coordinator":
        return None
    if user["role"] == "helper" and pd.notna(user["scope"]) and user["scope"]:
        return str(user["scope"])
    raise NotAllowed("care_not_yours")


def my_children(store: Store, helper_id: str) -> pd.DataFrame:
    """The children a helper looks after today: rows of the table children.

    Raises ``NotAllowed("care_not_yours")`` when the store's actor is neither this helper nor a
    coordinator.
    """
    tied = helper_of(store.read("users"), store.actor)
    if tied not in (None, helper_id):
        raise NotAllowed("care_not_yours")
    return care.own(store.read("children"), store.read("pairings"), helper_id, on=store.today())


def log_contact(store: Store, row: pd.DataFrame, token: str | None = None) -> str:
    """Write down one contact, or an attempt (``reached`` no), as one step; gives its id.

    ``row`` is one row of the table contacts without an id. A coordinator may write for every
    child and helper; a helper only as the own one, and for a child who was his or hers on that
    day. Raises ``NotAllowed("care_not_yours")`` and ``BadInput``: ``child_unknown``,
    ``helper_unknown``, ``contact_in_future``, ``rows_refused`` (a required column is empty).
    """
    contact = tables.typed("contacts", row).drop(columns="contact_id")
    today = pd.Timestamp(store.today())

    def build(read: Read) -> dict[str, pd.DataFrame]:
        # Looked up inside the transaction: a pairing, or the right to write, may just have ended.
        one = contact.iloc[0].to_dict()
        child, helper, day = one["child_id"], one["helper_id"], one["day"]
        tied = helper_of(read("users"), store.actor)
        if tied is not None:
            _own(read, tied, child, helper, day)
        if child not in set(read("children")["child_id"]):
            raise BadInput("child_unknown", child=child)
        if helper not in set(read("helpers")["helper_id"]):
            raise BadInput("helper_unknown", helper=helper)
        if pd.notna(day) and day > today:
            raise BadInput("contact_in_future")
        return {"contacts": contact}

    return store.change(build, kind="contact", token=token)


def _own(read: Read, tied: str, child: Any, helper: Any, day: Any) -> None:
    pairings = read("pairings")
    mine = pairings[pairings["helper_id"].eq(tied).fillna(False)]
    then = mine[care.active(mine, day)] if pd.notna(day) else mine.iloc[:0]
    if helper != tied or child not in set(then["child_id"]):
        raise NotAllowed("care_not_yours")
