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

/// "pclmulqdq" or "portable": what esh_crc32 runs on this machine.
const char *esh_crc32_implementation(void);

#endif
