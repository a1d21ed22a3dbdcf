// The gradient of disentangled attention. Scores are computed again, a strip of query rows at a time as in forward; the
// relative tables' gradients are sums along the diagonals of dS, which stand at columns that move on by one with each
// row: reading rows lds + 1 apart makes columns of them, and zeros on both sides of each row close the edges.
//
// A task has one head of all sequences, in their order, so that every sum has one order.
#include "../attention.h"

#include <string.h>

enum { STRIP_SCORES = 1 << 16, EDGE = 16 }; // EDGE: zeros between two rows, above ESH_MOST_BLOCK

// One thread's buffers, beside those of forward. Lines of δ: 2·longest − 1, falling for kr and rising for qr.
typedef struct backward_buffers {
    uint32_t *vt;              ///< [D', ldk] values turned
    uint32_t *k, *q, *dy;      ///< [P', ldv] keys; [strip', ldv] queries and gradients of a strip
    uint32_t *kr, *qr;         ///< [δ', ldv]
    float *ds;                 ///< [strip, lds] behind an edge
    float *turned;             ///< [P, ldt] behind an edge: ds turned
    float *dk, *dv, *dkr, *dqr; ///< [P, ldv], [P, ldv], [δ, ldv], [δ, ldv]
    float *room;               ///< [block, D] rows of a relative table; [P, D] when there are gaps
} backward_buffers;

typedef struct backward_call {
    attention_call attention;
    const esh_attention_gradients *g;
} backward_call;

// What one task works on: a head of a sequence, and the strip at hand.
typedef struct backward_view {
    head_view t;
    backward_buffers b;
    const esh_attention_gradients *g;
    int64_t ldt; ///< floats between two rows of `turned`
    int64_t q0, i0, count;
} backward_view;

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

// An odd number of cache lines, so that rows do not meet in one set of the cache.
static int64_t edged(int64_t count) { return esh_round_up(count + EDGE, 16) | 16; }

static size_t lay_out(const esh_context *context, const esh_attention_shape *s, uint32_t *base, attention_buffers *a,
                      backward_buffers *b) {
    const esh_product *product = &context->products[s->precision];
    const int64_t P = s->longest, e = product->elements, block = context->simd->block, panel = context->simd->panel;
    const int64_t most = ESH_MOST_BLOCKS * block, least = ESH_FEWEST_BLOCKS * block, reach = s->R > 0 ? 2 * P : 0;
    a->depth = esh_ceil_div(s->D, e);
    a->ldk = esh_round_up(P, panel);
    a->ldv = esh_round_up(s->D, panel);
    a->ldw = esh_round_up(larger(P, most) + block, panel);
    a->lde = reach > 0 ? esh_round_up(reach + panel + block, 16) : 0;
    // A strip has so many rows that its scores are about STRIP_SCORES, unless that would be fewer than `least`.
    int64_t scores = larger(STRIP_SCORES + most * (EDGE + 32), least * edged(P)) + EDGE;
    int64_t turned = larger(STRIP_SCORES, P * least) + P * (EDGE + 32) + EDGE;
    int64_t longest_depth = larger(larger(P, most) + block + 2, s->D);
    const attention_part parts[] = {
        {(void **)&a->kt, a->depth * a->ldk}, {(void **)&b->vt, a->depth * a->ldk},
        {(void **)&b->k, esh_ceil_div(P, e) * a->ldv}, {(void **)&b->q, esh_ceil_div(most, e) * a->ldv},
        {(void **)&b->dy, esh_ceil_div(most, e) * a->ldv},
        {(void **)&a->block, esh_ceil_div(longest_depth, e) * larger(block, context->simd->lanes)},
        {(void **)&a->scores, scores}, {(void **)&b->ds, scores}, {(void **)&b->turned, reach > 0 ? turned : 0},
        {(void **)&a->window, block * a->ldw}, {(void **)&a->sum, block * a->ldv}, {(void **)&b->dk, P * a->ldv},
        {(void **)&b->dv, P * a->ldv}, {(void **)&b->dkr, reach * a->ldv}, {(void **)&b->dqr, reach * a->ldv},
        {(void **)&a->kr, a->depth * a->lde}, {(void **)&a->qr, a->depth * a->lde},
        {(void **)&b->kr, (esh_ceil_div(reach, e) + 2) * a->ldv},
        {(void **)&b->qr, (esh_ceil_div(reach, e) + 2) * a->ldv}, {(void **)&b->room, larger(P, block) * s->D},
    };
    a->words = esh_attention_cut(parts, sizeof parts / sizeof *parts, base);
    return a->words;
}

