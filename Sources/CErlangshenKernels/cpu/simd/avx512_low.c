// bfloat16 and 8-bit products for processors that have AVX-512 BF16 and VNNI.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vnni,avx2,fma,f16c"))), \
    apply_to = function)
#define LANES 16
#define BLOCK 14
#define ISA(name) name##_avx512_low
#define LOW_PRECISION_ONLY
#include "vector.h"

#define MULTIPLY_ADD_BF16(total, a, b) ((vf)_mm512_dpbf16_ps((__m512)(total), (__m512bh)(a), (__m512bh)(b)))
#define MULTIPLY_ADD_INT8(total, a, b) ((vf)_mm512_dpbusd_epi32((__m512i)(total), (__m512i)(a), (__m512i)(b)))
#include "turn.h"

#include "product.h"

// 32 floats, in order, as 16 words
#define BF16_WORDS(low, high) ((vf)_mm512_cvtne2ps_pbh((__m512)(high), (__m512)(low)))

INLINE vi bf16_halves(vf x) { return (vi)_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)x)); }
#define BF16_PAIRS(low, high) ((vf)(bf16_halves(low) | (bf16_halves(high) << 16)))

// 64 values within −127…127, in order, rounded to even, plus 128, as 16 words
INLINE vf BYTE_WORDS(const vf x[4]) {
    __m512i words = _mm512_castsi128_si512(_mm512_cvtepi32_epi8(_mm512_cvtps_epi32((__m512)x[0])));
    words = _mm512_inserti32x4(words, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32((__m512)x[1])), 1);
    words = _mm512_inserti32x4(words, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32((__m512)x[2])), 2);
    words = _mm512_inserti32x4(words, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32((__m512)x[3])), 3);
    return (vf)_mm512_xor_si512(words, _mm512_set1_epi8(-128));
}
#include "finish.h"
#include "low.h"

const esh_product esh_product_avx512_bf16 = {
    .precision = ESH_PRECISION_BF16, .elements = 2, .tile = tile_bf16_avx512_low, .pack = pack_bf16_avx512_low,
    .pack_depth = pack_depth_bf16_avx512_low, .finish = finish_bf16_avx512_low,
};
const esh_product esh_product_avx512_int8 = {
    .precision = ESH_PRECISION_INT8, .elements = 4, .tile = tile_int8_avx512_low, .pack = pack_int8_avx512_low,
    .finish = finish_int8_avx512_low,
};
#pragma clang attribute pop
#endif
