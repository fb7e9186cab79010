"""Numbers, phones and identity numbers out of text."""

import numpy as np
import pandas as pd

from carekit.people.texts import wide

# GB 11643: weights of the first 17 digits; the sum modulo 11 points at the check digit.
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECK_DIGITS = np.array(list("10X98765432"))

# Mobile, area code with number, local number, 400 and 800 numbers, abroad.
_PHONE = r"1\d{10}|0\d{9,11}|[2-9]\d{6,7}|[48]00\d{7}|\+\d{7,15}"


def numbers(text: pd.Series, *, whole: bool) -> tuple[pd.Series, pd.Series]:
    """Text -> (Int64 or Float64, codes). Codes: number_wrong, number_not_whole.

    >>> numbers(pd.Series(["1,200", "２", "1.5", "two"], dtype="string"), whole=True)[1].tolist()
    [<NA>, <NA>, 'number_not_whole', 'number_wrong']
    """
    text = wide(text)
    thousands = text.str.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?").fillna(False)
    text = text.mask(thousands, text.str.replace(",", "", regex=False))
    plain = text.str.fullmatch(r"[+-]?\d{1,15}(?:\.\d*)?(?:[eE][+-]?\d{1,2})?").fillna(False)
    codes = pd.Series(pd.NA, index=text.index, dtype="string").mask(
        text.notna() & ~plain, "number_wrong"
    )
    good = pd.to_numeric(text.where(plain)).astype("Float64")
    if not whole:
        return good, codes
    broken = good.notna() & good.mod(1).ne(0).fillna(False)
    huge = good.abs().gt(2**53).fillna(False)
    codes = codes.mask(broken, "number_not_whole").mask(huge, "number_wrong")
    return good.mask(broken | huge).astype("Int64"), codes


def phones(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Text -> (digits as text, codes). Code: phone_wrong.

    A Chinese country code is dropped, any other is kept with its ``+``.

    >>> cells = pd.Series(["+86 138-0000-0000", "13800000000.0", "0797 (1234567)", "1.38E+10"])
    >>> phones(cells.astype("string"))[0].tolist()
    ['13800000000', '13800000000', '07971234567', <NA>]
    """
    digits = wide(text).str.replace(r"\.0$", "", regex=True)
    digits = digits.str.replace(r"[\s\-–—()·]", "", regex=True)
    digits = digits.str.replace(r"^(?:\+|00)86(?=\d{7})|^86(?=1\d{10}$)", "", regex=True)
    good = digits.str.fullmatch(_PHONE).fillna(False)
    codes = pd.Series(pd.NA, index=text.index, dtype="string")
    return digits.where(good), codes.mask(text.notna() & ~good, "phone_wrong")


def id_numbers(text: pd.Series, typed_as_number: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Text -> (18-digit identity numbers, codes), by GB 11643.

    A number cell keeps only 15 digits: it cannot be repaired, whatever it shows. Codes:
    id_number_as_number, id_number_wrong, id_number_check.

    >>> cells = pd.Series(["99990120150307001X", "999901201503070013", "9.99E+17", "123"])
    >>> id_numbers(cells.astype("string"), pd.Series(False, index=cells.index))[1].tolist()
    ['id_number_check', <NA>, 'id_number_as_number', 'id_number_wrong']
    """
    ids = wide(text).str.upper().str.replace(r"[\s\-]", "", regex=True)
    lost = typed_as_number | ids.str.fullmatch(r"\d\.\d+E\+\d+|\d{18}\.0").fillna(False)
    shaped = ids.str.fullmatch(r"\d{17}[\dX]").fillna(False) & ~lost
    real = shaped & birth_dates(ids.where(shaped)).notna()
    check = real & (check_digits(ids.where(real)) == ids.str[17]).fillna(False)
    codes = pd.Series(pd.NA, index=text.index, dtype="string")
    codes = codes.mask(text.notna() & ~real, "id_number_wrong")
    codes = codes.mask(real & ~check, "id_number_check")
    codes = codes.mask(text.notna() & lost, "id_number_as_number")
    return ids.where(check), codes


def check_digits(ids: pd.Series) -> pd.Series:
    """The 18th digit that belongs to the first 17."""
    known = ids.dropna()
    out = pd.Series(pd.NA, index=ids.index, dtype="string")
    if len(known):
        digits = np.array([list(text[:17]) for text in known], dtype=np.int64)
        out[known.index] = CHECK_DIGITS[(digits @ WEIGHTS) % 11]
    return out


def birth_dates(ids: pd.Series) -> pd.Series:
    """The birth date inside an identity number; empty where it is no day."""
    found = pd.to_datetime(ids.str[6:14], format="%Y%m%d", errors="coerce")
    return found.astype("datetime64[us]")


def sexes(ids: pd.Series) -> pd.Series:
    """The sex inside an identity number: digit 17 is odd for men.

    >>> sexes(pd.Series(["999901201503070013", None], dtype="string")).tolist()
    ['male', <NA>]
    """
    odd = ids.str[16].isin(list("13579"))
    sex = pd.Series("female", index=ids.index, dtype="string").mask(odd, "male")
    return sex.where(ids.notna())