size_t esh_cpu_attention_backward_scratch(esh_context *context, const esh_attention_shape *shape) {
    if (!context->products[shape->precision].pack_depth) return 0;
    attention_buffers a = {0};
    backward_buffers b = {0};
    size_t words = lay_out(context, shape, NULL, &a, &b);
    return words * sizeof(uint32_t) * (size_t)esh_threads_count(context->threads) + 64;
}

// A relative table of this head, x [R, C], in order of δ: turned for the scores, [D', lde], and by lines for the
// gradients, [δ', ldv]. δ rises from −(longest − 1) where `step` is 1 and falls from longest − 1 where it is −1.
static void unfold_table(const head_view *t, const backward_buffers *b, uint32_t *turned, uint32_t *lines,
                         const float *x, int64_t step) {
    const attention_call *c = t->call;
    const int64_t D = c->shape->D, block = c->simd->block, e = c->product->elements, ldv = t->b.ldv;
    const int64_t reach = c->shape->longest - 1, C = c->shape->H * D;
    const int32_t *index = c->in->index + reach; // of δ = 0
    x += t->head * D;
    for (int64_t line = 0; line <= 2 * reach; line += block) {
        int64_t rows = 2 * reach + 1 - line < block ? 2 * reach + 1 - line : block;
        for (int64_t r = 0; r < rows; r++)
            memcpy(b->room + r * D, x + index[step * (line + r - reach)] * C, (size_t)D * sizeof(float));
        c->product->pack(turned + line, t->b.lde, NULL, b->room, D, D, (int32_t)rows);
        c->product->pack_depth(lines + line / e * ldv, ldv, b->room, D, rows, D);
    }
    memset(lines + esh_ceil_div(2 * reach + 1, e) * ldv, 0, (size_t)ldv * sizeof(uint32_t)); // an odd depth reads on
}

// A block [depth, rows] of x [depth, columns] as the left operand of a product: floats lie as they should already, of
// others a whole vector is packed, which may reach into the edge.
static const uint32_t *left(const head_view *t, const float *x, int64_t ldx, int64_t depth, int64_t rows,
                            int64_t *lda) {
    const esh_product *product = t->call->product;
    if (product->elements == 1) {
        *lda = ldx;
        return (const uint32_t *)x;
    }
    *lda = larger(rows, t->call->simd->lanes);
    product->pack_depth(t->b.block, *lda, x, ldx, depth, *lda);
    return t->b.block;
}

// y[j] += Σ_l x[l][j]·b[l]      y [W, D] · x [L, W] · b [L', ldv]
static void add_columns(const head_view *t, float *y, const float *x, int64_t ldx, int64_t L, int64_t W,
                        const uint32_t *b) {
    const int64_t block = t->call->simd->block, depth = esh_ceil_div(L, t->call->product->elements);
    for (int64_t j = 0, rows, lda; j < W; j += rows) {
        rows = W - j < block ? W - j : block;
        const uint32_t *a = left(t, x + j, ldx, L, rows, &lda);
        esh_attention_product(t->call, y + j * t->b.ldv, t->b.ldv, a, lda, b, t->b.ldv, depth, rows, t->call->shape->D,
                              1);
    }
}

