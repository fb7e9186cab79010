"""What the administrator's view says: times, people, deeds and tables in words."""

import datetime as dt
from typing import Any

import pandas as pd

from carekit import tables
from carekit.pages.kit import cells
from carekit.words import codes, format_moment, say

__all__ = [
    "bytes_said",
    "columns",
    "deed",
    "gathered",
    "moment",
    "names",
    "named",
    "on_what",
    "record",
    "whose",
]

DEEDS = (
    "read", "card", "history", "given", "erase", "backup", "import", "publish", "rematch",
    "undo", "user", "password", "recovery", "setting", "init", "demo", "migrate", "adopted",
    "contact", "consent", "outing", "close", "reopen",
)  # fmt: skip
WHOLE = "*"


def moment(at: Any, language: str) -> str:
    """A time of the audit on the clock of this computer."""
    if at is None or pd.isna(at):
        return ""
    return format_moment(pd.Timestamp(at).to_pydatetime(), language)


def day(at: pd.Timestamp) -> dt.date:
    """Its day, on the same clock."""
    return at.to_pydatetime().astimezone().date()


def names(users: pd.DataFrame) -> dict[str, str]:
    """What people are called, by user id."""
    named = users["name"].fillna(users["user_id"])
    return {str(one): str(name) for one, name in zip(users["user_id"], named, strict=True)}


def named(users: dict[str, str], user: Any, language: str) -> str:
    """Who did it; nobody where carekit did it by itself."""
    if user is None or pd.isna(user) or not user:
        return say("admin_by_itself", language)
    return users.get(str(user), str(user))


def deed(kind: Any, language: str) -> str:
    """A deed of the audit in words."""
    first = str(kind).partition("_")[0]
    code = f"deed_{kind}"
    if code in codes(language):
        return say(code, language)
    return say(f"deed_{first if first in DEEDS else 'write'}", language)


def on_what(row: dict[str, Any], language: str) -> str:
    """The tables of a row of the audit, and whether secret columns were among what was read."""
    if pd.isna(row["table"]):
        return ""
    known = tables.tables()
    comma = "、" if language == "zh" else ", "
    said = comma.join(
        str(known.at[one, language]) if one in known.index else one
        for one in str(row["table"]).split(" ")
    )
    if not pd.isna(row["sensitivity"]):
        said = say(f"admin_{row['sensitivity']}", language, what=said)
    return said


def columns(row: dict[str, Any], language: str) -> str:
    """The columns that a change touched."""
    if pd.isna(row["columns"]) or not row["columns"]:
        return ""
    comma = "、" if language == "zh" else ", "
    named_ = (one.split(".") for one in str(row["columns"]).split(" "))
    known = [(t, c) for t, c in named_ if c in tables.columns(t).index]
    return comma.join(dict.fromkeys(tables.heading(t, c, language) for t, c in known))


def whose(row: dict[str, Any], children: dict[str, str], language: str) -> str:
    """Whose rows were read: one child by name, several by their ids, or everybody's."""
    said = row["child"]
    if pd.isna(said) or row["deed"] == "undo":
        return ""
    if said == WHOLE:
        return say("admin_everybody", language)
    name = children.get(str(said))
    return (
        f"{name} ({said})" if name and language == "en" else f"{name}（{said}）" if name else said
    )


def gathered(found: pd.DataFrame) -> pd.DataFrame:
    """Lists of everybody that one person read on one day, in one row with how often (``times``).

    Opening a view reads its lists again and again; what matters is who, and on which day.
    """
    rows = found.assign(times=1, day=found["at"].map(day))
    lists = rows[rows["whole"]]
    if lists.empty:
        return rows
    same = lists.groupby(["user", "day"], dropna=False, sort=False)
    united = same["table"].agg(lambda of: " ".join(dict.fromkeys(" ".join(of).split(" "))))
    # secret is more than private, as it is later in the alphabet
    levels, times = same["sensitivity"].max(), same["times"].sum()
    newest = lists.loc[same.head(1).index]  # newest first
    keys = pd.MultiIndex.from_frame(newest[["user", "day"]])
    newest = newest.assign(
        table=united.reindex(keys).array,
        sensitivity=levels.reindex(keys).array,
        times=times.reindex(keys).array,
    )
    return pd.concat([rows[~rows["whole"]], newest]).sort_index()


def record(row: dict[str, Any], language: str) -> dict[str, Any]:
    """The cells of one row about one child."""
    did = deed(row["deed"], language)
    if row["does"] == "changed":
        what = cells.chip("warn", say("admin_changed", language))
    else:
        what = cells.chip("plain", say("admin_saw", language))
    detail = columns(row, language)
    if row["whole"]:
        many = row.get("times", 1)
        times = [say("admin_times", language, count=int(many))] if many > 1 else []
        detail = " · ".join([say("admin_in_a_list", language), *times])
    return {
        "who": cells.person(row["name"] or say("admin_by_itself", language), did),
        "at": moment(row["at"], language),
        "does": what,
        "what": cells.person(on_what(row, language), detail),
    }


def bytes_said(size: int, language: str) -> str:
    """How much of a disk something takes."""
    return say("admin_megabytes", language, n=round(size / 2**20, 1))
