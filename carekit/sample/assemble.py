"""All tables of the sample, in one place."""

import pandas as pd

from carekit import tables
from carekit.sample import past, places
from carekit.sample.children import children_and_guardians
from carekit.sample.identity import Registry
from carekit.sample.team import helpers_and_trainings

__all__ = ["school"]


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
    people = Registry(2026)
    children, guardians = children_and_guardians(people)
    helpers, trainings = helpers_and_trainings(people)
    rows = {
        "villages": places.villages(),
        "schools": places.schools(),
        "classes": places.classes(),
        "terms": places.terms(),
        "children": children,
        "guardians": guardians,
        "helpers": helpers,
        "trainings": trainings,
        "pairings": past.pairings(children, helpers, trainings),
        "outings": past.outings(),
        "consents": past.consents(children),
    }
    return {table: _ordered(table, pd.DataFrame(found)) for table, found in rows.items()}


def _ordered(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The typed frame, the codes of a cell in the order of their list: as an import has them."""
    frame = tables.typed(table, frame)
    for column, kind in tables.columns(table)["kind"].items():
        if kind.startswith("choices:"):
            codes = tables.choices(str(tables.choice_list(kind))).index
            held = [(code, tables.has_code(frame[column], code)) for code in codes]
            frame[column] = pd.Series(
                [tables.join_codes(c for c, has in held if has[row]) for row in frame.index],
                dtype="string",
            )
    return frame
