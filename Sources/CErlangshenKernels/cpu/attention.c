// Disentangled attention: content, content-to-position and position-to-content scores, softmax and weighted sum, a
// strip of query rows at a time, so that no [S, S] matrix is held.
//
// Both position terms read the relative table at the same row idx(i − j). Along a row of scores δ = i − j falls by one
// with each key, so a table laid out [D, δ] turns each term into an ordinary product with a window of that table whose
// result is read one column further for each row. Short texts (|δ| ≤ linear_reach) read windows of the packed table
// itself; longer ones read it through `index` into an expanded copy.
#include <math.h>
#include <string.h>

#include "context.h"

enum { STRIP_BLOCKS = 4, WIDEST_PANEL = 32 };

int64_t esh_cpu_relative_stride(int64_t R) { return esh_round_up(R + 2 * WIDEST_PANEL, 16); }

esh_status esh_cpu_relative_pack(esh_context *context, float *y, const float *x, int64_t R, int64_t H, int64_t D,
                                 int32_t reversed) {
    (void)context;
    int64_t stride = esh_cpu_relative_stride(R), C = H * D;
    memset(y, 0, (size_t)(C * stride) * sizeof(float));
    for (int64_t c0 = 0; c0 < C; c0 += 16) // a cache line of every row at a time
        for (int64_t r = 0; r < R; r++)
            for (int64_t c = c0; c < c0 + 16 && c < C; c++) y[c * stride + (reversed ? R - 1 - r : r)] = x[r * C + c];
    return ESH_OK;
}

// One thread's buffers for the longest sequence of a batch; P = longest, all rows padded to whole panels.
typedef struct attention_buffers {
    float *q, *k;      ///< [P, D], zero at absent positions
    float *kt;         ///< [D, ldk]
    float *v;          ///< [P, ldv]
    float *kblocks;    ///< blocks of keys, each [D, rows]
    float *qblock;     ///< [D, block], later probabilities [P, block]
    float *scores;     ///< [STRIP_BLOCKS·block, ldk]
    float *window;     ///< [block, ldw]
    float *sum;        ///< [block, ldv]
    float *kr, *qr;    ///< [D, lde], only when the packed table cannot be read as it is
    int64_t ldk, ldv, ldw, lde;
    size_t floats;
} attention_buffers;

static attention_buffers lay_out(const esh_simd *simd, const esh_attention_shape *s, float *base) {
    attention_buffers b = {0};
    int64_t P = s->longest, block = simd->block, panel = simd->panel, strip = STRIP_BLOCKS * block;
    b.ldk = esh_round_up(P, panel);
    b.ldv = esh_round_up(s->D, panel);
    b.ldw = esh_round_up((P > strip ? P : strip) + block, panel);
    b.lde = s->R > 0 && P - 1 > s->linear_reach ? esh_round_up(2 * P + panel + block, 16) : 0;
    struct { float **at; int64_t count; } parts[] = {
        {&b.q, P * s->D}, {&b.k, P * s->D}, {&b.kt, s->D * b.ldk}, {&b.v, P * b.ldv},
        {&b.kblocks, P * s->D}, {&b.qblock, (P > s->D ? P : s->D) * block}, {&b.scores, strip * b.ldk},
        {&b.window, block * b.ldw}, {&b.sum, block * b.ldv}, {&b.kr, s->D * b.lde}, {&b.qr, s->D * b.lde},
    };
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
        *parts[part].at = base ? base + b.floats : NULL;
        b.floats += (size_t)esh_round_up(parts[part].count, 16);
    }
    return b;
}

size_t esh_cpu_attention_scratch(esh_context *context, const esh_attention_shape *shape) {
    attention_buffers one = lay_out(context->simd, shape, NULL);
    return one.floats * sizeof(float) * (size_t)esh_threads_count(context->threads) + 64;
}

typedef struct attention_call {
    const esh_simd *simd;
    const esh_attention_shape *shape;
    float *y;
    const float *qkv, *kr, *qr;
    const int32_t *offsets, *positions, *index;
    float *scratch;
    int64_t strips_per_task, tasks_per_head;
} attention_call;

// What one task works on: a head of a sequence.
typedef struct head_view {
    const attention_call *call;
    attention_buffers b;
    const float *kr, *qr;         ///< windowed tables of this head, or NULL
    int64_t ld_table;             ///< floats between two d of a table
    int64_t kr_origin, qr_origin; ///< column of δ = 0
    int64_t first_row, rows;      ///< rows of the batch
    int64_t head, P;              ///< P: position extent of this sequence
} head_view;

static int64_t position_of(const head_view *t, int64_t row) {
    const int32_t *positions = t->call->positions + t->first_row;
    return positions[row] - positions[0];
}

