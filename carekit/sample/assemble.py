"""All tables of the practice school, in one place."""

import pandas as pd

from carekit import tables
from carekit.sample import past, places
from carekit.sample.children import children_and_guardians
from carekit.sample.identity import Registry
from carekit.sample.past import Rows
from carekit.sample.site import Site
from carekit.sample.team import further_peers, helpers_and_trainings

__all__ = ["frames", "one_school", "school"]

PAIRED = 10


def school() -> dict[str, pd.DataFrame]:
    """The fictional school: a frame for each table it fills, typed as the dictionary says.

    Tables: villages, schools, classes, terms, children, guardians, helpers, trainings, pairings,
    outings, consents; parents come before what refers to them. Figures: the school of
    domain.md's real-size cases, shares of R5, one or two children a volunteer (M1), tiers (M7).

    A child's guardian is who looks after it (R5), also where one parent is at home; a child
    nobody looks after has no row of role guardian and ``supervised`` is ``no``.

    >>> tables = school()
    >>> tables["children"]["parents_away"].value_counts().to_dict()
    {'one': 70, 'both': 52}
    >>> tables["children"][["child_id", "class_id", "parents_away", "languages"]].head(2)
      child_id class_id parents_away     languages
    0   C00001    K0001         both  mandarin;gan
    1   C00002    K0001          one           gan
    >>> tables["outings"][["outing_id", "day", "places"]]
      outing_id        day  places
    0     O0001 2026-04-12      44
    """
    people, site = Registry(2026), places.SCHOOL
    rows = one_school(people, site, paired=PAIRED)
    rows["helpers"] += further_peers(people, site, rows, None)
    outing = past.outing(people, *past.GARDEN)
    rows["outings"] = [outing]
    rows["consents"] = past.consents(people, site, rows["children"], outing["outing_id"])
    return frames(rows)


def one_school(people: Registry, site: Site, *, paired: int) -> dict[str, Rows]:
    """The rows of one school and of the people around it; ``paired`` of them last year."""
    children, guardians = children_and_guardians(people, site)
    helpers, trainings = helpers_and_trainings(people, site)
    return {
        "villages": places.villages(site),
        "schools": places.schools(site),
        "classes": places.classes(site),
        "terms": places.terms(),
        "children": children,
        "guardians": guardians,
        "helpers": helpers,
        "trainings": trainings,
        "pairings": past.pairings(people, site, children, helpers, trainings, paired),
    }


def frames(rows: dict[str, Rows]) -> dict[str, pd.DataFrame]:
    """The rows as typed frames, the codes of a cell in the order of their list.

    That order is the one an import gives them.
    """
    return {table: _ordered(table, pd.DataFrame(found)) for table, found in rows.items()}


def _ordered(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    frame = tables.typed(table, frame)
    for column, kind in tables.columns(table)["kind"].items():
        if kind.startswith("choices:"):
            codes = [str(code) for code in tables.choices(str(tables.choice_list(kind))).index]
            # Few cells are different from each other, whatever the size of the frame.
            order = {
                cell: tables.join_codes(sorted(cell.split(";"), key=codes.index))
                for cell in frame[column].dropna().unique()
            }
            frame[column] = frame[column].map(order).astype("string")
    return frame
