"""Files out: CSV for other programs, XLSX for people, the roster of an outing as XLSX and PDF.

Codes become words here, headings come from the data dictionary. Whatever a name holds, a cell
stays text: nothing turns into a formula or a link. A file is written whole or not at all, and
equal input gives equal bytes.

>>> import io
>>> import pandas as pd
>>> from carekit import exports
>>> target = io.BytesIO()
>>> exports.to_csv(pd.DataFrame({"child_id": ["C00001"], "name": ["=1+1"]}), target)
>>> target.getvalue().decode("utf-8-sig").split()
['child_id,name', "C00001,'=1+1"]
"""

from carekit.exports.blank import blank_list, sheet_heading
from carekit.exports.call import call_for_volunteers
from carekit.exports.hand_over import hand_over_note
from carekit.exports.pdf import roster_pdf
from carekit.exports.refusals import cure, refusals
from carekit.exports.rosters import roster_xlsx
from carekit.exports.tabular import to_csv
from carekit.exports.xlsx import tables_xlsx, to_xlsx

__all__ = [
    "blank_list",
    "call_for_volunteers",
    "cure",
    "hand_over_note",
    "refusals",
    "roster_pdf",
    "roster_xlsx",
    "sheet_heading",
    "tables_xlsx",
    "to_csv",
    "to_xlsx",
]