static void gather_head(const head_view *t) {
    const attention_buffers *b = &t->b;
    int64_t D = t->call->shape->D, C = t->call->shape->H * D;
    if (t->P != t->rows) {
        memset(b->q, 0, (size_t)(t->P * D) * sizeof(float));
        memset(b->k, 0, (size_t)(t->P * D) * sizeof(float));
    }
    memset(b->v, 0, (size_t)(t->P * b->ldv) * sizeof(float));
    for (int64_t row = 0; row < t->rows; row++) {
        const float *q = t->call->qkv + (t->first_row + row) * 3 * C + t->head * D;
        int64_t p = position_of(t, row);
        memcpy(b->q + p * D, q, (size_t)D * sizeof(float));
        memcpy(b->k + p * D, q + C, (size_t)D * sizeof(float));
        memcpy(b->v + p * b->ldv, q + 2 * C, (size_t)D * sizeof(float));
    }
    for (int64_t p = 0; p < t->P; p++)
        for (int64_t d = 0; d < D; d++) b->kt[d * b->ldk + p] = b->k[p * D + d];
    for (int64_t d = 0; d < D; d++)
        memset(b->kt + d * b->ldk + t->P, 0, (size_t)(b->ldk - t->P) * sizeof(float));
    int64_t block = t->call->simd->block;
    for (int64_t p = 0; p < t->P; p += block)
        t->call->simd->pack_block(b->kblocks + p * D, b->k + p * D, D, D,
            (int32_t)(t->P - p < block ? t->P - p : block));
}

// Points the view at the packed tables, or at copies of their rows laid out by δ when the index is not linear there.
static void choose_tables(head_view *t) {
    const attention_call *c = t->call;
    const esh_attention_shape *s = c->shape;
    int64_t stride = esh_cpu_relative_stride(s->R), span = s->R / 2, head = t->head * s->D * stride;
    const float *kr = c->kr ? c->kr + head : NULL, *qr = c->qr ? c->qr + head : NULL;
    if (t->P - 1 <= s->linear_reach) {
        t->kr = kr, t->qr = qr, t->ld_table = stride;
        t->kr_origin = span - 1, t->qr_origin = span;
        return;
    }
    const int32_t *index = c->index + s->longest - 1; // of δ = 0
    int64_t reach = t->P - 1;
    for (int64_t d = 0; d < s->D; d++)
        for (int64_t delta = -reach; delta <= reach; delta++) {
            int64_t row = index[delta];
            if (kr) t->b.kr[d * t->b.lde + reach - delta] = kr[d * stride + s->R - 1 - row];
            if (qr) t->b.qr[d * t->b.lde + reach + delta] = qr[d * stride + row];
        }
    t->kr = kr ? t->b.kr : NULL, t->qr = qr ? t->b.qr : NULL, t->ld_table = t->b.lde;
    t->kr_origin = t->qr_origin = reach;
}

static void product(const esh_simd *simd, float *c, int64_t ldc, const float *a, const float *b, int64_t ldb,
                    int64_t depth, int64_t rows, int64_t columns) {
    for (int64_t k = 0; k < depth; k += ESH_SLICE_DEPTH)
        for (int64_t j = 0; j < columns; j += simd->panel)
            simd->tile(c + j, ldc, a + k * rows, b + k * ldb + j, ldb,
                       depth - k < ESH_SLICE_DEPTH ? depth - k : ESH_SLICE_DEPTH, (int32_t)rows, k == 0);
}

// Content and content-to-position scores of `rows` queries from position i0 on, into scores [rows, P].
static void query_scores(const head_view *t, float *scores, int64_t i0, int64_t rows) {
    const esh_simd *simd = t->call->simd;
    const attention_buffers *b = &t->b;
    int64_t D = t->call->shape->D;
    simd->pack_block(b->qblock, b->q + i0 * D, D, D, (int32_t)rows);
    product(simd, scores, b->ldk, b->qblock, b->kt, b->ldk, D, rows, t->P);
    if (!t->kr) return;
    // Column w of the window is δ = (i0 + rows − 1) − w, so row i reads key j at w = j + rows − 1 − i.
    const float *table = t->kr + t->kr_origin - (i0 + rows - 1);
    product(simd, b->window, b->ldw, b->qblock, table, t->ld_table, D, rows, t->P + rows - 1);
    for (int64_t i = 0; i < rows; i++) simd->add_row(scores + i * b->ldk, b->window + i * b->ldw + rows - 1 - i, t->P);
}

