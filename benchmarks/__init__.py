"""Side-by-side measurements: ratios in one run, never seconds. ``make bench`` runs them all."""
