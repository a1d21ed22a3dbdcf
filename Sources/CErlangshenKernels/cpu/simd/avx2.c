// Kernels for AVX2 with FMA and F16C.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define LANES 8
#define BLOCK 6
#define ISA(name) name##_avx2
#define ISA_CODE ESH_ISA_AVX2
#define ISA_NAME "avx2"
#include "vector.h"

#define HALF_TO_FLOAT(p) ((vf)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p))))
#include "product.h"
#include "finish.h"
#include "rows.h"
#include "parameters.h"
#include "table.h"
#include "training.h"
#pragma clang attribute pop
#endif
