#!/usr/bin/env python3
"""Fits erf(x/√2) ≈ x·P(x²) on |x| ≤ LIMIT for the gelu of bf16 and int8 products and prints the coefficients as C.

usage: make_gelu_coefficients.py            needs numpy
P(LIMIT²)·LIMIT is 1 exactly in float32, so that gelu is 0 and x beyond the limit. Least squares with weights renewed
until the error of gelu = x/2·(1 + erf(x/√2)) levels out; then the printed coefficients are evaluated in float32 and the
largest absolute error of gelu is printed: the figure that stands in docs/numerics.md.
"""
from math import erf, sqrt

import numpy as np

LIMIT, TERMS = 4.0, 9

x = np.cos(np.linspace(0, np.pi / 2, 8001))[:-1] * LIMIT
target = np.array([erf(v / sqrt(2)) for v in x])
z = x * x
# P(z) = 1/LIMIT + (z − LIMIT²)·R(z): the constraint holds whatever R is.
rest = (target - x / LIMIT) / (x * (z - LIMIT**2) + 1e-300)
scale = np.abs(x * (z - LIMIT**2)) * x  # an error of R to one of gelu, times 2
powers = np.stack([(z / LIMIT**2) ** k for k in range(TERMS - 1)], axis=1)
weight = np.ones_like(x)
for _ in range(300):
    w = np.where(x < LIMIT, scale * weight, 0)
    r = np.linalg.lstsq(powers * w[:, None], np.where(w > 0, rest, 0) * w, rcond=None)[0]
    error = np.abs(powers @ r - rest) * scale
    error[~np.isfinite(error)] = 0
    weight *= (error / error.max()) ** 0.3 + 1e-3
    weight /= weight.max()
r = r / LIMIT ** (2 * np.arange(TERMS - 1))
p = np.concatenate([-(LIMIT**2) * r, [0]]) + np.concatenate([[0], r])
p[0] += 1 / LIMIT
p = p.astype(np.float32)


def erf_of(v):
    """Horner in float32, every multiply-add rounded once, as the kernels have it."""
    c = np.clip(v, -LIMIT, LIMIT).astype(np.float32)
    square = (c * c).astype(np.float64)
    y = np.full(c.shape, p[-1])
    for k in reversed(p[:-1]):
        y = (y.astype(np.float64) * square + np.float64(k)).astype(np.float32)
    return c * y


for _ in range(100):  # rounding of the coefficients: move the first one until the end is right
    end = erf_of(np.float32([LIMIT]))[0]
    if end == 1:
        break
    p[0] = np.nextafter(p[0], np.float32(1 if end < 1 else 0))
print("// 1 at the limit: %s" % (erf_of(np.float32([LIMIT]))[0] == 1))
print("{%s}" % ", ".join("%.9gf" % c for c in p))
v = np.linspace(-30, 30, 1_200_001).astype(np.float32)
exact = np.array([0.5 * t * (1 + erf(t / sqrt(2))) for t in v.astype(np.float64)])
ours = np.float32(0.5) * v * (1 + erf_of(v))
print("// largest error of gelu: %.2g" % np.abs(ours - exact).max())
