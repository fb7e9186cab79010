"""A branch in which every text is a payload, filled through the store's own write."""

import json

import pandas as pd

from carekit import create_store, pairing, sample, tables, tasks
from carekit.store import add_user
from tests.browser import payloads
from tests.browser.branch import DAY, PASSWORD, USER

HELPER, PLANNER = "lin.he", "zhao.min"
COUNT = len(payloads.TEMPLATES)
PAIRED = 100
SEATS = ("outings", "vehicle_seats")  # has to be numbers where an outing is to be planned


def _free():
    """Every column that takes any text: (table, column)."""
    for table in tables.tables().index:
        described = tables.columns(table)
        free = described[described["kind"].eq("text") & ~described["key"]]
        yield from ((table, name) for name in free[free["references"].eq("")].index)


COLUMNS = list(_free())
FIRSTS = [payloads.TEMPLATES.index(family[0]) for family in payloads.FAMILIES.values()]


def text(table, column, number):
    place = COLUMNS.index((table, column)) + 1
    return payloads.text(number, payloads.mark(place, number))


def numbers(table, column, rows):
    """Which payloads each of so many rows holds: one, or several where there are too few rows."""
    shift = 7 * COLUMNS.index((table, column))
    each = -(-COUNT // rows)
    held = [[(shift + row * each + n) % COUNT for n in range(each)] for row in range(rows)]
    if rows >= COUNT and column != "name":
        held[0] = list(range(COUNT))  # the one card that is opened for certain
    return held


def filled(table, frame):
    """A frame with payloads in all its texts."""
    frame = frame.copy()
    for place, column in COLUMNS:
        if place == table and (place, column) != SEATS:
            frame[column] = [
                " ".join(text(table, column, number) for number in held)
                for held in numbers(table, column, len(frame))
            ]
    return frame


def one_of_each(table, column):
    """A payload of every family, in one text."""
    return " ".join(text(table, column, number) for number in FIRSTS)


def hostile_store(path):
    """The practice school some weeks on, its people and its drafts; gives the path."""
    school = {name: frame.copy() for name, frame in sample.school().items()}
    outing = school["outings"]
    more = [outing.assign(outing_id=f"O{n:04}") for n in range(1, 11)]
    school["outings"] = pd.concat(more, ignore_index=True)
    branch = one_of_each("settings", "value")
    settings = [("practice_day", DAY), ("branch_name", branch)]
    school = {name: filled(name, frame) for name, frame in school.items()}
    school["settings"] = pd.DataFrame(settings, columns=["setting_id", "value"])
    seats = [text(*SEATS, n) for n in range(1, 10)]
    school["outings"]["vehicle_seats"] = ["33, 19", *seats]
    own = one_of_each("users", "name")
    with create_store(path, actor=USER, password=PASSWORD, name=own) as store:
        store.change(lambda read: school, kind="demo")
        proposal = tasks.propose(store, on=store.today())
        rows = pairing.publish(proposal, since=store.today())
        rows = rows.sort_values("child_id").head(PAIRED)
        pairs = rows[["child_id", "helper_id"]]
        store.write("pairings", filled("pairings", rows))
        said = {"kind": "talk", "partner": "child", "minutes": 30, "day": pd.Timestamp(DAY)}
        store.write("contacts", filled("contacts", pairs.assign(**said)))
        decided = {"scheme": "volunteer", "verdict": "forbid", "user_id": USER}
        decided = pairs.assign(decided_on=pd.Timestamp(DAY), **decided).iloc[::-1]
        decided["helper_id"] = decided["helper_id"].shift(3).fillna(decided["helper_id"].iloc[0])
        store.write("decisions", filled("decisions", decided))
        tasks.replan_outing(store, "O0001")
        users = pd.DataFrame({"user_id": [f"user.{n}" for n in range(10)], "role": "analyst"})
        store.write("users", filled("users", users.assign(disabled=False)))
        own_children = str(rows["helper_id"].value_counts().index[0])
        add_user(store, HELPER, own, PASSWORD, "helper", own_children)
        add_user(store, PLANNER, own, PASSWORD, "planner")
        # a child corrected twice, for its history
        child = store.read("children").query("child_id == 'C00001'")
        store.write("children", child.assign(note=one_of_each("children", "note")))
    return path


def draft(store, place, **values):
    store.keep(place, json.dumps({"values": values}))
