// Scores of attention, for a strip of query rows: content, content-to-position and position-to-content.
//
// Both position terms read the relative table at the same row idx(i − j). Along a row of scores δ = i − j falls by one
// with each key, so a table laid out [D, δ] turns each term into an ordinary product with a window of that table whose
// result is read one column further for each row.
//
// Operands are words of the precision's product (one float, or two bfloat16); scores are floats.
#include "attention.h"

#include <math.h>
#include <string.h>

// Wide strips waste less of p2c's windows; their scores should still fit into the second-level cache.
int64_t esh_attention_strip(const esh_simd *simd, int64_t P, int64_t scores) {
    int64_t blocks = scores / esh_round_up(P, simd->panel) / simd->block;
    if (blocks < ESH_FEWEST_BLOCKS) blocks = ESH_FEWEST_BLOCKS;
    return (blocks > ESH_MOST_BLOCKS ? ESH_MOST_BLOCKS : blocks) * simd->block;
}

size_t esh_attention_cut(const attention_part *parts, size_t count, uint32_t *base) {
    size_t words = 0;
    for (size_t part = 0; part < count; part++) {
        *parts[part].at = base ? base + words : NULL;
        words += (size_t)esh_round_up(parts[part].words, 16);
    }
    return words;
}

int64_t esh_attention_key_position(const head_view *t, int64_t row) {
    const int32_t *positions = t->call->in->positions + t->first_row;
    return positions[row] - positions[0];
}

int64_t esh_attention_query_position(const head_view *t, int64_t row) {
    return t->call->in->query_positions[t->first_query + row] - t->call->in->positions[t->first_row];
}

head_view esh_attention_view(const attention_call *c, attention_buffers b, int64_t sequence, int64_t head) {
    const int32_t *keys = c->in->offsets + sequence, *queries = c->in->query_offsets + sequence;
    head_view t = {.call = c, .b = b, .head = head, .first_row = keys[0], .rows = keys[1] - keys[0],
                   .first_query = queries[0], .queries = queries[1] - queries[0]};
    if (t.rows > 0) t.P = esh_attention_key_position(&t, t.rows - 1) + 1;
    return t;
}

int64_t esh_attention_strip_rows(const head_view *t, int64_t q0) {
    int64_t count = 1, most = t->call->strip, i0 = esh_attention_query_position(t, q0);
    while (count < most && q0 + count < t->queries && esh_attention_query_position(t, q0 + count) == i0 + count)
        count++;
    return count;
}

void esh_attention_gather_columns(const head_view *t, uint32_t *y, const float *x) {
    const attention_buffers *b = &t->b;
    int64_t D = t->call->shape->D, block = t->call->simd->block, ldx = t->call->in->ldkv;
    x += t->first_row * ldx + t->head * D;
    memset(y, 0, (size_t)(b->depth * b->ldk) * sizeof(uint32_t));
    for (int64_t row = 0, next; row < t->rows; row = next) { // rows whose positions follow each other
        int64_t p = esh_attention_key_position(t, row);
        for (next = row + 1; next < t->rows && next - row < block; next++)
            if (esh_attention_key_position(t, next) != p + next - row) break;
        t->call->product->pack(y + p, b->ldk, NULL, x + row * ldx, ldx, D, (int32_t)(next - row));
    }
}

void esh_attention_gather_lines(const head_view *t, uint32_t *y, const float *x, float *room) {
    int64_t D = t->call->shape->D, ldx = t->call->in->ldkv;
    x += t->first_row * ldx + t->head * D;
    if (t->P != t->rows) {
        memset(room, 0, (size_t)(t->P * D) * sizeof(float));
        for (int64_t row = 0; row < t->rows; row++)
            memcpy(room + esh_attention_key_position(t, row) * D, x + row * ldx, (size_t)D * sizeof(float));
        x = room, ldx = D;
    }
    t->call->product->pack_depth(y, t->b.ldv, x, ldx, t->P, D);
}

