// One vector type for every instruction set. The file that includes this defines, before it:
//   LANES            floats in a vector
//   ISA(name)        the name with the instruction set's suffix
// and sets the target by a pragma, so that the same lines become AVX-512, AVX2 or portable code.
#include <math.h>
#include <string.h>

#include "../context.h"
#include "../training/training.h"

typedef float vf __attribute__((vector_size(4 * LANES)));
typedef float vf_loose __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t vi __attribute__((vector_size(4 * LANES)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE vf load(const float *p) { return (vf)(*(const vf_loose *)p); }
INLINE void store(float *p, vf x) { *(vf_loose *)p = (vf_loose)x; }
INLINE vf splat(float x) { return x - (vf){0}; }
/// All lanes hold the word at p, whatever it means.
INLINE vf splat_word(const void *p) {
    int32_t word;
    memcpy(&word, p, sizeof word);
    return (vf)(word - (vi){0});
}
INLINE vf choose(vi where, vf yes, vf no) { return (vf)((where & (vi)yes) | (~where & (vi)no)); }
INLINE vf at_most(vf x, float limit) { return choose(x > splat(limit), splat(limit), x); }
INLINE vf at_least(vf x, float limit) { return choose(x < splat(limit), splat(limit), x); }

INLINE vf larger_magnitude(vf most, vf x) {
    vf magnitude = (vf)((vi)x & 0x7fffffff);
    return choose(magnitude > most, magnitude, most);
}

// The first `count` lanes, at most all of them, and no memory beyond.
#if LANES == 16
INLINE __mmask16 first_lanes(int64_t count) { return (__mmask16)(0xffffu >> (16 - count)); }

INLINE vf load_part(const float *p, int64_t count, float rest) {
    return (vf)_mm512_mask_loadu_ps((__m512)splat(rest), first_lanes(count), p);
}

INLINE void store_part(float *p, vf x, int64_t count) { _mm512_mask_storeu_ps(p, first_lanes(count), (__m512)x); }
#elif LANES == 8
INLINE vi first_lanes(int64_t count) { return (vi){0, 1, 2, 3, 4, 5, 6, 7} < (int32_t)count; }

INLINE vf load_part(const float *p, int64_t count, float rest) {
    vi lanes = first_lanes(count);
    return choose(lanes, (vf)_mm256_maskload_ps(p, (__m256i)lanes), splat(rest));
}

INLINE void store_part(float *p, vf x, int64_t count) {
    _mm256_maskstore_ps(p, (__m256i)first_lanes(count), (__m256)x);
}
#else
INLINE vf load_part(const float *p, int64_t count, float rest) {
    float all[LANES];
    for (int64_t lane = 0; lane < LANES; lane++) all[lane] = lane < count ? p[lane] : rest;
    return load(all);
}

INLINE void store_part(float *p, vf x, int64_t count) {
    float all[LANES];
    store(all, x);
    for (int64_t lane = 0; lane < count; lane++) p[lane] = all[lane];
}
#endif

// The lanes are added pairwise, in an order that depends on LANES alone.
INLINE float sum(vf x) {
    float all[LANES];
    store(all, x);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++) all[lane] += all[lane + half];
    return all[0];
}

INLINE float largest(vf x) {
    float all[LANES];
    store(all, x);
    float m = all[0];
    for (int lane = 1; lane < LANES; lane++) m = all[lane] > m ? all[lane] : m;
    return m;
}

// exp by 2^n·e^r with |r| ≤ ln2/2 and the Taylor polynomial of degree 7, whose remainder is 5e-9 there.
// Below −87.3 the result is 0 (the smallest normal number is e^−87.34).
INLINE vf vexp(vf x) {
    const float round_to_integer = 12582912.0f; // 1.5·2^23: adding it leaves the integer in the low bits
    vf clamped = at_most(at_least(x, -88.0f), 88.0f);
    vf shifted = clamped * 1.44269504f + round_to_integer;
    vf n = shifted - round_to_integer;
    vf r = (clamped - n * 0.693359375f) - n * -2.12194440e-4f; // ln 2 in two parts, the first exact times n
    vf p = r * (1.0f / 5040) + (1.0f / 720);
    p = p * r + (1.0f / 120);
    p = p * r + (1.0f / 24);
    p = p * r + (1.0f / 6);
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    // A product, not a sum of the bits: that would turn some NaNs into numbers.
    vf power = (vf)(((vi)shifted - (vi)splat(round_to_integer) + 127) << 23); // 2^n
    return choose(x < splat(-87.3f), splat(0), p * power);
}

#ifdef LOW_PRECISION_ONLY
// Behind a product of bf16 or int8, gelu within 1.4e-4 is finer than its argument: a polynomial without a division.
// tools/make_gelu_coefficients.py printed these, and the error.
static const float ISA(gelu_p)[9] = {0.799445152f,    -0.136011332f,    0.0219393317f,   -0.00299283257f, 0.000331149f,
                                     -2.68962231e-05f, 1.43443776e-06f, -4.38759322e-08f, 5.77756731e-10f};

INLINE vf vgelu(vf x) {
    vf c = at_most(at_least(x, -4.0f), 4.0f); // the polynomial is 1 there: gelu is 0 or x beyond
    vf z = c * c, p = splat(ISA(gelu_p)[8]), half = 0.5f * x;
    UNROLL for (int k = 7; k >= 0; k--) p = p * z + ISA(gelu_p)[k];
    return half * (c * p) + half;
}
#else
// tools/make_erf_coefficients.py printed these, and the error: 6.2 units of the last place at most.
static const float ISA(erf_p)[7] = {1.12837923f,     0.185148925f,    0.0542493947f,  0.00383963715f,
                                    0.000376927404f, 4.61352465e-06f, -1.28236781e-08f};
static const float ISA(erf_q)[6] = {1.0f, 0.497417361f, 0.113882586f, 0.01543268f, 0.0013019552f, 6.24393724e-05f};

INLINE vf verf(vf x) {
    vf c = at_most(at_least(x, -3.925f), 3.925f); // erf is ±1 in float32 beyond
    vf z = c * c;
    vf p = splat(ISA(erf_p)[6]), q = splat(ISA(erf_q)[5]);
    UNROLL for (int k = 5; k >= 0; k--) p = p * z + ISA(erf_p)[k];
    UNROLL for (int k = 4; k >= 0; k--) q = q * z + ISA(erf_q)[k];
    return at_most(at_least(c * p / q, -1.0f), 1.0f);
}

INLINE vf vgelu(vf x) { return 0.5f * x * (1.0f + verf(x * 0.707106781f)); }
#endif

INLINE vf ISA(activate)(vf x, esh_activation activation) {
    switch (activation) {
    case ESH_GELU: return vgelu(x);
    case ESH_RELU: return at_least(x, 0.0f);
    case ESH_SILU: // vexp ends at e^88, which x may exceed
        return choose(x < splat(-88.0f), x * 0.0f, x / (1.0f + vexp(-x)));
    case ESH_SIGMOID: return 1.0f / (1.0f + vexp(-x));
    case ESH_TANH:
    case ESH_GELU_NEW: { // seldom used: the C library's tanh, lane by lane
        float inner[LANES];
        vf u = activation == ESH_TANH ? x : 0.797884561f * (x + 0.044715f * x * x * x); // sqrt(2/π)
        store(inner, u);
        for (int lane = 0; lane < LANES; lane++) inner[lane] = tanhf(inner[lane]);
        return activation == ESH_TANH ? load(inner) : 0.5f * x * (1.0f + load(inner));
    }
    default: return x;
    }
}
