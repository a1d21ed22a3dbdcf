// Kernels over the last axis of a row: LayerNorm, softmax, conversion.

static void ISA(layer_norm)(float *y, const float *x, const float *residual, const float *gamma, const float *beta,
                            int64_t C, float eps) {
    vf total = splat(0);
    int64_t whole = C - C % LANES, rest = C - whole;
    for (int64_t j = 0; j < whole; j += LANES) {
        vf s = load(x + j);
        if (residual) s += load(residual + j);
        store(y + j, s);
        total += s;
    }
    if (rest) {
        vf s = load_part(x + whole, rest, 0);
        if (residual) s += load_part(residual + whole, rest, 0);
        store_part(y + whole, s, rest);
        total += s;
    }
    float mean = sum(total) / (float)C;
    vf squares = splat(0);
    for (int64_t j = 0; j < whole; j += LANES) {
        vf d = load(y + j) - mean;
        squares += d * d;
    }
    if (rest) {
        vf d = load_part(y + whole, rest, mean) - mean;
        squares += d * d;
    }
    float rstd = 1.0f / sqrtf(sum(squares) / (float)C + eps);
    for (int64_t j = 0; j < whole; j += LANES)
        store(y + j, (load(y + j) - mean) * rstd * load(gamma + j) + load(beta + j));
    for (int64_t j = whole; j < C; j++) y[j] = (y[j] - mean) * rstd * gamma[j] + beta[j];
}

INLINE float ISA(row_max)(const float *x, int64_t count) {
    vf m = splat(-INFINITY);
    int64_t j = 0;
    for (; j + LANES <= count; j += LANES) {
        vf v = load(x + j);
        m = choose(v > m, v, m);
    }
    if (j < count) {
        vf v = load_part(x + j, count - j, -INFINITY);
        m = choose(v > m, v, m);
    }
    return largest(m);
}

static float ISA(exp_row)(float *y, const float *x, int64_t count, float scale) {
    float m = ISA(row_max)(x, count);
    vf total = splat(0);
    int64_t j = 0;
    for (; j + LANES <= count; j += LANES) {
        vf e = vexp((load(x + j) - m) * scale);
        store(y + j, e);
        total += e;
    }
    if (j < count) {
        vf e = vexp((load_part(x + j, count - j, -INFINITY) - m) * scale); // e^−∞ = 0 in the lanes beyond
        store_part(y + j, e, count - j);
        total += e;
    }
    return sum(total);
}

static float ISA(log_sum_exp)(const float *x, int64_t count) {
    float m = ISA(row_max)(x, count);
    vf total = splat(0);
    int64_t j = 0;
    for (; j + LANES <= count; j += LANES) total += vexp(load(x + j) - m);
    if (j < count) total += vexp(load_part(x + j, count - j, -INFINITY) - m);
    return m + logf(sum(total));
}

static void ISA(add_row)(float *y, const float *x, int64_t count) {
    int64_t j = 0;
    for (; j + LANES <= count; j += LANES) store(y + j, load(y + j) + load(x + j));
    for (; j < count; j++) y[j] += x[j];
}

// scores[i, j] += window[j, i + rows − 1 − j]      scores [count, rows] · window [rows, count + rows − 1]
static void ISA(add_turned)(float *scores, int64_t lds, const float *window, int64_t ldw, int32_t rows, int64_t count) {
    int64_t i = 0;
#if LANES == 16
    __mmask16 keys = (__mmask16)((1u << rows) - 1);
    for (; i < count; i += LANES) {
        __mmask16 queries = count - i >= LANES ? 0xffff : (__mmask16)((1u << (count - i)) - 1);
        vf r[16];
        UNROLL for (int j = 0; j < 16; j++)
            r[j] = j < rows ? (vf)_mm512_maskz_loadu_ps(queries, window + j * ldw + i + rows - 1 - j) : splat(0);
        ISA(turn_square)(r);
        UNROLL for (int q = 0; q < 16; q++) {
            if (i + q >= count) continue;
            float *row = scores + (i + q) * lds;
            vf added = (vf)_mm512_maskz_loadu_ps(keys, row) + r[q];
            _mm512_mask_storeu_ps(row, keys, (__m512)added);
        }
    }
#else
    for (; i < count; i++)
        for (int32_t j = 0; j < rows; j++) scores[i * lds + j] += window[j * ldw + i + rows - 1 - j];
#endif
}

static void ISA(scale_row)(float *y, float factor, int64_t count) {
    int64_t j = 0;
    for (; j + LANES <= count; j += LANES) store(y + j, load(y + j) * factor);
    for (; j < count; j++) y[j] *= factor;
}

// Half precision by hand where the processor has no instruction for it: shift the fraction up, rebias the exponent by a
// multiplication (which also makes subnormals right), and put infinities and NaNs back.
INLINE float ISA(from_half)(uint16_t h) {
    uint32_t magnitude = (uint32_t)(h & 0x7fff) << 13, sign = (uint32_t)(h & 0x8000) << 16;
    float value;
    memcpy(&value, &magnitude, 4);
    value *= 0x1p112f;
    uint32_t bits;
    memcpy(&bits, &value, 4);
    if ((h & 0x7c00) == 0x7c00) bits = magnitude | 0x7f800000;
    bits |= sign;
    memcpy(&value, &bits, 4);
    return value;
}

static void ISA(convert)(float *restrict y, const void *restrict source, esh_dtype dtype, int64_t count) {
    const char *x = source;
    switch (dtype) {
    case ESH_F32: memcpy(y, x, (size_t)count * 4); break;
    case ESH_F16: {
        int64_t j = 0;
#ifdef HALF_TO_FLOAT
        for (; j + LANES <= count; j += LANES) store(y + j, HALF_TO_FLOAT(x + 2 * j));
#endif
        for (; j < count; j++) {
            uint16_t h;
            memcpy(&h, x + 2 * j, 2);
            y[j] = ISA(from_half)(h);
        }
        break;
    }
    case ESH_BF16:
        for (int64_t j = 0; j < count; j++) {
            uint16_t h;
            memcpy(&h, x + 2 * j, 2);
            uint32_t bits = (uint32_t)h << 16;
            memcpy(y + j, &bits, 4);
        }
        break;
    case ESH_F64:
        for (int64_t j = 0; j < count; j++) {
            double d;
            memcpy(&d, x + 8 * j, 8);
            y[j] = (float)d;
        }
        break;
    }
}
