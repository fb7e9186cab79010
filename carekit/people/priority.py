"""Who is served first: three tiers of need, each with its reasons."""

import pandas as pd

# A setting (M7): tier -> circumstances that put a child there. Everyone else is in LAST_TIER.
TIERS: dict[int, tuple[str, ...]] = {
    1: ("nobody_supervising", "orphan", "abandoned", "recent_distress", "suspected_harm"),
    2: (
        "very_poor",
        "disability",
        "study_decline",
        "weak_study",
        "single_parent",
        "guardian_old_or_ill",
    ),
}
LAST_TIER = 3


def priority(children: pd.DataFrame, tiers: dict[int, tuple[str, ...]] = TIERS) -> pd.DataFrame:
    """Put each child in a tier and say why.

    Takes a frame with ``supervised`` (yes, no, unknown) and ``circumstances`` (codes joined by
    ``;``); a column that is not there counts as unknown. ``tiers`` is a setting: tier -> codes of
    circumstances, where ``nobody_supervising`` stands for ``supervised`` = no. Whether anybody
    supervises a child is often unknown; that alone is no reason.

    Gives the same rows in the same order with two more columns: ``tier`` (whole, 1 is served
    first) and ``reasons`` (all codes that apply, most urgent first, joined by ``;``; an empty
    text in the last tier). Never fails on data. Source: M7 of the field documents.

    >>> import pandas as pd
    >>> children = pd.DataFrame({
    ...     "child_id": ["C00001", "C00002", "C00003"],
    ...     "supervised": ["no", "yes", "unknown"],
    ...     "circumstances": ["very_poor", "weak_study;very_poor", None],
    ... })
    >>> priority(children)[["child_id", "tier", "reasons"]]
      child_id  tier                       reasons
    0   C00001     1  nobody_supervising;very_poor
    1   C00002     2          very_poor;weak_study
    2   C00003     3
    """
    tier = pd.Series(LAST_TIER, index=children.index, dtype="Int64")
    reasons = pd.Series("", index=children.index, dtype="string")
    held = ";" + _text(children, "circumstances") + ";"
    unsupervised = _text(children, "supervised").eq("no")
    for number in sorted(tiers, reverse=True):
        found = pd.Series("", index=children.index, dtype="string")
        for code in tiers[number]:
            applies = held.str.contains(f";{code};", regex=False)
            if code == "nobody_supervising":
                applies |= unsupervised
            found = found.mask(applies, found + ";" + code)
        tier = tier.mask(found.ne(""), number)
        reasons = found + reasons
    return children.assign(tier=tier, reasons=reasons.str.removeprefix(";"))


def _text(frame: pd.DataFrame, column: str) -> pd.Series:
    if column not in frame:
        return pd.Series("", index=frame.index, dtype="string")
    return frame[column].astype("string").fillna("")
