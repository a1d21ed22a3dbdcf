#include "erlangshen_checksum.h"

/// x^32 + x^28 + … + 1 with the bits of each byte reversed.
#define ESH_CRC32C_POLYNOMIAL 0x82F63B78u

static uint32_t table[256];

__attribute__((constructor)) static void fill_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (ESH_CRC32C_POLYNOMIAL & (0u - (crc & 1)));
        table[byte] = crc;
    }
}

uint32_t esh_crc32c(uint32_t crc, const void *data, size_t size) {
    const uint8_t *bytes = data;
    crc = ~crc;
    for (; size > 0; bytes++, size--) crc = (crc >> 8) ^ table[(crc ^ *bytes) & 0xFF];
    return ~crc;
}
