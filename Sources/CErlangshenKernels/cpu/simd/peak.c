// Multiply-adds out of registers: the most that an instruction set can do, for the floor that `measure_peak` reports.
#include "../measure.h"

// The operand looks changed to the compiler each time, so that it neither takes a product out of the loop nor makes one
// serve several sums; no instruction comes of it.
#if defined(__x86_64__)
#define IN_REGISTER(x) __asm__ volatile("" : "+v"(x))
#elif defined(__aarch64__)
#define IN_REGISTER(x) __asm__ volatile("" : "+w"(x))
#else
#define IN_REGISTER(x) __asm__ volatile("" : "+m"(x))
#endif

// SUMS of them are in flight at once: latency times rate of a multiply-add, with room to spare, as far as registers go.
#define PEAK_LOOP(NAME, VECTOR, SUMS, OPERAND, MULTIPLY_ADD)                                                           \
    void NAME(int64_t rounds) {                                                                                        \
        VECTOR total[SUMS], a = OPERAND, b = OPERAND;                                                                  \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) total[i] = OPERAND;                          \
        for (int64_t round = 0; round < rounds; round++) {                                                             \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) {                                        \
                IN_REGISTER(a);                                                                                        \
                total[i] = MULTIPLY_ADD(total[i], a, b);                                                               \
            }                                                                                                          \
        }                                                                                                              \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) IN_REGISTER(total[i]);                       \
    }

#define FUSED(total, a, b) ((total) + (a) * (b))

typedef float vector4 __attribute__((vector_size(16)));
#define HALVES4 ((vector4){0.5f, 0.5f, 0.5f, 0.5f})
PEAK_LOOP(esh_peak_portable, vector4, ESH_PEAK_SUMS_PORTABLE, HALVES4, FUSED)

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define FUSED_AVX2(total, a, b) _mm256_fmadd_ps(a, b, total)
PEAK_LOOP(esh_peak_avx2, __m256, ESH_PEAK_SUMS_AVX2, _mm256_set1_ps(0.5f), FUSED_AVX2)
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#define FUSED_AVX512(total, a, b) _mm512_fmadd_ps(a, b, total)
PEAK_LOOP(esh_peak_avx512, __m512, ESH_PEAK_SUMS_AVX512, _mm512_set1_ps(0.5f), FUSED_AVX512)
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bf16,avx512vnni"))), apply_to = function)
#define FUSED_BF16(total, a, b) _mm512_dpbf16_ps(total, (__m512bh)(a), (__m512bh)(b))
PEAK_LOOP(esh_peak_avx512_bf16, __m512, ESH_PEAK_SUMS_AVX512, _mm512_castsi512_ps(_mm512_set1_epi32(0x3f003f00)),
          FUSED_BF16)

#define FUSED_INT8(total, a, b) _mm512_dpbusd_epi32(total, a, b)
PEAK_LOOP(esh_peak_avx512_int8, __m512i, ESH_PEAK_SUMS_AVX512, _mm512_set1_epi32(0x01020304), FUSED_INT8)
#pragma clang attribute pop
#endif
