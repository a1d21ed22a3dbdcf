// y = act(x·Wᵀ + b): the left operand is packed into blocks of rows, then tiles of blocks x panels are handed out.
#include <string.h>

#include "context.h"
#include "onednn.h"

typedef struct rows_split {
    int64_t blocks; ///< blocks of rows
    int64_t rows;   ///< rows of each block but the last
} rows_split;

// Even blocks: 20 rows become 10 + 10, not 14 + 6, because a low tile leaves multipliers idle.
static rows_split split_rows(const esh_simd *simd, int64_t N) {
    int64_t rows = esh_ceil_div(N, esh_ceil_div(N, simd->block));
    return (rows_split){esh_ceil_div(N, rows), rows};
}

typedef struct linear_call {
    const esh_simd *simd;
    const esh_product *product;
    const esh_weight *weight;
    float *y;
    const float *x, *bias;
    uint32_t *packed; ///< blocks one after another, each [words, rows]
    float *scales;    ///< int8: [N]
    int64_t N, ldy, ldx;
    esh_activation activation;
    int32_t accumulate; ///< y += instead of y =
    rows_split split;
    int64_t blocks_per_task, panels_per_task, panels, threads;
} linear_call;

static int64_t rows_of(const linear_call *c, int64_t block) {
    int64_t left = c->N - block * c->split.rows;
    return left < c->split.rows ? left : c->split.rows;
}

static void pack_task(void *argument, int64_t block, int32_t thread) {
    (void)thread;
    const linear_call *c = argument;
    int64_t first = block * c->split.rows, rows = rows_of(c, block);
    c->product->pack(c->packed + first * c->weight->words, rows, c->scales + first, c->x + first * c->ldx, c->ldx,
                     c->weight->I, (int32_t)rows);
}

// One slice of the depth of one tile, into y [rows, panel]; `first` overwrites what is there.
static void slice(const linear_call *c, float *y, int64_t ldy, int64_t block, int64_t panel, int64_t k,
                  esh_ahead ahead, int32_t first) {
    const int64_t words = c->weight->words, width = c->simd->panel, rows = rows_of(c, block);
    const uint32_t *a = c->packed + block * c->split.rows * words + k * rows;
    int64_t depth = words - k < ESH_SLICE_DEPTH ? words - k : ESH_SLICE_DEPTH;
    c->product->tile(y, ldy, a, rows, c->weight->panels + (panel * words + k) * width, width, depth, (int32_t)rows,
                     (int32_t)width, ahead, first);
}

static esh_finish finish_of(const linear_call *c, int64_t block, int64_t panel) {
    int64_t column = panel * c->simd->panel;
    esh_finish f = {.bias = c->bias ? c->bias + column : NULL, .activation = c->activation};
    if (c->weight->scales) {
        f.column_scales = c->weight->scales + column;
        f.column_sums = c->weight->sums + column;
        f.row_scales = c->scales + block * c->split.rows;
    }
    return f;
}

// The last slice of a tile stays in the nearest cache until bias and activation are done.
static void last_slice(const linear_call *c, float *y, int64_t block, int64_t panel, int64_t k, esh_ahead ahead) {
    float tile[ESH_MOST_BLOCK * 32];
    const int64_t width = c->simd->panel, rows = rows_of(c, block);
    for (int64_t i = 0; i < rows; i++) {
        __builtin_prefetch(y + i * c->ldy, 1);
        if (width > 16) __builtin_prefetch(y + i * c->ldy + 16, 1);
    }
    slice(c, tile, width, block, panel, k, ahead, 1);
    esh_finish f = finish_of(c, block, panel);
    f.partial = k > 0 || c->accumulate;
    c->product->finish(y, c->ldy, tile, width, &f, rows, width);
}

// The last panel may be wider than what is left of the output: all its slices are summed in the small buffer.
static void narrow_tile(const linear_call *c, int64_t block, int64_t panel, int64_t columns) {
    float tile[ESH_MOST_BLOCK * 32];
    const int64_t width = c->simd->panel;
    for (int64_t k = 0; k < c->weight->words; k += ESH_SLICE_DEPTH)
        slice(c, tile, width, block, panel, k, (esh_ahead){(const char *)c->packed, 0}, k == 0);
    esh_finish f = finish_of(c, block, panel);
    f.partial = c->accumulate;
    float *y = c->y + block * c->split.rows * c->ldy + panel * width;
    c->product->finish(y, c->ldy, tile, width, &f, rows_of(c, block), columns);
}

// Where the slice lies that this thread is likely to read after (panel, k): the next panel's, the next slice of the
// task's first panel, or the first of a later task.
static const char *next_slice(const linear_call *c, int64_t task, int64_t panel, int64_t panel0, int64_t panel1,
                              int64_t k) {
    const int64_t words = c->weight->words, width = c->simd->panel;
    int64_t next = panel + 1, from = k;
    if (next == panel1) {
        next = panel0, from = k + ESH_SLICE_DEPTH;
        if (from >= words) {
            const int64_t groups = esh_ceil_div(c->panels, c->panels_per_task);
            next = (task + c->threads) % groups * c->panels_per_task, from = 0;
        }
    }
    return (const char *)(c->weight->panels + (next * words + from) * width);
}