// y[u] += Σ_l x[l][u − (L − 1) + l]·b[l]      y [L + W − 1, D] · x [L, W], zero on both sides · b [L', ldv]
static void add_diagonals(const head_view *t, float *y, const float *x, int64_t ldx, int64_t L, int64_t W,
                          const uint32_t *b) {
    const int64_t block = t->call->simd->block, e = t->call->product->elements, ldv = t->b.ldv;
    for (int64_t u = 0, rows, lda; u < L + W - 1; u += rows) {
        rows = L + W - 1 - u < block ? L + W - 1 - u : block;
        int64_t first = larger(0, L - u - rows) / e * e, end = L + W - 1 - u < L ? L + W - 1 - u : L;
        const uint32_t *a = left(t, x + u - (L - 1) + first * (ldx + 1), ldx + 1, end - first, rows, &lda);
        esh_attention_product(t->call, y + u * ldv, ldv, a, lda, b + first / e * ldv, ldv,
                              esh_ceil_div(end - first, e), rows, t->call->shape->D, 1);
    }
}

// y[r] += Σ_w x[r][w − (rows − 1) + r]·table[start + w]      y [rows, D] · x [rows, W], zero on both sides
static void add_relative(const head_view *t, float *y, const float *x, int64_t ldx, int64_t rows, int64_t W,
                         const uint32_t *table, int64_t start) {
    const int64_t e = t->call->product->elements, odd = start % e, depth = W + rows - 1 + odd;
    t->call->product->pack(t->b.block, rows, NULL, x - (rows - 1) - odd, ldx + 1, depth, (int32_t)rows);
    esh_attention_product(t->call, y, t->b.ldv, t->b.block, rows, table + start / e * t->b.ldv, t->b.ldv,
                          esh_ceil_div(depth, e), rows, t->call->shape->D, 1);
}

// Probabilities after dropout into b.scores, and the gradient dS of Q·K into ds, zeros behind each row.
static void softmax_backward(const backward_view *v) {
    const head_view *t = &v->t;
    const attention_call *c = t->call;
    const int64_t D = c->shape->D, C = c->shape->H * D, block = c->simd->block, lds = t->b.lds;
    esh_attention_scores(t, v->q0, v->count);
    for (int64_t i = 0; i < v->count; i += block) {
        int64_t rows = v->count - i < block ? v->count - i : block;
        const float *dy = v->g->dy + (t->first_query + v->q0 + i) * C + t->head * D;
        c->product->pack(t->b.block, rows, NULL, dy, C, D, (int32_t)rows);
        esh_attention_product(c, v->b.ds + i * lds, lds, t->b.block, rows, v->b.vt, t->b.ldk, t->b.depth, rows, t->P,
                              0);
    }
    for (int64_t i = 0; i < v->count; i++) {
        int64_t query = t->first_query + v->q0 + i;
        float *ds = v->b.ds + i * lds;
        if (c->dropout) esh_attention_mask(t, t->b.window, v->q0 + i);
        c->training->softmax_gradient(t->b.scores + i * lds, ds, c->dropout ? t->b.window : NULL, t->P,
                                      c->shape->scale, v->g->lse[query * c->shape->H + t->head]);
        memset(ds + t->P, 0, (size_t)(lds - t->P) * sizeof(float));
    }
}

static void query_gradients(const backward_view *v) {
    const head_view *t = &v->t;
    const attention_call *c = t->call;
    const int64_t D = c->shape->D, block = c->simd->block, lds = t->b.lds, ldv = t->b.ldv;
    for (int64_t i = 0; i < v->count; i += block) {
        int64_t rows = v->count - i < block ? v->count - i : block;
        const float *ds = v->b.ds + i * lds;
        c->product->pack(t->b.block, rows, NULL, ds, lds, t->P, (int32_t)rows);
        esh_attention_product(c, t->b.sum, ldv, t->b.block, rows, v->b.k, ldv, esh_ceil_div(t->P, c->product->elements),
                              rows, D, 0);
        // Word w of the moved rows is δ = i + rows − 1 − w, line reach − δ of the table.
        int64_t start = c->shape->longest - 1 - (v->i0 + i + rows - 1);
        if (t->kr) add_relative(t, t->b.sum, ds, lds, rows, t->P, v->b.kr, start);
        for (int64_t r = 0; r < rows; r++)
            memcpy(v->g->dq + (t->first_query + v->q0 + i + r) * v->g->lddq + t->head * D, t->b.sum + r * ldv,
                   (size_t)D * sizeof(float));
    }
}

