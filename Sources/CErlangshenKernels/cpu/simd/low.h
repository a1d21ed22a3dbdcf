// bfloat16 and 8-bit products: their tiles, and the way of floats into words.

static void ISA(tile_bf16)(void *c, int64_t ldc, const void *a, int64_t lda, const void *b, int64_t ldb, int64_t depth,
                           int32_t rows, int32_t columns, esh_ahead ahead, int32_t first) {
    ISA(tile_of)(ESH_PRECISION_BF16, c, ldc, a, lda, b, ldb, depth, rows, columns, ahead, first);
}

static void ISA(tile_int8)(void *c, int64_t ldc, const void *a, int64_t lda, const void *b, int64_t ldb, int64_t depth,
                           int32_t rows, int32_t columns, esh_ahead ahead, int32_t first) {
    ISA(tile_of)(ESH_PRECISION_INT8, c, ldc, a, lda, b, ldb, depth, rows, columns, ahead, first);
}

// y [ceil(depth/2), rows] words out · x [rows, depth] in; what is beyond the depth is zero
static void ISA(pack_bf16)(void *y, int64_t ldy, float *scales, const float *x, int64_t ldx, int64_t depth,
                           int32_t rows) {
    (void)scales;
    for (int64_t k = 0; k < depth; k += 2 * LANES) {
        int64_t left = depth - k;
        vf r[16];
        UNROLL for (int i = 0; i < BLOCK; i++) {
            if (i >= rows) continue;
            const float *from = x + i * ldx + k;
            vf low = left >= LANES ? load(from) : load_part(from, left, 0), high = splat(0);
            if (left > LANES) high = left >= 2 * LANES ? load(from + LANES) : load_part(from + LANES, left - LANES, 0);
            r[i] = BF16_WORDS(low, high);
        }
        ISA(turn)((float *)y + k / 2 * ldy, ldy, r, (left + 1) / 2, rows);
    }
}

// y [ceil(depth/2), columns] words out · x [depth, columns] in: two rows of x become one of words
static void ISA(pack_depth_bf16)(void *y_words, int64_t ldy, const float *x, int64_t ldx, int64_t depth,
                                 int64_t columns) {
    for (int64_t k = 0; k < depth; k += 2) {
        float *y = (float *)y_words + k / 2 * ldy;
        const float *low = x + k * ldx, *high = low + ldx;
        int64_t j = 0;
        for (; j + LANES <= columns; j += LANES)
            store(y + j, BF16_PAIRS(load(low + j), k + 1 < depth ? load(high + j) : splat(0)));
        if (j < columns) {
            vf upper = k + 1 < depth ? load_part(high + j, columns - j, 0) : splat(0);
            store_part(y + j, BF16_PAIRS(load_part(low + j, columns - j, 0), upper), columns - j);
        }
    }
}

// Symmetric, one scale for each row: x ≈ q·scale, q in −127…127. Stored is q + 128, the unsigned operand of a product;
// `finish_int8` takes the 128 away again with the weights' column sums.
static void ISA(pack_int8)(void *y, int64_t ldy, float *scales, const float *x, int64_t ldx, int64_t depth,
                           int32_t rows) {
    float inverse[BLOCK];
    for (int32_t i = 0; i < rows; i++) {
        const float *from = x + i * ldx;
        vf most = splat(0);
        int64_t k = 0;
        for (; k + LANES <= depth; k += LANES) most = larger_magnitude(most, load(from + k));
        if (k < depth) most = larger_magnitude(most, load_part(from + k, depth - k, 0));
        float limit = largest(most);
        scales[i] = limit / 127;
        inverse[i] = limit > 0 ? 127 / limit : 0;
    }
    for (int64_t k = 0; k < depth; k += 4 * LANES) {
        int64_t left = depth - k;
        vf r[16];
        UNROLL for (int i = 0; i < BLOCK; i++) {
            if (i >= rows) continue;
            const float *from = x + i * ldx + k;
            vf part[4];
            UNROLL for (int p = 0; p < 4; p++) {
                int64_t rest = left - p * LANES;
                part[p] = rest >= LANES ? load(from + p * LANES) : splat(0);
                if (rest > 0 && rest < LANES) part[p] = load_part(from + p * LANES, rest, 0);
                part[p] *= inverse[i];
            }
            r[i] = BYTE_WORDS(part);
        }
        ISA(turn)((float *)y + k / 4 * ldy, ldy, r, (left + 3) / 4, rows);
    }
}

static void ISA(finish_bf16)(float *y, int64_t ldy, const float *tile, int64_t ldt, const esh_finish *f, int64_t rows,
                             int64_t columns) {
    ISA(finish_of)(y, ldy, tile, ldt, f, rows, columns, ESH_PRECISION_BF16);
}

static void ISA(finish_int8)(float *y, int64_t ldy, const float *tile, int64_t ldt, const esh_finish *f, int64_t rows,
                             int64_t columns) {
    ISA(finish_of)(y, ldy, tile, ldt, f, rows, columns, ESH_PRECISION_INT8);
}
