"""Every piece of the kit on one page, with data, in both languages: the tests look at it."""

from pathlib import Path

import nbformat
from traitlets import Dict, List, Unicode

from carekit.pages.kit.cells import SIGNS, actions, bar, chip, person
from carekit.pages.kit.model import Model

CELL = """\
from carekit.pages.app import session_from_environment
from carekit.pages.kit import only_ours, use_theme
from gallery import Gallery

only_ours()
use_theme()
Gallery(session_from_environment())
"""

PEOPLE = {
    "en": ["Wang Siyuan", "Li Yutong", "Chen Ruoxi", "Yang Jiahao", "He Junjie"],
    "zh": ["王思远", "李雨桐", "陈若曦", "杨嘉豪", "何俊杰"],
}
VILLAGES = {"en": "Hexin village, class 3 (2)", "zh": "三（2）班 · 河心村"}
WORDS = {
    "en": {
        "child": "Child", "tier": "Priority", "load": "Children", "why": "Main reason",
        "distance": "Distance", "act": "Actions", "children": "Children", "found": "1–5 of 122",
        "all": "All", "waiting": "Without a helper", "key": "Key target", "first": "Priority one",
        "usual": "General", "fine": "Proved", "long": "Same dialect · mathematics · Saturdays",
        "log": "Log", "swap": "Swap", "view": "Matching", "today": "Today", "register": "Register",
        "care": "Care", "outings": "Outings", "title": "Volunteers for children",
        "subtitle": "2 March 2026 · draft, not published", "told": "118 pairs are published.",
        "wrong": "The records check of Zhao Zihan has expired.", "working": "Looking for a plan",
        "seconds": "12 seconds", "publish": "Publish 118 pairs?", "more": "4 children stay.",
        "empty": "No child is in the register yet.", "import": "Import a register",
        "late": "overdue", "due": "due today", "next": "next outing, 38 of 44", "day": "12 Apr",
        "form": "Log a contact", "hint": "Three clicks are enough.", "part": "What it was about",
        "name": "Name", "date": "Day", "time": "Time", "minutes": "Minutes", "minute": "minutes",
        "phone": "Phone", "kind": "Kind", "talk": "talk", "visit": "home visit", "needs": "Needs",
        "math": "mathematics", "reading": "reading", "note": "Note", "village": "Village",
        "password": "Password", "help": "As on the identity card", "bad": "Name · is missing.",
        "kept": "Draft kept", "save": "Save", "card": "Wang Siyuan", "soft": "Class 3 (2)",
        "steps": ["Details", "People and consents", "Groups and vehicles", "Roster", "On the day"],
        "warning": "Practice data: every child here is made up.", "upload": "Choose a file",
    },
    "zh": {
        "child": "儿童", "tier": "优先级", "load": "已结对", "why": "主要理由",
        "distance": "距离", "act": "操作", "children": "儿童", "found": "第 1–5 条，共 122 条",
        "all": "全部", "waiting": "未结对", "key": "重点", "first": "优先",
        "usual": "一般", "fine": "已证明最优", "long": "同说客家话 · 数学 · 周六上午有空",
        "log": "记录", "swap": "换人", "view": "结对", "today": "今日", "register": "档案",
        "care": "关爱", "outings": "外出", "title": "志愿者结对",
        "subtitle": "2026年3月2日 · 草案，尚未发布", "told": "已发布 118 对。",
        "wrong": "赵子涵的核查已过期。", "working": "正在生成方案",
        "seconds": "12 秒", "publish": "发布这 118 对吗？", "more": "4 名儿童仍未结对。",
        "empty": "档案中还没有儿童。", "import": "导入档案",
        "late": "已逾期", "due": "今天到期", "next": "下次外出，38 / 44 人", "day": "4月12日",
        "form": "记录一次联系", "hint": "点三下即可完成。", "part": "内容",
        "name": "姓名", "date": "日期", "time": "时间", "minutes": "时长", "minute": "分钟",
        "phone": "电话", "kind": "方式", "talk": "谈心", "visit": "家访", "needs": "需要的帮助",
        "math": "数学", "reading": "阅读", "note": "备注", "village": "村",
        "password": "密码", "help": "与身份证一致", "bad": "姓名 · 未填写。",
        "kept": "草稿已保存", "save": "保存", "card": "王思远", "soft": "三（2）班",
        "steps": ["详情", "人员与同意书", "分组与车辆", "名册与文件", "当天"],
        "warning": "练习数据：其中的儿童均为虚构。", "upload": "选择文件",
    },
}  # fmt: skip


