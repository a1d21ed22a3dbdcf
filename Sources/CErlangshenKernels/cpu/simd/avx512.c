// Kernels for AVX-512 (F, BW, DQ, VL).
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
                             apply_to = function)
#define LANES 16
#define BLOCK 14
#define ISA(name) name##_avx512
#define ISA_CODE ESH_ISA_AVX512
#define ISA_NAME "avx512"
#include "vector.h"

#define HALF_TO_FLOAT(p) ((vf)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(p))))
#include "turn.h"
#include "product.h"
#include "finish.h"
#include "rows.h"
#include "parameters.h"
#include "table.h"
#include "training.h"
#pragma clang attribute pop
#endif
