"""Days as spreadsheets write them. What could be two days, or none, is refused, not guessed."""

import pandas as pd

from carekit.people.texts import wide

EARLIEST, LATEST = pd.Timestamp("1900-01-01"), pd.Timestamp("2100-12-31")
SERIAL_ORIGIN = "1899-12-30"  # day 0 of a spreadsheet's serial numbers

_FULL = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DIGITS = r"(\d{4})(\d{2})(\d{2})"
_SERIAL = r"[1-7]\d{4}(?:\.\d+)?"
_NO_DAY = r"\d{4}年?|\d{6}|\d{4}\s*[-/.年]\s*\d{1,2}\s*月?"
_AMBIGUOUS = r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(?:\d{2}|\d{4})"


def days(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Text -> (days, codes of refusal). Codes: date_no_day, date_ambiguous, date_wrong.

    >>> cells = pd.Series(["2015年3月7日", "２０１５.3.7", "42070", "2015年3月", "03/07/2015"])
    >>> good, codes = days(cells.astype("string"))
    >>> good.dt.strftime("%Y-%m-%d").tolist()
    ['2015-03-07', '2015-03-07', '2015-03-07', nan, nan]
    >>> codes.tolist()
    [<NA>, <NA>, <NA>, 'date_no_day', 'date_ambiguous']
    """
    text = wide(text)
    parts = text.str.extract(f"^{_FULL}{_TIME}$").combine_first(text.str.extract(f"^{_DIGITS}$"))
    iso = parts[0] + "-" + parts[1].str.zfill(2) + "-" + parts[2].str.zfill(2)
    good = pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")

    serial = text.where(text.str.fullmatch(_SERIAL).fillna(False))
    count = pd.to_numeric(serial.str.split(".").str[0]).astype("Int64")
    # dtype said: an empty column of serials would come out in another unit.
    counted = pd.to_datetime(count, unit="D", origin=SERIAL_ORIGIN).astype("datetime64[us]")
    good = good.fillna(counted)
    good = good.where(good.between(EARLIEST, LATEST))

    codes = pd.Series(pd.NA, index=text.index, dtype="string")
    codes = codes.mask(text.notna() & good.isna(), "date_wrong")
    codes = codes.mask(good.isna() & text.str.fullmatch(_NO_DAY).fillna(False), "date_no_day")
    codes = codes.mask(good.isna() & text.str.fullmatch(_AMBIGUOUS).fillna(False), "date_ambiguous")
    return good, codes
