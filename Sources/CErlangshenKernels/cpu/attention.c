// Disentangled attention: content, content-to-position and position-to-content scores, softmax and weighted sum, a
// strip of query rows at a time, so that no [S, S] matrix is held.
//
// Both position terms read the relative table at the same row idx(i − j). Along a row of scores δ = i − j falls by one
// with each key, so a table laid out [D, δ] turns each term into an ordinary product with a window of that table whose
// result is read one column further for each row. Short texts (|δ| ≤ linear_reach) read windows of the packed table
// itself; longer ones read it through `index` into an expanded copy.
//
// Operands are words of the precision's product (one float, or two bfloat16); scores, softmax and sums are floats.
#include <math.h>
#include <string.h>

#include "context.h"

// Wide strips waste less of p2c's windows; their scores should still fit into the second-level cache.
enum { FEWEST_BLOCKS = 4, MOST_BLOCKS = 16, STRIP_SCORES = 1 << 17 };

// Query rows of a strip.
static int64_t strip_size(const esh_simd *simd, int64_t P) {
    int64_t blocks = STRIP_SCORES / esh_round_up(P, simd->panel) / simd->block;
    if (blocks < FEWEST_BLOCKS) blocks = FEWEST_BLOCKS;
    return (blocks > MOST_BLOCKS ? MOST_BLOCKS : blocks) * simd->block;
}

// One thread's buffers for the longest sequence of a batch; P = longest, lines padded to whole panels. D', P': D and P
// counted in words.
typedef struct attention_buffers {
    uint32_t *kt;      ///< [D', ldk] keys, zero at absent positions: the right operand of content, the left one of p2c
    uint32_t *v;       ///< [P', ldv]
    uint32_t *block;   ///< [D', block] queries, later [P', block] probabilities
    float *scores;     ///< [strip, ldk]; before the first strip: values [P, D], when there are gaps
    float *window;     ///< [block, ldw]
    float *sum;        ///< [block, ldv]
    float *totals;     ///< [strip] of each row's exponentials
    uint32_t *kr, *qr; ///< [D', lde], only when the packed table cannot be read as it is
    int64_t ldk, ldv, ldw, lde, depth;
    size_t words;
} attention_buffers;

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static attention_buffers lay_out(const esh_context *context, const esh_attention_shape *s, uint32_t *base) {
    attention_buffers b = {0};
    const esh_product *product = &context->products[s->precision];
    int64_t P = s->longest, block = context->simd->block, panel = context->simd->panel;
    int64_t strip = strip_size(context->simd, P);
    b.depth = esh_ceil_div(s->D, product->elements);
    b.ldk = esh_round_up(P, panel);
    b.ldv = esh_round_up(s->D, panel);
    b.ldw = esh_round_up(larger(P, strip) + block, panel);
    b.lde = s->R > 0 && P - 1 > s->linear_reach ? esh_round_up(2 * P + panel + block, 16) : 0;
    int64_t P_words = esh_ceil_div(P, product->elements);
    struct { void **at; int64_t count; } parts[] = {
        {(void **)&b.kt, b.depth * b.ldk}, {(void **)&b.v, P_words * b.ldv},
        {(void **)&b.block, larger(P_words, b.depth) * block}, {(void **)&b.scores, larger(strip * b.ldk, P * s->D)},
        {(void **)&b.window, block * b.ldw}, {(void **)&b.sum, block * b.ldv}, {(void **)&b.totals, strip},
        {(void **)&b.kr, b.depth * b.lde}, {(void **)&b.qr, b.depth * b.lde},
    };
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
        *parts[part].at = base ? base + b.words : NULL;
        b.words += (size_t)esh_round_up(parts[part].count, 16);
    }
    return b;
}

size_t esh_cpu_attention_scratch(esh_context *context, const esh_attention_shape *shape) {
    if (!context->products[shape->precision].pack_depth) return 0;
    attention_buffers one = lay_out(context, shape, NULL);
    return one.words * sizeof(uint32_t) * (size_t)esh_threads_count(context->threads) + 64;
}

