"""The plan of the open outing: made by the planner, moved by hand, answered, counted."""

import json
import secrets
from typing import Any

import pandas as pd
from traitlets import Dict

from carekit import outings, tasks
from carekit.errors import BadInput, CareError
from carekit.pages import long_steps
from carekit.pages.kit import Page
from carekit.pages.outings_tables import outing_table, people_frame, people_table, spare_table
from carekit.pages.outings_words import CONSENT_LOOK, Told

__all__ = ["Planned"]

# Where the person was: comes back after a reload.
PLACE = "outings/here"
NOWHERE = {"outing": "", "step": "people", "moved": "", "vehicle": 0}


class Planned(Page):
    """What happens to one outing's plan; ``Outings`` adds the list, the form and the paper."""

    chosen = Dict().tag(sync=True)
    count = Dict().tag(sync=True)

    # -- what is known -------------------------------------------------------------------------

    def load(self) -> None:
        if not hasattr(self, "place"):
            kept = self.store.kept(PLACE)
            self.place = NOWHERE | (json.loads(kept) if kept else {})
            self.person, self.adding = "", 0
        known = self.frames.read("outings")
        self.table("outings", outing_table(), known.sort_values("day", ascending=False))
        if self.opened not in set(known["outing_id"]):
            self.place["outing"] = ""
        if not self.opened:
            return
        self.row = known.set_index("outing_id").loc[self.opened]
        opened = self.opened  # whoever makes these anew may do so when another outing is open
        self.plan = self._plan(opened)
        self.findings: pd.DataFrame = self.frames.keep(
            f"outing_findings/{opened}",
            lambda read: tasks.check_outing(read, self._plan(opened)),
        )
        rows = self.frames.read("outing_people")
        self.people = rows[rows["outing_id"].eq(self.opened) & rows["group"].notna()]
        self.table("people", people_table(lambda: self.planned), people_frame(self.plan))
        if self.adding:
            self._offer_adults()

    def _plan(self, outing: str) -> outings.Plan:
        return self.frames.keep(f"outing_plan/{outing}", lambda read: tasks.kept_plan(read, outing))

    @property
    def opened(self) -> str:
        return str(self.place["outing"])

    @property
    def planned(self) -> bool:
        """Groups are made and kept."""
        return len(self.people) > 0

    def _go(self, **changes: Any) -> None:
        """Be somewhere else, also after a reload."""
        self.place = self.place | changes
        self.store.keep(PLACE, json.dumps(self.place))

    # -- groups: made by the planner, changed by hand ------------------------------------------

    def vue_make_groups(self, _: Any = None) -> Any:
        if not self.planned:
            return self._make_groups()
        self.ask("outing_replan", self._make_groups, yes="outing_replan_yes", kind="danger")
        return None

    async def _make_groups(self) -> None:
        token = secrets.token_hex(16)
        await self.long(long_steps.replan_outing, self.session, self.opened, token)
        self._go(step="groups", moved="")
        self.changed()

    def vue_choose(self, person: Any) -> None:
        self.person = str(person)
        self.speak()

    def vue_close_person(self, _: Any = None) -> None:
        self.person, self.adding = "", 0
        self.speak()

    def vue_move(self, wanted: Any) -> None:
        group, together = _whole(wanted.get("group")), wanted.get("together") is True
        if self.chosen.get("goes"):
            step = tasks.move_person(self.store, self.opened, self.person, group, together=together)
        else:
            step = tasks.bring_in(self.store, self.opened, self.person, group)
        self._moved(step)

    def vue_leave_out(self, _: Any = None) -> None:
        self._moved(tasks.leave_out(self.store, self.opened, self.person))

    def vue_put_group(self, wanted: Any) -> None:
        group, vehicle = _whole(wanted.get("group")), _whole(wanted.get("vehicle"))
        self._moved(tasks.move_group(self.store, self.opened, group, vehicle))

    def vue_add_adult(self, group: Any) -> None:
        self.adding = _whole(group)
        self._offer_adults()
        self.speak()
        self.speak_tables()

    def _offer_adults(self) -> None:
        helpers = tasks.helpers_on(self.frames.read, self.plan.outing.on)
        self.table("spare", spare_table(), outings.spare_adults(self.plan, helpers))

    def _moved(self, step: str) -> None:
        self.vue_close_notice()
        self.person, self.adding = "", 0
        self._go(moved=step)
        self.changed()

    def vue_undo_move(self, _: Any = None) -> None:
        step = str(self.place["moved"])
        if step:
            self._go(moved="")
            self.store.undo(step)
            self.changed()
            self.tell("move_undone")

    # -- consents ------------------------------------------------------------------------------

    def acted(self, table: str, act: str, key: str) -> None:
        if table == "people":
            self._answer(key, act)

    def vue_consent(self, state: Any) -> None:
        self._answer(self.person, str(state))

    def _answer(self, child: str, state: str) -> None:
        if state not in CONSENT_LOOK:
            return
        tasks.answer_consent(self.store, self.opened, child, state)
        self.changed()
        name = Told(self.plan, self.findings, self.language, self.say).names.get(child, child)
        self.tell(f"answer_{state}", child=name)

    # -- on the day ----------------------------------------------------------------------------

    def vue_tick(self, wanted: Any) -> None:
        person, present = str(wanted.get("person")), wanted.get("present") is True
        try:
            tasks.tick(self.store, self.opened, person, present)
        except CareError:
            self.count = {}  # the box in the browser is ticked already: draw it anew
            self._count()
            raise
        self.changed()

    def vue_count_vehicle(self, vehicle: Any) -> None:
        if 0 <= _whole(vehicle) <= len(self.plan.outing.seats):
            self._go(vehicle=vehicle)
            self.speak()

    def vue_start_count(self, _: Any = None) -> None:
        vehicle = int(self.place["vehicle"]) or None
        self.ask("count_start_again", lambda: self._start_count(vehicle), yes="count_start")

    def _start_count(self, vehicle: int | None) -> None:
        tasks.start_count(self.store, self.opened, vehicle)
        self.changed()

    def _count(self) -> None:
        """Say the head count; the view that shows it does."""


def _whole(value: Any) -> int:
    """A number of a group or vehicle as the browser sent it."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput("group_unknown", group=str(value)[:20])
    return value
