"""The server: our own launcher on standalone Voila, who may come in, and whose kernel is whose.

:func:`serve` opens the notebook of ``apps/`` that belongs to the role of who signs in with a user
name and a password. Each opened page is a kernel that belongs to the person who opened it, and
ends with the tab. Only the addresses listed in ``launcher.py`` answer; all else is the sign-in
page.

- ``launcher``: Voila with a closed list of addresses, our template and our limits
- ``identity``: user name and password in, a signed session out; the sign-in page
- ``kernels``: whose kernel is whose, and when a kernel ends
- ``tickets``: how a kernel gets the key of the store; ``idle``: when the server forgets it
- ``first_run``: the page that sets up a branch while there is no store
- ``branch``: the store behind the server: who may come in, and with which role
- ``backups``: the backup of the day
- ``web``: what every answer has in common: language, policy, error pages
- ``templates``: the sign-in page and the Voila template ``carekit``, without a foreign address
"""

from typing import Any

__all__ = ["serve"]


def __getattr__(name: str) -> Any:
    if name == "serve":  # Voila is heavy: only who serves pays for it
        from carekit.server.launcher import serve

        return serve
    raise AttributeError(f"module 'carekit.server' has no attribute {name!r}")
