"""Is this row somebody we know? By identity number, else by name, birth date and class or phone."""

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from carekit.people.texts import same

SAME, PERHAPS = "same", "perhaps"


@dataclass(frozen=True)
class _Person:
    place: int
    id_number: str | None
    birth_date: str | None
    phone: str | None
    group: str | None
    school: str | None


def recognise(people: pd.DataFrame, known: int) -> pd.DataFrame:
    """Match each row to a person before it.

    ``people``: facts (name, id_number, birth_date, phone, class, school), first ``known`` rows of
    the store, which are people, then rows of a sheet in its order, each of which may be one of
    the people before it. Gives for the rows of the sheet, in order: ``place`` (row of ``people``
    it matches, -1 for none) and ``how``: ``same`` (equal identity number, else equal name and
    birth date and equal class or phone), ``perhaps`` (equal name, and neither birth date nor
    identity number says it is another person), empty for somebody new.

    >>> people = pd.DataFrame({
    ...     "name": ["李小草", "李 小草", "李小草", "李小草"],
    ...     "birth_date": ["2015-03-07", "2015-03-07", None, "2016-01-01"],
    ...     "class": ["1班", "1班", "1班", "1班"],
    ... })
    >>> recognise(people, known=1)
       place      how
    0      0     same
    1      0  perhaps
    2     -1     <NA>
    """
    seen = _Seen()
    out = []
    for name, person in zip(_texts(people, "name"), _people(people), strict=True):
        if person.place < known:
            seen.add(name, person)
            continue
        place, how = seen.find(name, person)
        out.append((place, how))
        if how is None:
            seen.add(name, person)
    found = pd.DataFrame(out, columns=["place", "how"])
    return found.astype({"place": "int64", "how": "string"})


class _Seen:
    """The people so far, by identity number and by name."""

    def __init__(self) -> None:
        self.by_id: dict[str, int] = {}
        self.by_name: defaultdict[str | None, list[_Person]] = defaultdict(list)

    def add(self, name: str | None, person: _Person) -> None:
        self.by_name[name].append(person)
        if person.id_number is not None:
            self.by_id.setdefault(person.id_number, person.place)

    def find(self, name: str | None, person: _Person) -> tuple[int, str | None]:
        if person.id_number is not None and person.id_number in self.by_id:
            return self.by_id[person.id_number], SAME
        perhaps = -1
        for other in self.by_name[name]:
            if _contradict(person.birth_date, other.birth_date):
                continue
            born = person.birth_date is not None and person.birth_date == other.birth_date
            near = _agree(person.phone, other.phone) or (
                _agree(person.group, other.group) and not _contradict(person.school, other.school)
            )
            if born and near:
                return other.place, SAME
            if not _contradict(person.id_number, other.id_number) and (perhaps < 0 or near):
                perhaps = other.place
        return perhaps, PERHAPS if perhaps >= 0 else None


def _agree(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


def _contradict(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _people(people: pd.DataFrame) -> list[_Person]:
    columns = ["id_number", "birth_date", "phone", "class", "school"]
    facts = zip(*(_texts(people, column) for column in columns), strict=True)
    return [_Person(place, *fact) for place, fact in enumerate(facts)]


def _texts(people: pd.DataFrame, column: str) -> list[str | None]:
    if column not in people:
        return [None] * len(people)
    text = same(people[column].astype("string"))
    return text.astype(object).where(text.notna(), None).tolist()
