"""Somebody leaves, or the branch is matched again: only what must change changes (M8)."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

import pandas as pd

from carekit import dates, pairing, people
from carekit.errors import BadInput, Stale
from carekit.pairing.changes import present_pairings
from carekit.store import Store
from carekit.tasks.cards import closing
from carekit.tasks.matching import recent_steps
from carekit.tasks.report import Report, silent

__all__ = ["change_proposal", "changed_today", "publish_change"]


Read = Callable[[str], pd.DataFrame]

PAIR = ["child_id", "helper_id"]


class Readable(Protocol):
    """Whatever gives the tables of a branch: a store, or frames that were read from one."""

    def read(self, table: str) -> pd.DataFrame:
        """A table by its name."""


def change_proposal(
    store: Readable,
    scheme: pairing.Scheme,
    on: dates.Day,
    *,
    leaves: str | None = None,
    places: Mapping[str, int] | None = None,
    everybody: bool | None = None,
    takes: Mapping[str, str] | None = None,
    weights: pairing.Weights | None = None,
    change: int | None = None,
    report: Report = silent,
) -> pairing.Rematch:
    """Who would have whom after a change, with its proof; nothing is written.

    leaves: the helper who leaves on the day. places: helpers who have only so many places in the
    scheme from the day on. takes: children a person gives to a certain helper, by child; the rest
    is the best there is with them. Two questions can be asked:

    - What must change (unless said otherwise, where somebody leaves or has fewer places): asked
      are the children of these helpers, and those whose helpers could take them if somebody
      moved. Children who wait already keep waiting, pairs that could be better stay; so do pairs
      a rule forbids by now (somebody else's papers have run out): each is a question of its own,
      and a person who asked about one helper is not to find five others in the answer.
    - everybody (where nobody is named): the whole branch, also those who wait and all pairs that
      may not stay. A pair that may stay still changes only for another child's sake.

    One more code may be among those of ``changed``: gave_way, for a child whose helper could have
    stayed and goes to a child in greater need, with nobody else left.

    In both a changed pair costs `change` points, see ``pairing.rematch``. Who has a helper is held
    to it by no older lock; one on the present helper stays, so do forbidden pairs.

    Raises ``BadInput`` ``scheme_has_parts``, ``helper_unknown``, ``places_more``, and what
    ``pairing.rematch`` raises (``lock_impossible``, ``lock_overfull`` where takes cannot be).

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     step = tasks.publish(store, tasks.propose(store, on=store.today()))
    ...     busy = store.read("pairings")["helper_id"].mode()[0]
    ...     found = change_proposal(store, pairing.VOLUNTEER, store.today(), leaves=busy)
    >>> gone = found.changed.query("before == @busy")
    >>> len(gone) == len(found.changed.query("code != 'moved_for_another'"))
    True
    >>> found.proposal.certificate.gap
    0
    """
    if scheme.parts:
        raise BadInput("scheme_has_parts", scheme=scheme.code)
    named = {**(places or {}), **({} if leaves is None else {leaves: 0})}
    whole = not named if everybody is None else everybody
    report("progress_reading", 0.0)
    children, helpers = _people(store, on)
    pairings = store.read("pairings")
    now = _present(children, pairings, scheme, on)
    rest = pairings[~pairings["pairing_id"].isin(now["pairing_id"])]
    for helper, count in named.items():
        _check(helper, count, helpers, rest, scheme, on)
    said = pairing.decided(store.read("decisions"), scheme, on)
    holds = _holds(now, children, helpers, rest, said, scheme, on)
    gone = now["helper_id"].eq(leaves or "")
    said = _with_takes(_still_said(said, now[holds & ~gone], now[~holds | gone]), takes or {})
    if not whole:
        asked = now.loc[holds | now["helper_id"].isin(list(named)), "child_id"]
        children = children[children["child_id"].isin(asked)]
        said = said[said["child_id"].isin(asked)]
    report("progress_pricing", 0.2)
    found = pairing.rematch(
        children,
        _without(helpers, named, leaves, rest, on),
        pairings,
        scheme,
        weights,
        on=on,
        change=change,
        decisions=said,
    )
    return replace(found, changed=_told(found.changed, set(named), now[holds & ~gone]))


def _people(store: Readable, on: dates.Day) -> tuple[pd.DataFrame, pd.DataFrame]:
    villages, classes = store.read("villages"), store.read("classes")
    ready = people.readiness(store.read("helpers"), store.read("trainings"), on=on)
    children, helpers = (
        pairing.enrolled(pairing.located(frame, villages), classes)
        for frame in (store.read("children"), ready)
    )
    return children, helpers


def _present(
    children: pd.DataFrame, pairings: pd.DataFrame, scheme: pairing.Scheme, on: dates.Day
) -> pd.DataFrame:
    """Who has whom in the scheme on the day, one row a child whose file is open."""
    waits = pairing.waiting(children, pairings.head(0), scheme, on)["child_id"]
    mine = pairings["scheme"].eq(scheme.code) & pairings["child_id"].isin(waits)
    held = pairings[mine.fillna(False).astype(bool) & pairing.active(pairings, on)]
    held = held.sort_values(["since", "pairing_id"]).drop_duplicates("child_id", keep="last")
    return held[["pairing_id", *PAIR]].reset_index(drop=True)


def _check(
    helper: str,
    count: int,
    helpers: pd.DataFrame,
    rest: pd.DataFrame,
    scheme: pairing.Scheme,
    on: dates.Day,
) -> None:
    """Refuse who is not in the register, and more places than there are."""
    mine = helpers[helpers["helper_id"].eq(helper)]
    if mine.empty:
        raise BadInput("helper_unknown", helper=helper)
    left = pairing.offers(mine, rest, scheme, on)["places_left"].fillna(0).iloc[0]
    if count > max(int(left), 0):
        raise BadInput("places_more", helper=helper, places=int(left))


def _holds(
    now: pd.DataFrame,
    children: pd.DataFrame,
    helpers: pd.DataFrame,
    rest: pd.DataFrame,
    said: pd.DataFrame,
    scheme: pairing.Scheme,
    on: dates.Day,
) -> pd.Series:
    """Which pairs may stay: no rule, no lack of places and no person forbids them."""
    offering = pairing.offers(helpers, rest, scheme, on)
    asked = children[children["child_id"].isin(now["child_id"])]
    facts = pairing.given(now, asked, offering, scheme, on=on)
    allowed = facts["eligible"].reindex(now.index).fillna(False).astype(bool)
    places = offering.set_index("helper_id")["places_left"].astype("Int64").fillna(0)
    has = now["helper_id"].map(now["helper_id"].value_counts()).astype("int64")
    full = has > now["helper_id"].map(places).fillna(0).astype("int64")
    return allowed & ~full & ~_among(now, said[said["verdict"].eq("forbid")])


def _still_said(said: pd.DataFrame, stay: pd.DataFrame, lose: pd.DataFrame) -> pd.DataFrame:
    """The decisions still of use: whoever has a helper needs no lock on another one.

    stay: pairs that may stay; lose: those that may not, whose lock goes with them.
    """
    elsewhere = said["child_id"].isin(stay["child_id"]) & ~_among(said, stay)
    over = said["verdict"].eq("lock") & (elsewhere | _among(said, lose))
    return said[~over].reset_index(drop=True)


def _with_takes(said: pd.DataFrame, takes: Mapping[str, str]) -> pd.DataFrame:
    """The decisions with the words of now: a child that is given to somebody is locked there."""
    if not takes:
        return said
    now = pd.DataFrame({"child_id": list(takes), "helper_id": list(takes.values())})
    older = said["child_id"].isin(list(takes)) & said["verdict"].eq("lock")
    every = [said[~older], now.assign(verdict="lock").astype("string")]
    return pd.concat(every, ignore_index=True)


def _among(pairs: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    both = (
        pairs[PAIR]
        .astype("string")
        .merge(others[PAIR].astype("string").drop_duplicates(), how="left", indicator=True)
    )
    return both["_merge"].eq("both").set_axis(pairs.index)


def _without(
    helpers: pd.DataFrame,
    named: Mapping[str, int],
    leaves: str | None,
    rest: pd.DataFrame,
    on: dates.Day,
) -> pd.DataFrame:
    """The helpers as they will be: the file of who leaves is closed, others have fewer places."""
    day = pd.Timestamp(dates.day(on))
    closed = pd.to_datetime(helpers["closed_on"])
    leaving = helpers["helper_id"].eq(leaves or "").fillna(False).astype(bool)
    closed = closed.mask(leaving & ~closed.le(day), day)
    elsewhere = rest.loc[pairing.active(rest, on), "helper_id"].value_counts()
    wanted = {helper: count + int(elsewhere.get(helper, 0)) for helper, count in named.items()}
    places = helpers["helper_id"].map(wanted).astype("Int64").fillna(helpers["places"])
    return helpers.assign(closed_on=closed, places=places)


def _told(changed: pd.DataFrame, named: set[str], stay: pd.DataFrame) -> pd.DataFrame:
    """The codes once more, now that it is known who was asked about."""
    theirs = changed["before"].isin(named)
    kept = _among(changed.rename(columns={"before": "helper_id"}), stay) & ~theirs
    code = changed["code"].mask(theirs & changed["code"].eq("moved_for_another"), "left_helper")
    return changed.assign(code=code.mask(kept & code.eq("now_uncovered"), "gave_way"))


# -- carried out -----------------------------------------------------------------------------------


def publish_change(
    store: Store,
    found: pairing.Rematch,
    *,
    closes: tuple[str, str] | None = None,
    token: str | None = None,
) -> str:
    """Carry a re-match out as one step: old pairs end on its day, the new ones begin; gives its id.

    Only children of ``changed`` are touched. closes: a helper whose file closes on the same day,
    and the reason (a code of ``closed_reason``): the helper's pairs in every scheme end with it.

    Raises ``Stale``: ``change_outdated`` when one of the children has another helper by now, and
    ``publish_refused`` when the world allows a new pair no more (papers, places, one pairing a
    child and scheme). Then nothing is written. ``BadInput`` ``change_nothing``, ``choice_unknown``,
    ``person_unknown``. ``store.undo`` takes the step back.

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     step = tasks.publish(store, tasks.propose(store, on=store.today()))
    ...     busy = store.read("pairings")["helper_id"].mode()[0]
    ...     found = change_proposal(store, pairing.VOLUNTEER, store.today(), leaves=busy)
    ...     step = publish_change(store, found, closes=(busy, "moved"))
    ...     now = store.read("pairings").query("until.isna()")
    ...     undone = store.undo(step)
    ...     bool(now["helper_id"].eq(busy).any()), store.steps()["kind"].iloc[-2]
    (False, 'rematch')
    """
    if found.changed.empty and closes is None:
        raise BadInput("change_nothing")

    def build(read: Read) -> dict[str, pd.DataFrame]:
        pairings = read("pairings")
        held = present_pairings(pairings, found.changed["child_id"], found)
        held = held.sort_values(["since", "pairing_id"]).drop_duplicates("child_id", keep="last")
        asked = found.changed.loc[found.changed["before"].notna(), ["child_id", "before"]]
        moved = held.merge(asked, "outer", on="child_id")
        other = moved["helper_id"].ne(moved["before"]).fillna(True)
        if other.any():
            raise Stale("change_outdated", count=int(moved.loc[other, "child_id"].nunique()))
        rows = pairing.publish_changes(found, pairings)
        if closes is None:
            return {"pairings": rows}
        helper, reason = closes
        file, ends = closing(read, "helpers", helper, found.proposal.on, reason)
        ends = ends[~ends["pairing_id"].isin(rows["pairing_id"])]
        every = pd.concat([rows, ends], ignore_index=True) if len(ends) else rows
        return {"helpers": file, "pairings": every}

    return store.change(build, kind="rematch", token=token)


def changed_today(store: Store, *, now: dt.datetime | None = None) -> pd.DataFrame:
    """The re-matches of the last 24 hours that can be taken back, the newest first.

    Columns: step_id, done_at (UTC), user_id, name (of the person), rows (written). See
    ``published_today``.

    >>> from carekit import tasks
    >>> with tasks.practice_store() as store:
    ...     len(changed_today(store))
    0
    """
    return recent_steps(store, "rematch", now=now)