typedef struct attention_call {
    const esh_context *context;
    const esh_simd *simd;
    const esh_product *product;
    const esh_attention_shape *shape;
    const esh_attention_inputs *in;
    float *y;
    uint32_t *scratch;
    int64_t strip; ///< most rows of a strip
    int64_t parts; ///< tasks that share the queries of a head
} attention_call;

// What one task works on: a head of a sequence.
typedef struct head_view {
    const attention_call *call;
    attention_buffers b;
    const uint32_t *kr, *qr;      ///< windowed tables of this head, or NULL
    int64_t ld_table;             ///< words between two lines of a table
    int64_t kr_origin, qr_origin; ///< column of δ = 0
    int64_t first_row, rows;      ///< keys, as rows of the batch
    int64_t first_query, queries; ///< queries, as rows of q and y
    int64_t head, P;              ///< P: position extent of this sequence
} head_view;

static int64_t key_position(const head_view *t, int64_t row) {
    const int32_t *positions = t->call->in->positions + t->first_row;
    return positions[row] - positions[0];
}

static int64_t query_position(const head_view *t, int64_t row) {
    return t->call->in->query_positions[t->first_query + row] - t->call->in->positions[t->first_row];
}

static void gather_keys(const head_view *t) {
    const attention_buffers *b = &t->b;
    const esh_attention_inputs *in = t->call->in;
    int64_t D = t->call->shape->D, block = t->call->simd->block;
    const float *k = in->k + t->first_row * in->ldkv + t->head * D;
    memset(b->kt, 0, (size_t)(b->depth * b->ldk) * sizeof(uint32_t));
    for (int64_t row = 0, next; row < t->rows; row = next) { // rows whose positions follow each other
        int64_t p = key_position(t, row);
        for (next = row + 1; next < t->rows && next - row < block && key_position(t, next) == p + next - row;) next++;
        t->call->product->pack(b->kt + p, b->ldk, NULL, k + row * in->ldkv, in->ldkv, D, (int32_t)(next - row));
    }
}

static void gather_values(const head_view *t) {
    const attention_buffers *b = &t->b;
    const esh_attention_inputs *in = t->call->in;
    int64_t D = t->call->shape->D, ldx = in->ldkv;
    const float *v = in->v + t->first_row * in->ldkv + t->head * D;
    if (t->P != t->rows) {
        memset(b->scores, 0, (size_t)(t->P * D) * sizeof(float));
        for (int64_t row = 0; row < t->rows; row++)
            memcpy(b->scores + key_position(t, row) * D, v + row * ldx, (size_t)D * sizeof(float));
        v = b->scores, ldx = D;
    }
    t->call->product->pack_depth(b->v, b->ldv, v, ldx, t->P, D);
}

// Points the view at the packed tables, or at copies of their columns laid out by δ when the index is not linear there.
static void choose_tables(head_view *t) {
    const attention_call *c = t->call;
    const esh_attention_shape *s = c->shape;
    int64_t stride = esh_relative_stride(s->R), span = s->R / 2, head = t->head * t->b.depth * stride;
    const uint32_t *kr = c->in->kr ? (const uint32_t *)c->in->kr + head : NULL;
    const uint32_t *qr = c->in->qr ? (const uint32_t *)c->in->qr + head : NULL;
    if (t->P - 1 <= s->linear_reach) {
        t->kr = kr, t->qr = qr, t->ld_table = stride;
        t->kr_origin = span - 1, t->qr_origin = span;
        return;
    }
    const int32_t *index = c->in->index + s->longest - 1; // of δ = 0
    int64_t reach = t->P - 1;
    for (int64_t d = 0; d < t->b.depth; d++)
        for (int64_t delta = -reach; delta <= reach; delta++) {
            int64_t row = index[delta];
            if (kr) t->b.kr[d * t->b.lde + reach - delta] = kr[d * stride + s->R - 1 - row];
            if (qr) t->b.qr[d * t->b.lde + reach + delta] = qr[d * stride + row];
        }
    t->kr = kr ? t->b.kr : NULL, t->qr = qr ? t->b.qr : NULL, t->ld_table = t->b.lde;
    t->kr_origin = t->qr_origin = reach;
}

