// What forward and backward of attention share: a thread's buffers, the view of one head of one sequence, its scores.
#pragma once
#include "training/training.h"

/// One thread's buffers for the longest sequence of a batch; P = longest, lines padded to whole panels. D', P': D and P
/// counted in words.
typedef struct attention_buffers {
    uint32_t *kt;      ///< [D', ldk] keys, zero at absent positions: the right operand of content, the left one of p2c
    uint32_t *v;       ///< [P', ldv]
    uint32_t *block;   ///< [D', block] queries, later [P', block] probabilities
    float *scores;     ///< [strip, lds]; before the first strip: values [P, D], when there are gaps
    float *window;     ///< [block, ldw]
    float *sum;        ///< [block, ldv]
    float *totals;     ///< [strip] of each row's exponentials
    uint32_t *kr, *qr; ///< [D', lde], only when the packed table cannot be read as it is
    int64_t ldk, ldv, ldw, lde, lds, depth;
    size_t words;
} attention_buffers;

/// One of the parts that a scratch is cut into.
typedef struct attention_part {
    void **at;
    int64_t words;
} attention_part;

typedef struct attention_call {
    const esh_context *context;
    const esh_simd *simd;
    const esh_product *product;
    const esh_training_rows *training;
    const esh_attention_shape *shape;
    const esh_attention_inputs *in;
    const esh_dropout *dropout; ///< NULL: none
    esh_keep keep;
    float *y, *lse; ///< lse NULL: not wanted
    uint32_t *scratch;
    int64_t strip; ///< most rows of a strip
    int64_t parts; ///< tasks that share the queries of a head
} attention_call;

/// What one task works on: a head of a sequence.
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

/// Query rows of a strip, so that its scores are about `scores` numbers.
int64_t esh_attention_strip(const esh_simd *, int64_t P, int64_t scores);
enum { ESH_FEWEST_BLOCKS = 4, ESH_MOST_BLOCKS = 16 }; ///< of a strip

/// Cuts the parts out of `base`, each on a 64-byte line, and returns their words; NULL only counts.
size_t esh_attention_cut(const attention_part *parts, size_t count, uint32_t *base);

/// Sequence `sequence` of the call, without tables; queries and rows may be 0.
head_view esh_attention_view(const attention_call *, attention_buffers, int64_t sequence, int64_t head);
int64_t esh_attention_key_position(const head_view *, int64_t row);
int64_t esh_attention_query_position(const head_view *, int64_t row);

/// Rows of the strip that begins at query row q0: positions follow each other, as far as they go or a strip reaches.
int64_t esh_attention_strip_rows(const head_view *, int64_t q0);

/// y [D', ldk] out: x [N, ≥ C] (rows ldkv apart) of this head turned, by position, absent ones zero.
void esh_attention_gather_columns(const head_view *, uint32_t *y, const float *x);
/// y [P', ldv] out: x of this head by position, absent ones zero · room [P, D], used when there are gaps
void esh_attention_gather_lines(const head_view *, uint32_t *y, const float *x, float *room);

/// y [rows, columns] = (add ? y : 0) + a·b, depth in words
void esh_attention_product(const attention_call *, float *y, int64_t ldy, const uint32_t *a, int64_t lda,
                           const uint32_t *b, int64_t ldb, int64_t depth, int64_t rows, int64_t columns, int add);

/// Scores of `count` queries from row q0 on, −∞ at absent keys, into b.scores [count, P].
void esh_attention_scores(const head_view *, int64_t q0, int64_t count);

/// mask [P] out: what dropout multiplies the probabilities of a query by, 0 at absent keys.
void esh_attention_mask(const head_view *, float *mask, int64_t query);
