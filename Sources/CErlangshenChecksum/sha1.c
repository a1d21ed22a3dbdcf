#include "erlangshen_checksum.h"

#include <string.h>

// source: FIPS 180-4, sections 4.1.1, 4.2.1, 5.3.1 and 6.1; names of variables as there. Names of git's objects need
// it; it proves nothing against an attacker who can make collisions.

static inline uint32_t rotl(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void blocks(uint32_t *state, const uint8_t *data, size_t count) {
    for (; count > 0; count--, data += 64) {
        uint32_t W[80];
        for (int t = 0; t < 16; t++)
            W[t] = (uint32_t)data[4 * t] << 24 | (uint32_t)data[4 * t + 1] << 16 | (uint32_t)data[4 * t + 2] << 8
                | data[4 * t + 3];
        for (int t = 16; t < 80; t++) W[t] = rotl(W[t - 3] ^ W[t - 8] ^ W[t - 14] ^ W[t - 16], 1);
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        for (int t = 0; t < 80; t++) {
            uint32_t f, K;
            if (t < 20) f = (b & c) ^ (~b & d), K = 0x5a827999;
            else if (t < 40) f = b ^ c ^ d, K = 0x6ed9eba1;
            else if (t < 60) f = (b & c) ^ (b & d) ^ (c & d), K = 0x8f1bbcdc;
            else f = b ^ c ^ d, K = 0xca62c1d6;
            uint32_t T = rotl(a, 5) + f + e + K + W[t];
            e = d, d = c, c = rotl(b, 30), b = a, a = T;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
    }
}

void esh_sha1_begin(esh_sha1 *hash) {
    static const uint32_t start[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    memcpy(hash->state, start, sizeof start);
    hash->byte_count = 0;
}

void esh_sha1_add(esh_sha1 *hash, const void *data, size_t size) {
    if (size == 0) return;
    const uint8_t *bytes = data;
    size_t held = hash->byte_count % 64;
    hash->byte_count += size;
    if (held > 0) {
        size_t taken = size < 64 - held ? size : 64 - held;
        memcpy(hash->block + held, bytes, taken);
        bytes += taken, size -= taken;
        if (held + taken < 64) return;
        blocks(hash->state, hash->block, 1);
    }
    blocks(hash->state, bytes, size / 64);
    memcpy(hash->block, bytes + size / 64 * 64, size % 64);
}

void esh_sha1_end(esh_sha1 *hash, uint8_t *digest) {
    uint64_t bit_count = hash->byte_count * 8;
    static const uint8_t padding[64] = {0x80};
    size_t held = hash->byte_count % 64;
    esh_sha1_add(hash, padding, held < 56 ? 56 - held : 120 - held);
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)(bit_count >> (56 - 8 * i));
    esh_sha1_add(hash, length, sizeof length);
    for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
