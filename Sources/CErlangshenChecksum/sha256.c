#include "erlangshen_checksum.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#define ESH_HAS_SHA_NI 1
#endif

/// source: FIPS 180-4, sections 4.1.2, 4.2.2, 5.3.3 and 6.2; names of variables as there.
static uint32_t start[8], K[64];
static int has_sha_ni;

/// The first 32 bits of the fraction of the square (power 2) or cube (power 3) root of a prime below 2^9.
static uint32_t root_fraction(uint32_t prime, int power) {
    uint64_t root = 0;
    // The largest root with root^power <= prime * 2^(32 power), a bit at a time.
    for (uint64_t bit = (uint64_t)1 << 36; bit > 0; bit >>= 1) {
        unsigned __int128 x = root | bit;
        unsigned __int128 raised = power == 2 ? x * x : x * x * x;
        if (raised <= (unsigned __int128)prime << (32 * power)) root |= bit;
    }
    return (uint32_t)root;
}

__attribute__((constructor)) static void fill_constants(void) {
    int count = 0;
    for (uint32_t number = 2; count < 64; number++) {
        int is_prime = 1;
        for (uint32_t divisor = 2; divisor * divisor <= number; divisor++)
            if (number % divisor == 0) is_prime = 0;
        if (!is_prime) continue;
        if (count < 8) start[count] = root_fraction(number, 2);
        K[count++] = root_fraction(number, 3);
    }
#ifdef ESH_HAS_SHA_NI
    unsigned a, b, c, d;
    int has_sse41 = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1) && (c & bit_SSSE3);
    has_sha_ni = has_sse41 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
#endif
}

static inline uint32_t rotr(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void blocks_portable(uint32_t *state, const uint8_t *data, size_t count) {
    for (; count > 0; count--, data += 64) {
        uint32_t W[64];
        for (int t = 0; t < 16; t++)
            W[t] = (uint32_t)data[4 * t] << 24 | (uint32_t)data[4 * t + 1] << 16 | (uint32_t)data[4 * t + 2] << 8
                | data[4 * t + 3];
        for (int t = 16; t < 64; t++) {
            uint32_t s0 = rotr(W[t - 15], 7) ^ rotr(W[t - 15], 18) ^ W[t - 15] >> 3;
            uint32_t s1 = rotr(W[t - 2], 17) ^ rotr(W[t - 2], 19) ^ W[t - 2] >> 10;
            W[t] = s1 + W[t - 7] + s0 + W[t - 16];
        }
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < 64; t++) {
            uint32_t T1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + W[t];
            uint32_t T2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + T1, d = c, c = b, b = a, a = T1 + T2;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
        state[4] += e, state[5] += f, state[6] += g, state[7] += h;
    }
}

#ifdef ESH_HAS_SHA_NI
/// The instructions keep the state as two vectors, {a, b, e, f} and {c, d, g, h}, first letter in the highest lane.
__attribute__((target("sha,sse4.1,ssse3"))) static void blocks_sha_ni(
    uint32_t *state, const uint8_t *data, size_t count) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i dcba = _mm_loadu_si128((const __m128i *)state), hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1), efgh = _mm_shuffle_epi32(hgfe, 0x1B);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);
    for (; count > 0; count--, data += 64) {
        __m128i former_abef = abef, former_cdgh = cdgh, W[4];
        _Pragma("clang loop unroll(full)") for (int t = 0; t < 16; t++) {  // four rounds each
            if (t < 4) {
                W[t] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)data + t), big_endian);
            } else {
                __m128i before7 = _mm_alignr_epi8(W[(t + 3) & 3], W[(t + 2) & 3], 4);
                __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(W[t & 3], W[(t + 1) & 3]), before7);
                W[t & 3] = _mm_sha256msg2_epu32(sum, W[(t + 3) & 3]);
            }
            __m128i wk = _mm_add_epi32(W[t & 3], _mm_loadu_si128((const __m128i *)(K + 4 * t)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0E));
        }
        abef = _mm_add_epi32(abef, former_abef);
        cdgh = _mm_add_epi32(cdgh, former_cdgh);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}
#endif

static void add_blocks(esh_sha256 *hash, const uint8_t *data, size_t count) {
#ifdef ESH_HAS_SHA_NI
    if (!hash->is_portable) {
        blocks_sha_ni(hash->state, data, count);
        return;
    }
#endif
    blocks_portable(hash->state, data, count);
}

void esh_sha256_begin_portable(esh_sha256 *hash) {
    memset(hash, 0, sizeof *hash);
    memcpy(hash->state, start, sizeof start);
    hash->is_portable = 1;
}

void esh_sha256_begin(esh_sha256 *hash) {
    esh_sha256_begin_portable(hash);
    hash->is_portable = !has_sha_ni;
}

void esh_sha256_add(esh_sha256 *hash, const void *data, size_t size) {
    const uint8_t *bytes = data;
    size_t held = hash->byte_count % 64;
    hash->byte_count += size;
    if (held > 0 && size >= 64 - held) {
        memcpy(hash->block + held, bytes, 64 - held);
        add_blocks(hash, hash->block, 1);
        bytes += 64 - held, size -= 64 - held, held = 0;
    }
    if (held == 0 && size >= 64) {
        add_blocks(hash, bytes, size / 64);
        bytes += size / 64 * 64, size %= 64;
    }
    if (size > 0) memcpy(hash->block + held, bytes, size);
}

void esh_sha256_end(esh_sha256 *hash, uint8_t *digest) {
    uint64_t bit_count = hash->byte_count * 8;
    static const uint8_t padding[64] = {0x80};
    esh_sha256_add(hash, padding, 1 + (119 - hash->byte_count % 64) % 64);
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)(bit_count >> (56 - 8 * i));
    esh_sha256_add(hash, length, 8);
    for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

const char *esh_sha256_implementation(void) { return has_sha_ni ? "sha-ni" : "portable"; }