static void product_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const linear_call *c = argument;
    const int64_t words = c->weight->words, groups = esh_ceil_div(c->panels, c->panels_per_task);
    int64_t block0 = task / groups * c->blocks_per_task, panel0 = task % groups * c->panels_per_task;
    int64_t block1 = block0 + c->blocks_per_task < c->split.blocks ? block0 + c->blocks_per_task : c->split.blocks;
    int64_t panel1 = panel0 + c->panels_per_task < c->panels ? panel0 + c->panels_per_task : c->panels;
    int64_t narrow = c->weight->O % c->simd->panel;
    if (narrow && panel1 == c->panels) {
        panel1 -= 1;
        for (int64_t block = block0; block < block1; block++) narrow_tile(c, block, panel1, narrow);
    }
    // A slice of one panel stays in the nearest caches while the blocks of rows pass by it, and each block's tile
    // fetches its share of the slice that follows: with few rows the weights come from memory, and their way should not
    // wait for the arithmetic nor the arithmetic for it.
    const int64_t share = esh_ceil_div(c->simd->panel * (int64_t)sizeof(uint32_t), block1 - block0);
    for (int64_t k = 0; k < words; k += ESH_SLICE_DEPTH)
        for (int64_t panel = panel0; panel < panel1; panel++)
            for (int64_t block = block0; block < block1; block++) {
                float *y = c->y + block * c->split.rows * c->ldy + panel * c->simd->panel;
                esh_ahead ahead = {next_slice(c, task, panel, panel0, panel1, k), share};
                ahead.from += (block - block0) * share * ESH_SLICE_DEPTH;
                if (words - k <= ESH_SLICE_DEPTH) last_slice(c, y, block, panel, k, ahead);
                else slice(c, y, c->ldy, block, panel, k, ahead, k == 0 && !c->accumulate);
            }
}

static size_t packed_words(const esh_weight *w, int64_t N) { return (size_t)esh_round_up(N * w->words, 16); }

size_t esh_cpu_linear_scratch(esh_context *context, const esh_weight *weight, int64_t N) {
    (void)context;
    return (packed_words(weight, N) + (size_t)N) * sizeof(uint32_t) + 64;
}

enum { TASK_ROWS = 128, TASK_PANELS = 4, TASKS_PER_THREAD = 4 };

static esh_status run(esh_context *context, float *y, const float *x, const esh_weight *weight, const float *bias,
                      void *scratch, int64_t N, int64_t ldy, int64_t ldx, esh_activation activation,
                      int32_t accumulate) {
    const esh_simd *simd = context->simd;
    linear_call c = {.simd = simd, .product = weight->product, .weight = weight, .y = y, .x = x, .bias = bias,
                     .packed = scratch, .scales = (float *)scratch + packed_words(weight, N), .N = N, .ldy = ldy,
                     .ldx = ldx, .activation = activation, .split = split_rows(simd, N)};
    c.accumulate = accumulate;
    c.threads = esh_threads_available(context->threads);
    c.panels = esh_ceil_div(weight->O, simd->panel);
    c.blocks_per_task = esh_ceil_div(TASK_ROWS, c.split.rows);
    c.panels_per_task = TASK_PANELS;
    int64_t row_groups = esh_ceil_div(c.split.blocks, c.blocks_per_task);
    int64_t wanted = TASKS_PER_THREAD * c.threads;
    while (c.panels_per_task > 1 && row_groups * esh_ceil_div(c.panels, c.panels_per_task) < wanted)
        c.panels_per_task /= 2;
    esh_parallel(context->threads, c.split.blocks, pack_task, &c);
    esh_parallel(context->threads, row_groups * esh_ceil_div(c.panels, c.panels_per_task), product_task, &c);
    return ESH_OK;
}

esh_status esh_cpu_linear_forward(esh_context *context, float *y, const float *x, const esh_weight *weight,
                                  const float *bias, void *scratch, int64_t N, int64_t ldy, int64_t ldx,
                                  esh_activation activation) {
    if (N <= 0) return ESH_OK;
    if (weight->onednn) return esh_onednn_linear_forward(context, y, x, weight, bias, scratch, N, ldy, ldx, activation);
    return run(context, y, x, weight, bias, scratch, N, ldy, ldx, activation, 0);
}

// The slices of the depth join what stands in y as they otherwise join each other. 8-bit sums are no floats before they
// are finished, and oneDNN's form is for inference.
esh_status esh_cpu_linear_accumulate(esh_context *context, float *y, const float *x, const esh_weight *weight,
                                     void *scratch, int64_t N, int64_t ldy, int64_t ldx) {
    if (weight->onednn || weight->product->precision == ESH_PRECISION_INT8) return ESH_UNSUPPORTED;
    if (N <= 0) return ESH_OK;
    return run(context, y, x, weight, NULL, scratch, N, ldy, ldx, ESH_IDENTITY, 1);
}
