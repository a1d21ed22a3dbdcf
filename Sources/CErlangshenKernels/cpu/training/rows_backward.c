// LayerNorm that keeps what its gradient needs, and the gradients of what goes by rows.
#include <string.h>

#include "training.h"

enum { ROWS_PER_TASK = 8, ROWS_PER_SUM = 32, COLUMNS_PER_TASK = 64, ELEMENTS_PER_TASK = 8192 };

static int64_t at_most(int64_t a, int64_t b) { return a < b ? a : b; }

typedef struct norm_call {
    const esh_training_rows *rows;
    const esh_simd *simd;
    float *y, *s, *statistics, *sums; ///< backward: y is ds; sums: for each block of rows, [2, C]
    float *dgamma, *dbeta;
    const float *x, *residual, *gamma, *beta, *kept, *kept_statistics; ///< backward: x is dy, kept is s
    int64_t N, C;
    float eps;
} norm_call;

static void norm_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const norm_call *c = argument;
    int64_t end = at_most((task + 1) * ROWS_PER_TASK, c->N);
    for (int64_t row = task * ROWS_PER_TASK; row < end; row++) {
        int64_t at = row * c->C;
        c->rows->layer_norm(c->y + at, c->s + at, c->statistics + 2 * row, c->x + at,
                            c->residual ? c->residual + at : NULL, c->gamma, c->beta, c->C, c->eps);
    }
}

esh_status esh_cpu_layer_norm_training_forward(esh_context *context, float *y, float *s, float *statistics,
                                               const float *x, const float *residual, const float *gamma,
                                               const float *beta, int64_t N, int64_t C, float eps) {
    norm_call c = {.rows = esh_training_rows_of(context), .y = y, .s = s, .statistics = statistics, .x = x,
                   .residual = residual, .gamma = gamma, .beta = beta, .N = N, .C = C, .eps = eps};
    esh_parallel(context->threads, esh_ceil_div(N, ROWS_PER_TASK), norm_task, &c);
    return ESH_OK;
}

size_t esh_cpu_layer_norm_backward_scratch(esh_context *context, int64_t N, int64_t C) {
    (void)context;
    return (size_t)(esh_ceil_div(N, ROWS_PER_SUM) * 2 * C) * sizeof(float);
}

static void norm_gradient_task(void *argument, int64_t block, int32_t thread) {
    (void)thread;
    const norm_call *c = argument;
    float *sums = c->sums + block * 2 * c->C; // [2, C]
    memset(sums, 0, (size_t)(2 * c->C) * sizeof(float));
    int64_t end = at_most((block + 1) * ROWS_PER_SUM, c->N);
    for (int64_t row = block * ROWS_PER_SUM; row < end; row++) {
        int64_t at = row * c->C;
        c->rows->layer_norm_gradient(c->y + at, sums, sums + c->C, c->x + at, c->kept + at,
                                     c->kept_statistics + 2 * row, c->gamma, c->C);
    }
}

// Blocks are made by N alone and added in their order, whoever summed them.
esh_status esh_cpu_layer_norm_backward(esh_context *context, float *ds, float *dgamma, float *dbeta, const float *dy,
                                       const float *s, const float *statistics, const float *gamma, void *scratch,
                                       int64_t N, int64_t C) {
    norm_call c = {.rows = esh_training_rows_of(context), .y = ds, .sums = scratch, .x = dy, .gamma = gamma,
                   .kept = s, .kept_statistics = statistics, .N = N, .C = C};
    int64_t blocks = esh_ceil_div(N, ROWS_PER_SUM);
    esh_parallel(context->threads, blocks, norm_gradient_task, &c);
    for (int64_t block = 1; block < blocks; block++) context->simd->add_row(c.sums, c.sums + block * 2 * C, 2 * C);
    if (blocks > 0 && dgamma) context->simd->add_row(dgamma, c.sums, C);
    if (blocks > 0 && dbeta) context->simd->add_row(dbeta, c.sums + C, C);
    return ESH_OK;
}

typedef struct activation_call {
    const esh_training_rows *rows;
    float *y;
    const float *dy, *x; ///< dy NULL: forward
    int64_t count;
    esh_activation activation;
} activation_call;

static void activation_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const activation_call *c = argument;
    int64_t at = task * ELEMENTS_PER_TASK, count = at_most(c->count - at, ELEMENTS_PER_TASK);
    if (c->dy) c->rows->slope(c->y + at, c->dy + at, c->x + at, count, c->activation);
    else c->rows->activate(c->y + at, c->x + at, count, c->activation);
}

esh_status esh_cpu_activation_forward(esh_context *context, float *y, const float *x, int64_t count,
                                      esh_activation activation) {
    activation_call c = {esh_training_rows_of(context), y, NULL, x, count, activation};
    esh_parallel(context->threads, esh_ceil_div(count, ELEMENTS_PER_TASK), activation_task, &c);
    return ESH_OK;
}

esh_status esh_cpu_activation_backward(esh_context *context, float *dx, const float *dy, const float *x, int64_t count,
                                       esh_activation activation) {
    activation_call c = {esh_training_rows_of(context), dx, dy, x, count, activation};
    esh_parallel(context->threads, esh_ceil_div(count, ELEMENTS_PER_TASK), activation_task, &c);
    return ESH_OK;
}

typedef struct scatter_call {
    const esh_simd *simd;
    float *tables[3];
    const int32_t *rows[3];
    const float *dy;
    int64_t N, C;
    int32_t left_out; ///< a row of the first table that stays as it is; -1: none
} scatter_call;

// A task has some columns of every row, so each sum is taken in the order of the rows, however many threads there are.
static void scatter_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const scatter_call *c = argument;
    int64_t column = task * COLUMNS_PER_TASK, count = at_most(c->C - column, COLUMNS_PER_TASK);
    for (int table = 0; table < 3; table++)
        for (int64_t row = 0; row < c->N && c->tables[table]; row++) {
            const int64_t place = c->rows[table][row];
            if (table == 0 && place == c->left_out) continue;
            c->simd->add_row(c->tables[table] + place * c->C + column, c->dy + row * c->C + column, count);
        }
}

esh_status esh_cpu_embedding_backward(esh_context *context, float *dword, float *dposition, float *dtype,
                                      const float *dy, const int32_t *ids, const int32_t *positions,
                                      const int32_t *types, int32_t padding, int64_t N, int64_t C) {
    if ((dposition && !positions) || (dtype && !types)) return ESH_INVALID_ARGUMENT;
    scatter_call c = {context->simd, {dword, dposition, dtype}, {ids, positions, types}, dy, N, C, padding};
    esh_parallel(context->threads, esh_ceil_div(C, COLUMNS_PER_TASK), scatter_task, &c);
    return ESH_OK;
}

esh_status esh_cpu_scatter_rows(esh_context *context, float *dx, const float *dy, const int32_t *rows, int64_t count,
                                int64_t C) {
    return esh_cpu_embedding_backward(context, dx, NULL, NULL, dy, rows, NULL, NULL, -1, count, C);
}
