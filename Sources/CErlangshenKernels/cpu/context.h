// What the files of the CPU device share: its context, its packed weights, and the table of SIMD kernels that one
// instruction set provides.
#pragma once
#include "erlangshen_kernels.h"
#include "threads.h"

/// Rows that a weight is filled by: a multiple of every panel width and of a oneDNN chunk.
enum { ESH_FILL_ROWS = 256 };

/// The most rows that a block has on any instruction set.
enum { ESH_MOST_BLOCK = 14 };

/// Terms of a long product that are summed before they join the total: chosen for the cache and the rounding error.
enum { ESH_SLICE_DEPTH = 384 };

/// Memory that will be read next, fetched into the second-level cache while a tile is computed: `step` bytes for each
/// line of its depth, 128 at most. A step of 0 fetches nothing new.
typedef struct esh_ahead {
    const char *from;
    int64_t step;
} esh_ahead;

/// What is left to do to a tile once its product is whole. Pointers stand at the tile's first column or row.
typedef struct esh_finish {
    const float *bias;          ///< may be NULL
    const float *column_scales; ///< int8: scale of each row of the weight, padded to whole panels
    const int32_t *column_sums; ///< int8: 128·Σ of each row of the quantised weight
    const float *row_scales;    ///< int8: scale of each row of activations
    int32_t partial;            ///< the sums are those of the tile and of y together
    esh_activation activation;
} esh_finish;

/// What a step of AdamW multiplies by, computed in double once and rounded once.
typedef struct esh_adamw_factors {
    float gradient;               ///< the gradient's scale
    float decay;                  ///< 1 − lr·weight_decay
    float beta1_rest;             ///< 1 − β1
    float beta2, beta2_rest;      ///< β2, 1 − β2
    float step;                   ///< lr / bias_correction1
    float root_correction2, eps;  ///< √bias_correction2
} esh_adamw_factors;

/// Products of one number format. A word has 32 bits and holds `elements` numbers that follow each other in the depth;
/// depth is counted in words.
typedef struct esh_product {
    esh_precision precision;
    int32_t elements;
    /// c [rows, panel] out = (first ? 0 : c) + a·b, or its first half when `columns` end there · a block [depth,
    /// rows], lines lda words apart, in · b [depth, panel], lines ldb words apart, in. a·b of each element is one chain
    /// in rising depth, whatever the number of rows; callers pass slices of ESH_SLICE_DEPTH. int8: c holds integers, a
    /// is unsigned.
    void (*tile)(void *c, int64_t ldc, const void *a, int64_t lda, const void *b, int64_t ldb, int64_t depth,
                 int32_t rows, int32_t columns, esh_ahead ahead, int32_t first);
    /// y [ceil(depth/elements), rows] words out, lines ldy apart · scales [rows] out (int8 alone) · x [rows, depth] in
    void (*pack)(void *y, int64_t ldy, float *scales, const float *x, int64_t ldx, int64_t depth, int32_t rows);
    /// y [ceil(depth/elements), columns] words out · x [depth, columns] in; absent for int8
    void (*pack_depth)(void *y, int64_t ldy, const float *x, int64_t ldx, int64_t depth, int64_t columns);
    /// y [rows, columns] out = act(value of the sums + bias) · tile [rows, columns] in, the sums (may be y)
    void (*finish)(float *y, int64_t ldy, const float *tile, int64_t ldt, const esh_finish *f, int64_t rows,
                   int64_t columns);
} esh_product;

