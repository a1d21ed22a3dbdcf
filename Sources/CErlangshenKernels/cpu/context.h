// What the files of the CPU device share: its context, its packed weights, and the table of SIMD kernels that one
// instruction set provides.
#pragma once
#include "erlangshen_kernels.h"
#include "threads.h"

/// Rows that a weight is filled by: a multiple of every panel width and of a oneDNN chunk.
enum { ESH_FILL_ROWS = 256 };

/// Terms of a long product that are summed before they join the total: chosen for the cache and the rounding error.
enum { ESH_SLICE_DEPTH = 384 };

/// Inner kernels of one instruction set, compiled three times from simd/*.h. "Panel": `panel` columns of a matrix, row
/// after row, which is two vectors wide; "block": up to `block` rows, column after column.
typedef struct esh_simd {
    esh_isa isa;
    const char *name;
    int32_t lanes; ///< floats in a vector
    int32_t panel; ///< 2·lanes
    int32_t block; ///< most rows of a register tile

    /// c [rows, panel] out = (first ? 0 : c) + a·b · a block [depth, rows] in · b [depth, panel], rows ldb apart, in.
    /// a·b of each element is one chain of multiply-adds in rising depth, whatever the number of rows; callers pass
    /// slices of ESH_SLICE_DEPTH.
    void (*tile)(float *c, int64_t ldc, const float *a, const float *b, int64_t ldb, int64_t depth, int32_t rows,
                 int32_t first);
    /// y [depth, rows] out · x [rows, depth] in, rows ldx apart
    void (*pack_block)(float *y, const float *x, int64_t ldx, int64_t depth, int32_t rows);
    /// y = act(y + bias) on [rows, columns], rows ldy apart; bias may be NULL
    void (*finish)(float *y, int64_t ldy, const float *bias, int64_t rows, int64_t columns, esh_activation activation);
    void (*layer_norm)(float *y, const float *x, const float *residual, const float *gamma, const float *beta,
        int64_t C,
                       float eps);
    /// y[j] = exp((x[j] − max x)·scale), returns Σ y; y may be x
    float (*exp_row)(float *y, const float *x, int64_t count, float scale);
    /// y[j] += x[j]
    void (*add_row)(float *y, const float *x, int64_t count);
    /// y[j] *= factor
    void (*scale_row)(float *y, float factor, int64_t count);
    float (*log_sum_exp)(const float *x, int64_t count);
    /// y [count] out, float32 · x of `dtype` in, any alignment
    void (*convert)(float *y, const void *x, esh_dtype dtype, int64_t count);
} esh_simd;

extern const esh_simd esh_simd_portable;
#if defined(__x86_64__)
extern const esh_simd esh_simd_avx2;
extern const esh_simd esh_simd_avx512;
#endif

struct esh_context {
    esh_threads *threads;
    const esh_simd *simd;
    struct esh_onednn *onednn; ///< NULL: own products
};

/// A packed matrix [O, I]: panels of simd->panel rows of W, each [I, panel] (own products), or chunks in oneDNN's form.
struct esh_weight {
    int64_t O, I;
    const esh_simd *simd;
    float *panels;                  ///< [ceil(O / panel), I, panel]; NULL when oneDNN holds the matrix
    size_t bytes;
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
esh_status esh_cpu_synchronize(esh_context *);
esh_status esh_cpu_convert(esh_context *, float *y, const void *x, esh_dtype dtype, int64_t count);

// weight.c
esh_status esh_cpu_weight_create(esh_context *, esh_weight **out, int64_t O, int64_t I, int32_t gather);
esh_status esh_cpu_weight_fill(esh_context *, esh_weight *, const void *x, esh_dtype, int64_t first_row, int64_t rows,
                               int64_t taps);
void esh_cpu_weight_destroy(esh_context *, esh_weight *);
size_t esh_cpu_weight_bytes(const esh_weight *);

// linear.c
size_t esh_cpu_linear_scratch(esh_context *, int64_t N, int64_t I);
esh_status esh_cpu_linear_forward(esh_context *, float *y, const float *x, const esh_weight *, const float *bias,
                                  void *scratch, int64_t N, int64_t ldy, int64_t ldx, esh_activation);

// attention.c
int64_t esh_cpu_relative_stride(int64_t R);
esh_status esh_cpu_relative_pack(esh_context *, float *y, const float *x, int64_t R, int64_t H, int64_t D,
                                 int32_t reversed);
size_t esh_cpu_attention_scratch(esh_context *, const esh_attention_shape *);
esh_status esh_cpu_attention_forward(esh_context *, float *y, const float *qkv, const float *kr, const float *qr,
                                     const int32_t *offsets, const int32_t *positions, const int32_t *index,
                                     void *scratch, const esh_attention_shape *);

// conv1d.c
size_t esh_cpu_conv1d_scratch(esh_context *, int64_t N, int64_t C, int64_t groups, int64_t K);
esh_status esh_cpu_conv1d_forward(esh_context *, float *y, const float *x, const esh_weight *const *weights,
                                  const float *bias, const int32_t *offsets, const int32_t *positions, void *scratch,
                                  int64_t B, int64_t N, int64_t C, int64_t groups, int64_t K, esh_activation);

// rows.c
esh_status esh_cpu_embedding_forward(esh_context *, float *y, const esh_weight *word, const float *position,
                                     const float *type, const int32_t *ids, const int32_t *positions,
                                     const int32_t *types, int64_t N, int64_t C);
esh_status esh_cpu_layer_norm_forward(esh_context *, float *y, const float *x, const float *residual,
                                      const float *gamma, const float *beta, int64_t N, int64_t C, float eps);
esh_status esh_cpu_gather_rows(esh_context *, float *y, const float *x, const int32_t *rows, int64_t count, int64_t C);
esh_status esh_cpu_log_softmax_forward(esh_context *, float *y, const float *x, int64_t N, int64_t V);
