// Packed weights: made once at load, read by every product.
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "onednn.h"

static int64_t panel_count(const esh_weight *w) { return esh_ceil_div(w->O, w->simd->panel); }

esh_status esh_cpu_weight_create(esh_context *context, esh_weight **out, int64_t O, int64_t I, int32_t gather) {
    if (O <= 0 || I <= 0 || I > (INT64_MAX >> 8) / (O + 64)) return ESH_INVALID_ARGUMENT;
    esh_weight *w = calloc(1, sizeof *w);
    if (!w) return ESH_OUT_OF_MEMORY;
    w->O = O;
    w->I = I;
    w->simd = context->simd;
    esh_status status;
    if (context->onednn && !gather) {
        status = esh_onednn_weight_create(context, w);
    } else {
        w->bytes = (size_t)(panel_count(w) * w->simd->panel * I) * sizeof(float);
        status = esh_cpu_allocate(context, (void **)&w->panels, w->bytes);
    }
    if (status != ESH_OK) {
        free(w);
        return status;
    }
    *out = w;
    return ESH_OK;
}

typedef struct fill_call {
    const esh_weight *weight;
    const char *x;
    esh_dtype dtype;
    int64_t first_row, rows, taps;
} fill_call;

enum { FILL_COLUMNS = 64, WIDEST_PANEL = 32 };

static void fill_panel(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const fill_call *c = argument;
    const esh_weight *w = c->weight;
    const int64_t panel = w->simd->panel, I = w->I, size = esh_dtype_size(c->dtype), channels = I / c->taps;
    int64_t first = task * panel; // row of x
    int64_t rows = c->rows - first < panel ? c->rows - first : panel;
    float *y = w->panels + (c->first_row + first) * I; // [I, panel]
    float part[WIDEST_PANEL][FILL_COLUMNS];
    memset(part, 0, sizeof part); // columns beyond the last row of the matrix stay zero
    for (int64_t e0 = 0; e0 < I; e0 += FILL_COLUMNS) {
        int64_t columns = I - e0 < FILL_COLUMNS ? I - e0 : FILL_COLUMNS;
        for (int64_t r = 0; r < rows; r++)
            w->simd->convert(part[r], c->x + ((first + r) * I + e0) * size, c->dtype, columns);
        for (int64_t e = 0; e < columns; e++) {
            int64_t k = ((e0 + e) % c->taps) * channels + (e0 + e) / c->taps;
            for (int64_t r = 0; r < panel; r++) y[k * panel + r] = part[r][e];
        }
    }
}

esh_status esh_cpu_weight_fill(esh_context *context, esh_weight *w, const void *x, esh_dtype dtype, int64_t first_row,
                               int64_t rows, int64_t taps) {
    if (first_row < 0 || rows <= 0 || first_row > w->O - rows || taps <= 0 || w->I % taps != 0 ||
        first_row % ESH_FILL_ROWS != 0 || (rows % ESH_FILL_ROWS != 0 && first_row + rows != w->O))
        return ESH_INVALID_ARGUMENT;
    if (w->onednn) return esh_onednn_weight_fill(context, w, x, dtype, first_row, rows, taps);
    fill_call call = {w, x, dtype, first_row, rows, taps};
    esh_parallel(context->threads, esh_ceil_div(rows, w->simd->panel), fill_panel, &call);
    return ESH_OK;
}

void esh_cpu_weight_destroy(esh_context *context, esh_weight *w) {
    if (w->onednn) esh_onednn_weight_destroy(context, w);
    if (w->panels) esh_cpu_release(context, w->panels, w->bytes);
    free(w);
}

size_t esh_cpu_weight_bytes(const esh_weight *w) { return w->bytes; }
