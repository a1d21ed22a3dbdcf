// Losses of a batch's rows with their gradients: a row's loss and gradient in one pass over it while it is near.
#include <string.h>

#include "training.h"

typedef struct loss_call {
    const esh_training_rows *rows;
    float *losses, *dx;
    const float *x, *targets;
    const int32_t *labels;
    int64_t N, C;
    float smoothing, scale;
} loss_call;

static void label_row(const loss_call *c, float *dx, int64_t row) {
    const float *x = c->x + row * c->C;
    if (c->labels[row] == ESH_IGNORED_LABEL) {
        c->losses[row] = 0;
        if (dx) memset(dx, 0, (size_t)c->C * sizeof(float));
    } else {
        c->losses[row] = c->rows->label_loss(dx, x, c->C, c->labels[row], c->smoothing, c->scale);
    }
}

static void label_task(void *argument, int64_t row, int32_t thread) {
    (void)thread;
    const loss_call *c = argument;
    label_row(c, c->dx ? c->dx + row * c->C : NULL, row);
}

esh_status esh_cpu_cross_entropy(esh_context *context, float *losses, float *dlogits, const float *logits,
                                 const int32_t *labels, int64_t N, int64_t V, float smoothing, float scale) {
    for (int64_t row = 0; row < N; row++)
        if (labels[row] != ESH_IGNORED_LABEL && (labels[row] < 0 || labels[row] >= V)) return ESH_INVALID_ARGUMENT;
    loss_call c = {.rows = esh_training_rows_of(context), .losses = losses, .dx = dlogits, .x = logits,
                   .labels = labels, .N = N, .C = V, .smoothing = smoothing, .scale = scale};
    esh_parallel(context->threads, N, label_task, &c);
    return ESH_OK;
}

static void target_task(void *argument, int64_t row, int32_t thread) {
    (void)thread;
    const loss_call *c = argument;
    int64_t at = row * c->C;
    c->losses[row] = c->rows->target_loss(c->dx ? c->dx + at : NULL, c->x + at, c->targets + at, c->C, c->scale);
}

esh_status esh_cpu_soft_cross_entropy(esh_context *context, float *losses, float *dlogits, const float *logits,
                                      const float *targets, int64_t N, int64_t V, float scale) {
    loss_call c = {.rows = esh_training_rows_of(context), .losses = losses, .dx = dlogits, .x = logits,
                   .targets = targets, .N = N, .C = V, .scale = scale};
    esh_parallel(context->threads, N, target_task, &c);
    return ESH_OK;
}

static void square_task(void *argument, int64_t row, int32_t thread) {
    (void)thread;
    const loss_call *c = argument;
    int64_t at = row * c->C;
    c->losses[row] = c->rows->square_loss(c->dx ? c->dx + at : NULL, c->x + at, c->targets + at, c->C, c->scale);
}

esh_status esh_cpu_mean_squared_error(esh_context *context, float *losses, float *dx, const float *x,
                                      const float *targets, int64_t N, int64_t C, float scale) {
    loss_call c = {.rows = esh_training_rows_of(context), .losses = losses, .dx = dx, .x = x, .targets = targets,
                   .N = N, .C = C, .scale = scale};
    esh_parallel(context->threads, N, square_task, &c);
    return ESH_OK;
}
