// Packed weights: made once at load, read by every product.
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "onednn.h"

static int64_t padded_outputs(const esh_weight *w) { return esh_round_up(w->O, w->simd->panel); }

// The tables of an int8 matrix stand behind its panels, in one piece of memory with them.
static void place_tables(esh_weight *w) {
    if (w->product->precision != ESH_PRECISION_INT8) return;
    w->scales = (float *)(w->panels + padded_outputs(w) * w->words);
    w->sums = (int32_t *)(w->scales + padded_outputs(w));
}

static esh_status allocate_panels(esh_context *context, esh_weight *w) {
    esh_status status = esh_cpu_allocate(context, (void **)&w->panels, w->bytes);
    if (status != ESH_OK) return status;
    place_tables(w);
    if (w->scales) memset(w->scales, 0, (size_t)padded_outputs(w) * 2 * sizeof(uint32_t));
    return ESH_OK;
}

enum { LONGEST_INT8 = 1 << 16 }; // 127·255·65536 is the last sum that 32 bits hold

// A weight without memory yet.
static esh_status describe(esh_context *context, esh_weight **out, int64_t O, int64_t I, esh_precision precision) {
    if (O <= 0 || I <= 0 || I > (INT64_MAX >> 8) / (O + 64)) return ESH_INVALID_ARGUMENT;
    if (precision == ESH_PRECISION_INT8 && I > LONGEST_INT8) return ESH_INVALID_ARGUMENT;
    if (!context->products[precision].tile) return ESH_UNSUPPORTED;
    esh_weight *w = calloc(1, sizeof *w);
    if (!w) return ESH_OUT_OF_MEMORY;
    w->O = O;
    w->I = I;
    w->simd = context->simd;
    w->product = &context->products[precision];
    w->words = esh_ceil_div(I, w->product->elements);
    int64_t tables = precision == ESH_PRECISION_INT8 ? 2 : 0;
    w->bytes = (size_t)(padded_outputs(w) * (w->words + tables)) * sizeof(uint32_t);
    *out = w;
    return ESH_OK;
}

esh_status esh_cpu_weight_create(esh_context *context, esh_weight **out, int64_t O, int64_t I, esh_precision precision,
                                 int32_t gather) {
    if (precision == ESH_PRECISION_INT8 && gather) return ESH_INVALID_ARGUMENT;
    esh_weight *w = NULL;
    esh_status status = describe(context, &w, O, I, precision);
    if (status != ESH_OK) return status;
    int by_onednn = context->onednn && !gather && precision == ESH_PRECISION_FP32;
    status = by_onednn ? esh_onednn_weight_create(context, w) : allocate_panels(context, w);
    if (status != ESH_OK) {
        free(w);
        return status;
    }
    *out = w;
    return ESH_OK;
}

esh_status esh_cpu_weight_map(esh_context *context, esh_weight **out, int64_t O, int64_t I, esh_precision precision,
                              const void *data, size_t bytes) {
    esh_weight *w = NULL;
    esh_status status = describe(context, &w, O, I, precision);
    if (status != ESH_OK) return status;
    // Files pad a matrix to the next multiple of 64 bytes.
    if (bytes < w->bytes || bytes - w->bytes >= 64 || (uintptr_t)data % 64 != 0) {
        free(w);
        return ESH_INVALID_ARGUMENT;
    }
    w->panels = (uint32_t *)(uintptr_t)data; // read only from here on: nothing fills a mapped weight
    w->is_mapped = 1;
    place_tables(w);
    *out = w;
    return ESH_OK;
}

typedef struct fill_call {
    const esh_weight *weight;
    const char *x;
    esh_dtype dtype;
    int64_t first_row, rows;
    float *lines; ///< for each thread, [block, I]: rows of x in float32
} fill_call;

