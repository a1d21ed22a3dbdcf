// Kernels of training over the last axis of a row: dropout, LayerNorm with its gradient, the slopes of activations,
// losses, and the gradient of attention's softmax.

typedef uint32_t vu __attribute__((vector_size(4 * LANES)));
typedef uint64_t vw __attribute__((vector_size(4 * LANES)));

// A vector that may end early; beyond its end, `rest` is read and nothing written.
INLINE vf some(const float *p, int64_t count, float rest) {
    return count >= LANES ? load(p) : load_part(p, count, rest);
}
INLINE void put(float *p, vf x, int64_t count) {
    if (count >= LANES) store(p, x);
    else store_part(p, x, count);
}

// The two halves of the lanes of a and b, 64 bits at a time: a0 b0 a1 b1 …
#if LANES == 16
#define PAIRED_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define PAIRED_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#elif LANES == 8
#define PAIRED_LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define PAIRED_HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#else
#define PAIRED_LOW(a, b) __builtin_shufflevector(a, b, 0, 2)
#define PAIRED_HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#endif

// Philox4x32-10 of the counters (first + n, extra, stream, 0), n = 0 … LANES/2 − 1: four words of each, in order.
// Each 64-bit lane holds one word of a counter in its lower half; what gathers in the upper half is never used.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011), §3.3.
INLINE void ISA(philox)(vu words[2], uint32_t first, uint32_t extra, uint32_t stream, uint64_t key) {
    const uint64_t low = 0xffffffff;
    vw c0 = {0}, c1 = c0 + extra, c2 = c0 + stream, c3 = c0;
    UNROLL for (int n = 0; n < LANES / 2; n++) c0[n] = (uint32_t)(first + (uint32_t)n);
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    UNROLL for (int round = 0; round < 10; round++) {
        vw p0 = (c0 & low) * (uint64_t)0xD2511F53, p1 = (c2 & low) * (uint64_t)0xCD9E8D57;
        c0 = (p1 >> 32) ^ c1 ^ (uint64_t)k0;
        c1 = p1;
        c2 = (p0 >> 32) ^ c3 ^ (uint64_t)k1;
        c3 = p0;
        k0 += 0x9E3779B9, k1 += 0xBB67AE85;
    }
    vw a = (c0 & low) | (c1 << 32), b = (c2 & low) | (c3 << 32);
    words[0] = (vu)PAIRED_LOW(a, b);
    words[1] = (vu)PAIRED_HIGH(a, b);
}

static void ISA(dropout_row)(float *y, const float *x, int64_t count, uint64_t key, uint32_t extra, esh_keep keep) {
    for (int64_t c = 0; c < count; c += 2 * LANES) {
        vu words[2];
        ISA(philox)(words, (uint32_t)(c / 4), extra, keep.stream, key);
        UNROLL for (int half = 0; half < 2; half++) {
            int64_t at = c + half * LANES;
            if (at >= count) continue;
            vf value = x ? some(x + at, count - at, 0) * keep.scale : splat(keep.scale);
            put(y + at, choose((vi)(words[half] >= keep.least), value, splat(0)), count - at);
        }
    }
}

static void ISA(layer_norm_kept)(float *y, float *s, float *statistics, const float *x, const float *residual,
                                 const float *gamma, const float *beta, int64_t C, float eps) {
    vf total = splat(0), squares = splat(0);
    for (int64_t j = 0; j < C; j += LANES) {
        vf v = some(x + j, C - j, 0);
        if (residual) v += some(residual + j, C - j, 0);
        put(s + j, v, C - j);
        total += v;
    }
    float mean = sum(total) / (float)C;
    for (int64_t j = 0; j < C; j += LANES) {
        vf d = some(s + j, C - j, mean) - mean;
        squares += d * d;
    }
    float rstd = 1.0f / sqrtf(sum(squares) / (float)C + eps);
    for (int64_t j = 0; j < C; j += LANES) {
        vf normal = (some(s + j, C - j, mean) - mean) * rstd;
        put(y + j, normal * some(gamma + j, C - j, 0) + some(beta + j, C - j, 0), C - j);
    }
    statistics[0] = mean, statistics[1] = rstd;
}

