"""This engine against the plain loop: how fast (`python -m nst.bench`), how close (`python -m nst.bench.fidelity`)."""
