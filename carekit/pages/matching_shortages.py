"""What a proposal lacks: who shares too few places, whom to recruit, a call for volunteers."""

from typing import Any

import pandas as pd
from traitlets import Dict, List, Unicode

from carekit import pairing
from carekit.pages import adjust_shortages
from carekit.pages.adjust import Adjust
from carekit.pages.kit import Frames, Session

__all__ = ["Lacking"]

LARGEST = 6  # shortages shown at first: a county has a hundred


class Lacking(Adjust):
    """The shortages of the shown draft; asked for once, they last until another is made."""

    shortages = List(Dict()).tag(sync=True)
    smaller = Unicode().tag(sync=True)  # how many shortages are not shown
    call = Dict().tag(sync=True)

    def __init__(self, session: Session, frames: Frames | None = None) -> None:
        self.forget()
        super().__init__(session, frames)

    def forget(self) -> None:
        super().forget()
        self._pockets: pd.DataFrame | None = None
        self._recruits = pd.DataFrame()
        self._pocket, self._all = 0, False  # whose call is written; the small ones too?

    async def vue_find_shortages(self, _: Any = None) -> None:
        """Who shares too few places, and whom to recruit."""
        if self.draft is None:
            return
        proposal = await self.worked()
        self._pockets = pairing.shortages(proposal)
        self._recruits = pairing.recruits(proposal)
        self.speak_shortages()

    def speak_shortages(self) -> None:
        """Say the largest shortages, and the call that is written for one."""
        self.shortages, self.smaller = [], ""
        if self._pockets is not None:
            shown = self._pockets if self._all else self._pockets.head(LARGEST)
            what = (self._recruits, self.frames.read, self.language)
            self.shortages = adjust_shortages.cards(shown, *what)
            left = len(self._pockets) - len(shown)
            self.smaller = self.say("shortages_more", count=left) if left else ""
        self.call = {}
        if self._pocket and self._pockets is not None:
            row = self._pockets[self._pockets["pocket"].eq(self._pocket)].iloc[0]
            places = self.frames.read("villages" if "reach" in self.part.rules else "schools")
            text = adjust_shortages.call(row, self._recruits, places, self.language)
            self.call = {"id": self._pocket, "text": text}

    def vue_all_shortages(self, _: Any = None) -> None:
        """The small ones too."""
        self._all = True
        self.speak_shortages()

    def vue_call_for(self, pocket: Any) -> None:
        """Write a call for the people a pocket lacks."""
        known = [] if self._pockets is None else self._pockets["pocket"].tolist()
        if type(pocket) is int and pocket in known:
            self._pocket = pocket
            self.speak_shortages()

    def vue_close_call(self, _: Any = None) -> None:
        self._pocket = 0
        self.speak_shortages()
