// y = act(x·Wᵀ + b): the left operand is packed into blocks of rows, then tiles of blocks x panels are handed out.
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
    const esh_weight *weight;
    float *y;
    const float *x, *bias;
    float *packed; ///< blocks one after another, each [I, rows]
    int64_t N, ldy, ldx;
    esh_activation activation;
    rows_split split;
    int64_t blocks_per_task, panels_per_task, panels;
} linear_call;

static int64_t rows_of(const linear_call *c, int64_t block) {
    int64_t left = c->N - block * c->split.rows;
    return left < c->split.rows ? left : c->split.rows;
}

static void pack_task(void *argument, int64_t block, int32_t thread) {
    (void)thread;
    const linear_call *c = argument;
    int64_t first = block * c->split.rows;
    c->simd->pack_block(c->packed + first * c->weight->I, c->x + first * c->ldx, c->ldx, c->weight->I,
                        (int32_t)rows_of(c, block));
}

// The last panel may be wider than what is left of the output: its tile goes through a small buffer.
static void narrow_tile(const linear_call *c, int64_t block, int64_t panel, int64_t columns) {
    float tile[14 * 32];
    const int64_t I = c->weight->I, width = c->simd->panel, rows = rows_of(c, block), first = block * c->split.rows;
    for (int64_t k = 0; k < I; k += ESH_SLICE_DEPTH)
        c->simd->tile(tile, width, c->packed + first * I + k * rows, c->weight->panels + (panel * I + k) * width, width,
                      I - k < ESH_SLICE_DEPTH ? I - k : ESH_SLICE_DEPTH, (int32_t)rows, k == 0);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) c->y[(first + i) * c->ldy + panel * width + j] = tile[i * width + j];
    c->simd->finish(c->y + first * c->ldy + panel * width, c->ldy, c->bias ? c->bias + panel * width : 0, rows, columns,
                    c->activation);
}

static void whole_tile(const linear_call *c, int64_t block, int64_t panel, int64_t k, int64_t depth) {
    const int64_t I = c->weight->I, width = c->simd->panel, rows = rows_of(c, block), first = block * c->split.rows;
    float *y = c->y + first * c->ldy + panel * width;
    c->simd->tile(y, c->ldy, c->packed + first * I + k * rows, c->weight->panels + (panel * I + k) * width, width,
        depth,
                  (int32_t)rows, k == 0);
    if (k + depth == I)
        c->simd->finish(y, c->ldy, c->bias ? c->bias + panel * width : 0, rows, width, c->activation);
}

static void product_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const linear_call *c = argument;
    const int64_t I = c->weight->I, groups = esh_ceil_div(c->panels, c->panels_per_task);
    int64_t block0 = task / groups * c->blocks_per_task, panel0 = task % groups * c->panels_per_task;
    int64_t block1 = block0 + c->blocks_per_task < c->split.blocks ? block0 + c->blocks_per_task : c->split.blocks;
    int64_t panel1 = panel0 + c->panels_per_task < c->panels ? panel0 + c->panels_per_task : c->panels;
    int64_t narrow = c->weight->O % c->simd->panel;
    if (narrow && panel1 == c->panels) {
        panel1 -= 1;
        for (int64_t block = block0; block < block1; block++) narrow_tile(c, block, panel1, narrow);
    }
    // A slice of one panel stays in the first-level cache while the blocks of rows pass by it.
    for (int64_t k = 0; k < I; k += ESH_SLICE_DEPTH)
        for (int64_t panel = panel0; panel < panel1; panel++)
            for (int64_t block = block0; block < block1; block++)
                whole_tile(c, block, panel, k, I - k < ESH_SLICE_DEPTH ? I - k : ESH_SLICE_DEPTH);
}

size_t esh_cpu_linear_scratch(esh_context *context, int64_t N, int64_t I) {
    (void)context;
    return (size_t)(N * I) * sizeof(float) + 64;
}

enum { TASK_ROWS = 128, TASK_PANELS = 4, TASKS_PER_THREAD = 4 };

esh_status esh_cpu_linear_forward(esh_context *context, float *y, const float *x, const esh_weight *weight,
                                  const float *bias, void *scratch, int64_t N, int64_t ldy, int64_t ldx,
                                  esh_activation activation) {
    if (N <= 0) return ESH_OK;
    if (weight->onednn) return esh_onednn_linear_forward(context, y, x, weight, bias, scratch, N, ldy, ldx, activation);
    const esh_simd *simd = context->simd;
    linear_call c = {simd, weight, y, x, bias, scratch, N, ldy, ldx, activation, split_rows(simd, N), 0, 0, 0};
    c.panels = esh_ceil_div(weight->O, simd->panel);
    c.blocks_per_task = esh_ceil_div(TASK_ROWS, c.split.rows);
    c.panels_per_task = TASK_PANELS;
    int64_t row_groups = esh_ceil_div(c.split.blocks, c.blocks_per_task),
        wanted = TASKS_PER_THREAD * esh_threads_count(context->threads);
    while (c.panels_per_task > 1 && row_groups * esh_ceil_div(c.panels,
        c.panels_per_task) < wanted) c.panels_per_task /= 2;
    esh_parallel(context->threads, c.split.blocks, pack_task, &c);
    esh_parallel(context->threads, row_groups * esh_ceil_div(c.panels, c.panels_per_task), product_task, &c);
    return ESH_OK;
}