// Packing made unsigned bytes, q + 128 with one scale for each row; a weight's are signed, and their sums are kept.
static void make_signed(const esh_weight *w, int64_t panel, int64_t r, int64_t rows, const float *scales) {
    const int64_t width = w->simd->panel;
    uint32_t *words = w->panels + panel * width * w->words + r;
    int64_t sums[ESH_MOST_BLOCK] = {0};
    for (int64_t k = 0; k < w->words; k++)
        for (int64_t i = 0; i < rows; i++) {
            uint32_t word = words[k * width + i] ^= 0x80808080;
            sums[i] += (int8_t)word + (int8_t)(word >> 8) + (int8_t)(word >> 16) + (int8_t)(word >> 24);
        }
    for (int64_t i = 0; i < rows; i++) {
        w->scales[panel * width + r + i] = scales[i];
        w->sums[panel * width + r + i] = (int32_t)(128 * sums[i]);
    }
}

static void fill_panel(void *argument, int64_t task, int32_t thread) {
    const fill_call *c = argument;
    const esh_weight *w = c->weight;
    const int64_t width = w->simd->panel, block = w->simd->block, I = w->I, row_bytes = I * esh_dtype_size(c->dtype);
    int64_t first = task * width, panel = c->first_row / width + task; // row of x, panel of w
    int64_t rows = c->rows - first < width ? c->rows - first : width;
    uint32_t *y = w->panels + panel * width * w->words; // [words, panel]
    float *lines = c->lines + thread * block * I, scales[ESH_MOST_BLOCK];
    if (rows < width) memset(y, 0, (size_t)(width * w->words) * sizeof(uint32_t));
    for (int64_t r = 0; r < rows; r += block) {
        int64_t count = rows - r < block ? rows - r : block;
        w->simd->convert(lines, c->x + (first + r) * row_bytes, c->dtype, count * I);
        w->product->pack(y + r, width, scales, lines, I, I, (int32_t)count);
        if (w->scales) make_signed(w, panel, r, count, scales);
    }
}

// x [rows, channels, taps] as floats [rows, taps, channels]: the order in which a convolution's columns are laid out
static float *taps_outermost(const esh_weight *w, const char *x, esh_dtype dtype, int64_t rows, int64_t taps) {
    float *y = malloc((size_t)(rows * w->I) * sizeof(float)), *line = malloc((size_t)w->I * sizeof(float));
    for (int64_t row = 0; row < rows && y && line; row++) {
        w->simd->convert(line, x + row * w->I * esh_dtype_size(dtype), dtype, w->I);
        int64_t channels = w->I / taps;
        for (int64_t e = 0; e < w->I; e++) y[row * w->I + e % taps * channels + e / taps] = line[e];
    }
    if (!line) {
        free(y);
        y = NULL;
    }
    free(line);
    return y;
}

esh_status esh_cpu_weight_fill(esh_context *context, esh_weight *w, const void *x, esh_dtype dtype, int64_t first_row,
                               int64_t rows, int64_t taps) {
    if (w->is_mapped || first_row < 0 || rows <= 0 || first_row > w->O - rows || taps <= 0 || w->I % taps != 0 ||
        first_row % ESH_FILL_ROWS != 0 || (rows % ESH_FILL_ROWS != 0 && first_row + rows != w->O))
        return ESH_INVALID_ARGUMENT;
    if (w->onednn) return esh_onednn_weight_fill(context, w, x, dtype, first_row, rows, taps);
    float *turned = NULL;
    if (taps > 1) {
        turned = taps_outermost(w, x, dtype, rows, taps);
        if (!turned) return ESH_OUT_OF_MEMORY;
        x = turned, dtype = ESH_F32;
    }
    fill_call call = {w, x, dtype, first_row, rows, NULL};
    call.lines = malloc((size_t)(esh_threads_count(context->threads) * w->simd->block * w->I) * sizeof(float));
    esh_status status = call.lines ? ESH_OK : ESH_OUT_OF_MEMORY;
    if (call.lines) esh_parallel(context->threads, esh_ceil_div(rows, w->simd->panel), fill_panel, &call);
    free(turned);
    free(call.lines);
    return status;
}

void esh_cpu_weight_destroy(esh_context *context, esh_weight *w) {
    if (w->onednn) esh_onednn_weight_destroy(context, w);
    if (w->panels && !w->is_mapped) esh_cpu_release(context, w->panels, w->bytes);
    free(w);
}

size_t esh_cpu_weight_bytes(const esh_weight *w) { return w->bytes; }

const void *esh_cpu_weight_data(const esh_weight *w) { return w->panels; }