void esh_attention_product(const attention_call *c, float *y, int64_t ldy, const uint32_t *a, int64_t lda,
                           const uint32_t *b, int64_t ldb, int64_t depth, int64_t rows, int64_t columns, int add) {
    for (int64_t k = 0; k < depth; k += ESH_SLICE_DEPTH)
        for (int64_t j = 0; j < columns; j += c->simd->panel)
            c->product->tile(y + j, ldy, a + k * lda, lda, b + k * ldb + j, ldb,
                             depth - k < ESH_SLICE_DEPTH ? depth - k : ESH_SLICE_DEPTH, (int32_t)rows,
                             (int32_t)(columns - j < c->simd->panel ? columns - j : c->simd->panel),
                             (esh_ahead){(const char *)b, 0}, k == 0 && !add);
}

// Content and content-to-position scores of `rows` queries from row q0 and position i0 on, into scores [rows, P].
static void query_scores(const head_view *t, float *scores, int64_t q0, int64_t i0, int64_t rows) {
    const attention_call *c = t->call;
    const attention_buffers *b = &t->b;
    int64_t D = c->shape->D, ldq = c->in->ldq;
    const float *q = c->in->q + (t->first_query + q0) * ldq + t->head * D;
    c->product->pack(b->block, rows, NULL, q, ldq, D, (int32_t)rows);
    esh_attention_product(c, scores, b->lds, b->block, rows, b->kt, b->ldk, b->depth, rows, t->P, 0);
    if (!t->kr) return;
    // Column w of the window is δ = (i0 + rows − 1) − w, so row i reads key j at w = j + rows − 1 − i.
    const uint32_t *table = t->kr + t->kr_origin - (i0 + rows - 1);
    int64_t columns = t->P + rows - 1;
    esh_attention_product(c, b->window, b->ldw, b->block, rows, table, t->ld_table, b->depth, rows, columns, 0);
    for (int64_t i = 0; i < rows; i++)
        c->simd->add_row(scores + i * b->lds, b->window + i * b->ldw + rows - 1 - i, t->P);
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
        esh_attention_product(t->call, b->window, b->ldw, b->kt + j0, b->ldk, table, t->ld_table, b->depth, rows,
                              count + rows - 1, 0);
        t->call->simd->add_turned(b->scores + j0, b->lds, b->window, b->ldw, (int32_t)rows, count);
    }
}

static void hide_absent_keys(const head_view *t, int64_t count) {
    int64_t p = 0;
    for (int64_t row = 0; row < t->rows && t->P != t->rows; row++, p++)
        for (; p < esh_attention_key_position(t, row); p++)
            for (int64_t i = 0; i < count; i++) t->b.scores[i * t->b.lds + p] = -INFINITY;
}

void esh_attention_scores(const head_view *t, int64_t q0, int64_t count) {
    int64_t block = t->call->simd->block, i0 = esh_attention_query_position(t, q0);
    for (int64_t i = 0; i < count; i += block)
        query_scores(t, t->b.scores + i * t->b.lds, q0 + i, i0 + i, count - i < block ? count - i : block);
    add_key_scores(t, i0, count);
    hide_absent_keys(t, count);
}

// Masks count keys by their place in the sequence, buffers by position: from the last on they are moved apart.
void esh_attention_mask(const head_view *t, float *mask, int64_t query) {
    const attention_call *c = t->call;
    uint64_t key = c->dropout->row_keys[t->first_query + query];
    c->training->dropout(mask, NULL, t->rows, key, (uint32_t)t->head, c->keep);
    for (int64_t row = t->rows - 1, end = t->P; row >= 0 && t->P != t->rows; row--) {
        int64_t p = esh_attention_key_position(t, row);
        mask[p] = mask[row];
        for (int64_t j = p + 1; j < end; j++) mask[j] = 0;
        end = p;
    }
}
