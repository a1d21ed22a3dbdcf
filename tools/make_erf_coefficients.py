#!/usr/bin/env python3
"""Fits erf(x) ≈ x·P(x²)/Q(x²) on |x| ≤ LIMIT for the vector kernels and prints the coefficients as C.

usage: make_erf_coefficients.py            needs numpy and mpmath
Weighted linear least squares on P − f·Q (weights renewed until the relative error levels out), solved in 60 digits;
then the printed coefficients are evaluated in float32 against mpmath, and the largest error in units of the last
place of the result is printed: the figure that stands in docs/numerics.md.
"""
import mpmath as mp
import numpy as np

LIMIT, P_DEGREE, Q_DEGREE, POINTS = 3.925, 6, 5, 240
mp.mp.dps = 60

nodes = [mp.mpf(LIMIT) * (1 + mp.cos(mp.pi * (2 * k + 1) / (2 * POINTS))) / 2 for k in range(POINTS)]
target = [mp.erf(x) / x for x in nodes]
weights = [1 / f for f in target]
for _ in range(30):
    rows, right = [], []
    for x, f, w in zip(nodes, target, weights):
        z = x * x
        rows.append([w * z**k for k in range(P_DEGREE + 1)] + [-w * f * z**k for k in range(1, Q_DEGREE + 1)])
        right.append(w * f)
    solution = mp.lu_solve(mp.matrix(rows), mp.matrix(right))
    p = [solution[k] for k in range(P_DEGREE + 1)]
    q = [mp.mpf(1)] + [solution[P_DEGREE + k] for k in range(1, Q_DEGREE + 1)]
    errors = []
    for index, (x, f) in enumerate(zip(nodes, target)):
        z = x * x
        denominator = sum(c * z**k for k, c in enumerate(q))
        errors.append(abs(sum(c * z**k for k, c in enumerate(p)) / denominator / f - 1))
        weights[index] = 1 / (f * denominator)
    mean = sum(errors) / len(errors)
    lawson = globals().get("lawson", [mp.mpf(1)] * POINTS)
    lawson = [l * mp.sqrt(e / mean + mp.mpf("1e-3")) for l, e in zip(lawson, errors)]
    weights = [w * l for w, l in zip(weights, lawson)]
print("// largest relative error of the fit: %s" % mp.nstr(max(errors), 3))
for name, coefficients in (("P", p), ("Q", q)):
    print("#define ESH_ERF_%s %s" % (name, ", ".join("%.9gf" % np.float32(c) for c in coefficients)))

x = np.concatenate([np.geomspace(1e-10, LIMIT, 200_001), np.linspace(0, LIMIT, 200_001)[1:]]).astype(np.float32)
z = x * x


def horner(coefficients):
    """A polynomial in z, every multiply-add rounded once to float32, as the kernels have it."""
    y = np.full(z.shape, coefficients[-1], dtype=np.float32)
    for c in reversed(coefficients[:-1]):
        y = (y.astype(np.float64) * z + np.float64(np.float32(c))).astype(np.float32)
    return y


ours = np.minimum((x * horner(p)) / horner(q), np.float32(1))
from math import erf
true = np.array([erf(float(v)) for v in x])
ulp = np.abs(ours.astype(np.float64) - true) / np.spacing(true.astype(np.float32)).astype(np.float64)
print("// largest error in float32: %.2f ulp at x = %.6g" % (ulp.max(), x[ulp.argmax()]))
