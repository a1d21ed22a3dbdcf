// The floor of this machine: multiply-adds out of registers and bytes out of memory, in all threads at once.
//
// The best of several runs counts, since whatever else the machine does can only make a run slower.
#include "measure.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// Seconds of one loop over `count` tasks.
static double timed(esh_context *context, int64_t count, esh_task task, void *argument) {
    double start = seconds();
    esh_parallel(context->threads, count, task, argument);
    return seconds() - start;
}

typedef struct peak_call {
    void (*loop)(int64_t rounds);
    int64_t rounds;
    double operations; ///< of one round
} peak_call;

static void peak_task(void *argument, int64_t task, int32_t thread) {
    (void)task, (void)thread;
    const peak_call *c = argument;
    c->loop(c->rounds);
}

// A multiply-add is two operations; a word of the low formats holds several numbers.
static double operations_of(const esh_product *product, int32_t sums, int32_t lanes) {
    return 2.0 * sums * lanes * product->elements;
}

static peak_call peak_of(const esh_context *context, esh_precision precision) {
    const esh_product *product = &context->products[precision];
#if defined(__x86_64__)
    double wide = operations_of(product, ESH_PEAK_SUMS_AVX512, 16);
    if (precision == ESH_PRECISION_BF16) return (peak_call){esh_peak_avx512_bf16, 0, wide};
    if (precision == ESH_PRECISION_INT8) return (peak_call){esh_peak_avx512_int8, 0, wide};
    if (context->simd->isa == ESH_ISA_AVX512) return (peak_call){esh_peak_avx512, 0, wide};
    if (context->simd->isa == ESH_ISA_AVX2)
        return (peak_call){esh_peak_avx2, 0, operations_of(product, ESH_PEAK_SUMS_AVX2, 8)};
#endif
    return (peak_call){esh_peak_portable, 0, operations_of(product, ESH_PEAK_SUMS_PORTABLE, 4)};
}

enum { FIRST_ROUNDS = 1 << 14, PEAK_RUNS = 40 };
// Short, so that on a busy machine one of them has all cores to itself; from one to the next no thread falls asleep.
static const double RUN_SECONDS = 0.003;

esh_status esh_cpu_measure_peak(esh_context *context, esh_precision precision, double *operations_per_second) {
    if (precision < ESH_PRECISION_FP32 || precision > ESH_PRECISION_INT8) return ESH_INVALID_ARGUMENT;
    if (!context->products[precision].tile) return ESH_UNSUPPORTED;
    peak_call call = peak_of(context, precision);
    int64_t threads = esh_threads_count(context->threads);
    for (call.rounds = FIRST_ROUNDS; timed(context, threads, peak_task, &call) < RUN_SECONDS;) call.rounds *= 2;
    double best = 0;
    for (int run = 0; run < PEAK_RUNS; run++) {
        double rate = call.operations * (double)(call.rounds * threads) / timed(context, threads, peak_task, &call);
        if (rate > best) best = rate;
    }
    *operations_per_second = best;
    return ESH_OK;
}

enum { CHUNK = 1 << 20, READ_RUNS = 16 };
static const size_t LEAST_BYTES = (size_t)256 << 20; // well beyond any cache of a desktop

// Four times the last cache where the system tells its size, at most a quarter of the memory.
static size_t buffer_bytes(void) {
    size_t bytes = LEAST_BYTES;
#if defined(_SC_LEVEL3_CACHE_SIZE)
    long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (cache > 0 && 4 * (size_t)cache > bytes) bytes = 4 * (size_t)cache;
#endif
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0 && bytes > (size_t)pages / 4 * (size_t)page) bytes = (size_t)pages / 4 * (size_t)page;
    return bytes < CHUNK ? CHUNK : bytes / CHUNK * CHUNK;
}

typedef uint64_t words8 __attribute__((vector_size(64)));

static void write_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    memset((char *)argument + task * CHUNK, (int)(task & 0x7f) + 1, CHUNK); // untouched pages may share one of zeros
}

static void read_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    const words8 *from = (const words8 *)((const char *)argument + task * CHUNK);
    words8 a = {0}, b = {0};
    for (size_t i = 0; i < CHUNK / sizeof(words8); i += 2) {
        a ^= from[i];
        b ^= from[i + 1];
    }
    a ^= b;
    __asm__ volatile("" : : "m"(a)); // the sum counts as used, so the reading has to happen
}

esh_status esh_cpu_measure_bandwidth(esh_context *context, double *bytes_per_second) {
    size_t bytes = buffer_bytes();
    void *buffer = NULL;
    esh_status status = esh_cpu_allocate(context, &buffer, bytes);
    if (status != ESH_OK) return status;
    int64_t chunks = (int64_t)(bytes / CHUNK);
    esh_parallel(context->threads, chunks, write_task, buffer);
    double best = 0;
    for (int run = 0; run < READ_RUNS; run++) {
        double rate = (double)bytes / timed(context, chunks, read_task, buffer);
        if (rate > best) best = rate;
    }
    esh_cpu_release(context, buffer, bytes);
    *bytes_per_second = best;
    return ESH_OK;
}
