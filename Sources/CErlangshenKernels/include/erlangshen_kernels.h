/// The seam between Swift and the arithmetic: one table of layer-level functions.
///
/// A device (the CPU here, a CUDA library opened at run time beside it) fills one `esh_kernels`; Swift calls through it
/// and knows nothing else of the device. Letters: N rows (all real tokens of a padding-free batch, sequences end to
/// end), B sequences, M query rows, C hidden size, H heads, D head size, O output features, I input features, V vocabulary entries,
/// R rows of the relative table, K taps of the convolution.
///
/// Rules: outputs first, then inputs, sizes, scalars. Pointers are device memory and marked `out` (overwritten), `acc`
/// (added to), `in` or `scratch`; matrices are row-major, rows `ld…` floats apart where an `ld` is given and back to back otherwise.
/// No function allocates except those named `…_create`, `measure_…` and `allocate`; none exits or prints. A result does not depend
/// on the number of threads, nor a row's result on the other rows of its call.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ESH_KERNELS_VERSION 7

typedef enum esh_status {
    ESH_OK = 0,
    ESH_OUT_OF_MEMORY = 1,
    ESH_INVALID_ARGUMENT = 2,
    ESH_UNSUPPORTED = 3,
    ESH_DEVICE_FAILURE = 4,
} esh_status;

/// Number formats that `weight_create` and `convert` read.
typedef enum esh_dtype { ESH_F32 = 0, ESH_F16 = 1, ESH_BF16 = 2, ESH_F64 = 3 } esh_dtype;

/// Precisions of a matrix product. Activations enter and leave as float32; sums are float32, of int8 exact integers.
typedef enum esh_precision {
    ESH_PRECISION_FP32 = 0,
    ESH_PRECISION_BF16 = 1, ///< both operands rounded to bfloat16
    ESH_PRECISION_INT8 = 2, ///< weights with one scale for each output, activations with one for each row, symmetric
} esh_precision;

/// Activations by their Hugging Face names: gelu is the exact erf form, gelu_new the tanh form.
typedef enum esh_activation {
    ESH_IDENTITY = 0,
    ESH_GELU = 1,
    ESH_GELU_NEW = 2,
    ESH_TANH = 3,
    ESH_RELU = 4,
    ESH_SILU = 5,
    ESH_SIGMOID = 6,
} esh_activation;

/// Instruction sets, in rising order. `ESH_ISA_BEST` is whatever the processor has.
typedef enum esh_isa { ESH_ISA_PORTABLE = 0, ESH_ISA_AVX2 = 1, ESH_ISA_AVX512 = 2, ESH_ISA_BEST = 3 } esh_isa;

/// Who computes matrix products: the library's own kernels, or oneDNN opened at run time.
typedef enum esh_products { ESH_PRODUCTS_OWN = 0, ESH_PRODUCTS_ONEDNN = 1 } esh_products;

typedef struct esh_options {
    int32_t threads;       ///< worker threads, the calling one included; 0 = one for each core this process may use
    esh_isa isa;           ///< upper limit; a better processor is held to it, a lesser one uses what it has
    esh_products products; ///< ESH_PRODUCTS_ONEDNN fails with ESH_UNSUPPORTED when the library cannot be opened
} esh_options;

typedef struct esh_context esh_context; ///< threads or stream; owned by one device
typedef struct esh_weight esh_weight;   ///< a matrix packed for products; only `weight_fill` and `weight_update` write it

/// Shapes of one attention call, the same for every layer of a batch.
typedef struct esh_attention_shape {
    int64_t B;              ///< sequences
    int64_t H, D;           ///< heads, head size
    int64_t R;              ///< rows of the relative table, 2·span; 0 = no relative attention
    int64_t linear_reach;   ///< index(δ) = δ + span for every |δ| ≤ this
    int64_t longest;        ///< largest position extent (last − first + 1) of a sequence of the batch
    float scale;            ///< above 0; scores are multiplied by this before the softmax
    esh_precision precision; ///< of the products, and of the packed relative tables: fp32 or bf16
} esh_attention_shape;

