"""carekit serve: the apps, on this machine only."""

import secrets
from pathlib import Path

import click

from carekit.cli.speaker import LANGUAGE, Speaker
from carekit.errors import BadInput


@click.command()
@click.argument("store", type=click.Path(path_type=Path), default=Path("carekit.care"))
@click.option("--port", type=int, default=8866, show_default=True)
@click.option("--demo", is_flag=True, help="Practice school, a fresh password at each start.")
@click.option("--open/--no-open", "open_browser", default=False, help="Open the browser.")
@LANGUAGE
@click.make_pass_decorator(Speaker)
def serve(speaker: Speaker, store: Path, port: int, demo: bool, open_browser: bool) -> None:
    """Serve the apps for STORE on this machine only; a STORE that is not there is set up first."""
    from carekit.store import folder_risk
    from carekit.store.served import alone

    if risk := folder_risk(store):
        speaker.warn(risk)
    if not store.absolute().parent.is_dir():
        raise BadInput("folder_missing", path=str(store.parent))
    with alone(store):
        _serve(speaker, store, port, demo, open_browser)


def _serve(speaker: Speaker, store: Path, port: int, demo: bool, open_browser: bool) -> None:
    from carekit import tasks
    from carekit.store.connect import probe

    if demo:
        user, password = "demo", secrets.token_urlsafe(9)
        tasks.practice_school(store, user, password, report=speaker.progress)
        speaker.say("serve_demo", user=user, password=password)
    elif store.exists():
        probe(store)  # a sentence now, not a broken page later
    else:
        speaker.say("serve_first", store=str(store))
    from carekit.server import serve as serve_apps  # slow to load: after what can be refused

    serve_apps(store, port=port, open_browser=open_browser, language=speaker.language)
