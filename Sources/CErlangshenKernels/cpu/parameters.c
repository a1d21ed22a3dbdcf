// What the optimiser does to all parameters at once: flat ranges of float32, cut into pieces that threads share out.
#include <math.h>

#include "context.h"

typedef struct range_call {
    const esh_simd *simd;
    float *y, *m, *v;
    const float *x;
    float a;
    int64_t count, piece;
    esh_adamw_factors factors;
    double *sums; ///< one for each piece
} range_call;

enum { PIECE = 1 << 15 };

static int64_t count_of(const range_call *c, int64_t piece) {
    const int64_t left = c->count - piece * c->piece;
    return left < c->piece ? left : c->piece;
}

static esh_status each_piece(esh_context *context, range_call *c, esh_task task) {
    c->simd = context->simd;
    if (c->piece == 0) c->piece = PIECE;
    if (c->count > 0) esh_parallel(context->threads, esh_ceil_div(c->count, c->piece), task, c);
    return c->count >= 0 ? ESH_OK : ESH_INVALID_ARGUMENT;
}

static void adamw_task(void *argument, int64_t piece, int32_t thread) {
    (void)thread;
    const range_call *c = argument;
    const int64_t at = piece * c->piece;
    c->simd->adamw(c->y + at, c->m + at, c->v + at, c->x + at, count_of(c, piece), &c->factors);
}

esh_status esh_cpu_adamw_step(esh_context *context, float *w, float *m, float *v, const float *g, int64_t count,
                              const esh_adamw *s) {
    range_call c = {.y = w, .m = m, .v = v, .x = g, .count = count};
    c.factors = (esh_adamw_factors){
        .gradient = (float)s->gradient_scale,
        .decay = (float)(1 - s->lr * s->weight_decay),
        .beta1_rest = (float)(1 - s->beta1),
        .beta2 = (float)s->beta2,
        .beta2_rest = (float)(1 - s->beta2),
        .step = (float)(s->lr / s->bias_correction1),
        .root_correction2 = (float)sqrt(s->bias_correction2),
        .eps = (float)s->eps,
    };
    return each_piece(context, &c, adamw_task);
}

enum { MOST_SUMS = 1024 };

static void squares_task(void *argument, int64_t piece, int32_t thread) {
    (void)thread;
    const range_call *c = argument;
    c->sums[piece] = c->simd->sum_of_squares(c->x + piece * c->piece, count_of(c, piece));
}

// The pieces follow from `count` alone, and their sums are added up in order.
esh_status esh_cpu_sum_of_squares(esh_context *context, double *sum, const float *x, int64_t count) {
    double sums[MOST_SUMS] = {0}, total = 0;
    const int64_t piece = esh_ceil_div(count > 0 ? count : 0, MOST_SUMS);
    range_call c = {.x = x, .count = count, .piece = piece > PIECE ? piece : PIECE, .sums = sums};
    esh_status status = each_piece(context, &c, squares_task);
    for (int64_t i = 0; i < MOST_SUMS; i++) total += sums[i];
    *sum = total;
    return status;
}

static void fill_task(void *argument, int64_t piece, int32_t thread) {
    (void)thread;
    const range_call *c = argument;
    c->simd->fill(c->y + piece * c->piece, c->a, count_of(c, piece));
}

esh_status esh_cpu_fill(esh_context *context, float *y, float value, int64_t count) {
    range_call c = {.y = y, .a = value, .count = count};
    return each_piece(context, &c, fill_task);
}

static void add_scaled_task(void *argument, int64_t piece, int32_t thread) {
    (void)thread;
    const range_call *c = argument;
    c->simd->add_scaled(c->y + piece * c->piece, c->x + piece * c->piece, c->a, count_of(c, piece));
}

esh_status esh_cpu_add_scaled(esh_context *context, float *y, const float *x, float a, int64_t count) {
    range_call c = {.y = y, .x = x, .a = a, .count = count};
    return each_piece(context, &c, add_scaled_task);
}
