"""A fictional school to practise with, and a county of 31, the same on every machine.

One school of 743 pupils with 122 left-behind children, the adults around them, fifteen
villages, volunteers with places for about nine of ten children (some of them not ready),
teachers, last year's pairings, and one outing with its consents. The practice day is
2026-03-02. Every person, village and number is invented: identity numbers begin with a region
that does not exist, telephone numbers with 100, which no subscriber has.

``school`` gives the tables; ``county`` those of a county with 12,285 left-behind children, to see
how everything goes at real size; ``sheets`` gives the school as the two spreadsheets a school and
a branch would send.

>>> from carekit import sample
>>> tables = sample.school()
>>> len(tables["children"]), int(tables["classes"]["pupils"].sum())
(122, 743)
"""

from carekit.sample.assemble import school
from carekit.sample.county import county
from carekit.sample.spreadsheets import sheets

__all__ = ["county", "school", "sheets"]