/// Inner kernels of one instruction set, compiled three times from simd/*.h. "Panel": `panel` columns of a matrix, row
/// after row, which is two vectors wide; "block": up to `block` rows, column after column.
typedef struct esh_simd {
    esh_isa isa;
    const char *name;
    int32_t lanes; ///< floats in a vector
    int32_t panel; ///< 2·lanes
    int32_t block; ///< most rows of a register tile

    esh_product fp32;
    void (*layer_norm)(float *y, const float *x, const float *residual, const float *gamma, const float *beta,
        int64_t C,
                       float eps);
    /// y[j] = exp((x[j] − max x)·scale), returns Σ y; y may be x
    float (*exp_row)(float *y, const float *x, int64_t count, float scale);
    /// y[j] += x[j]
    void (*add_row)(float *y, const float *x, int64_t count);
    /// scores [count, rows] += the transpose of a skewed window: scores[i, j] += window[j, i + rows − 1 − j]
    void (*add_turned)(float *scores, int64_t lds, const float *window, int64_t ldw, int32_t rows, int64_t count);
    /// y[j] *= factor
    void (*scale_row)(float *y, float factor, int64_t count);
    float (*log_sum_exp)(const float *x, int64_t count);
    /// y [count] out, float32 · x of `dtype` in, any alignment
    void (*convert)(float *y, const void *x, esh_dtype dtype, int64_t count);

    // training: products
    void (*adamw)(float *w, float *m, float *v, const float *g, int64_t count, const esh_adamw_factors *);
    /// In double, in an order that depends on `count` alone.
    double (*sum_of_squares)(const float *x, int64_t count);
    void (*fill)(float *y, float value, int64_t count);
    /// y[j] += a·x[j]
    void (*add_scaled)(float *y, const float *x, float a, int64_t count);
} esh_simd;

extern const esh_simd esh_simd_portable;
#if defined(__x86_64__)
extern const esh_simd esh_simd_avx2;
extern const esh_simd esh_simd_avx512;
extern const esh_product esh_product_avx512_bf16; ///< without `finish`: the floats' serves
extern const esh_product esh_product_avx512_int8;
#endif

enum { ESH_PRECISIONS = 3 };

struct esh_context {
    esh_threads *threads;
    const esh_simd *simd;
    esh_product products[ESH_PRECISIONS]; ///< by precision; `tile` is NULL where the processor lacks the instructions
    struct esh_onednn *onednn;            ///< NULL: own products
};

/// A packed matrix [O, I]: panels of simd->panel rows of W, each [words, panel] (own products), or chunks in oneDNN's
/// form. Behind the panels of an int8 matrix stand its scales and sums.
struct esh_weight {
    int64_t O, I;
    int64_t words; ///< ceil(I / elements of a word)
    const esh_simd *simd;
    const esh_product *product;
    uint32_t *panels;                 ///< [ceil(O / panel), words, panel]; NULL when oneDNN holds the matrix
    float *scales;                    ///< int8: [O, padded to whole panels]
    int32_t *sums;                    ///< int8: 128·Σ of each row, [O, padded]
    size_t bytes;
    int32_t is_mapped;                ///< the memory is the caller's
    struct esh_onednn_weight *onednn; ///< NULL: panels
};

static inline int64_t esh_ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
static inline int64_t esh_round_up(int64_t a, int64_t b) { return esh_ceil_div(a, b) * b; }

static inline int64_t esh_dtype_size(esh_dtype dtype) {
    return dtype == ESH_F64 ? 8 : dtype == ESH_F32 ? 4 : 2;
}

// memory.c
esh_status esh_cpu_allocate(esh_context *, void **out, size_t bytes);
void esh_cpu_release(esh_context *, void *pointer, size_t bytes);
esh_status esh_cpu_copy(esh_context *, void *to, const void *from, size_t bytes);
void esh_cpu_expect_writes(void *host, size_t bytes);
esh_status esh_cpu_synchronize(esh_context *);
esh_status esh_cpu_convert(esh_context *, float *y, const void *x, esh_dtype dtype, int64_t count);

// weight.c
esh_status esh_cpu_weight_create(esh_context *, esh_weight **out, int64_t O, int64_t I, esh_precision, int32_t gather);
esh_status esh_cpu_weight_fill(esh_context *, esh_weight *, const void *x, esh_dtype, int64_t first_row, int64_t rows,
                               int64_t taps);
void esh_cpu_weight_destroy(esh_context *, esh_weight *);
esh_status esh_cpu_weight_map(esh_context *, esh_weight **out, int64_t O, int64_t I, esh_precision, const void *data,
                              size_t bytes);
size_t esh_cpu_weight_bytes(const esh_weight *);
const void *esh_cpu_weight_data(const esh_weight *);

