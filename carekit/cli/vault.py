"""carekit recover, encrypt: when no password opens a store, and when it needs none yet."""

import os
from pathlib import Path

import click

from carekit.cli.speaker import STORE, Speaker, asked, common, new_password, open_here

CODE = "CAREKIT_RECOVERY_CODE"  # never an option: the command line is seen by everybody


@click.command()
@STORE
@click.option("--new-code", is_flag=True, help="Print another code; the old one ends.")
@common
def recover(speaker: Speaker, store: Path, new_code: bool, as_json: bool) -> None:
    """Give CAREKIT_USER (else the first user) of STORE a new password by the recovery code.

    The code is asked for, or taken from CAREKIT_RECOVERY_CODE, the password asked for or taken
    from CAREKIT_NEW_PASSWORD.
    """
    from carekit.store import new_recovery_code, recover_store

    if new_code:
        with open_here(speaker, store) as opened:
            code = new_recovery_code(opened)
        if as_json:
            speaker.json({"recovery_code": code})
        else:
            speaker.say("recovery_keep", letters=code)
        return
    code = os.environ.get(CODE) or asked(speaker, "recovery_ask") or ""
    password, chosen = new_password(speaker, variable="CAREKIT_NEW_PASSWORD")
    actor = os.environ.get("CAREKIT_USER") or None
    with recover_store(store, code, password, actor) as opened:
        user = opened.actor
    shown = {} if chosen else {"password": password}
    said = "recovery_done" if chosen else "recovery_done_password"
    speaker.answer(said, as_json, store=str(store), user=user, **shown)


@click.command()
@STORE
@common
def encrypt(speaker: Speaker, store: Path, as_json: bool) -> None:
    """Encrypt a STORE of an earlier carekit, as CAREKIT_USER with CAREKIT_PASSWORD.

    The plain file is kept under another name: delete it once you have seen that all is there.
    """
    from carekit.store import encrypt_store

    user = os.environ.get("CAREKIT_USER") or asked(speaker, "unlock_user_ask")
    password = os.environ.get("CAREKIT_PASSWORD") or asked(
        speaker, "unlock_password_ask", user=user
    )
    done = encrypt_store(store, user, password)
    told = {"store": str(store), "user": done.actor, "plain": str(done.plain)}
    if as_json:
        speaker.json({**told, "recovery_code": done.recovery_code, "without": done.without})
        return
    speaker.say("encrypt_done", **told)
    if done.without:
        speaker.say("encrypt_others", store=str(store), users=done.without)
    speaker.say("recovery_keep", letters=done.recovery_code)