// The terms K_j·Qr[idx(i − j)], for which rows and columns change places.
static void position_to_content(const backward_view *v) {
    const head_view *t = &v->t;
    const attention_call *c = t->call;
    const int64_t block = c->simd->block, reach = c->shape->longest - 1, ldt = v->ldt;
    for (int64_t i = 0; i < v->count; i += block)
        c->simd->fp32.pack(v->b.turned + i, ldt, NULL, v->b.ds + i * t->b.lds, t->b.lds, t->P,
                           (int32_t)(v->count - i < block ? v->count - i : block));
    for (int64_t j = 0; j < t->P; j++)
        memset(v->b.turned + j * ldt + v->count, 0, (size_t)(ldt - v->count) * sizeof(float));
    for (int64_t j = 0; j < t->P; j += block) {
        int64_t rows = t->P - j < block ? t->P - j : block;
        // Word w of the moved rows is δ = i0 − (j + rows − 1) + w, line reach + δ of the table.
        add_relative(t, v->b.dk + j * t->b.ldv, v->b.turned + j * ldt, ldt, rows, v->count, v->b.qr,
                     reach + v->i0 - (j + rows - 1));
    }
    if (v->g->dqr)
        add_diagonals(t, v->b.dqr + (reach + v->i0 - (t->P - 1)) * t->b.ldv, v->b.turned, ldt, t->P, v->count, v->b.k);
}

static void strip_backward(const backward_view *v) {
    const head_view *t = &v->t;
    const attention_call *c = t->call;
    const int64_t D = c->shape->D, C = c->shape->H * D, lds = t->b.lds, ldv = t->b.ldv, ldq = c->in->ldq;
    int64_t row = t->first_query + v->q0;
    softmax_backward(v);
    c->product->pack_depth(v->b.dy, ldv, v->g->dy + row * C + t->head * D, C, v->count, D);
    c->product->pack_depth(v->b.q, ldv, c->in->q + row * ldq + t->head * D, ldq, v->count, D);
    add_columns(t, v->b.dv, t->b.scores, lds, v->count, t->P, v->b.dy);
    add_columns(t, v->b.dk, v->b.ds, lds, v->count, t->P, v->b.q);
    query_gradients(v);
    int64_t start = c->shape->longest - 1 - (v->i0 + v->count - 1); // line of the largest δ
    if (t->kr && v->g->dkr) add_diagonals(t, v->b.dkr + start * ldv, v->b.ds, lds, v->count, t->P, v->b.q);
    if (t->qr) position_to_content(v);
}

static void sequence_backward(backward_view *v) {
    head_view *t = &v->t;
    const attention_call *c = t->call;
    const int64_t D = c->shape->D, ldv = t->b.ldv;
    t->b.lds = edged(t->P);
    v->ldt = edged(c->strip);
    esh_attention_gather_columns(t, t->b.kt, c->in->k);
    esh_attention_gather_columns(t, v->b.vt, c->in->v);
    esh_attention_gather_lines(t, v->b.k, c->in->k, v->b.room);
    memset(v->b.dk, 0, (size_t)(t->P * ldv) * sizeof(float));
    memset(v->b.dv, 0, (size_t)(t->P * ldv) * sizeof(float));
    for (v->q0 = 0; v->q0 < t->queries; v->q0 += v->count) {
        v->i0 = esh_attention_query_position(t, v->q0);
        v->count = esh_attention_strip_rows(t, v->q0);
        strip_backward(v);
    }
    for (int64_t row = 0; row < t->rows; row++) {
        int64_t from = esh_attention_key_position(t, row) * ldv, to = (t->first_row + row) * v->g->lddkv + t->head * D;
        memcpy(v->g->dk + to, v->b.dk + from, (size_t)D * sizeof(float));
        memcpy(v->g->dv + to, v->b.dv + from, (size_t)D * sizeof(float));
    }
}

