// Memory of the CPU device: aligned, in huge pages where the system has them.
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "context.h"

enum { HUGE_PAGE = 2 << 20 };

esh_status esh_cpu_allocate(esh_context *context, void **out, size_t bytes) {
    (void)context;
    int huge = bytes >= 2 * HUGE_PAGE;
    size_t alignment = huge ? HUGE_PAGE : 64;
    if (bytes > SIZE_MAX / 2) return ESH_OUT_OF_MEMORY;
    size_t padded = (bytes + 64 + 63) & ~(size_t)63; // kernels prefetch a little past the end
    void *pointer = NULL;
    if (posix_memalign(&pointer, alignment, padded) != 0) return ESH_OUT_OF_MEMORY;
#if defined(__linux__)
    if (huge) madvise(pointer, padded, MADV_HUGEPAGE); // a refusal costs speed alone
#endif
    *out = pointer;
    return ESH_OK;
}

void esh_cpu_release(esh_context *context, void *pointer, size_t bytes) {
    (void)context, (void)bytes;
    free(pointer);
}

typedef struct copy_call {
    char *to;
    const char *from;
    size_t bytes;
} copy_call;

enum { COPY_CHUNK = 1 << 20 };

static void copy_chunk(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const copy_call *c = argument;
    size_t first = (size_t)task * COPY_CHUNK;
    memcpy(c->to + first, c->from + first, c->bytes - first < COPY_CHUNK ? c->bytes - first : COPY_CHUNK);
}

// By all threads: most of the time of a large copy is the system's, for pages touched for the first time.
esh_status esh_cpu_copy(esh_context *context, void *to, const void *from, size_t bytes) {
    copy_call call = {to, from, bytes};
    esh_parallel(context->threads, esh_ceil_div((int64_t)bytes, COPY_CHUNK), copy_chunk, &call);
    return ESH_OK;
}

esh_status esh_cpu_synchronize(esh_context *context) {
    (void)context;
    return ESH_OK;
}

typedef struct convert_call {
    const esh_simd *simd;
    float *y;
    const char *x;
    esh_dtype dtype;
    int64_t count;
} convert_call;

enum { CONVERT_CHUNK = 1 << 16 };

static void convert_chunk(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const convert_call *c = argument;
    int64_t first = task * CONVERT_CHUNK;
    int64_t count = c->count - first < CONVERT_CHUNK ? c->count - first : CONVERT_CHUNK;
    c->simd->convert(c->y + first, c->x + first * esh_dtype_size(c->dtype), c->dtype, count);
}

esh_status esh_cpu_convert(esh_context *context, float *y, const void *x, esh_dtype dtype, int64_t count) {
    convert_call call = {context->simd, y, x, dtype, count};
    esh_parallel(context->threads, esh_ceil_div(count, CONVERT_CHUNK), convert_chunk, &call);
    return ESH_OK;
}