// weight_update.c
esh_status esh_cpu_weight_update(esh_context *, esh_weight *, const float *x, int64_t first_row, int64_t rows,
                                 int64_t first_column, int64_t columns, int64_t taps, int32_t transposed);

// linear.c
size_t esh_cpu_linear_scratch(esh_context *, const esh_weight *, int64_t N);
esh_status esh_cpu_linear_forward(esh_context *, float *y, const float *x, const esh_weight *, const float *bias,
                                  void *scratch, int64_t N, int64_t ldy, int64_t ldx, esh_activation);

esh_status esh_cpu_linear_accumulate(esh_context *, float *y, const float *x, const esh_weight *, void *scratch,
                                     int64_t N, int64_t ldy, int64_t ldx);

// linear_backward.c
size_t esh_cpu_linear_backward_weight_scratch(esh_context *, int64_t N, int64_t O, int64_t I, esh_precision);
esh_status esh_cpu_linear_backward_weight(esh_context *, float *dw, float *dbias, const float *dy, const float *x,
                                          void *scratch, int64_t N, int64_t O, int64_t I, int64_t ldy, int64_t ldx,
                                          esh_precision);

// relative.c
size_t esh_cpu_relative_bytes(esh_context *, int64_t R, int64_t H, int64_t D, esh_precision);
esh_status esh_cpu_relative_pack(esh_context *, void *y, const float *x, int64_t R, int64_t H, int64_t D,
                                 int32_t reversed, esh_precision);
esh_status esh_cpu_relative_unpack(esh_context *, float *x, const void *y, int64_t R, int64_t H, int64_t D,
                                   int32_t reversed, esh_precision);
int64_t esh_relative_stride(int64_t R); ///< words of a line of a packed relative table

// attention.c
size_t esh_cpu_attention_scratch(esh_context *, const esh_attention_shape *);
esh_status esh_cpu_attention_forward(esh_context *, float *y, const esh_attention_inputs *, void *scratch,
                                     const esh_attention_shape *);

// conv1d.c
size_t esh_cpu_conv1d_scratch(esh_context *, const esh_weight *, int64_t N);
esh_status esh_cpu_conv1d_forward(esh_context *, float *y, const float *x, const esh_weight *const *weights,
                                  const float *bias, const int32_t *offsets, const int32_t *positions, void *scratch,
                                  int64_t B, int64_t N, int64_t C, int64_t groups, int64_t K, esh_activation);

size_t esh_cpu_conv1d_backward_scratch(esh_context *, const esh_weight *, int64_t N);
esh_status esh_cpu_conv1d_backward(esh_context *, float *dx, float *dw, float *dbias, const float *dy, const float *x,
                                   const esh_weight *const *transposed, const int32_t *offsets,
                                   const int32_t *positions, void *scratch, int64_t B, int64_t N, int64_t C,
                                   int64_t groups, int64_t K);

// parameters.c
esh_status esh_cpu_adamw_step(esh_context *, float *w, float *m, float *v, const float *g, int64_t count,
                              const esh_adamw *);
esh_status esh_cpu_sum_of_squares(esh_context *, double *sum, const float *x, int64_t count);
esh_status esh_cpu_fill(esh_context *, float *y, float value, int64_t count);
esh_status esh_cpu_add_scaled(esh_context *, float *y, const float *x, float a, int64_t count);

// rows.c
esh_status esh_cpu_embedding_forward(esh_context *, float *y, const esh_weight *word, const float *position,
                                     const float *type, const int32_t *ids, const int32_t *positions,
                                     const int32_t *types, int64_t N, int64_t C);
esh_status esh_cpu_layer_norm_forward(esh_context *, float *y, const float *x, const float *residual,
                                      const float *gamma, const float *beta, int64_t N, int64_t C, float eps);
esh_status esh_cpu_gather_rows(esh_context *, float *y, const float *x, const int32_t *rows, int64_t count, int64_t C);
esh_status esh_cpu_log_softmax_forward(esh_context *, float *y, const float *x, int64_t N, int64_t V);
