#ifndef ERLANGSHEN_CHECKSUM_H
#define ERLANGSHEN_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32 as zip uses it (polynomial 0xEDB88320 reflected, start and end complemented).
///   crc   the checksum of the bytes before these, 0 at the start
///   data  size bytes, any alignment; may be NULL when size is 0
/// Uses carry-less multiplication where the processor has it, else eight tables of 256 words.
uint32_t esh_crc32(uint32_t crc, const void *data, size_t size);

/// The same by tables alone: the judge of the fast one, and what other processors run.
uint32_t esh_crc32_portable(uint32_t crc, const void *data, size_t size);

/// CRC-32C (Castagnoli, polynomial 0x82F63B78 reflected, start and end complemented), as TFRecord files use it.
/// By a table of 256 words: for records of a few hundred bytes.
///   crc, data, size   as for esh_crc32
uint32_t esh_crc32c(uint32_t crc, const void *data, size_t size);

/// "pclmulqdq" or "portable": what esh_crc32 runs on this machine.
const char *esh_crc32_implementation(void);

/// A SHA-256 sum (FIPS 180-4) in the making; its fields are no business of the caller.
typedef struct {
    uint32_t state[8];
    uint64_t byte_count;
    uint8_t block[64];
    int is_portable;
} esh_sha256;

/// Begins a sum; with the processor's SHA instructions where it has them.
void esh_sha256_begin(esh_sha256 *hash);

/// Begins a sum in portable C: the judge of the fast one, and what other processors run.
void esh_sha256_begin_portable(esh_sha256 *hash);

/// Appends size bytes, any alignment; data may be NULL when size is 0.
void esh_sha256_add(esh_sha256 *hash, const void *data, size_t size);

/// Ends a sum; it must be begun anew before it is used again.
///   digest   32 bytes, out
void esh_sha256_end(esh_sha256 *hash, uint8_t *digest);

/// "sha-ni" or "portable": what esh_sha256_begin chooses on this machine.
const char *esh_sha256_implementation(void);

/// A SHA-1 sum (FIPS 180-4) in the making, as git names its objects; its fields are no business of the caller.
typedef struct {
    uint32_t state[5];
    uint64_t byte_count;
    uint8_t block[64];
} esh_sha1;

/// Begins a sum.
void esh_sha1_begin(esh_sha1 *hash);

/// Appends size bytes, any alignment; data may be NULL when size is 0.
void esh_sha1_add(esh_sha1 *hash, const void *data, size_t size);

/// Ends a sum; it must be begun anew before it is used again.
///   digest   20 bytes, out
void esh_sha1_end(esh_sha1 *hash, uint8_t *digest);

#endif
