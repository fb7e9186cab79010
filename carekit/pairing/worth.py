"""What a place of each helper is worth: what losing it costs, and what one more gains."""

import numpy as np
import pandas as pd

from carekit.pairing.proposal import Proposal, workings_of


def worth(proposal: Proposal) -> pd.DataFrame:
    """Both prices of a place of each helper in this match, exact, of the best plan.

    Gives a row a helper with a place: helper_id, places, used (children in the best plan) and, all
    whole numbers >= 0 except where said,

    - loss: what the whole plan costs more with one place less; 0 where one is free.
      loss_children: children served less (0 or 1), loss_points: the rest, without penalties (below
      0 where a child less also saves points).
    - gain: what it costs less with one place more. gain_children: children served more (0 or 1),
      gain_points: the rest (below 0 where one more child costs points of its own).

    Places above the scheme's `most` and helpers the rules keep out are not in the match, so there
    is no price for them.

    Raises BadInput `draft_not_worked_out` for a proposal without workings, see `worked_out`.

    >>> from carekit.pairing import VOLUNTEER, propose
    >>> waiting = pd.DataFrame({"child_id": ["C00001", "C00002"], "tier": [1, 2],
    ...     "village_id": "V0001", "languages": "hakka", "free_times": "sunday_morning"})
    >>> offers = pd.DataFrame({"helper_id": ["H00001"], "kind": "volunteer", "ready": True,
    ...     "birth_date": "1990-01-01", "places_left": 1, "village_id": "V0001",
    ...     "languages": "hakka", "free_times": "sunday_morning"})
    >>> proposal = propose(waiting, offers, VOLUNTEER, on="2026-03-02")
    >>> worth(proposal)[["helper_id", "places", "loss_children", "gain_children", "gain_points"]]
      helper_id  places  loss_children  gain_children  gain_points
    0    H00001       1              1              1            0
    """
    known = workings_of(proposal)
    arrays = known.problem
    loss, loss_points, fewer = known.changes.losses()
    gain, gain_points, more = known.changes.gains()
    columns = {
        "places": arrays.places,
        "used": arrays.used(known.best),
        "loss": loss,
        "gain": gain,
        "loss_children": -fewer,
        "gain_children": more,
        "loss_points": loss_points,
        "gain_points": gain_points,
    }
    here = np.flatnonzero(arrays.places > 0)
    frame = pd.DataFrame({name: values[here] for name, values in columns.items()}, dtype="Int64")
    frame.insert(0, "helper_id", pd.Series(arrays.helpers[here], dtype="string"))
    return frame
