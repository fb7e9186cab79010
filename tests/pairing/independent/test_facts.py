"""Facts at the edges of the rules: unknown, just good enough, not quite; points and tiers."""

import datetime as dt
from functools import cache

import pytest

from tests.pairing.independent import instances, oracle, worlds
from tests.pairing.independent.changes import (
    A_YEAR_AGO,
    AFTER,
    CHILD,
    HELPER,
    attractive,
    away,
    broken,
    busy,
    change_paper,
    county,
    north,
    of_child,
    of_helper,
    with_pairings,
    with_papers,
)
from tests.pairing.independent.worlds import ON, before, child, helper, paired, paper, village

UNKNOWN = {
    "helper's birth date": of_helper(birth_date=None),
    "helper's languages": of_helper(languages=None),
    "helper's free times": of_helper(free_times=None),
    "helper's sex, with a wish": of_helper(sex=None),
    "helper's places": of_helper(places=None),
    "helper's reach": lambda w: away(2.5, None)(w),
    "helper's village": of_helper(village_id=None),
    "helper's coordinates": of_helper(village_id="V0004"),
    "child's languages": of_child(languages=None),
    "child's free times": of_child(free_times=None),
    "child's village": of_child(village_id=None),
    "child's coordinates": of_child(village_id="V0004"),
    "both villages": lambda w: of_child(village_id=None)(of_helper(village_id=None)(w)),
    "hours of the training": lambda w: change_paper(w, "training", hours=None),
}


def same_unknown_village(world):
    world = of_child(village_id="V0004")(world)
    return of_helper(village_id="V0004")(world)


def halves(hours):
    """Two trainings instead of one."""
    return lambda world: with_papers(
        change_paper(world, "training", hours=hours),
        paper(HELPER, "training", before(5), hours=hours),
    )


def half_of_it_later(world):
    """One of two trainings is still to come."""
    world = change_paper(world, "training", hours=1.0)
    return with_papers(world, paper(HELPER, "training", AFTER, hours=1.0))


PASSES = {
    "no wish": of_child(wish_sex=None),
    "no wish, unknown sex": lambda w: of_child(wish_sex=None)(of_helper(sex=None)(w)),
    "same village without coordinates": same_unknown_village,
    "same village beyond reach": of_helper(reach_km=0),
    "another village at the same spot, no reach": of_helper(village_id="V0002", reach_km=0),
    "just within reach": away(2.9999, 3),
    "18 today": of_helper(birth_date=dt.date(2008, 3, 2)),
    "check of today": lambda w: change_paper(w, "records_check", day=ON),
    "check a year less a day old": lambda w: change_paper(
        w, "records_check", day=A_YEAR_AGO + dt.timedelta(days=1)
    ),
    "check expired, a new one too": lambda w: with_papers(
        change_paper(w, "records_check", day=A_YEAR_AGO), paper(HELPER, "records_check", before(3))
    ),
    "check good until tomorrow": lambda w: change_paper(w, "records_check", until=AFTER),
    "two hours": lambda w: change_paper(w, "training", hours=2.0),
    "two trainings of an hour": halves(1.0),
    "training of today": lambda w: change_paper(w, "training", day=ON),
    "letter of today": lambda w: change_paper(w, "commitment", day=ON),
    "helper leaves tomorrow": of_helper(closed_on=AFTER),
    "child's file closes tomorrow": of_child(closed_on=AFTER),
    "no circumstances known": of_child(supervised=None, circumstances=None),
    "pairing of another child ends today": lambda w: with_pairings(
        w, paired("C00007", HELPER, before(50), ON)
    ),
    "own pairing ended today": lambda w: with_pairings(w, paired(CHILD, HELPER, before(50), ON)),
    "child paired in another scheme": lambda w: with_pairings(
        w, paired(CHILD, "H00009", before(50), scheme="teacher")
    ),
    "one of three places taken in another scheme": lambda w: with_pairings(
        of_helper(places=3)(w), paired("C00007", HELPER, before(9), scheme="teacher")
    ),
    "one of two places left": lambda w: busy(before(9))(of_helper(places=2)(w)),
    "scheme caps five places at two": lambda w: busy(before(9))(of_helper(places=5)(w)),
}
FORBIDS = {
    "a minute short of two hours": halves(0.99),
    "check good until today": lambda w: change_paper(w, "records_check", until=ON),
    "training good until today": lambda w: change_paper(w, "training", until=ON),
    "letter good until today": lambda w: change_paper(w, "commitment", until=ON),
    "a training still to come": half_of_it_later,
    "helper left long ago": of_helper(closed_on=before(99)),
}


FACTS = {**UNKNOWN, **FORBIDS, **PASSES}


