#include "erlangshen_checksum.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define ESH_HAS_PCLMULQDQ 1
#endif

/// x^32 + x^26 + … + 1 with the bits of each byte reversed, as zip wants it.
#define ESH_CRC32_POLYNOMIAL 0xEDB88320u

/// tables[0] advances by one byte; tables[k] by one byte followed by k zero bytes.
static uint32_t tables[8][256];

__attribute__((constructor)) static void fill_tables(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (ESH_CRC32_POLYNOMIAL & (0u - (crc & 1)));
        tables[0][byte] = crc;
    }
    for (int k = 1; k < 8; k++)
        for (int byte = 0; byte < 256; byte++)
            tables[k][byte] = (tables[k - 1][byte] >> 8) ^ tables[0][tables[k - 1][byte] & 0xFF];
}

/// Works on the complemented checksum, as does fold().
static uint32_t slice(uint32_t crc, const uint8_t *data, size_t size) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; size >= 8; data += 8, size -= 8) {
        uint32_t low, high;
        memcpy(&low, data, 4);
        memcpy(&high, data + 4, 4);
        low ^= crc;
        crc = tables[7][low & 0xFF] ^ tables[6][low >> 8 & 0xFF] ^ tables[5][low >> 16 & 0xFF] ^ tables[4][low >> 24];
        crc ^= tables[3][high & 0xFF] ^ tables[2][high >> 8 & 0xFF] ^ tables[1][high >> 16 & 0xFF];
        crc ^= tables[0][high >> 24];
    }
#endif
    for (; size > 0; data++, size--) crc = (crc >> 8) ^ tables[0][(crc ^ *data) & 0xFF];
    return crc;
}

#ifdef ESH_HAS_PCLMULQDQ
#define ESH_PCLMULQDQ __attribute__((target("pclmul,sse4.1")))

/// Moves a 128-bit remainder forward by the distance that `k` stands for and adds what lies there.
ESH_PCLMULQDQ static inline __m128i step(__m128i x, __m128i k, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(x, k, 0x00);
    __m128i high = _mm_clmulepi64_si128(x, k, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/// Folds 64 bytes at a time; size is a multiple of 16 and at least 64.
/// source: Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009.
/// The constants are bit-reversed x^n mod P, one bit to the left: n = 544 and 480 (64 bytes on), 160 and 96 (16 bytes
/// on), 64; then P itself and floor(x^64 / P) for the Barrett reduction.
ESH_PCLMULQDQ static uint32_t fold(uint32_t crc, const uint8_t *data, size_t size) {
    const __m128i by64 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
    const __m128i by16 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
    const __m128i by8 = _mm_set_epi64x(0, 0x163cd6124);
    const __m128i barrett = _mm_set_epi64x(0x1f7011641, 0x1db710641);
    const __m128i low32 = _mm_set_epi32(0, 0, 0, -1);
    const __m128i *blocks = (const __m128i *)data;

    __m128i x0 = _mm_xor_si128(_mm_loadu_si128(blocks), _mm_cvtsi32_si128((int)crc));
    __m128i x1 = _mm_loadu_si128(blocks + 1), x2 = _mm_loadu_si128(blocks + 2), x3 = _mm_loadu_si128(blocks + 3);
    for (blocks += 4, size -= 64; size >= 64; blocks += 4, size -= 64) {
        x0 = step(x0, by64, _mm_loadu_si128(blocks));
        x1 = step(x1, by64, _mm_loadu_si128(blocks + 1));
        x2 = step(x2, by64, _mm_loadu_si128(blocks + 2));
        x3 = step(x3, by64, _mm_loadu_si128(blocks + 3));
    }
    __m128i x = step(step(step(x0, by16, x1), by16, x2), by16, x3);
    for (; size >= 16; blocks++, size -= 16) x = step(x, by16, _mm_loadu_si128(blocks));

    // 128 bits to 64, then by Barrett's way to 32.
    x = _mm_xor_si128(_mm_srli_si128(x, 8), _mm_clmulepi64_si128(x, by16, 0x10));
    x = _mm_xor_si128(_mm_srli_si128(x, 4), _mm_clmulepi64_si128(_mm_and_si128(x, low32), by8, 0x00));
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(x, low32), barrett, 0x10);
    x = _mm_xor_si128(x, _mm_clmulepi64_si128(_mm_and_si128(quotient, low32), barrett, 0x00));
    return (uint32_t)_mm_extract_epi32(x, 1);
}

static int has_pclmulqdq(void) { return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"); }
#endif

uint32_t esh_crc32_portable(uint32_t crc, const void *data, size_t size) { return ~slice(~crc, data, size); }

uint32_t esh_crc32(uint32_t crc, const void *data, size_t size) {
    const uint8_t *bytes = data;
    crc = ~crc;
#ifdef ESH_HAS_PCLMULQDQ
    if (size >= 64 && has_pclmulqdq()) {
        size_t folded = size & ~(size_t)15;
        crc = fold(crc, bytes, folded);
        bytes += folded;
        size -= folded;
    }
#endif
    return ~slice(crc, bytes, size);
}

const char *esh_crc32_implementation(void) {
#ifdef ESH_HAS_PCLMULQDQ
    if (has_pclmulqdq()) return "pclmulqdq";
#endif
    return "portable";
}