class Gallery(Model):
    """Data for every piece; what a piece asks for is written down in ``got``."""

    template_file = (__file__, "gallery.vue")
    said = Dict().tag(sync=True)
    person = Unicode("李协调员").tag(sync=True)
    views = List(Dict()).tag(sync=True)
    heading = Dict().tag(sync=True)
    notice = Dict().tag(sync=True)
    progress = Dict().tag(sync=True)
    confirm = Dict().tag(sync=True)
    steps = List(Dict()).tag(sync=True)
    tiles = List(Dict()).tag(sync=True)
    table = Dict().tag(sync=True)
    nobody = Dict().tag(sync=True)
    form = Dict().tag(sync=True)
    panel = Dict().tag(sync=True)
    got = List().tag(sync=True)

    here = "view"
    turn = 0
    errors = ()

    def speak(self):
        self.said = WORDS[self.language]
        say = self.said
        self.views = [
            {"id": one, "text": say[one], "here": one == self.here}
            for one in ("today", "register", "view", "care", "outings")
        ]
        look = {"look": "good", "sign": SIGNS["good"], "text": say["fine"]}
        self.heading = {"title": say["title"], "subtitle": say["subtitle"], "chip": look}
        self.steps = [
            {"id": f"s{n}", "text": text, "done": n < 2, "open": n < 4}
            for n, text in enumerate(say["steps"])
        ]
        self.tiles = [
            {"id": "due", "number": "23", "text": say["due"], "opens": True, "here": True},
            {"id": "late", "number": "7", "text": say["late"], "look": "danger", "sign": "●",
             "opens": True},
            {"id": "waiting", "number": "4", "text": say["waiting"], "look": "warn", "sign": "▲",
             "opens": True},
            {"id": "fine", "number": "118", "text": say["fine"], "look": "good", "sign": "✓"},
            {"id": "next", "number": say["day"], "text": say["next"], "opens": True},
        ]  # fmt: skip
        self.table = self._table()
        self.nobody = self.table | {"id": "nobody", "rows": [], "empty": say["empty"]}
        self.form = self._form()

    def _table(self):
        say = self.said
        tiers = [("danger", "key"), ("warn", "first"), ("plain", "usual"), ("good", "fine")]
        columns = [("child", True), ("tier", True), ("load", False), ("why", False),
                   ("distance", True), ("act", False)]  # fmt: skip
        return {
            "id": "children",
            "caption": say["children"],
            "columns": [
                {"id": name, "text": say[name], "sort": sort,
                 "sorted": "up" if name == "tier" else "",
                 "look": "number" if name == "distance" else "text"}
                for name, sort in columns
            ],
            "rows": [
                {
                    "key": f"C{n}",
                    "here": n == 1,
                    "cells": {
                        "child": person(name, VILLAGES[self.language]),
                        "tier": chip(tiers[n % 4][0], say[tiers[n % 4][1]]),
                        "load": bar(n / 3, f"{n} / 3", "warn" if n > 2 else "good"),
                        "why": say["long"] if n != 2 else "",
                        "distance": f"{n}.2 km",
                        "act": actions([("log", say["log"]), ("swap", say["swap"])]),
                    },
                }
                for n, name in enumerate(PEOPLE[self.language])
            ],
            "query": "",
            "searchable": True,
            "hint": say["hint"],
            "filters": [{"id": "all", "text": say["all"], "count": "122", "here": True},
                        {"id": "waiting", "text": say["waiting"], "count": "4", "here": False}],
            "page": 2,
            "pages": 25,
            "said": say["found"],
            "empty": "",
            "opens": True,
        }  # fmt: skip

    def _form(self):
        say = self.said
        wrong = {"name": say["bad"]} if self.errors else {}

        def field(name, kind="text", value="", **more):
            known = {"id": name, "text": say[name], "kind": kind, "value": value}
            plain = {"required": False, "unit": "", "help": "", "options": []}
            return known | plain | {"error": wrong.get(name, "")} | more

        kinds = [{"value": one, "text": say[one], "group": ""} for one in ("talk", "visit")]
        needs = [{"value": one, "text": say[one], "group": ""} for one in ("math", "reading")]
        many = [{"value": f"V{n}", "text": f"{say['village']} {n}", "group": ""} for n in range(99)]
        return {
            "id": "contact",
            "title": say["form"],
            "hint": say["hint"],
            "sections": [
                {"title": "", "fields": [
                    field("name", value=self.name_typed, required=True, help=say["help"]),
                    field("date", "date", "2026-03-02", required=True),
                    field("time", "time"),
                    field("minutes", "number", unit=say["minute"]),
                    field("phone", "phone"),
                    field("kind", "choice", "talk", options=kinds),
                    field("village", "choice", "V7", options=many),
                    field("password", "password"),
                ]},
                {"title": say["part"], "fields": [
                    field("needs", "choices", ["math"], options=needs),
                    field("note", "long"),
                ]},
            ],
            "save": say["save"],
            "kept": say["kept"] if self.got else "",
            "turn": self.turn,
            "errors": [{"id": "name", "text": wrong["name"]}] if wrong else [],
        }  # fmt: skip

    name_typed = ""

    def tell_error(self, error):
        self.notice = {"kind": "error", "text": repr(error), "turn": "x"}

    def _note(self, *what):
        self.got = [*self.got, list(what)]

    def vue_open(self, view):
        if view in [one["id"] for one in self.views]:
            self.here = view
            self.speak()

    def vue_password(self, _=None):
        self._note("password")

    def vue_show(self, what):
        say = self.said
        if what == "notice":
            self.notice = {"kind": "success", "text": say["told"], "turn": "1"}
        elif what == "error":
            self.notice = {"kind": "error", "text": say["wrong"], "turn": "2"}
        elif what == "progress":
            self.progress = {"text": say["working"], "share": 0.4, "seconds": say["seconds"]}
        elif what == "confirm":
            self.confirm = {"text": say["publish"], "more": say["more"], "yes": "", "kind": ""}
        elif what == "danger":
            self.confirm = {"text": say["publish"], "more": "", "yes": "", "kind": "danger"}
        elif what == "panel":
            self.panel = {"title": say["card"], "subtitle": say["soft"]}

    def vue_close_notice(self, _=None):
        self.notice = {}

    def vue_cancel(self, _=None):
        self.progress = {}

    def vue_answer(self, yes):
        self.confirm = {}
        self._note("answer", yes)

    def vue_close_panel(self, _=None):
        self.panel = {}

    def vue_heard(self, what):
        self._note(*what)

    def vue_type(self, values):
        self._note("type", values)
        self.form = self._form()

    def vue_save_form(self, values):
        self.name_typed = values["name"]
        self.errors = () if values["name"] else ("name",)
        self.turn += 1
        self._note("save", values)
        self.form = self._form()


def serve():
    """The gallery on a port of its own; prints the address."""
    from standin import TwoPeople, ready

    from carekit.server import launcher

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    path, store = Path.cwd() / "gallery.ipynb", Path.cwd() / "none.care"
    nbformat.write(notebook, path)
    launcher.app_notebook = lambda name: path
    launcher.serve(store, port=0, branch=TwoPeople(store), ready=ready)
