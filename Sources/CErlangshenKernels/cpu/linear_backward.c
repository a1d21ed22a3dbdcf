// dW += dyᵀ·x, db += Σ dy: the depth of this product is the rows of the batch, so that both operands lie as its tiles
// want them, the numbers of a line side by side; packing cuts rows into pieces and turns nothing.
#include <string.h>

#include "context.h"

/// One operand, packed: groups of `width` columns one after another, each [words, width]. Columns beyond the matrix are
/// zero where a whole vector is read of them.
typedef struct operand {
    const float *x; ///< [N, columns]
    int64_t ldx, columns, width, groups;
    uint32_t *packed; ///< [groups, words, width]
} operand;

typedef struct backward_call {
    const esh_simd *simd;
    const esh_product *product;
    float *dw, *dbias;
    operand dy, x; ///< blocks and panels
    int64_t N, words, depth; ///< depth: words of a slice
    int64_t blocks_per_task, panels_per_task;
} backward_call;

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/// Rows that are cut at a time: pieces of one group then fill a few lines of memory on end.
enum { PACK_ROWS = 16, PACK_COLUMNS = 128, BIAS_ROWS = 64 };

static int64_t groups_per_task(const operand *m) { return esh_ceil_div(PACK_COLUMNS, m->width); }

static void pack_groups(const backward_call *c, const operand *m, int64_t group0) {
    const int64_t elements = c->product->elements, group1 = smaller(group0 + groups_per_task(m), m->groups);
    for (int64_t n = 0; n < c->N; n += PACK_ROWS)
        for (int64_t group = group0; group < group1; group++) {
            int64_t columns = smaller(m->columns - group * m->width, m->width);
            uint32_t *y = m->packed + (group * c->words + n / elements) * m->width;
            int64_t rows = smaller(c->N - n, PACK_ROWS);
            c->product->pack_depth(y, m->width, m->x + n * m->ldx + group * m->width, m->ldx, rows, columns);
            for (int64_t k = 0; columns < m->width && k < esh_ceil_div(rows, elements); k++)
                for (int64_t j = columns; j < m->width; j++) y[k * m->width + j] = 0;
        }
}

// Sums of BIAS_ROWS rows, added up in their order: the rounding error grows with their number, not with N.
static void add_bias(const backward_call *c, int64_t column, int64_t columns) {
    float sums[PACK_COLUMNS + ESH_MOST_BLOCK];
    for (int64_t n = 0; n < c->N; n += BIAS_ROWS) {
        const float *dy = c->dy.x + n * c->dy.ldx + column;
        memcpy(sums, dy, (size_t)columns * sizeof(float));
        for (int64_t row = 1; row < smaller(c->N - n, BIAS_ROWS); row++)
            c->simd->add_row(sums, dy + row * c->dy.ldx, columns);
        c->simd->add_row(c->dbias + column, sums, columns);
    }
}

static void pack_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const backward_call *c = argument;
    int64_t of_dy = esh_ceil_div(c->dy.groups, groups_per_task(&c->dy));
    if (task >= of_dy) {
        pack_groups(c, &c->x, (task - of_dy) * groups_per_task(&c->x));
        return;
    }
    int64_t group = task * groups_per_task(&c->dy), column = group * c->dy.width;
    pack_groups(c, &c->dy, group);
    if (c->dbias) add_bias(c, column, smaller(c->dy.columns - column, groups_per_task(&c->dy) * c->dy.width));
}

// One slice of one tile into y [rows, panel], and what its thread reads next on the way.
static void slice(const backward_call *c, float *y, int64_t ldy, int64_t block, int64_t panel, int64_t k,
                  esh_ahead ahead, int32_t first) {
    const int64_t rows = smaller(c->dy.columns - block * c->dy.width, c->dy.width);
    c->product->tile(y, ldy, c->dy.packed + (block * c->words + k) * c->dy.width, c->dy.width,
                     c->x.packed + (panel * c->words + k) * c->x.width, c->x.width, smaller(c->words - k, c->depth),
                     (int32_t)rows, (int32_t)c->x.width, ahead, first);
}

// The last panel may be wider than what is left of dW: its tile goes through a small buffer.
static void narrow_slice(const backward_call *c, int64_t block, int64_t panel, int64_t k, int64_t columns) {
    float tile[ESH_MOST_BLOCK * 32];
    const int64_t row = block * c->dy.width, rows = smaller(c->dy.columns - row, c->dy.width);
    slice(c, tile, c->x.width, block, panel, k, (esh_ahead){(const char *)c->x.packed, 0}, 1);
    for (int64_t i = 0; i < rows; i++)
        c->simd->add_row(c->dw + (row + i) * c->x.columns + panel * c->x.width, tile + i * c->x.width, columns);
}

