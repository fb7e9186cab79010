"""What every test and doctest shares: passwords that are cheap to wrap."""

import pytest

from carekit.store import keys


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords():
    """Argon2id as it is in real stores takes a tenth of a second and more for each password.

    The cost is kept with each wrap: what a test makes is cheap for its child processes too.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "COST", keys.Cost(time=1, memory=8, lanes=1))
        yield
