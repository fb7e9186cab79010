"""Care: a contact is logged, a helper's own children, who may do which."""

from collections.abc import Callable

import pandas as pd

from carekit import care, tables
from carekit.errors import BadInput, NotAllowed
from carekit.store import Store

__all__ = ["helper_of", "log_contact", "my_children"]

Read = Callable[[str], pd.DataFrame]


def helper_of(store: Store) -> str | None:
    """The helper the actor writes contacts as; None for who may write them for everybody.

    Raises ``NotAllowed``: ``care_not_yours`` for who may write none, or is tied to nobody;
    ``not_allowed`` for who is no user any more.

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     print(helper_of(store))
    None
    """
    policy = store.policy()
    scopes = policy.scopes("contacts", "add")
    if "all" in scopes:
        return None
    if not scopes or not policy.scope:
        raise NotAllowed("care_not_yours")
    return policy.scope


def my_children(store: Store, helper_id: str) -> pd.DataFrame:
    """The children a helper looks after today: rows of the table children.

    Raises ``NotAllowed("care_not_yours")`` when the store's actor is neither this helper nor a
    coordinator.
    """
    tied = helper_of(store)
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
        # Looked up inside the transaction: the child's file may just have come, or gone.
        one = contact.iloc[0].to_dict()
        child, helper, day = one["child_id"], one["helper_id"], one["day"]
        everybody = helper_of(store) is None  # else the store knows whose child it was that day
        if everybody and child not in set(read("children")["child_id"]):
            raise BadInput("child_unknown", child=child)
        if everybody and helper not in set(read("helpers")["helper_id"]):
            raise BadInput("helper_unknown", helper=helper)
        if pd.notna(day) and day > today:
            raise BadInput("contact_in_future")
        return {"contacts": contact}

    try:
        return store.change(build, kind="contact", token=token)
    except NotAllowed:
        raise NotAllowed("care_not_yours") from None
