// A packed weight written anew from the parameters after a step of the optimiser: straight from float32 to words, by
// all threads, without room of its own.
#include "context.h"

typedef struct update_call {
    const esh_weight *weight;
    const float *x;
    int64_t ldx, first_row, rows, first_column, columns, taps;
    int32_t transposed;
    int64_t from, to; ///< columns that fill whole words
} update_call;

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

enum { GATHERED = 64 };

// Element (r, k) of the part, of a matrix with taps.
static float element(const update_call *c, int64_t r, int64_t k) {
    const int64_t channels = c->columns / c->taps, u = k / channels, i = k % channels;
    if (c->transposed) return c->x[(i * c->rows + r) * c->taps + c->taps - 1 - u];
    return c->x[(r * channels + i) * c->taps + u];
}

// Words of rows row… and columns k0…k1 of the weight, `ldy` apart, at y. At most a block of rows.
static void pack(const update_call *c, uint32_t *y, int64_t ldy, int64_t row, int64_t count, int64_t k0, int64_t k1) {
    const esh_product *product = c->weight->product;
    const int64_t r = row - c->first_row;
    if (c->taps > 1) {
        float lines[ESH_MOST_BLOCK * GATHERED];
        for (int64_t k = k0; k < k1; k += GATHERED) {
            const int64_t depth = smaller(k1 - k, GATHERED);
            for (int64_t i = 0; i < count; i++)
                for (int64_t j = 0; j < depth; j++)
                    lines[i * GATHERED + j] = element(c, r + i, k - c->first_column + j);
            product->pack(y + (k - k0) / product->elements * ldy, ldy, NULL, lines, GATHERED, depth, (int32_t)count);
        }
    } else if (c->transposed) {
        product->pack_depth(y, ldy, c->x + (k0 - c->first_column) * c->ldx + r, c->ldx, k1 - k0, count);
    } else {
        product->pack(y, ldy, NULL, c->x + r * c->ldx + k0 - c->first_column, c->ldx, k1 - k0, (int32_t)count);
    }
}

// One column of a word that a neighbour's shares: its half alone.
static void pack_half(const update_call *c, uint32_t *y, int64_t row, int64_t count, int64_t k) {
    uint32_t line[ESH_MOST_BLOCK]; // in the lower halves
    pack(c, line, count, row, count, k, k + 1);
    for (int64_t i = 0; i < count; i++)
        y[i] = k % 2 ? (y[i] & 0xffff) | line[i] << 16 : (y[i] & 0xffff0000) | (line[i] & 0xffff);
}

// Columns k0…k1 of the part that lies in one panel, all of them in whole words but for the ends of the range.
static void fill(const update_call *c, int64_t panel, int64_t k0, int64_t k1) {
    const esh_weight *w = c->weight;
    const int64_t width = w->simd->panel, elements = w->product->elements, block = w->simd->block;
    const int64_t first = larger(panel * width, c->first_row);
    const int64_t end = smaller((panel + 1) * width, c->first_row + c->rows);
    uint32_t *y = w->panels + panel * width * w->words; // [words, panel]
    const int64_t whole0 = larger(k0, c->from), whole1 = smaller(k1, c->to);
    const int64_t step = c->transposed && c->taps == 1 ? width : block;
    for (int64_t row = first; row < end; row += step) {
        const int64_t count = smaller(end - row, step), r = row - panel * width;
        if (whole0 < whole1) pack(c, y + whole0 / elements * width + r, width, row, count, whole0, whole1);
    }
    for (int64_t row = first; row < end; row += block) {
        const int64_t count = smaller(end - row, block), r = row - panel * width;
        for (int64_t k = k0; k < smaller(k1, c->from); k++)
            pack_half(c, y + k / elements * width + r, row, count, k);
        for (int64_t k = larger(k0, c->to); k < k1; k++) pack_half(c, y + k / elements * width + r, row, count, k);
    }
    if (end == w->O) // what a panel has beyond the matrix is zero
        for (int64_t k = k0 / elements; k < esh_ceil_div(k1, elements); k++)
            for (int64_t j = end - panel * width; j < width; j++) y[k * width + j] = 0;
}

/// Columns of a task when x is turned: its rows are then read on end, a piece for each panel.
enum { TURNED_COLUMNS = 64, TURNED_STEP = 16 };

static void panel_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const update_call *c = argument;
    fill(c, c->first_row / c->weight->simd->panel + task, c->first_column, c->first_column + c->columns);
}

static void columns_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const update_call *c = argument;
    const int64_t width = c->weight->simd->panel, end = c->first_column + c->columns;
    const int64_t from = c->first_column / TURNED_COLUMNS * TURNED_COLUMNS + task * TURNED_COLUMNS;
    for (int64_t k = from; k < smaller(from + TURNED_COLUMNS, end); k += TURNED_STEP)
        for (int64_t panel = c->first_row / width; panel * width < c->first_row + c->rows; panel++) {
            const int64_t k0 = larger(k, c->first_column), k1 = smaller(k + TURNED_STEP, end);
            if (k0 < k1) fill(c, panel, k0, k1);
        }
}

static int is_within(int64_t first, int64_t count, int64_t limit) {
    return first >= 0 && count > 0 && first <= limit - count;
}

esh_status esh_cpu_weight_update(esh_context *context, esh_weight *w, const float *x, int64_t first_row, int64_t rows,
                                 int64_t first_column, int64_t columns, int64_t taps, int32_t transposed) {
    if (w->is_mapped || !is_within(first_row, rows, w->O) || !is_within(first_column, columns, w->I) || taps <= 0 ||
        columns % taps != 0 || (taps > 1 && columns != w->I))
        return ESH_INVALID_ARGUMENT;
    if (w->onednn || w->product->precision == ESH_PRECISION_INT8) return ESH_UNSUPPORTED;
    update_call c = {w, x, transposed ? rows : columns, first_row, rows, first_column, columns, taps, transposed, 0, 0};
    const int64_t elements = w->product->elements, end = first_column + columns;
    c.from = esh_round_up(first_column, elements);
    c.to = end == w->I ? end : end / elements * elements;
    if (transposed && taps == 1) {
        int64_t origin = first_column / TURNED_COLUMNS * TURNED_COLUMNS;
        esh_parallel(context->threads, esh_ceil_div(end - origin, TURNED_COLUMNS), columns_task, &c);
    } else {
        int64_t width = w->simd->panel, panels = esh_ceil_div(first_row + rows, width) - first_row / width;
        esh_parallel(context->threads, panels, panel_task, &c);
    }
    return ESH_OK;
}
