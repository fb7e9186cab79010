"""A page that uses every part of the kit once; the tests of the foundation open it."""

import asyncio
import time
import zlib

from traitlets import Dict, Int, Unicode

from carekit.errors import BadInput
from carekit.pages.kit import Page, run


class NoStore:
    """Stands for the frames and the store of a page that needs neither."""

    def look(self):
        return ""

    def today(self):
        return None

    def kept(self, place):
        return None

    def policy(self):
        return self

    def rights(self):
        return ()

    @property
    def store(self):
        return self


class Hello(Page):
    template_file = (__file__, "hello.vue")

    person = Unicode().tag(sync=True)
    clicks = Int().tag(sync=True)
    counted = Unicode().tag(sync=True)
    typed = Unicode().tag(sync=True, writable=True)
    got = Dict().tag(sync=True)
    progress = Dict().tag(sync=True)

    _step = None

    def __init__(self, session):
        super().__init__(session, NoStore(), person=session.user)

    def speak(self):
        self.counted = self.say("children_waiting", count=self.clicks)

    def vue_click(self, _=None):
        self.clicks += 1
        self.speak()

    def vue_fail(self, whose):
        if whose == "ours":
            raise ValueError("a name that must not be shown")
        raise BadInput("outing_unknown", outing="<img src=x onerror=document.title='caught'>")

    def vue_get_file(self, _=None):
        self.download("名单 – 第1组.csv", "\ufeff姓名\r\n王思远\r\n".encode())

    def vue_upload(self, info, buffers):
        data = bytes(buffers[0])
        self.got = {"name": info["name"], "size": len(data), "sum": zlib.crc32(data)}

    async def vue_work(self, seconds):
        self._step = asyncio.current_task()
        try:
            answer = await run(count_seconds, float(seconds), on_progress=self._progress)
            self.got = {"name": "work", "size": answer, "sum": 0}
        finally:
            self.progress = {}

    def vue_cancel(self, _=None):
        self._step.cancel()

    def _progress(self, code, share, seconds):
        self.progress = {"text": code, "share": share, "seconds": round(seconds, 1)}


def count_seconds(report, seconds):
    """Stands for a solver: busy for some seconds, then gives their number."""
    started = time.monotonic()
    while (gone := time.monotonic() - started) < seconds:
        report("counting", gone / seconds)
        time.sleep(0.05)
    return round(seconds)