static void product(const attention_call *c, float *y, int64_t ldy, const uint32_t *a, int64_t lda, const uint32_t *b,
                    int64_t ldb, int64_t depth, int64_t rows, int64_t columns) {
    for (int64_t k = 0; k < depth; k += ESH_SLICE_DEPTH)
        for (int64_t j = 0; j < columns; j += c->simd->panel)
            c->product->tile(y + j, ldy, a + k * lda, lda, b + k * ldb + j, ldb,
                             depth - k < ESH_SLICE_DEPTH ? depth - k : ESH_SLICE_DEPTH, (int32_t)rows,
                             (int32_t)(columns - j < c->simd->panel ? columns - j : c->simd->panel),
                             (esh_ahead){(const char *)b, 0}, k == 0);
}

// Content and content-to-position scores of `rows` queries from row q0 and position i0 on, into scores [rows, P].
static void query_scores(const head_view *t, float *scores, int64_t q0, int64_t i0, int64_t rows) {
    const attention_call *c = t->call;
    const attention_buffers *b = &t->b;
    int64_t D = c->shape->D, ldq = c->in->ldq;
    const float *q = c->in->q + (t->first_query + q0) * ldq + t->head * D;
    c->product->pack(b->block, rows, NULL, q, ldq, D, (int32_t)rows);
    product(c, scores, b->ldk, b->block, rows, b->kt, b->ldk, b->depth, rows, t->P);
    if (!t->kr) return;
    // Column w of the window is δ = (i0 + rows − 1) − w, so row i reads key j at w = j + rows − 1 − i.
    const uint32_t *table = t->kr + t->kr_origin - (i0 + rows - 1);
    product(c, b->window, b->ldw, b->block, rows, table, t->ld_table, b->depth, rows, t->P + rows - 1);
    for (int64_t i = 0; i < rows; i++)
        c->simd->add_row(scores + i * b->ldk, b->window + i * b->ldw + rows - 1 - i, t->P);
}

// Adds position-to-content scores of all keys to a strip of `count` queries from position i0 on.
static void add_key_scores(const head_view *t, int64_t i0, int64_t count) {
    if (!t->qr) return;
    const attention_buffers *b = &t->b;
    int64_t block = t->call->simd->block;
    for (int64_t j0 = 0; j0 < t->P; j0 += block) {
        int64_t rows = t->P - j0 < block ? t->P - j0 : block;
        // Column w of the window is δ = i0 − (j0 + rows − 1) + w, so key j reads query i at w = i + rows − 1 − j.
        const uint32_t *table = t->qr + t->qr_origin + i0 - (j0 + rows - 1);
        product(t->call, b->window, b->ldw, b->kt + j0, b->ldk, table, t->ld_table, b->depth, rows, count + rows - 1);
        t->call->simd->add_turned(b->scores + j0, b->ldk, b->window, b->ldw, (int32_t)rows, count);
    }
}

static void hide_absent_keys(const head_view *t, int64_t count) {
    int64_t p = 0;
    for (int64_t row = 0; row < t->rows && t->P != t->rows; row++, p++)
        for (; p < key_position(t, row); p++)
            for (int64_t i = 0; i < count; i++) t->b.scores[i * t->b.ldk + p] = -INFINITY;
}

