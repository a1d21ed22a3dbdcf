// Memory of the CPU device: aligned, in huge pages where the system has them.
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "context.h"

enum { HUGE_PAGE = 2 << 20 };

#if defined(__linux__)
// Large pieces are mapped on their own: no header of an allocator shares their pages, and huge pages, which the system
// fills whole, are asked for only as far as the piece fills them.
static int is_mapped(size_t bytes) { return bytes >= HUGE_PAGE; }

static size_t whole_pages(size_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

static void *map_huge(size_t bytes) {
    size_t whole = whole_pages(bytes);
    char *raw = mmap(NULL, whole + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return NULL;
    size_t skipped = (HUGE_PAGE - (uintptr_t)raw % HUGE_PAGE) % HUGE_PAGE;
    if (skipped) munmap(raw, skipped);
    if (skipped < HUGE_PAGE) munmap(raw + skipped + whole, HUGE_PAGE - skipped);
    madvise(raw + skipped, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE); // a refusal costs speed alone
    return raw + skipped;
}
#endif

esh_status esh_cpu_allocate(esh_context *context, void **out, size_t bytes) {
    (void)context;
    void *pointer = NULL;
    if (bytes > SIZE_MAX / 2) return ESH_OUT_OF_MEMORY;
#if defined(__linux__)
    if (is_mapped(bytes)) {
        *out = map_huge(bytes);
        return *out ? ESH_OK : ESH_OUT_OF_MEMORY;
    }
#endif
    if (posix_memalign(&pointer, 64, (bytes + 63) & ~(size_t)63) != 0) return ESH_OUT_OF_MEMORY;
    *out = pointer;
    return ESH_OK;
}

void esh_cpu_release(esh_context *context, void *pointer, size_t bytes) {
    (void)context, (void)bytes;
#if defined(__linux__)
    if (is_mapped(bytes)) {
        munmap(pointer, whole_pages(bytes));
        return;
    }
#endif
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

// The host's memory for a large result is new each time, and the system clears what is touched: huge pages are a few
// faults where small ones are thousands. A refusal costs speed alone.
void esh_cpu_expect_writes(void *host, size_t bytes) {
#if defined(__linux__)
    uintptr_t first = ((uintptr_t)host + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    uintptr_t end = ((uintptr_t)host + bytes) / HUGE_PAGE * HUGE_PAGE;
    if (end > first) madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
    (void)host, (void)bytes;
#endif
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
