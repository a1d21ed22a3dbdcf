// What follows a product: its tile, still in the nearest cache, becomes values with bias and activation.

// The value, bias included, of a vector of sums in one row, from column j on.
INLINE vf ISA(value)(vf total, const esh_finish *f, int64_t row, int64_t j, vf bias, const esh_precision precision) {
    if (precision != ESH_PRECISION_INT8) return total + bias;
    vi signed_total = (vi)total - (vi)load((const float *)f->column_sums + j);
    return __builtin_convertvector(signed_total, vf) * (load(f->column_scales + j) * f->row_scales[row]) + bias;
}

// y [rows, columns] = act(value(tile (+ y)) + bias). `columns` may end within a vector: the tables of the columns are
// padded, the bias is not.
INLINE void ISA(finish_with)(float *y, int64_t ldy, const float *tile, int64_t ldt, const esh_finish *f, int64_t rows,
                             int64_t columns, const esh_precision precision, const esh_activation activation) {
    for (int64_t i = 0; i < rows; i++) {
        int64_t j = 0;
        for (; j + LANES <= columns; j += LANES) {
            vf total = load(tile + i * ldt + j), bias = f->bias ? load(f->bias + j) : splat(0);
            if (f->partial) total = ISA(add)(load(y + i * ldy + j), total, precision);
            store(y + i * ldy + j, ISA(activate)(ISA(value)(total, f, i, j, bias, precision), activation));
        }
        if (j < columns) {
            vf total = load_part(tile + i * ldt + j, columns - j, 0);
            vf bias = f->bias ? load_part(f->bias + j, columns - j, 0) : splat(0);
            if (f->partial) total = ISA(add)(load_part(y + i * ldy + j, columns - j, 0), total, precision);
            vf result = ISA(activate)(ISA(value)(total, f, i, j, bias, precision), activation);
            store_part(y + i * ldy + j, result, columns - j);
        }
    }
}

INLINE void ISA(finish_of)(float *y, int64_t ldy, const float *tile, int64_t ldt, const esh_finish *f, int64_t rows,
                           int64_t columns, const esh_precision precision) {
    switch (f->activation) { // the two that every layer has are compiled by themselves
    case ESH_GELU: ISA(finish_with)(y, ldy, tile, ldt, f, rows, columns, precision, ESH_GELU); break;
    case ESH_IDENTITY: ISA(finish_with)(y, ldy, tile, ldt, f, rows, columns, precision, ESH_IDENTITY); break;
    default: ISA(finish_with)(y, ldy, tile, ldt, f, rows, columns, precision, f->activation);
    }
}

#ifndef LOW_PRECISION_ONLY
static void ISA(finish)(float *y, int64_t ldy, const float *tile, int64_t ldt, const esh_finish *f, int64_t rows,
                        int64_t columns) {
    ISA(finish_of)(y, ldy, tile, ldt, f, rows, columns, ESH_PRECISION_FP32);
}
#endif
