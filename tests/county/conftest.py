"""The county sample and its proposal: made once, for every test here."""

import pytest

from carekit import pairing, people, sample

ON = "2026-03-02"


@pytest.fixture(scope="session")
def county():
    return sample.county()


@pytest.fixture(scope="session")
def people_of_it(county):
    """Who waits and who offers on the practice day."""
    villages, pairings, scheme = county["villages"], county["pairings"], pairing.VOLUNTEER
    ready = people.readiness(county["helpers"], county["trainings"], on=ON)
    waiting = pairing.waiting(county["children"], pairings, scheme, on=ON)
    offers = pairing.offers(ready, pairings, scheme, on=ON)
    return pairing.located(waiting, villages), pairing.located(offers, villages)


@pytest.fixture(scope="session")
def proposal(people_of_it):
    return pairing.propose(*people_of_it, pairing.VOLUNTEER, on=ON)
