// Disentangled attention: scores, softmax and weighted sum, a strip of query rows at a time, so that no [S, S] matrix
// is held. Short texts (|δ| ≤ linear_reach) read windows of the packed relative tables themselves; longer ones read
// them through `index` into an expanded copy.
#include "attention.h"

#include <math.h>
#include <string.h>

enum { STRIP_SCORES = 1 << 17 };

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static attention_buffers lay_out(const esh_context *context, const esh_attention_shape *s, uint32_t *base) {
    attention_buffers b = {0};
    const esh_product *product = &context->products[s->precision];
    int64_t P = s->longest, block = context->simd->block, panel = context->simd->panel;
    int64_t strip = esh_attention_strip(context->simd, P, STRIP_SCORES);
    b.depth = esh_ceil_div(s->D, product->elements);
    b.ldk = b.lds = esh_round_up(P, panel);
    b.ldv = esh_round_up(s->D, panel);
    b.ldw = esh_round_up(larger(P, strip) + block, panel);
    b.lde = s->R > 0 && P - 1 > s->linear_reach ? esh_round_up(2 * P + panel + block, 16) : 0;
    int64_t P_words = esh_ceil_div(P, product->elements);
    const attention_part parts[] = {
        {(void **)&b.kt, b.depth * b.ldk}, {(void **)&b.v, P_words * b.ldv},
        {(void **)&b.block, larger(P_words, b.depth) * block}, {(void **)&b.scores, larger(strip * b.lds, P * s->D)},
        {(void **)&b.window, block * b.ldw}, {(void **)&b.sum, block * b.ldv}, {(void **)&b.totals, strip},
        {(void **)&b.kr, b.depth * b.lde}, {(void **)&b.qr, b.depth * b.lde},
    };
    b.words = esh_attention_cut(parts, sizeof parts / sizeof *parts, base);
    return b;
}

size_t esh_cpu_attention_scratch(esh_context *context, const esh_attention_shape *shape) {
    if (!context->products[shape->precision].pack_depth) return 0;
    attention_buffers one = lay_out(context, shape, NULL);
    return one.words * sizeof(uint32_t) * (size_t)esh_threads_count(context->threads) + 64;
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

// What training keeps and changes of a row's exponentials [P], whose sum is `total` and whose largest score was `most`.
static void train_row(const head_view *t, float *row, int64_t query, float most, float total) {
    const attention_call *c = t->call;
    c->lse[(t->first_query + query) * c->shape->H + t->head] = most * c->shape->scale + logf(total);
    if (!c->dropout) return;
    esh_attention_mask(t, t->b.window, query);
    for (int64_t j = 0; j < t->P; j++) row[j] *= t->b.window[j];
}

// Softmax of the strip's rows and the weighted sum of values, into y from query row q0 on.
static void weigh_values(const head_view *t, int64_t q0, int64_t count) {
    const attention_call *c = t->call;
    const attention_buffers *b = &t->b;
    int64_t D = c->shape->D, C = c->shape->H * D, block = c->simd->block;
    int64_t P_words = esh_ceil_div(t->P, c->product->elements);
    for (int64_t i = 0; i < count; i++) {
        float *row = b->scores + i * b->lds, most = c->lse ? c->training->max(row, t->P) : 0;
        b->totals[i] = c->simd->exp_row(row, row, t->P, c->shape->scale);
        if (c->lse) train_row(t, row, q0 + i, most, b->totals[i]);
    }
    for (int64_t first = 0; first < count; first += block) {
        int64_t rows = count - first < block ? count - first : block;
        c->product->pack(b->block, rows, NULL, b->scores + first * b->lds, b->lds, t->P, (int32_t)rows);
        esh_attention_product(c, b->sum, b->ldv, b->block, rows, b->v, b->ldv, P_words, rows, D, 0);
        for (int64_t i = 0; i < rows; i++) {
            float *y = c->y + (t->first_query + q0 + first + i) * C + t->head * D;
            memcpy(y, b->sum + i * b->ldv, (size_t)D * sizeof(float));
            c->simd->scale_row(y, 1.0f / b->totals[first + i], D);
        }
    }
}

static void attention_task(void *argument, int64_t task, int32_t thread) {
    const attention_call *c = argument;
    const esh_attention_shape *s = c->shape;
    int64_t part = task % c->parts, sequence = task / c->parts / s->H;
    attention_buffers b = lay_out(c->context, s, c->scratch);
    b = lay_out(c->context, s, c->scratch + (size_t)thread * b.words);
    head_view t = esh_attention_view(c, b, sequence, task / c->parts % s->H);
    if (t.queries == 0) return;
    int64_t strips = 0;
    for (int64_t q0 = 0; q0 < t.queries; q0 += esh_attention_strip_rows(&t, q0)) strips++;
    int64_t begin = part * strips / c->parts, end = (part + 1) * strips / c->parts, strip = 0;
    if (begin == end) return;
    esh_attention_gather_columns(&t, b.kt, c->in->k);
    esh_attention_gather_lines(&t, b.v, c->in->v, b.scores);
    choose_tables(&t);
    for (int64_t q0 = 0; strip < end; strip++) {
        int64_t count = esh_attention_strip_rows(&t, q0);
        if (strip >= begin) {
            esh_attention_scores(&t, q0, count);
            weigh_values(&t, q0, count);
        }
        q0 += count;
    }
}

static esh_status forward(attention_call *c) {
    c->simd = c->context->simd;
    c->product = &c->context->products[c->shape->precision];
    if (!c->product->pack_depth) return ESH_UNSUPPORTED;
    c->strip = esh_attention_strip(c->simd, c->shape->longest, STRIP_SCORES);
    int64_t strips = esh_ceil_div(c->shape->longest, c->strip), heads = c->shape->B * c->shape->H;
    if (strips == 0) return ESH_OK;
    // Fewer heads than threads: split the queries of a head as well. Each query's row is computed the same either way.
    c->parts = heads < 2 * esh_threads_available(c->context->threads) ? strips : 1;
    esh_parallel(c->context->threads, heads * c->parts, attention_task, c);
    return ESH_OK;
}

esh_status esh_cpu_attention_forward(esh_context *context, float *y, const esh_attention_inputs *inputs, void *scratch,
                                     const esh_attention_shape *shape) {
    attention_call c = {.context = context, .shape = shape, .in = inputs, .y = y, .scratch = scratch};
    return forward(&c);
}

esh_status esh_cpu_attention_training_forward(esh_context *context, float *y, float *lse,
                                              const esh_attention_inputs *inputs, const esh_dropout *dropout,
                                              void *scratch, const esh_attention_shape *shape) {
    attention_call c = {.context = context, .training = esh_training_rows_of(context), .shape = shape, .in = inputs,
                        .y = y, .lse = lse, .scratch = scratch};
    if (dropout && !esh_is_dropout(dropout)) return ESH_INVALID_ARGUMENT;
    if (dropout && dropout->p > 0) c.dropout = dropout, c.keep = esh_keep_of(dropout);
    return forward(&c);
}
