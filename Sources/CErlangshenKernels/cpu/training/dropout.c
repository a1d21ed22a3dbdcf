// Dropout by counters: a number depends on its row's key, the place of use and its own place, on nothing that came
// before, so that backward makes the masks of forward again.
#include <string.h>

#include "training.h"

const esh_training_rows *esh_training_rows_of(const esh_context *context) {
#if defined(__x86_64__)
    if (context->simd->isa == ESH_ISA_AVX512) return &esh_training_rows_avx512;
    if (context->simd->isa == ESH_ISA_AVX2) return &esh_training_rows_avx2;
#endif
    (void)context;
    return &esh_training_rows_portable;
}

int32_t esh_is_dropout(const esh_dropout *dropout) { return dropout->p >= 0 && dropout->p < 1; }

esh_keep esh_keep_of(const esh_dropout *dropout) {
    double p = dropout->p;
    return (esh_keep){dropout->stream, (uint32_t)(p * 0x1p32 + 0.5), (float)(1.0 / (1.0 - p))};
}

typedef struct dropout_call {
    const esh_training_rows *rows;
    float *y;
    const float *x;
    const uint64_t *keys;
    int64_t N, C;
    esh_keep keep;
} dropout_call;

enum { ROWS_PER_TASK = 8 };

static void dropout_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const dropout_call *c = argument;
    int64_t end = (task + 1) * ROWS_PER_TASK < c->N ? (task + 1) * ROWS_PER_TASK : c->N;
    for (int64_t row = task * ROWS_PER_TASK; row < end; row++)
        c->rows->dropout(c->y + row * c->C, c->x + row * c->C, c->C, c->keys[row], 0, c->keep);
}

esh_status esh_cpu_dropout(esh_context *context, float *y, const float *x, const esh_dropout *dropout, int64_t N,
                           int64_t C) {
    if (!esh_is_dropout(dropout)) return ESH_INVALID_ARGUMENT;
    if (dropout->p == 0) {
        if (y != x) memcpy(y, x, (size_t)(N * C) * sizeof(float));
        return ESH_OK;
    }
    dropout_call c = {esh_training_rows_of(context), y, x, dropout->row_keys, N, C, esh_keep_of(dropout)};
    esh_parallel(context->threads, esh_ceil_div(N, ROWS_PER_TASK), dropout_task, &c);
    return ESH_OK;
}