/// What one attention call reads. Keys are the N rows of the batch; queries are those whose result is wanted.
typedef struct esh_attention_inputs {
    const float *_Nonnull q;         ///< [M, H·D], rows ldq apart
    const float *_Nonnull k;         ///< [N, H·D], rows ldkv apart
    const float *_Nonnull v;         ///< [N, H·D], rows ldkv apart
    int64_t ldq, ldkv;
    const void *_Nullable kr;        ///< packed by relative_pack, reversed; NULL = term absent
    const void *_Nullable qr;        ///< packed by relative_pack; NULL = term absent
    const int32_t *_Nonnull offsets; ///< [B+1] key rows of each sequence
    const int32_t *_Nonnull positions;       ///< [N] of the keys, strictly rising in a sequence
    const int32_t *_Nonnull query_offsets;   ///< [B+1] query rows of each sequence
    const int32_t *_Nonnull query_positions; ///< [M] of the queries, strictly rising, each a key's position
    const int32_t *_Nonnull index;   ///< [2·longest−1]: index[δ + longest − 1] = row of the relative table for δ = i − j
} esh_attention_inputs;

/// Settings of one step of AdamW.
typedef struct esh_adamw {
    double lr, beta1, beta2, eps;
    double weight_decay;     ///< decoupled: w shrinks by lr·weight_decay of itself
    double bias_correction1; ///< 1 − β1^t of step t = 1, 2, …; 1 = no correction
    double bias_correction2; ///< 1 − β2^t
    double gradient_scale;   ///< g counts times this: clipping, the mean over a batch
} esh_adamw;
// ---- training: rows and attention

/// Dropout. Number c of row n is kept when word c mod 4 of Philox4x32-10(counter = (c / 4, extra, stream, 0), key =
/// row_keys[n], its low half first) is at least p·2³², rounded; what is kept is divided by 1 − p. Nothing is stored: the
/// same keys and stream give the same mask again.
typedef struct esh_dropout {
    const uint64_t *_Nonnull row_keys; ///< a key for each row
    float p;                           ///< 0 ≤ p < 1
    uint32_t stream;                   ///< the place of use
} esh_dropout;

/// What backward of attention reads beside forward's inputs, and what it makes.
typedef struct esh_attention_gradients {
    float *_Nonnull dq;        ///< [M, H·D] out, rows lddq apart
    float *_Nonnull dk;        ///< [N, H·D] out, rows lddkv apart
    float *_Nonnull dv;        ///< [N, H·D] out, rows lddkv apart
    int64_t lddq, lddkv;
    float *_Nullable dkr;      ///< [R, H·D] acc; NULL = not wanted
    float *_Nullable dqr;      ///< [R, H·D] acc; NULL = not wanted
    const float *_Nonnull dy;  ///< [M, H·D] in
    const float *_Nonnull lse; ///< [M, H] in, what forward gave
    const float *_Nullable kr; ///< [R, H·D] in, plain, as `relative_pack` reads it; NULL = term absent
    const float *_Nullable qr; ///< [R, H·D] in, plain; NULL = term absent
} esh_attention_gradients;

/// A label that has no part in a loss.
enum { ESH_IGNORED_LABEL = -100 };

