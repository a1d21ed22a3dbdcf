// The register tile of every matrix product, and the packing of its left operand.

// c [rows, panel] = a·b, or += where it is not the first slice of a depth: the slice is summed from zero and added as a
// whole, so that the rounding error of a long product grows with its slices and not with its terms.
// 14 x 2 AVX-512 accumulators leave four of 32 registers for the right operand and the broadcast; AVX2 has 16 in all.
INLINE void ISA(tile_rows)(const int rows, float *restrict c, int64_t ldc, const float *restrict a,
                           const float *restrict b, int64_t ldb, int64_t depth, int32_t first) {
    vf sum[BLOCK][2];
    UNROLL for (int i = 0; i < rows; i++) sum[i][0] = sum[i][1] = splat(0);
    for (int64_t k = 0; k < depth; k++) {
        vf b0 = load(b + k * ldb), b1 = load(b + k * ldb + LANES); // [panel]
        __builtin_prefetch(b + (k + 16) * ldb);
        __builtin_prefetch(b + (k + 16) * ldb + LANES);
        UNROLL for (int i = 0; i < rows; i++) {
            vf ai = splat(a[k * rows + i]);
            sum[i][0] += ai * b0;
            sum[i][1] += ai * b1;
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        store(c + i * ldc, first ? sum[i][0] : load(c + i * ldc) + sum[i][0]);
        store(c + i * ldc + LANES, first ? sum[i][1] : load(c + i * ldc + LANES) + sum[i][1]);
    }
}

static void ISA(tile)(float *c, int64_t ldc, const float *a, const float *b, int64_t ldb, int64_t depth, int32_t rows,
                      int32_t first) {
    switch (rows) {
#define ROWS(n)                                                   \
    case n:                                                       \
        ISA(tile_rows)(n, c, ldc, a, b, ldb, depth, first);       \
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

static void ISA(pack_block)(float *restrict y, const float *restrict x, int64_t ldx, int64_t depth, int32_t rows) {
    for (int64_t k0 = 0; k0 < depth; k0 += 16) { // a cache line of every row at a time
        int64_t k1 = k0 + 16 < depth ? k0 + 16 : depth;
        for (int32_t i = 0; i < rows; i++)
            for (int64_t k = k0; k < k1; k++) y[k * rows + i] = x[i * ldx + k];
    }
}