// With g = dy·gamma and n the normalised row: ds = rstd·(g − mean g − n·mean(g·n)).
static void ISA(layer_norm_gradient)(float *ds, float *dgamma, float *dbeta, const float *dy, const float *s,
                                     const float *statistics, const float *gamma, int64_t C) {
    float mean = statistics[0], rstd = statistics[1];
    vf sum_g = splat(0), sum_gn = splat(0);
    for (int64_t j = 0; j < C; j += LANES) {
        int64_t left = C - j;
        vf n = (some(s + j, left, mean) - mean) * rstd, d = some(dy + j, left, 0);
        put(dgamma + j, some(dgamma + j, left, 0) + d * n, left);
        put(dbeta + j, some(dbeta + j, left, 0) + d, left);
        vf g = d * some(gamma + j, left, 0);
        sum_g += g;
        sum_gn += g * n;
    }
    float mean_g = sum(sum_g) / (float)C, mean_gn = sum(sum_gn) / (float)C;
    for (int64_t j = 0; j < C; j += LANES) {
        int64_t left = C - j;
        vf n = (some(s + j, left, mean) - mean) * rstd;
        vf g = some(dy + j, left, 0) * some(gamma + j, left, 0);
        put(ds + j, (g - mean_g - n * mean_gn) * rstd, left);
    }
}

// act'(x). Far out, where exp ends but x·exp does not vanish by itself, the limits are put in by hand.
INLINE vf ISA(slope)(vf x, esh_activation activation) {
    switch (activation) {
    case ESH_GELU: return 0.5f * (1.0f + verf(x * 0.707106781f)) + x * 0.398942280f * vexp(-0.5f * x * x); // 1/√(2π)
    case ESH_RELU: return choose(x > splat(0), splat(1), splat(0));
    case ESH_SILU: {
        vf p = 1.0f / (1.0f + vexp(-x));
        return choose(x < splat(-88.0f), splat(0), p * (1.0f + x * (1.0f - p)));
    }
    case ESH_SIGMOID: {
        vf e = vexp((vf)((vi)x | (vi)splat(-0.0f))); // e^−|x|: the slope is even, and 1 − p would lose its digits
        return e / ((1.0f + e) * (1.0f + e));
    }
    case ESH_TANH: return 1.0f - ISA(activate)(x, ESH_TANH) * ISA(activate)(x, ESH_TANH);
    case ESH_GELU_NEW: { // sqrt(2/π)·(x + 0.044715·x³), beyond ±8 the tanh is ±1 in float32
        vf c = at_most(at_least(x, -8.0f), 8.0f);
        vf t = ISA(activate)(0.797884561f * (c + 0.044715f * c * c * c), ESH_TANH);
        return 0.5f * (1.0f + t) + 0.5f * c * (1.0f - t * t) * 0.797884561f * (1.0f + 0.134145f * c * c);
    }
    default: return splat(1);
    }
}

INLINE void ISA(activate_with)(float *y, const float *x, int64_t count, const esh_activation activation) {
    for (int64_t j = 0; j < count; j += LANES)
        put(y + j, ISA(activate)(some(x + j, count - j, 0), activation), count - j);
}

static void ISA(activate_row)(float *y, const float *x, int64_t count, esh_activation activation) {
    if (activation == ESH_GELU) ISA(activate_with)(y, x, count, ESH_GELU);
    else ISA(activate_with)(y, x, count, activation);
}

INLINE void ISA(slope_with)(float *dx, const float *dy, const float *x, int64_t count,
                            const esh_activation activation) {
    for (int64_t j = 0; j < count; j += LANES)
        put(dx + j, some(dy + j, count - j, 0) * ISA(slope)(some(x + j, count - j, 0), activation), count - j);
}

static void ISA(slope_row)(float *dx, const float *dy, const float *x, int64_t count, esh_activation activation) {
    if (activation == ESH_GELU) ISA(slope_with)(dx, dy, x, count, ESH_GELU);
    else ISA(slope_with)(dx, dy, x, count, activation);
}

