// What the files of training share on the CPU: the row kernels of one instruction set, and the functions of the table.
#pragma once
#include "../context.h"

/// A dropout in the form its rows need.
typedef struct esh_keep {
    uint32_t stream;
    uint32_t least; ///< a word below this is dropped: p·2³², rounded
    float scale;    ///< 1/(1 − p)
} esh_keep;

/// Inner kernels of one instruction set, compiled three times from simd/training.h.
typedef struct esh_training_rows {
    /// y[c] = word c of (key, extra, stream) ≥ least ? x[c]·scale : 0; x NULL stands for ones; y may be x
    void (*dropout)(float *y, const float *x, int64_t count, uint64_t key, uint32_t extra, esh_keep keep);
    /// statistics: mean and 1/deviation out; s may be x or residual
    void (*layer_norm)(float *y, float *s, float *statistics, const float *x, const float *residual, const float *gamma,
                       const float *beta, int64_t C, float eps);
    /// dgamma, dbeta acc; ds may be dy
    void (*layer_norm_gradient)(float *ds, float *dgamma, float *dbeta, const float *dy, const float *s,
                                const float *statistics, const float *gamma, int64_t C);
    void (*activate)(float *y, const float *x, int64_t count, esh_activation activation);
    /// dx = dy·act'(x); dx may be dy or x
    void (*slope)(float *dx, const float *dy, const float *x, int64_t count, esh_activation activation);
    /// Losses of one row. dx may be NULL or x, and is the gradient times scale; the loss is not scaled.
    float (*label_loss)(float *dx, const float *x, int64_t V, int64_t label, float smoothing, float scale);
    float (*target_loss)(float *dx, const float *x, const float *target, int64_t V, float scale);
    float (*square_loss)(float *dx, const float *x, const float *target, int64_t C, float scale);
    float (*max)(const float *x, int64_t count);
    /// One row of attention: with e = exp(p·scale − lse), p = mask·e and ds = scale·e·(mask·ds − Σ mask·e·ds). mask may
    /// be NULL.
    void (*softmax_gradient)(float *p, float *ds, const float *mask, int64_t count, float scale, float lse);
} esh_training_rows;

extern const esh_training_rows esh_training_rows_portable;
#if defined(__x86_64__)
extern const esh_training_rows esh_training_rows_avx2;
extern const esh_training_rows esh_training_rows_avx512;
#endif

const esh_training_rows *esh_training_rows_of(const esh_context *);

// dropout.c
int32_t esh_is_dropout(const esh_dropout *); ///< 0 ≤ p < 1
esh_keep esh_keep_of(const esh_dropout *);
esh_status esh_cpu_dropout(esh_context *, float *y, const float *x, const esh_dropout *, int64_t N, int64_t C);

// rows_backward.c
esh_status esh_cpu_layer_norm_training_forward(esh_context *, float *y, float *s, float *statistics, const float *x,
                                               const float *residual, const float *gamma, const float *beta, int64_t N,
                                               int64_t C, float eps);
size_t esh_cpu_layer_norm_backward_scratch(esh_context *, int64_t N, int64_t C);
esh_status esh_cpu_layer_norm_backward(esh_context *, float *ds, float *dgamma, float *dbeta, const float *dy,
                                       const float *s, const float *statistics, const float *gamma, void *scratch,
                                       int64_t N, int64_t C);
esh_status esh_cpu_activation_forward(esh_context *, float *y, const float *x, int64_t count, esh_activation);
esh_status esh_cpu_activation_backward(esh_context *, float *dx, const float *dy, const float *x, int64_t count,
                                       esh_activation);
esh_status esh_cpu_embedding_backward(esh_context *, float *dword, float *dposition, float *dtype, const float *dy,
                                      const int32_t *ids, const int32_t *positions, const int32_t *types,
                                      int32_t padding, int64_t N, int64_t C);
esh_status esh_cpu_scatter_rows(esh_context *, float *dx, const float *dy, const int32_t *rows, int64_t count,
                                int64_t C);

// losses.c
esh_status esh_cpu_cross_entropy(esh_context *, float *losses, float *dlogits, const float *logits,
                                 const int32_t *labels, int64_t N, int64_t V, float smoothing, float scale);
esh_status esh_cpu_soft_cross_entropy(esh_context *, float *losses, float *dlogits, const float *logits,
                                      const float *targets, int64_t N, int64_t V, float scale);
esh_status esh_cpu_mean_squared_error(esh_context *, float *losses, float *dx, const float *x, const float *targets,
                                      int64_t N, int64_t C, float scale);

// ../attention.c, attention_backward.c
esh_status esh_cpu_attention_training_forward(esh_context *, float *y, float *lse, const esh_attention_inputs *,
                                              const esh_dropout *, void *scratch, const esh_attention_shape *);
size_t esh_cpu_attention_backward_scratch(esh_context *, const esh_attention_shape *);
esh_status esh_cpu_attention_backward(esh_context *, const esh_attention_gradients *, const esh_attention_inputs *,
                                      const esh_dropout *, void *scratch, const esh_attention_shape *);