typedef struct esh_kernels {
    uint32_t version; ///< ESH_KERNELS_VERSION; a table of another version is refused

    // ---- life of a device
    esh_status (*_Nonnull context_create)(esh_context *_Nullable *_Nonnull out, const esh_options *_Nonnull options);
    void (*_Nonnull context_destroy)(esh_context *_Nonnull);
    /// Writes at most `capacity` bytes of a line such as "cpu, 2 threads, avx512, products: own".
    void (*_Nonnull describe)(esh_context *_Nonnull, char *_Nonnull text, size_t capacity);
    int32_t (*_Nonnull thread_count)(esh_context *_Nonnull);
    /// NULL when the device has the precision, else what it lacks: "the processor has no AVX-512 VNNI".
    const char *_Nullable (*_Nonnull precision_lacks)(esh_context *_Nonnull, esh_precision precision);

    // ---- tasks
    /// A caller announces a run of several calls, and its end; from the same thread. When there are as many of them as
    /// threads each computes alone, and no more run at a time than there are cores: `enter` waits for a turn.
    void (*_Nonnull enter)(esh_context *_Nonnull);
    void (*_Nonnull leave)(esh_context *_Nonnull);
    /// Tasks that `parallel` runs at once; 1: dividing a batch does not pay here.
    int32_t (*_Nonnull parallel_width)(esh_context *_Nonnull);
    /// Runs task(argument, index, thread) for every index < count, thread < thread_count, and returns when all are done.
    /// No two tasks of one call run with the same `thread` at once; what a task calls of this table is computed by its
    /// own thread alone.
    void (*_Nonnull parallel)(esh_context *_Nonnull, int64_t count,
                              void (*_Nonnull task)(void *_Nullable argument, int64_t index, int32_t thread),
                              void *_Nullable argument);

    // ---- memory
    esh_status (*_Nonnull allocate)(esh_context *_Nonnull, void *_Nullable *_Nonnull out, size_t bytes); ///< 64-byte aligned
    void (*_Nonnull release)(esh_context *_Nonnull, void *_Nonnull pointer, size_t bytes);
    esh_status (*_Nonnull copy_in)(esh_context *_Nonnull, void *_Nonnull device, const void *_Nonnull host, size_t bytes);
    esh_status (*_Nonnull copy_out)(esh_context *_Nonnull, void *_Nonnull host, const void *_Nonnull device, size_t bytes);
    esh_status (*_Nonnull synchronize)(esh_context *_Nonnull);

    // ---- loading
    /// y [count] out, float32 · x [count] in, host memory of `dtype`, any alignment
    esh_status (*_Nonnull convert)(esh_context *_Nonnull, float *_Nonnull y, const void *_Nonnull x, esh_dtype dtype,
                                   int64_t count);
    /// Allocates room for a matrix [O, I]; its rows are then filled by `weight_fill`. `gather` != 0 keeps a form that
    /// `embedding_forward` can read rows from (fp32 and bf16).
    esh_status (*_Nonnull weight_create)(esh_context *_Nonnull, esh_weight *_Nullable *_Nonnull out, int64_t O, int64_t I,
                                         esh_precision precision, int32_t gather);
    /// Packs x [rows, I/taps, taps] in (host memory of `dtype`, any alignment) into rows first_row… of the weight.
    /// Input feature u·(I/taps) + i of the packed matrix is x[row, i, u]: taps = 1 for a linear layer, K for a convolution.
    /// `first_row` and, but for the last call, `rows` are multiples of 256.
    esh_status (*_Nonnull weight_fill)(esh_context *_Nonnull, esh_weight *_Nonnull, const void *_Nonnull x, esh_dtype dtype,
                                       int64_t first_row, int64_t rows, int64_t taps);
    void (*_Nonnull weight_destroy)(esh_context *_Nonnull, esh_weight *_Nonnull);
    size_t (*_Nonnull weight_bytes)(const esh_weight *_Nonnull);
    /// The packed matrix as it lies in memory, weight_bytes of them; NULL when the device has no such form.
    const void *_Nullable (*_Nonnull weight_data)(const esh_weight *_Nonnull);
    /// A matrix whose packed form is there already: `bytes` of host memory, aligned to 64 and padded to at most the next multiple of 64, which the caller keeps until
    /// the weight is destroyed. ESH_INVALID_ARGUMENT when size or alignment are not those of this matrix here.
    esh_status (*_Nonnull weight_map)(esh_context *_Nonnull, esh_weight *_Nullable *_Nonnull out, int64_t O, int64_t I,
                                      esh_precision precision, const void *_Nonnull data, size_t bytes);
    /// The name of the packed form: what one device packed, another with the same name may map.
    const char *_Nonnull (*_Nonnull packed_layout)(esh_context *_Nonnull);
    /// y, relative_bytes(…) of them, out · x [R, H·D] in: transposed per head, with the columns in falling order of the
    /// row when `reversed` (the order that c2p reads), in rising order otherwise (p2c).
    esh_status (*_Nonnull relative_pack)(esh_context *_Nonnull, void *_Nonnull y, const float *_Nonnull x, int64_t R,
                                         int64_t H, int64_t D, int32_t reversed, esh_precision precision);
    /// The way back, for those who look into attention: x [R, H·D] out · y in, packed with the same arguments. What bf16
    /// rounded off stays off.
    esh_status (*_Nonnull relative_unpack)(esh_context *_Nonnull, float *_Nonnull x, const void *_Nonnull y, int64_t R,
                                           int64_t H, int64_t D, int32_t reversed, esh_precision precision);
    size_t (*_Nonnull relative_bytes)(esh_context *_Nonnull, int64_t R, int64_t H, int64_t D, esh_precision precision);

    // ---- scratch, in bytes; one scratch serves one call at a time
    size_t (*_Nonnull linear_scratch)(esh_context *_Nonnull, const esh_weight *_Nonnull weight, int64_t N);
    size_t (*_Nonnull attention_scratch)(esh_context *_Nonnull, const esh_attention_shape *_Nonnull);
    /// weight: the matrix of one group
    size_t (*_Nonnull conv1d_scratch)(esh_context *_Nonnull, const esh_weight *_Nonnull weight, int64_t N);

    // ---- forward
    /// y = word[ids] (+ position[positions]) (+ type[types])
    ///   y [N,C] out · word [V,C], position [P,C], type [T,C] in (absent: NULL) · ids, positions, types [N] in, checked by
    ///   the caller against V, P, T
    esh_status (*_Nonnull embedding_forward)(esh_context *_Nonnull, float *_Nonnull y, const esh_weight *_Nonnull word,
                                             const float *_Nullable position, const float *_Nullable type,
                                             const int32_t *_Nonnull ids, const int32_t *_Nullable positions,
                                             const int32_t *_Nullable types, int64_t N, int64_t C);
    /// LayerNorm over the last axis of x + residual: y = (s − mean)·rstd·gamma + beta            source: arXiv 1607.06450
    ///   y [N,C] out (may be x or residual) · x, residual [N,C] in (residual may be NULL) · gamma, beta [C] in
    esh_status (*_Nonnull layer_norm_forward)(esh_context *_Nonnull, float *_Nonnull y, const float *_Nonnull x,
                                              const float *_Nullable residual, const float *_Nonnull gamma,
                                              const float *_Nonnull beta, int64_t N, int64_t C, float eps);
    /// y = act(x·Wᵀ + b)
    ///   y [N,O] out · x [N,I] in · weight [O,I] in · bias [O] in (may be NULL) · scratch of linear_scratch(weight, N)
    esh_status (*_Nonnull linear_forward)(esh_context *_Nonnull, float *_Nonnull y, const float *_Nonnull x,
                                          const esh_weight *_Nonnull weight, const float *_Nullable bias,
                                          void *_Nonnull scratch, int64_t N, int64_t ldy, int64_t ldx,
                                          esh_activation activation);
    /// score[i,j] = scale·(Q_i·K_j + Q_i·Kr[idx(i−j)] + K_j·Qr[idx(i−j)]);  y_i = Σ_j softmax_j(score)·V_j, per sequence and
    /// head; i, j are positions.                                                      source: arXiv 2006.03654 §3.1
    ///   y [M,H·D] out · scratch of attention_scratch(shape)
    esh_status (*_Nonnull disentangled_attention_forward)(esh_context *_Nonnull, float *_Nonnull y,
                                                          const esh_attention_inputs *_Nonnull inputs,
                                                          void *_Nonnull scratch,
                                                          const esh_attention_shape *_Nonnull shape);
    /// y[t] = act(Σ_u W_u·x[t + u − (K−1)/2] + b) within each sequence, by position; absent neighbours are zero.
    ///   y [N,C] out · x [N,C] in · weights: one per group, [C/groups, K·C/groups] in · bias [C] in
    esh_status (*_Nonnull conv1d_forward)(esh_context *_Nonnull, float *_Nonnull y, const float *_Nonnull x,
                                          const esh_weight *_Nonnull const *_Nonnull weights, const float *_Nonnull bias,
                                          const int32_t *_Nonnull offsets, const int32_t *_Nonnull positions,
                                          void *_Nonnull scratch, int64_t B, int64_t N, int64_t C, int64_t groups,
                                          int64_t K, esh_activation activation);
    /// y[r] = x[rows[r]]      y [count,C] out · x [N,C] in · rows [count] in, checked by the caller against N
    esh_status (*_Nonnull gather_rows)(esh_context *_Nonnull, float *_Nonnull y, const float *_Nonnull x,
                                       const int32_t *_Nonnull rows, int64_t count, int64_t C);
    /// y = x − log Σ exp x over the last axis      y [N,V] out (may be x) · x [N,V] in
    esh_status (*_Nonnull log_softmax_forward)(esh_context *_Nonnull, float *_Nonnull y, const float *_Nonnull x, int64_t N,
                                               int64_t V);

    // ---- training: products
    // `acc` is added to. Parameters and their gradients are float32 in the checkpoint's layout.
    /// Packs x into rows first_row… and columns first_column… of a weight made by `weight_create` in fp32 or bf16. The rest
    /// of the weight stays: a matrix that joins several takes them part by part, of rows or, `transposed`, of columns.
    ///   x in, device memory: [rows, columns/taps, taps], order of taps as in `weight_fill`
    ///     · `transposed`: [columns/taps, rows, taps], W[r, u·(columns/taps) + i] = x[i, r, taps − 1 − u]
    ///   taps > 1: the columns are all of the weight's. ESH_INVALID_ARGUMENT for a part beyond the weight or a mapped
    ///   weight, ESH_UNSUPPORTED for int8 and for a form of oneDNN's (`gather` != 0 avoids that)
    esh_status (*_Nonnull weight_update)(esh_context *_Nonnull, esh_weight *_Nonnull, const float *_Nonnull x,
                                         int64_t first_row, int64_t rows, int64_t first_column, int64_t columns,
                                         int64_t taps, int32_t transposed);
    /// Bytes of scratch.
    size_t (*_Nonnull linear_backward_weight_scratch)(esh_context *_Nonnull, int64_t N, int64_t O, int64_t I,
                                                      esh_precision precision);
    /// dW += dyᵀ·x, dbias += Σ_n dy[n], the product in fp32 or bf16, both sums in float32
    ///   dw [O,I] acc · dbias [O] acc (may be NULL) · dy [N,O] in · x [N,I] in · scratch
    esh_status (*_Nonnull linear_backward_weight)(esh_context *_Nonnull, float *_Nonnull dw, float *_Nullable dbias,
                                                  const float *_Nonnull dy, const float *_Nonnull x,
                                                  void *_Nonnull scratch, int64_t N, int64_t O, int64_t I, int64_t ldy,
                                                  int64_t ldx, esh_precision precision);
    /// y += x·Wᵀ; with the transposed weight the gradient of a linear layer's input, dx += dy·W. fp32 and bf16.
    ///   y [N,O] acc · x [N,I] in · weight [O,I] in · scratch of linear_scratch(weight, N)
    esh_status (*_Nonnull linear_accumulate)(esh_context *_Nonnull, float *_Nonnull y, const float *_Nonnull x,
                                             const esh_weight *_Nonnull weight, void *_Nonnull scratch, int64_t N,
                                             int64_t ldy, int64_t ldx);
    /// weight: the transposed matrix of one group
    size_t (*_Nonnull conv1d_backward_scratch)(esh_context *_Nonnull, const esh_weight *_Nonnull weight, int64_t N);
    /// The gradients of conv1d_forward's sums, before the activation.
    ///   dx [N,C] out · dw [C,C/groups,K] acc · dbias [C] acc (may be NULL) · dy, x [N,C] in · transposed: one per group,
    ///   [C/groups, K·C/groups] in, filled by weight_update with `transposed` and taps = K from w [C/groups, C/groups, K]
    esh_status (*_Nonnull conv1d_backward)(esh_context *_Nonnull, float *_Nonnull dx, float *_Nonnull dw,
                                           float *_Nullable dbias, const float *_Nonnull dy, const float *_Nonnull x,
                                           const esh_weight *_Nonnull const *_Nonnull transposed,
                                           const int32_t *_Nonnull offsets, const int32_t *_Nonnull positions,
                                           void *_Nonnull scratch, int64_t B, int64_t N, int64_t C, int64_t groups,
                                           int64_t K);
    /// g' = gradient_scale·g;  w ← w·(1 − lr·weight_decay);  m ← β1·m + (1 − β1)·g';  v ← β2·v + (1 − β2)·g'²;
    /// w ← w − lr/bias_correction1 · m / (√v/√bias_correction2 + eps)                            source: arXiv 1711.05101
    ///   w, m, v [count] acc · g [count] in
    esh_status (*_Nonnull adamw_step)(esh_context *_Nonnull, float *_Nonnull w, float *_Nonnull m, float *_Nonnull v,
                                      const float *_Nonnull g, int64_t count, const esh_adamw *_Nonnull settings);
    /// *sum = Σ x² in double, out, host memory · x [count] in. NaN or infinite just when an element is.
    esh_status (*_Nonnull sum_of_squares)(esh_context *_Nonnull, double *_Nonnull sum, const float *_Nonnull x,
                                          int64_t count);
    /// y [count] out
    esh_status (*_Nonnull fill)(esh_context *_Nonnull, float *_Nonnull y, float value, int64_t count);
    /// y += a·x      y [count] acc · x [count] in
    esh_status (*_Nonnull add_scaled)(esh_context *_Nonnull, float *_Nonnull y, const float *_Nonnull x, float a,
                                      int64_t count);
    // ---- training: rows and attention
    /// Dropout with extra = 0, forward and backward alike; p = 0 copies.
    ///   y [N,C] out (may be x) · x [N,C] in · row_keys [N]
    esh_status (*_Nonnull dropout)(esh_context *_Nonnull, float *_Nonnull y, const float *_Nonnull x,
                                   const esh_dropout *_Nonnull dropout, int64_t N, int64_t C);
    /// As layer_norm_forward, keeping s = x + residual and, for each row, its mean and rstd.
    ///   y [N,C] out · s [N,C] out (may be x or residual) · statistics [N,2] out · x, residual [N,C] in (residual may be
    ///   NULL) · gamma, beta [C] in
    esh_status (*_Nonnull layer_norm_training_forward)(esh_context *_Nonnull, float *_Nonnull y, float *_Nonnull s,
                                                       float *_Nonnull statistics, const float *_Nonnull x,
                                                       const float *_Nullable residual, const float *_Nonnull gamma,
                                                       const float *_Nonnull beta, int64_t N, int64_t C, float eps);
    size_t (*_Nonnull layer_norm_backward_scratch)(esh_context *_Nonnull, int64_t N, int64_t C);
    /// ds [N,C] out (may be dy), the gradient of x and of residual · dgamma, dbeta [C] acc (NULL: not wanted) · dy,
    /// s [N,C] in · statistics [N,2] in · gamma [C] in
    esh_status (*_Nonnull layer_norm_backward)(esh_context *_Nonnull, float *_Nonnull ds, float *_Nullable dgamma,
                                               float *_Nullable dbeta, const float *_Nonnull dy, const float *_Nonnull s,
                                               const float *_Nonnull statistics, const float *_Nonnull gamma,
                                               void *_Nonnull scratch, int64_t N, int64_t C);
    /// y = act(x)      y [count] out (may be x) · x [count] in
    esh_status (*_Nonnull activation_forward)(esh_context *_Nonnull, float *_Nonnull y, const float *_Nonnull x,
                                              int64_t count, esh_activation activation);
    /// dx = dy·act'(x)      dx [count] out (may be dy or x) · dy, x [count] in
    esh_status (*_Nonnull activation_backward)(esh_context *_Nonnull, float *_Nonnull dx, const float *_Nonnull dy,
                                               const float *_Nonnull x, int64_t count, esh_activation activation);
    /// loss = −Σ_j t_j·log softmax(logits)_j with t = (1 − smoothing)·[j = label] + smoothing/V; ESH_IGNORED_LABEL has loss
    /// and gradient 0, any other label outside 0…V−1 is ESH_INVALID_ARGUMENT.
    ///   losses [N] out, not scaled · dlogits [N,V] out, times scale (may be logits, or NULL) · logits [N,V] in · labels
    ///   [N] in
    esh_status (*_Nonnull cross_entropy)(esh_context *_Nonnull, float *_Nonnull losses, float *_Nullable dlogits,
                                         const float *_Nonnull logits, const int32_t *_Nonnull labels, int64_t N,
                                         int64_t V, float smoothing, float scale);
    /// The same with t given for every entry.      targets [N,V] in
    esh_status (*_Nonnull soft_cross_entropy)(esh_context *_Nonnull, float *_Nonnull losses, float *_Nullable dlogits,
                                              const float *_Nonnull logits, const float *_Nonnull targets, int64_t N,
                                              int64_t V, float scale);
    /// loss = Σ_j (x_j − t_j)²/C
    ///   losses [N] out, not scaled · dx [N,C] out, times scale (may be x, or NULL) · x, targets [N,C] in
    esh_status (*_Nonnull mean_squared_error)(esh_context *_Nonnull, float *_Nonnull losses, float *_Nullable dx,
                                              const float *_Nonnull x, const float *_Nonnull targets, int64_t N,
                                              int64_t C, float scale);
    /// dword[ids] += dy, dposition[positions] += dy, dtype[types] += dy, in the order of the rows
    ///   dword [V,C], dposition [P,C], dtype [T,C] acc (absent: NULL) · dy [N,C] in · ids, positions, types [N] in, checked
    ///   by the caller against V, P, T · padding: a row of dword that nothing is added to, -1 for none
    esh_status (*_Nonnull embedding_backward)(esh_context *_Nonnull, float *_Nullable dword,
                                              float *_Nullable dposition, float *_Nullable dtype,
                                              const float *_Nonnull dy, const int32_t *_Nonnull ids,
                                              const int32_t *_Nullable positions, const int32_t *_Nullable types,
                                              int32_t padding, int64_t N, int64_t C);
    /// dx[rows[r]] += dy[r]: the gradient of gather_rows, in the order of the rows
    ///   dx [N,C] acc · dy [count,C] in · rows [count] in, checked by the caller against N
    esh_status (*_Nonnull scatter_rows)(esh_context *_Nonnull, float *_Nonnull dx, const float *_Nonnull dy,
                                        const int32_t *_Nonnull rows, int64_t count, int64_t C);
    /// As disentangled_attention_forward, keeping lse = log Σ_j exp(score) of every query and head, with dropout of the
    /// probabilities (after the softmax, before V): mask number j of row i and head h is that of row_keys[i], extra = h,
    /// where j is the key's place in its sequence, 0…S−1.
    ///   y [M,H·D], lse [M,H] out · dropout: keys [M] of the queries, or NULL · scratch of attention_scratch(shape)
    esh_status (*_Nonnull disentangled_attention_training_forward)(esh_context *_Nonnull, float *_Nonnull y,
                                                                   float *_Nonnull lse,
                                                                   const esh_attention_inputs *_Nonnull inputs,
                                                                   const esh_dropout *_Nullable dropout,
                                                                   void *_Nonnull scratch,
                                                                   const esh_attention_shape *_Nonnull shape);
    size_t (*_Nonnull attention_backward_scratch)(esh_context *_Nonnull, const esh_attention_shape *_Nonnull);
    /// The gradients of all that forward read, by the same dropout; `inputs` as in forward, its kr and qr are not read.
    ///   scratch of attention_backward_scratch(shape)
    esh_status (*_Nonnull disentangled_attention_backward)(esh_context *_Nonnull,
                                                           const esh_attention_gradients *_Nonnull gradients,
                                                           const esh_attention_inputs *_Nonnull inputs,
                                                           const esh_dropout *_Nullable dropout,
                                                           void *_Nonnull scratch,
                                                           const esh_attention_shape *_Nonnull shape);

    // ---- the floor of a device: what it could do at best, all threads at once, the best of several short runs
    /// Multiplications and additions a second out of registers, with the instructions of the products of `precision`;
    /// ESH_UNSUPPORTED when the device lacks it.
    esh_status (*_Nonnull measure_peak)(esh_context *_Nonnull, esh_precision precision,
                                        double *_Nonnull operations_per_second);
    /// Bytes a second read from a buffer well beyond the last cache, which is allocated for the time of the call.
    esh_status (*_Nonnull measure_bandwidth)(esh_context *_Nonnull, double *_Nonnull bytes_per_second);
} esh_kernels;

/// The table of the CPU.
const esh_kernels *_Nonnull esh_cpu_kernels(void);

/// True when this build knows oneDNN's header and the library can be opened now.
int32_t esh_onednn_available(void);

#ifdef __cplusplus
}
#endif