static void product_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const backward_call *c = argument;
    const int64_t panel_groups = esh_ceil_div(c->x.groups, c->panels_per_task), I = c->x.columns;
    const int64_t block0 = task / panel_groups * c->blocks_per_task, panel0 = task % panel_groups * c->panels_per_task;
    const int64_t block1 = smaller(block0 + c->blocks_per_task, c->dy.groups);
    const int64_t panel1 = smaller(panel0 + c->panels_per_task, c->x.groups);
    // As in linear.c: a slice of one panel stays near while the blocks pass by it and fetch the one that follows.
    const int64_t line = c->x.width * (int64_t)sizeof(uint32_t) / (block1 - block0);
    for (int64_t k = 0; k < c->words; k += c->depth)
        for (int64_t panel = panel0; panel < panel1; panel++) {
            const int64_t columns = smaller(I - panel * c->x.width, c->x.width);
            int64_t next = panel + 1 < panel1 ? panel + 1 : panel0, from = panel + 1 < panel1 ? k : k + c->depth;
            const uint32_t *ahead = c->x.packed + (next * c->words + (from < c->words ? from : 0)) * c->x.width;
            for (int64_t block = block0; block < block1; block++) {
                if (columns < c->x.width) {
                    narrow_slice(c, block, panel, k, columns);
                    continue;
                }
                esh_ahead part = {(const char *)ahead + (block - block0) * line * c->depth, line};
                slice(c, c->dw + block * c->dy.width * I + panel * c->x.width, I, block, panel, k, part, 0);
            }
        }
}

static operand place(const float *x, int64_t ldx, int64_t columns, int64_t width, int64_t words, uint32_t **packed) {
    operand m = {x, ldx, columns, width, esh_ceil_div(columns, width), *packed};
    *packed += m.groups * words * width;
    return m;
}

// Even blocks, as in linear.c.
static int64_t block_width(const esh_simd *simd, int64_t O) {
    return esh_ceil_div(O, esh_ceil_div(O, simd->block));
}

size_t esh_cpu_linear_backward_weight_scratch(esh_context *context, int64_t N, int64_t O, int64_t I,
                                              esh_precision precision) {
    const esh_product *product = &context->products[precision];
    int64_t words = product->elements ? esh_ceil_div(N, product->elements) : N;
    int64_t columns = esh_round_up(O, block_width(context->simd, O)) + esh_round_up(I, context->simd->panel);
    return (size_t)(words * columns) * sizeof(uint32_t) + 64;
}

enum { TASK_ROWS = 128, TASK_PANELS = 4, TASKS_PER_THREAD = 4 };

esh_status esh_cpu_linear_backward_weight(esh_context *context, float *dw, float *dbias, const float *dy,
                                          const float *x, void *scratch, int64_t N, int64_t O, int64_t I, int64_t ldy,
                                          int64_t ldx, esh_precision precision) {
    if (O <= 0 || I <= 0 || ldy < O || ldx < I || precision < ESH_PRECISION_FP32 || precision > ESH_PRECISION_BF16)
        return ESH_INVALID_ARGUMENT;
    const esh_simd *simd = context->simd;
    const esh_product *product = &context->products[precision];
    if (!product->tile) return ESH_UNSUPPORTED;
    if (N <= 0) return ESH_OK;
    uint32_t *packed = scratch;
    backward_call c = {.simd = simd, .product = product, .dw = dw, .dbias = dbias, .N = N};
    c.words = esh_ceil_div(N, product->elements);
    c.depth = esh_ceil_div(c.words, esh_ceil_div(c.words, ESH_SLICE_DEPTH)); // of N alone: the sums are the same always
    c.x = place(x, ldx, I, simd->panel, c.words, &packed);
    c.dy = place(dy, ldy, O, block_width(simd, O), c.words, &packed);
    c.blocks_per_task = esh_ceil_div(TASK_ROWS, c.dy.width);
    c.panels_per_task = TASK_PANELS;
    int64_t block_groups = esh_ceil_div(c.dy.groups, c.blocks_per_task);
    int64_t wanted = TASKS_PER_THREAD * esh_threads_count(context->threads);
    while (c.panels_per_task > 1 && block_groups * esh_ceil_div(c.x.groups, c.panels_per_task) < wanted)
        c.panels_per_task /= 2;
    int64_t pieces = esh_ceil_div(c.dy.groups, groups_per_task(&c.dy)) +
                     esh_ceil_div(c.x.groups, groups_per_task(&c.x));
    esh_parallel(context->threads, pieces, pack_task, &c);
    esh_parallel(context->threads, block_groups * esh_ceil_div(c.x.groups, c.panels_per_task), product_task, &c);
    return ESH_OK;
}
