// Kernels over flat ranges of parameters: each reads and writes its operands once.

INLINE vf ISA(square_root)(vf x) { return __builtin_elementwise_sqrt(x); }

// m + (g − m)·(1 − β1), as torch.optim.AdamW computes β1·m + (1 − β1)·g.
static void ISA(adamw)(float *w, float *m, float *v, const float *g, int64_t count, const esh_adamw_factors *f) {
    for (int64_t j = 0; j < count; j += LANES) {
        const int64_t left = count - j;
        const int is_whole = left >= LANES;
        vf gradient = (is_whole ? load(g + j) : load_part(g + j, left, 0)) * f->gradient;
        vf first = is_whole ? load(m + j) : load_part(m + j, left, 0);
        vf second = is_whole ? load(v + j) : load_part(v + j, left, 0);
        vf weight = (is_whole ? load(w + j) : load_part(w + j, left, 0)) * f->decay;
        first += (gradient - first) * f->beta1_rest;
        second = second * f->beta2 + gradient * gradient * f->beta2_rest;
        weight -= f->step * (first / (ISA(square_root)(second) / f->root_correction2 + f->eps));
        if (is_whole) {
            store(m + j, first), store(v + j, second), store(w + j, weight);
        } else {
            store_part(m + j, first, left), store_part(v + j, second, left), store_part(w + j, weight, left);
        }
    }
}

typedef float ISA(half) __attribute__((vector_size(2 * LANES)));
typedef double ISA(doubles) __attribute__((vector_size(4 * LANES)));
typedef float ISA(half_loose) __attribute__((vector_size(2 * LANES), aligned(4), may_alias));

// Eight sums side by side, so that none waits for its own last addition.
static double ISA(sum_of_squares)(const float *x, int64_t count) {
    enum { HALF = LANES / 2, SUMS = 8 };
    ISA(doubles) totals[SUMS];
    UNROLL for (int s = 0; s < SUMS; s++) totals[s] = (ISA(doubles)){0};
    int64_t j = 0;
    for (; j + SUMS * HALF <= count; j += SUMS * HALF) {
        UNROLL for (int s = 0; s < SUMS; s++) {
            ISA(half) part = (ISA(half))(*(const ISA(half_loose) *)(x + j + s * HALF));
            ISA(doubles) wide = __builtin_convertvector(part, ISA(doubles));
            totals[s] += wide * wide;
        }
    }
    double total = 0;
    for (; j < count; j++) total += (double)x[j] * x[j];
    for (int s = 0; s < SUMS; s++)
        for (int lane = 0; lane < HALF; lane++) total += totals[s][lane];
    return total;
}

static void ISA(fill)(float *y, float value, int64_t count) {
    int64_t j = 0;
    for (; j + LANES <= count; j += LANES) store(y + j, splat(value));
    if (j < count) store_part(y + j, splat(value), count - j);
}

static void ISA(add_scaled)(float *y, const float *x, float a, int64_t count) {
    int64_t j = 0;
    for (; j + LANES <= count; j += LANES) store(y + j, load(y + j) + load(x + j) * a);
    if (j < count) {
        vf sum = load_part(y + j, count - j, 0) + load_part(x + j, count - j, 0) * a;
        store_part(y + j, sum, count - j);
    }
}