// Adds what was summed for each δ to the rows of the table that they share.
static void fold_table(const head_view *t, float *dx, const float *sums, int64_t step) {
    const attention_call *c = t->call;
    const int64_t reach = c->shape->longest - 1, D = c->shape->D;
    for (int64_t line = 0; line <= 2 * reach; line++) {
        int64_t row = c->in->index[reach + step * (line - reach)];
        c->simd->add_row(dx + (row * c->shape->H + t->head) * D, sums + line * t->b.ldv, D);
    }
}

static void head_task(void *argument, int64_t head, int32_t thread) {
    const backward_call *call = argument;
    attention_call c = call->attention;
    const esh_attention_shape *s = c.shape;
    const esh_attention_gradients *g = call->g;
    const int has_kr = s->R > 0 && g->kr, has_qr = s->R > 0 && g->qr;
    attention_buffers a = {0};
    backward_buffers b = {0};
    size_t words = lay_out(c.context, s, NULL, &a, &b);
    lay_out(c.context, s, c.scratch + (size_t)thread * words, &a, &b);
    b.ds += EDGE;
    b.turned += EDGE;
    memset(b.ds - EDGE, 0, EDGE * sizeof(float));
    if (has_qr) memset(b.turned - EDGE, 0, EDGE * sizeof(float));
    const size_t sums = (size_t)(s->R > 0 ? 2 * s->longest * a.ldv : 0) * sizeof(float);
    head_view table = {.call = &c, .b = a, .head = head};
    if (has_kr) unfold_table(&table, &b, a.kr, b.kr, g->kr, -1);
    if (has_qr) unfold_table(&table, &b, a.qr, b.qr, g->qr, 1);
    if (has_kr) memset(b.dkr, 0, sums);
    if (has_qr) memset(b.dqr, 0, sums);
    for (int64_t sequence = 0; sequence < s->B; sequence++) {
        backward_view v = {.t = esh_attention_view(&c, a, sequence, head), .b = b, .g = g};
        if (v.t.rows == 0) continue;
        v.t.kr = has_kr ? a.kr : NULL, v.t.qr = has_qr ? a.qr : NULL;
        v.t.ld_table = a.lde, v.t.kr_origin = v.t.qr_origin = s->longest - 1;
        c.strip = esh_attention_strip(c.simd, v.t.P, STRIP_SCORES);
        sequence_backward(&v);
    }
    if (has_kr && g->dkr) fold_table(&table, g->dkr, b.dkr, -1);
    if (has_qr && g->dqr) fold_table(&table, g->dqr, b.dqr, 1);
}

esh_status esh_cpu_attention_backward(esh_context *context, const esh_attention_gradients *gradients,
                                      const esh_attention_inputs *inputs, const esh_dropout *dropout, void *scratch,
                                      const esh_attention_shape *shape) {
    backward_call call = {.attention = {.context = context, .simd = context->simd, .shape = shape, .in = inputs,
                                        .product = &context->products[shape->precision],
                                        .training = esh_training_rows_of(context), .scratch = scratch},
                          .g = gradients};
    if (!call.attention.product->pack_depth) return ESH_UNSUPPORTED;
    if (dropout && !esh_is_dropout(dropout)) return ESH_INVALID_ARGUMENT;
    if (dropout && dropout->p > 0) call.attention.dropout = dropout, call.attention.keep = esh_keep_of(dropout);
    if (shape->longest > 0) esh_parallel(context->threads, shape->H, head_task, &call);
    return ESH_OK;
}