// Adds position-to-content scores of all keys to a strip of `count` queries from position i0 on.
static void add_key_scores(const head_view *t, int64_t i0, int64_t count) {
    if (!t->qr) return;
    const attention_buffers *b = &t->b;
    int64_t D = t->call->shape->D, block = t->call->simd->block;
    for (int64_t j0 = 0; j0 < t->P; j0 += block) {
        int64_t rows = t->P - j0 < block ? t->P - j0 : block;
        // Column w of the window is δ = i0 − (j0 + rows − 1) + w, so key j reads query i at w = i + rows − 1 − j.
        const float *table = t->qr + t->qr_origin + i0 - (j0 + rows - 1);
        product(t->call->simd, b->window, b->ldw, b->kblocks + j0 * D, table, t->ld_table, D, rows, count + rows - 1);
        for (int64_t i = 0; i < count; i++) {
            const float *w = b->window + i + rows - 1;
            float *scores = b->scores + i * b->ldk + j0;
            for (int64_t j = 0; j < rows; j++) scores[j] += w[j * (b->ldw - 1)];
        }
    }
}

static void hide_absent_keys(const head_view *t, int64_t count) {
    int64_t p = 0;
    for (int64_t row = 0; row < t->rows && t->P != t->rows; row++, p++)
        for (; p < position_of(t, row); p++)
            for (int64_t i = 0; i < count; i++) t->b.scores[i * t->b.ldk + p] = -INFINITY;
}

// Softmax of the strip's rows, the weighted sum of values, and its way into y.
static void weigh_values(const head_view *t, int64_t i0, int64_t count, int64_t *next_row) {
    const attention_call *c = t->call;
    const attention_buffers *b = &t->b;
    int64_t D = c->shape->D, C = c->shape->H * D, block = c->simd->block;
    for (int64_t i = 0; i < count; i++) {
        float *row = b->scores + i * b->ldk;
        float total = c->simd->exp_row(row, row, t->P, c->shape->scale);
        c->simd->scale_row(row, 1.0f / total, t->P);
    }
    for (int64_t first = 0; first < count; first += block) {
        int64_t rows = count - first < block ? count - first : block;
        c->simd->pack_block(b->qblock, b->scores + first * b->ldk, b->ldk, t->P, (int32_t)rows);
        product(c->simd, b->sum, b->ldv, b->qblock, b->v, b->ldv, t->P, rows, D);
        for (; *next_row < t->rows && position_of(t, *next_row) < i0 + first + rows; *next_row += 1) {
            float *y = c->y + (t->first_row + *next_row) * C + t->head * D;
            memcpy(y, b->sum + (position_of(t, *next_row) - i0 - first) * b->ldv, (size_t)D * sizeof(float));
        }
    }
}

static void attention_task(void *argument, int64_t task, int32_t thread) {
    const attention_call *c = argument;
    const esh_attention_shape *s = c->shape;
    int64_t part = task % c->tasks_per_head, head = task / c->tasks_per_head % s->H;
    int64_t sequence = task / c->tasks_per_head / s->H;
    attention_buffers b = lay_out(c->simd, s, c->scratch);
    b = lay_out(c->simd, s, c->scratch + (size_t)thread * b.floats);
    head_view t = {.call = c, .b = b, .head = head, .first_row = c->offsets[sequence],
                   .rows = c->offsets[sequence + 1] - c->offsets[sequence]};
    if (t.rows == 0) return;
    t.P = position_of(&t, t.rows - 1) + 1;
    int64_t strip = STRIP_BLOCKS * c->simd->block;
    int64_t begin = part * c->strips_per_task * strip, end = begin + c->strips_per_task * strip;
    if (begin >= t.P) return;
    if (end > t.P) end = t.P;
    gather_head(&t);
    choose_tables(&t);
    int64_t next_row = 0;
    while (next_row < t.rows && position_of(&t, next_row) < begin) next_row++;
    for (int64_t i0 = begin; i0 < end; i0 += strip) {
        int64_t count = end - i0 < strip ? end - i0 : strip, block = c->simd->block;
        for (int64_t i = 0; i < count; i += block)
            query_scores(&t, b.scores + i * b.ldk, i0 + i, count - i < block ? count - i : block);
        add_key_scores(&t, i0, count);
        hide_absent_keys(&t, count);
        weigh_values(&t, i0, count, &next_row);
    }
}

esh_status esh_cpu_attention_forward(esh_context *context, float *y, const float *qkv, const float *kr, const float *qr,
                                     const int32_t *offsets, const int32_t *positions, const int32_t *index,
                                     void *scratch, const esh_attention_shape *shape) {
    attention_call c = {context->simd, shape, y, qkv, kr, qr, offsets, positions, index, scratch, 0, 0};
    int64_t strips = esh_ceil_div(shape->longest, STRIP_BLOCKS * context->simd->block), heads = shape->B * shape->H;
    if (strips == 0) return ESH_OK;
    // Fewer heads than threads: split the queries of a head as well. Each query's row is computed the same either way.
    int64_t parts = heads < 2 * esh_threads_count(context->threads) ? strips : 1;
    c.strips_per_task = esh_ceil_div(strips, parts);
    c.tasks_per_head = esh_ceil_div(strips, c.strips_per_task);
    esh_parallel(context->threads, heads * c.tasks_per_head, attention_task, &c);
    return ESH_OK;
}