// Σ_j target_j·(−log softmax(x)_j) with target = (1 − smoothing)·[j = label] + smoothing/V
static float ISA(label_loss)(float *dx, const float *x, int64_t V, int64_t label, float smoothing, float scale) {
    float m = ISA(row_max)(x, V), at = x[label] - m;
    vf total = splat(0), distance = splat(0);
    for (int64_t j = 0; j < V; j += LANES) {
        vf d = some(x + j, V - j, -INFINITY) - m, e = vexp(d);
        total += e;
        if (smoothing > 0) distance += V - j >= LANES ? d : load_part(x + j, V - j, m) - m;
        if (dx) put(dx + j, e, V - j);
    }
    float all = sum(total), even = smoothing / (float)V, loss = logf(all) - (1.0f - smoothing) * at;
    if (smoothing > 0) loss -= sum(distance) * even;
    if (!dx) return loss;
    for (int64_t j = 0; j < V; j += LANES)
        put(dx + j, some(dx + j, V - j, 0) * (scale / all) - scale * even, V - j);
    dx[label] -= scale * (1.0f - smoothing);
    return loss;
}

// Σ_j target_j·(−log softmax(x)_j)
static float ISA(target_loss)(float *dx, const float *x, const float *target, int64_t V, float scale) {
    float m = ISA(row_max)(x, V);
    vf total = splat(0), weight = splat(0), weighted = splat(0);
    for (int64_t j = 0; j < V; j += LANES) {
        vf d = some(x + j, V - j, m) - m, t = some(target + j, V - j, 0), e = vexp(d);
        if (V - j < LANES) e = vexp(load_part(x + j, V - j, -INFINITY) - m);
        total += e;
        weight += t;
        weighted += t * d;
        if (dx) put(dx + j, e, V - j);
    }
    float all = sum(total), weights = sum(weight), factor = scale * weights / all;
    for (int64_t j = 0; dx && j < V; j += LANES)
        put(dx + j, some(dx + j, V - j, 0) * factor - some(target + j, V - j, 0) * scale, V - j);
    return weights * logf(all) - sum(weighted);
}

// Σ_j (x_j − target_j)²/C
static float ISA(square_loss)(float *dx, const float *x, const float *target, int64_t C, float scale) {
    vf total = splat(0);
    float factor = 2.0f * scale / (float)C;
    for (int64_t j = 0; j < C; j += LANES) {
        vf d = some(x + j, C - j, 0) - some(target + j, C - j, 0);
        total += d * d;
        if (dx) put(dx + j, d * factor, C - j);
    }
    return sum(total) / (float)C;
}

static float ISA(max_row)(const float *x, int64_t count) { return ISA(row_max)(x, count); }

// p: scores in, probabilities after dropout out · ds: gradients of those in, gradients of the unscaled scores out
static void ISA(softmax_gradient)(float *p, float *ds, const float *mask, int64_t count, float scale, float lse) {
    vf total = splat(0); // Σ p·mask·ds, what the softmax takes away from every gradient
    for (int64_t j = 0; j < count; j += LANES) {
        int64_t left = count - j;
        vf e = vexp(some(p + j, left, -INFINITY) * scale - lse), d = some(ds + j, left, 0);
        if (mask) d *= some(mask + j, left, 0);
        put(p + j, e, left);
        put(ds + j, d, left);
        total += e * d;
    }
    float mean = sum(total);
    for (int64_t j = 0; j < count; j += LANES) {
        int64_t left = count - j;
        vf e = some(p + j, left, 0);
        put(ds + j, e * (some(ds + j, left, 0) - mean) * scale, left);
        if (mask) put(p + j, e * some(mask + j, left, 0), left);
    }
}

const esh_training_rows ISA(esh_training_rows) = {
    .dropout = ISA(dropout_row),
    .layer_norm = ISA(layer_norm_kept),
    .layer_norm_gradient = ISA(layer_norm_gradient),
    .activate = ISA(activate_row),
    .slope = ISA(slope_row),
    .label_loss = ISA(label_loss),
    .target_loss = ISA(target_loss),
    .square_loss = ISA(square_loss),
    .max = ISA(max_row),
    .softmax_gradient = ISA(softmax_gradient),
};