@cache
def taken():
    """{fact: is the pair proposed?}, all from one county."""
    whole, pairs = county([way(attractive(2)) for way in FACTS.values()])
    case = instances.solve(whole)
    assert case.candidates == sorted(oracle.eligible(whole))
    assert case.proposal.certificate.gap == 0
    return {fact: pair in case.pairs for fact, pair in zip(FACTS, pairs, strict=True)}


@pytest.mark.parametrize("fact", UNKNOWN)
def test_an_unknown_fact_never_passes(fact):
    assert len(broken(UNKNOWN[fact](attractive(2)))) == 1
    assert not taken()[fact]


@pytest.mark.parametrize("fact", PASSES)
def test_facts_just_good_enough(fact):
    assert broken(PASSES[fact](attractive(2))) == set()
    assert taken()[fact]


@pytest.mark.parametrize("fact", FORBIDS)
def test_facts_not_good_enough(fact):
    assert broken(FORBIDS[fact](attractive(2))) == {"ready"}
    assert not taken()[fact]


NOT_WAITING = {
    "file closed today": of_child(closed_on=ON),
    "file closed before": of_child(closed_on=before(30)),
    "paired since today": lambda w: with_pairings(w, paired(CHILD, "H00003", ON)),
    "paired until tomorrow": lambda w: with_pairings(w, paired(CHILD, "H00003", before(9), AFTER)),
}


@pytest.mark.parametrize("fact", NOT_WAITING)
def test_not_waiting(fact):
    case = instances.solve(NOT_WAITING[fact](attractive(2)))
    assert sorted(case.waiting["child_id"]) == ["C00002"]
    assert CHILD not in {*case.proposal.pairs["child_id"], *case.proposal.unmatched["child_id"]}


def test_no_helper_gets_more_than_the_scheme_allows():
    children = [child(n) for n in range(1, 7)]
    case = instances.solve(worlds.world(children, [helper(1, places=5)]))
    assert len(case.proposal.pairs) == 2
    assert len(case.proposal.unmatched) == 4


def test_another_helper_than_the_last_costs_continuity():
    helpers = [helper(1, closed_on=before(1)), helper(2)]
    history = [
        paired("C00001", "H00002", before(300), before(200)),
        paired("C00001", "H00001", before(200), before(2)),
    ]
    case = instances.solve(worlds.world([child(1)], helpers, pairings=history))
    assert case.waiting["last_helper_id"].tolist() == ["H00001"]
    assert case.proposal.pairs["continuity"].tolist() == [300]


def test_the_last_helper_again_is_worth_a_longer_way():
    villages = [village(1), village(2, latitude=north(5))]
    helpers = [helper(1), helper(2, village_id="V0002")]
    world = worlds.world([child(1)], helpers, villages)
    assert instances.solve(world).pairs == [("C00001", "H00001")]
    world["pairings"] = [paired("C00001", "H00002", before(300), before(2))]
    pairs = instances.solve(world).proposal.pairs
    assert instances.pairs_of(pairs) == [("C00001", "H00002")]
    assert pairs[["distance", "continuity"]].to_numpy().tolist() == [[150, 0]]


def test_weights_are_points_a_unit():
    villages = [village(1), village(2, latitude=north(3))]
    the_child = child(1, needs={"chinese", "reading", "arts", "sports"})
    world = worlds.world(
        [the_child],
        [helper(1, village_id="V0002", subjects={"sports", "reading"})],
        villages,
        pairings=[paired("C00001", "H00009", before(9), before(1))],
        weights={"distance": 7, "subject": 11, "need": 13, "continuity": 17},
    )
    row = instances.solve(world).proposal.pairs.iloc[0]
    assert [row[reason] for reason in oracle.REASONS] == [21, 11, 13, 17]
    assert row["cost"] == 62


TIERS = [({c}, "yes", 1) for c in sorted(oracle.TIER_1)]
TIERS += [({c}, "yes", 2) for c in sorted(oracle.TIER_2)]
TIERS += [(None, "no", 1), (None, "yes", 3), (None, "unknown", 3), (None, None, 3)]
TIERS += [({"orphan", "very_poor"}, "yes", 1), ({"very_poor"}, "no", 1)]


@pytest.mark.parametrize(("circumstances", "supervised", "tier"), TIERS)
def test_tiers(circumstances, supervised, tier):
    the_child = child(1, circumstances=circumstances, supervised=supervised)
    case = instances.solve(worlds.world([the_child], [helper(1)]))
    assert case.waiting["tier"].tolist() == [tier]
    assert bool(case.waiting["reasons"].fillna("").iloc[0]) == (tier < 3)
