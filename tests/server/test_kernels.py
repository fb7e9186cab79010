"""When kernels end and whose they are, without starting one."""

import asyncio
import types
from datetime import UTC, datetime, timedelta

import pytest
from jupyter_server import CallContext
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado import web

from carekit.server.identity import Person
from carekit.server.kernels import CLOSED_SECONDS, IDLE_SECONDS, OwnedKernels, OwnPython


@pytest.fixture
def kernels(monkeypatch):
    manager = OwnedKernels()
    ended = []

    async def end(kernel_id, **_):
        ended.append(kernel_id)

    monkeypatch.setattr(manager, "shutdown_kernel", end)
    manager.ended = ended

    def add(kernel_id, idle, connections, state="idle"):
        spec = types.SimpleNamespace(metadata={})
        quiet = datetime.now(UTC) - timedelta(seconds=idle)
        manager._kernels[kernel_id] = types.SimpleNamespace(
            kernel_spec=spec, kernel_name="python3", last_activity=quiet, execution_state=state
        )
        manager._kernel_connections[kernel_id] = connections

    manager.add = add
    yield manager
    manager._kernels.clear()


def test_a_kernel_nobody_is_connected_to_ends_soon_an_idle_page_late(kernels):
    kernels.add("left", CLOSED_SECONDS + 60, connections=0)
    kernels.add("just left", CLOSED_SECONDS - 60, connections=0)
    kernels.add("open", CLOSED_SECONDS + 60, connections=1)
    kernels.add("forgotten", IDLE_SECONDS + 60, connections=1)
    kernels.add("at work", IDLE_SECONDS + 60, connections=0, state="busy")
    asyncio.run(kernels.cull_kernels())
    assert kernels.ended == ["left", "forgotten"]


def test_a_kernel_belongs_to_the_person_not_to_the_session(kernels):
    kernels.owners["k"] = Person(username="li.na", session="one")
    assert kernels.belongs("k", Person(username="li.na", session="two"))
    assert not kernels.belongs("k", Person(username="wang.wei", session="one"))
    assert not kernels.belongs("k", None)
    assert not kernels.belongs("unknown", Person(username="li.na"))


def test_signing_out_ends_only_the_kernels_of_that_session(kernels):
    for kernel_id, session in {"a": "one", "b": "two", "c": "one"}.items():
        kernels.add(kernel_id, 0, connections=1)
        kernels.owners[kernel_id] = Person(username="li.na", session=session)
    asyncio.run(kernels.end_session("one"))
    assert kernels.ended == ["a", "c"]


def test_only_the_python_of_the_server_runs_pages(tmp_path, monkeypatch):
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text('{"argv": ["evil"], "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = OwnPython()
    assert list(found.find_kernel_specs()) == ["python3"]
    assert found.get_kernel_spec("python3").argv[0] != "evil"


@pytest.mark.parametrize("stays", [True, False])
def test_a_kernel_that_starts_while_its_session_ends_goes_too(kernels, monkeypatch, stays):
    li = Person(username="li.na", session="one")
    identity = types.SimpleNamespace(sessions={"one": li})
    settings = {
        "carekit_branch": types.SimpleNamespace(keys=lambda: None),
        "carekit_desk": None,
        "identity_provider": identity,
    }

    async def start(self, *, kernel_id, **_):
        if not stays:  # she signs out, and her kernel is not among those that can be ended yet
            identity.sessions.clear()
            await kernels.end_session("one")
        kernels.add(kernel_id, 0, connections=0)
        return kernel_id

    monkeypatch.setattr(AsyncMappingKernelManager, "start_kernel", start)

    async def open_page():
        handler = types.SimpleNamespace(current_user=li, settings=settings)
        CallContext.set(CallContext.JUPYTER_HANDLER, handler)
        return await kernels.start_kernel(env={})

    if stays:
        kernel_id = asyncio.run(open_page())
        assert (kernels.ended, list(kernels.owners)) == ([], [kernel_id])
        return
    with pytest.raises(web.HTTPError):
        asyncio.run(open_page())
    assert len(kernels.ended) == 1 and not kernels.owners
