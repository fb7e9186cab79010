"""The weights of a match, given on the command line."""

import pandas as pd


def pairs(call, path, folder, *weights):
    out = folder / "pairs.csv"
    given = [part for weight in weights for part in ("--weight", weight)]
    told = call("match", path, "--out", out, "--json", *given)
    assert (told.code, told.json["gap"]) == (0, 0)
    return pd.read_csv(out, encoding="utf-8-sig")


def test_weights_decide_the_points_and_the_pairs(call, filled, tmp_path):
    usual = pairs(call, filled, tmp_path)
    named = pairs(call, filled, tmp_path, "distance=30", "subject=200")
    pd.testing.assert_frame_equal(named, usual)
    other = pairs(call, filled, tmp_path, "distance=0", "subject=1000")
    assert (other["distance"] == 0).all()
    assert set(other["subject"]) <= {0, 1000, 2000, 3000}
    assert len(other) == len(usual), "weights never decide how many are served"
    assert other["subject"].sum() / 1000 < usual["subject"].sum() / 200
    assert other["km"].sum() > usual["km"].sum()
