// The CPU's table, and the choice of instruction set.
#include <stdio.h>
#include <stdlib.h>

#include "context.h"
#include "measure.h"
#include "onednn.h"
#include "training/training.h"

static const esh_simd *choose_simd(esh_isa limit) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (limit >= ESH_ISA_AVX512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return &esh_simd_avx512;
    if (limit >= ESH_ISA_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("f16c"))
        return &esh_simd_avx2;
#endif
    (void)limit;
    return &esh_simd_portable;
}

static void choose_products(esh_context *context) {
    context->products[ESH_PRECISION_FP32] = context->simd->fp32;
#if defined(__x86_64__)
    if (context->simd->isa < ESH_ISA_AVX512) return;
    if (__builtin_cpu_supports("avx512bf16")) context->products[ESH_PRECISION_BF16] = esh_product_avx512_bf16;
    // The file of both formats is compiled for both instructions.
    if (__builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vnni"))
        context->products[ESH_PRECISION_INT8] = esh_product_avx512_int8;
#endif
}

static const char *precision_lacks(esh_context *context, esh_precision precision) {
    if (precision < ESH_PRECISION_FP32 || precision > ESH_PRECISION_INT8) return "unknown precision";
    if (context->products[precision].tile) return NULL;
    if (context->simd->isa < ESH_ISA_AVX512) return "it needs AVX-512, which is absent or switched off";
    if (precision == ESH_PRECISION_BF16) return "the processor has no AVX-512 BF16";
    return "the processor has no AVX-512 VNNI and BF16";
}

static void context_destroy(esh_context *context) {
    if (context->onednn) esh_onednn_close(context->onednn);
    if (context->threads) esh_threads_destroy(context->threads);
    free(context);
}

enum { MOST_THREADS = 1024 };

static esh_status context_create(esh_context **out, const esh_options *options) {
    if (options->threads < 0 || options->threads > MOST_THREADS) return ESH_INVALID_ARGUMENT;
    esh_context *context = calloc(1, sizeof *context);
    if (!context) return ESH_OUT_OF_MEMORY;
    context->simd = choose_simd(options->isa);
    choose_products(context);
    context->threads = esh_threads_create(options->threads > 0 ? options->threads : esh_core_count());
    esh_status status = context->threads ? ESH_OK : ESH_DEVICE_FAILURE;
    if (status == ESH_OK && options->products == ESH_PRODUCTS_ONEDNN) {
        context->onednn = esh_onednn_open(esh_threads_count(context->threads));
        if (!context->onednn) status = ESH_UNSUPPORTED;
    }
    if (status != ESH_OK) {
        context_destroy(context);
        return status;
    }
    *out = context;
    return ESH_OK;
}

static void describe(esh_context *context, char *text, size_t capacity) {
    int32_t threads = esh_threads_count(context->threads);
    snprintf(text, capacity, "cpu, %d thread%s, %s, products: %s", threads, threads == 1 ? "" : "s",
        context->simd->name,
             context->onednn ? "oneDNN" : "own");
}

static int32_t thread_count(esh_context *context) { return esh_threads_count(context->threads); }

static void enter(esh_context *context) { esh_threads_enter(context->threads); }

static void leave(esh_context *context) { esh_threads_leave(context->threads); }

// oneDNN divides its products among threads of its own.
static int32_t parallel_width(esh_context *context) {
    return context->onednn ? 1 : esh_threads_count(context->threads);
}

static void parallel(esh_context *context, int64_t count, void (*task)(void *, int64_t, int32_t), void *argument) {
    if (context->onednn) {
        for (int64_t index = 0; index < count; index++) task(argument, index, 0);
    } else {
        esh_parallel(context->threads, count, task, argument);
    }
}

static const char *packed_layout(esh_context *context) { return context->simd->name; }

static esh_status copy_in(esh_context *context, void *device, const void *host, size_t bytes) {
    return esh_cpu_copy(context, device, host, bytes);
}

static esh_status copy_out(esh_context *context, void *host, const void *device, size_t bytes) {
    esh_cpu_expect_writes(host, bytes);
    return esh_cpu_copy(context, host, device, bytes);
}

static const esh_kernels table = {
    .version = ESH_KERNELS_VERSION,
    .context_create = context_create,
    .context_destroy = context_destroy,
    .describe = describe,
    .thread_count = thread_count,
    .precision_lacks = precision_lacks,
    .enter = enter,
    .leave = leave,
    .parallel_width = parallel_width,
    .parallel = parallel,
    .allocate = esh_cpu_allocate,
    .release = esh_cpu_release,
    .copy_in = copy_in,
    .copy_out = copy_out,
    .synchronize = esh_cpu_synchronize,
    .convert = esh_cpu_convert,
    .weight_create = esh_cpu_weight_create,
    .weight_fill = esh_cpu_weight_fill,
    .weight_destroy = esh_cpu_weight_destroy,
    .weight_bytes = esh_cpu_weight_bytes,
    .weight_data = esh_cpu_weight_data,
    .weight_map = esh_cpu_weight_map,
    .packed_layout = packed_layout,
    .relative_pack = esh_cpu_relative_pack,
    .relative_unpack = esh_cpu_relative_unpack,
    .relative_bytes = esh_cpu_relative_bytes,
    .linear_scratch = esh_cpu_linear_scratch,
    .attention_scratch = esh_cpu_attention_scratch,
    .conv1d_scratch = esh_cpu_conv1d_scratch,
    .embedding_forward = esh_cpu_embedding_forward,
    .layer_norm_forward = esh_cpu_layer_norm_forward,
    .linear_forward = esh_cpu_linear_forward,
    .disentangled_attention_forward = esh_cpu_attention_forward,
    .conv1d_forward = esh_cpu_conv1d_forward,
    .gather_rows = esh_cpu_gather_rows,
    .log_softmax_forward = esh_cpu_log_softmax_forward,

    // training: products
    .weight_update = esh_cpu_weight_update,
    .linear_backward_weight_scratch = esh_cpu_linear_backward_weight_scratch,
    .linear_backward_weight = esh_cpu_linear_backward_weight,
    .linear_accumulate = esh_cpu_linear_accumulate,
    .conv1d_backward_scratch = esh_cpu_conv1d_backward_scratch,
    .conv1d_backward = esh_cpu_conv1d_backward,
    .adamw_step = esh_cpu_adamw_step,
    .sum_of_squares = esh_cpu_sum_of_squares,
    .fill = esh_cpu_fill,
    .add_scaled = esh_cpu_add_scaled,

    .dropout = esh_cpu_dropout,
    .layer_norm_training_forward = esh_cpu_layer_norm_training_forward,
    .layer_norm_backward_scratch = esh_cpu_layer_norm_backward_scratch,
    .layer_norm_backward = esh_cpu_layer_norm_backward,
    .activation_forward = esh_cpu_activation_forward,
    .activation_backward = esh_cpu_activation_backward,
    .cross_entropy = esh_cpu_cross_entropy,
    .soft_cross_entropy = esh_cpu_soft_cross_entropy,
    .mean_squared_error = esh_cpu_mean_squared_error,
    .embedding_backward = esh_cpu_embedding_backward,
    .scatter_rows = esh_cpu_scatter_rows,
    .disentangled_attention_training_forward = esh_cpu_attention_training_forward,
    .attention_backward_scratch = esh_cpu_attention_backward_scratch,
    .disentangled_attention_backward = esh_cpu_attention_backward,
    .measure_peak = esh_cpu_measure_peak,
    .measure_bandwidth = esh_cpu_measure_bandwidth,
};

const esh_kernels *esh_cpu_kernels(void) { return &table; }