// Softmax of the strip's rows and the weighted sum of values, into y from query row q0 on.
static void weigh_values(const head_view *t, int64_t q0, int64_t count) {
    const attention_call *c = t->call;
    const attention_buffers *b = &t->b;
    int64_t D = c->shape->D, C = c->shape->H * D, block = c->simd->block;
    int64_t P_words = esh_ceil_div(t->P, c->product->elements);
    for (int64_t i = 0; i < count; i++) {
        float *row = b->scores + i * b->ldk;
        b->totals[i] = c->simd->exp_row(row, row, t->P, c->shape->scale);
    }
    for (int64_t first = 0; first < count; first += block) {
        int64_t rows = count - first < block ? count - first : block;
        c->product->pack(b->block, rows, NULL, b->scores + first * b->ldk, b->ldk, t->P, (int32_t)rows);
        product(c, b->sum, b->ldv, b->block, rows, b->v, b->ldv, P_words, rows, D);
        for (int64_t i = 0; i < rows; i++) {
            float *y = c->y + (t->first_query + q0 + first + i) * C + t->head * D;
            memcpy(y, b->sum + i * b->ldv, (size_t)D * sizeof(float));
            c->simd->scale_row(y, 1.0f / b->totals[first + i], D);
        }
    }
}

// Rows of the strip that begins at query row q0: positions follow each other, as far as they go or a strip reaches.
static int64_t strip_rows(const head_view *t, int64_t q0) {
    int64_t count = 1, most = t->call->strip, i0 = query_position(t, q0);
    while (count < most && q0 + count < t->queries && query_position(t, q0 + count) == i0 + count) count++;
    return count;
}

static void compute_strip(const head_view *t, int64_t q0, int64_t count) {
    int64_t block = t->call->simd->block, i0 = query_position(t, q0);
    for (int64_t i = 0; i < count; i += block)
        query_scores(t, t->b.scores + i * t->b.ldk, q0 + i, i0 + i, count - i < block ? count - i : block);
    add_key_scores(t, i0, count);
    hide_absent_keys(t, count);
    weigh_values(t, q0, count);
}

static void attention_task(void *argument, int64_t task, int32_t thread) {
    const attention_call *c = argument;
    const esh_attention_shape *s = c->shape;
    int64_t part = task % c->parts, sequence = task / c->parts / s->H;
    attention_buffers b = lay_out(c->context, s, c->scratch);
    b = lay_out(c->context, s, c->scratch + (size_t)thread * b.words);
    const int32_t *keys = c->in->offsets + sequence, *queries = c->in->query_offsets + sequence;
    head_view t = {.call = c, .b = b, .head = task / c->parts % s->H, .first_row = keys[0], .rows = keys[1] - keys[0],
                   .first_query = queries[0], .queries = queries[1] - queries[0]};
    if (t.queries == 0) return;
    t.P = key_position(&t, t.rows - 1) + 1;
    int64_t strips = 0;
    for (int64_t q0 = 0; q0 < t.queries; q0 += strip_rows(&t, q0)) strips++;
    int64_t begin = part * strips / c->parts, end = (part + 1) * strips / c->parts, strip = 0;
    if (begin == end) return;
    gather_keys(&t);
    gather_values(&t);
    choose_tables(&t);
    for (int64_t q0 = 0; strip < end; strip++) {
        int64_t count = strip_rows(&t, q0);
        if (strip >= begin) compute_strip(&t, q0, count);
        q0 += count;
    }
}

esh_status esh_cpu_attention_forward(esh_context *context, float *y, const esh_attention_inputs *inputs, void *scratch,
                                     const esh_attention_shape *shape) {
    const esh_product *product = &context->products[shape->precision];
    if (!product->pack_depth) return ESH_UNSUPPORTED;
    attention_call c = {context, context->simd, product, shape, inputs, y, scratch, 0, 1};
    c.strip = strip_size(context->simd, shape->longest);
    int64_t strips = esh_ceil_div(shape->longest, c.strip), heads = shape->B * shape->H;
    if (strips == 0) return ESH_OK;
    // Fewer heads than threads: split the queries of a head as well. Each query's row is computed the same either way.
    if (heads < 2 * esh_threads_available(context->threads)) c.parts = strips;
    esh_parallel(context->threads, heads * c.parts, attention_task, &c);
    return ESH_OK;
}
