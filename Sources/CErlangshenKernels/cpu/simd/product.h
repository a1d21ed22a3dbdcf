// Matrix products in words: a word is one float, two bfloat16 or four 8-bit integers that stand behind each other along
// the depth of the product, so that one tile serves all three formats and only its multiply-add differs.
//
// The file that includes this may define MULTIPLY_ADD_BF16(sum, a, b) and MULTIPLY_ADD_INT8(sum, a, b).

INLINE vf ISA(multiply_add)(vf total, vf a, vf b, const esh_precision precision) {
#ifdef MULTIPLY_ADD_BF16
    if (precision == ESH_PRECISION_BF16) return MULTIPLY_ADD_BF16(total, a, b);
#endif
#ifdef MULTIPLY_ADD_INT8
    if (precision == ESH_PRECISION_INT8) return MULTIPLY_ADD_INT8(total, a, b);
#endif
    (void)precision;
    return total + a * b;
}

// int8 products are summed in 32-bit integers, the others in floats.
INLINE vf ISA(add)(vf a, vf b, const esh_precision precision) {
    return precision == ESH_PRECISION_INT8 ? (vf)((vi)a + (vi)b) : a + b;
}

// c [rows, panel] = a·b, or += where it is not the first slice of a depth: the slice is summed from zero and added as a
// whole, so that the rounding error of a long product grows with its slices and not with its terms.
// 14 x 2 AVX-512 accumulators leave four of 32 registers for the right operand and the broadcast; AVX2 has 16 in all.
INLINE void ISA(tile_rows)(const esh_precision precision, const int rows, const int vectors, float *restrict c,
                           int64_t ldc, const float *restrict a, int64_t lda, const float *restrict b, int64_t ldb,
                           int64_t depth, esh_ahead ahead, int32_t first) {
    vf total[BLOCK][2];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int v = 0; v < vectors; v++) total[i][v] = splat(0);
    }
    for (int64_t k = 0; k < depth; k++) {
        vf line[2]; // [panel], or its first half
        UNROLL for (int v = 0; v < vectors; v++) {
            line[v] = load(b + k * ldb + v * LANES);
            __builtin_prefetch(b + (k + 16) * ldb + v * LANES);
        }
        __builtin_prefetch(ahead.from + k * ahead.step, 0, 2);
        if (ahead.step > 64) __builtin_prefetch(ahead.from + k * ahead.step + 64, 0, 2);
        UNROLL for (int i = 0; i < rows; i++) {
            vf ai = splat_word(a + k * lda + i);
            UNROLL for (int v = 0; v < vectors; v++)
                total[i][v] = ISA(multiply_add)(total[i][v], ai, line[v], precision);
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            float *at = c + i * ldc + v * LANES;
            store(at, first ? total[i][v] : ISA(add)(load(at), total[i][v], precision));
        }
    }
}

INLINE void ISA(tile_of)(const esh_precision precision, void *c, int64_t ldc, const void *a, int64_t lda,
                         const void *b, int64_t ldb, int64_t depth, int32_t rows, int32_t columns,
                         esh_ahead ahead, int32_t first) {
    switch (rows) {
#define ROWS(n)                                                                                              \
    case n:                                                                                                  \
        if (columns > LANES) ISA(tile_rows)(precision, n, 2, c, ldc, a, lda, b, ldb, depth, ahead, first);          \
        else ISA(tile_rows)(precision, n, 1, c, ldc, a, lda, b, ldb, depth, ahead, first);                          \
        break;
        ROWS(1) ROWS(2) ROWS(3) ROWS(4)
#if BLOCK > 4
        ROWS(5) ROWS(6)
#endif
#if BLOCK > 6
        ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12) ROWS(13) ROWS(14)
#endif
#undef ROWS
    }
}

#ifndef LOW_PRECISION_ONLY
static void ISA(tile)(void *c, int64_t ldc, const void *a, int64_t lda, const void *b, int64_t ldb, int64_t depth,
                      int32_t rows, int32_t columns, esh_ahead ahead, int32_t first) {
    ISA(tile_of)(ESH_PRECISION_FP32, c, ldc, a, lda, b, ldb, depth, rows, columns, ahead, first);
}

// y [depth, rows] out, rows of y ldy apart · x [rows, depth] in
static void ISA(pack)(void *y_words, int64_t ldy, float *scales, const float *x, int64_t ldx, int64_t depth,
                      int32_t rows) {
    (void)scales;
#if LANES == 16
    for (int64_t k = 0; k < depth; k += LANES) {
        vf r[16];
        UNROLL for (int i = 0; i < BLOCK; i++)
            if (i < rows)
                r[i] = depth - k >= LANES ? load(x + i * ldx + k) : load_part(x + i * ldx + k, depth - k, 0);
        ISA(turn)((float *)y_words + k * ldy, ldy, r, depth - k, rows);
    }
#else
    float *restrict y = y_words;
    for (int64_t k0 = 0; k0 < depth; k0 += 16) { // a cache line of every row at a time
        int64_t k1 = k0 + 16 < depth ? k0 + 16 : depth;
        for (int32_t i = 0; i < rows; i++)
            for (int64_t k = k0; k < k1; k++) y[k * ldy + i] = x[i * ldx + k];
    }
#endif
}

static void ISA(pack_depth)(void *y_words, int64_t ldy, const float *x, int64_t ldx, int64_t depth, int64_t columns) {
    for (int64_t k = 0; k < depth; k++) {
        float *y = (float *)y_words + k * ldy;
        int64_t j = 0;
        for (; j + LANES <= columns; j += LANES) store(y + j, load(x + k * ldx + j));
        if (j < columns) store_part(y + j, load_part(x + k * ldx + j, columns - j, 0), columns - j);
    }
}
#endif
