"""The first run: while there is no store, a page that sets up a branch instead of the sign-in.

The store appears whole or not at all, so that closing the browser or the server in the middle
leaves nothing behind. What is typed stays in the tab (all but passwords), also over a reload. Its
last page shows the recovery code, this once.
"""

import asyncio

from jupyter_server.auth.decorator import allow_unauthenticated

from carekit.errors import CareError
from carekit.pages.faults import log_fault
from carekit.server.branch import Branch
from carekit.server.web import FORM_POLICY, Spoken, language_of, render
from carekit.words import say_error

__all__ = ["FirstRun", "faults"]

TYPED = ("branch", "name", "user", "start")  # what a page shows again
STARTS = ("practice", "empty")


def faults(given: dict[str, str]) -> dict[str, str]:
    """What is wrong with the form: {field: code}.

    >>> form = {"branch": "Ford", "name": "", "user": "li.na", "start": "empty"}
    >>> faults(form | {"password": "river stone 7", "again": "river stone 8"})
    {'name': 'person_missing', 'again': 'passwords_differ'}
    """
    from carekit.store import password_fault, user_fault

    same = given["password"] == given["again"]
    found = {
        "branch": None if given["branch"].strip() else "branch_missing",
        "name": None if given["name"].strip() else "person_missing",
        "user": user_fault(given["user"].strip()),
        "password": password_fault(
            given["password"], given["user"].strip(), [given["branch"], given["name"]]
        ),
        "again": None if same else "passwords_differ",
        "start": None if given["start"] in STARTS else "first_start_missing",
    }
    return {field: code for field, code in found.items() if code}


class FirstRun(Spoken):
    """The wizard; once there is a store, the way to the sign-in."""

    @property
    def branch(self) -> Branch:
        branch = self.settings["carekit_branch"]
        assert isinstance(branch, Branch)
        return branch

    policy = FORM_POLICY

    def show(
        self, wrong: dict[str, str] | None = None, problem: str = "", code: str | None = None
    ) -> None:
        """The page: with what is wrong beside the fields, with a problem or its code above all."""
        from carekit.store import PASSWORD_LEAST, folder_risk
        from carekit.tasks.branch import PRACTICE_DAY

        page = render(
            self,
            "first.html",
            form=self.xsrf_form_html(),
            typed={name: self.get_body_argument(name, "") for name in TYPED},
            wrong=wrong or {},
            problem=problem,
            code="first_faults" if wrong else code,
            least=PASSWORD_LEAST,
            day=PRACTICE_DAY,
            path=str(self.branch.path),
            risk=folder_risk(self.branch.path),
            home=self.base_url,
        )
        self.finish(page)

    @allow_unauthenticated
    def get(self) -> None:
        if self.branch.missing():
            self.show()
        else:
            self.redirect(self.base_url + "login")

    @allow_unauthenticated
    async def post(self) -> None:
        if not self.branch.missing():
            self.redirect(self.base_url + "login")
            return
        secret = {n: self.get_body_argument(n, "", strip=False) for n in ("password", "again")}
        given = {name: self.get_body_argument(name, "") for name in TYPED} | secret
        # Numbers of the hash and the sample take seconds: not on the loop of everybody's pages.
        if wrong := await asyncio.to_thread(faults, given):
            self.set_status(422)
            self.show(wrong)
            return
        try:
            row, code = await asyncio.to_thread(
                self.branch.found,
                branch=given["branch"].strip(),
                user=given["user"].strip(),
                name=given["name"].strip(),
                password=given["password"],
                practice=given["start"] == "practice",
            )
        except CareError as error:
            self.set_status(409)
            self.show(problem=say_error(error, language_of(self)))
            return
        except OSError as error:  # a folder nobody may write to
            log_fault(error)
            self.set_status(409)
            self.show(code="store_unreadable")
            return
        identity = self.settings["identity_provider"]
        identity.set_login_cookie(self, identity.sign_in(row))
        # Once, in this answer and nowhere else: a reload leads to the sign-in.
        path = str(self.branch.path)
        self.finish(render(self, "first_done.html", letters=code, path=path, home=self.base_url))

    def write_error(self, status_code: int, **kwargs: object) -> None:
        sent = (status_code, self.request.method) == (403, "POST") and self.check_host()
        if sent and self.branch.missing():  # the token of a page left open
            self.show(code="first_expired")
        else:
            super().write_error(status_code, **kwargs)
