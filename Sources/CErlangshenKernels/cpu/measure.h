// What measure.c and the loops that it times share.
#pragma once
#include "context.h"

/// Sums that a peak loop has in flight: 12 of 16 registers, with a and b and, without fused instructions, the product;
/// 24 of 32 for AVX-512 and for the 128-bit vectors of ARM.
enum {
#if defined(__aarch64__)
    ESH_PEAK_SUMS_PORTABLE = 24,
#else
    ESH_PEAK_SUMS_PORTABLE = 12,
#endif
    ESH_PEAK_SUMS_AVX2 = 12,
    ESH_PEAK_SUMS_AVX512 = 24,
};

// simd/peak.c: `rounds` times one multiply-add for each sum
void esh_peak_portable(int64_t rounds);
#if defined(__x86_64__)
void esh_peak_avx2(int64_t rounds);
void esh_peak_avx512(int64_t rounds);
void esh_peak_avx512_bf16(int64_t rounds);
void esh_peak_avx512_int8(int64_t rounds);
#endif

// measure.c
esh_status esh_cpu_measure_peak(esh_context *, esh_precision, double *operations_per_second);
esh_status esh_cpu_measure_bandwidth(esh_context *, double *bytes_per_second);
