// Operations that treat each row by itself: embedding, LayerNorm, selection of rows, log-softmax.
#include <string.h>

#include "context.h"

enum { ROWS_PER_TASK = 8 };

typedef struct rows_call {
    esh_context *context;
    float *y;
    const float *x, *residual, *a, *b; ///< a, b: gamma and beta, or position and type tables
    const esh_weight *weight;
    const int32_t *ids, *positions, *types;
    int64_t N, C;
    float eps;
    void (*row)(const struct rows_call *, int64_t);
} rows_call;

static void rows_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const rows_call *c = argument;
    int64_t end = (task + 1) * ROWS_PER_TASK < c->N ? (task + 1) * ROWS_PER_TASK : c->N;
    for (int64_t row = task * ROWS_PER_TASK; row < end; row++) c->row(c, row);
}

static esh_status each_row(rows_call *c) {
    esh_parallel(c->context->threads, esh_ceil_div(c->N, ROWS_PER_TASK), rows_task, c);
    return ESH_OK;
}

// Row ids[row] of the word table lies across its panel: one word of each line.
static void embedding_row(const rows_call *c, int64_t row) {
    const esh_weight *w = c->weight;
    const int64_t panel = w->simd->panel, C = c->C;
    const uint32_t *word = w->panels + (c->ids[row] / panel) * panel * w->words + c->ids[row] % panel;
    float *y = c->y + row * C;
    if (w->product->precision == ESH_PRECISION_FP32) {
        for (int64_t k = 0; k < C; k++) memcpy(y + k, word + k * panel, sizeof *y);
    } else {
        for (int64_t k = 0; k < C; k++) {
            uint32_t bits = word[k / 2 * panel] >> 16 * (k % 2) << 16; // bfloat16: the upper half of a float
            memcpy(y + k, &bits, sizeof *y);
        }
    }
    if (c->a) c->context->simd->add_row(y, c->a + c->positions[row] * C, C);
    if (c->b) c->context->simd->add_row(y, c->b + c->types[row] * C, C);
}

esh_status esh_cpu_embedding_forward(esh_context *context, float *y, const esh_weight *word, const float *position,
                                     const float *type, const int32_t *ids, const int32_t *positions,
                                     const int32_t *types, int64_t N, int64_t C) {
    if (!word->panels || word->scales || word->I != C) return ESH_INVALID_ARGUMENT;
    rows_call c = {.context = context, .y = y, .a = position, .b = type, .weight = word, .ids = ids,
                   .positions = positions, .types = types, .N = N, .C = C, .row = embedding_row};
    return each_row(&c);
}

static void layer_norm_row(const rows_call *c, int64_t row) {
    int64_t at = row * c->C;
    const float *residual = c->residual ? c->residual + at : NULL;
    c->context->simd->layer_norm(c->y + at, c->x + at, residual, c->a, c->b, c->C, c->eps);
}

esh_status esh_cpu_layer_norm_forward(esh_context *context, float *y, const float *x, const float *residual,
                                      const float *gamma, const float *beta, int64_t N, int64_t C, float eps) {
    rows_call c = {.context = context, .y = y, .x = x, .residual = residual, .a = gamma, .b = beta,
                   .N = N, .C = C, .eps = eps, .row = layer_norm_row};
    return each_row(&c);
}

static void gather_row(const rows_call *c, int64_t row) {
    memcpy(c->y + row * c->C, c->x + c->ids[row] * c->C, (size_t)c->C * sizeof(float));
}

esh_status esh_cpu_gather_rows(esh_context *context, float *y, const float *x, const int32_t *rows, int64_t count,
                               int64_t C) {
    rows_call c = {.context = context, .y = y, .x = x, .ids = rows, .N = count, .C = C, .row = gather_row};
    return each_row(&c);
}

static void log_softmax_row(const rows_call *c, int64_t row) {
    const float *x = c->x + row * c->C;
    float *y = c->y + row * c->C, offset = c->context->simd->log_sum_exp(x, c->C);
    for (int64_t j = 0; j < c->C; j++) y[j] = x[j] - offset;
}

esh_status esh_cpu_log_softmax_forward(esh_context *context, float *y, const float *x, int64_t N, int64_t V) {
    rows_call c = {.context = context, .y = y, .x = x, .N = N, .C = V, .row = log_softmax_row};
    return each_row(&c);
}
