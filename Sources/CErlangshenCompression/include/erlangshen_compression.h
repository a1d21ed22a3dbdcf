#ifndef ERLANGSHEN_COMPRESSION_H
#define ERLANGSHEN_COMPRESSION_H

#include <stddef.h>
#include <stdint.h>

/// gzip through the system's zlib, zstd through its libzstd. Both are opened when the first stream is, so that the
/// package builds and runs without either.

/// What a call found.
typedef enum {
    /// Went on; ask again with more input, more room, or both.
    ESH_UNPACK_MORE = 0,
    /// One member (gzip) or frame (zstd) ended; more may follow.
    ESH_UNPACK_END = 1,
    /// The bytes are not what they should be; esh_unpack_reason says why.
    ESH_UNPACK_DAMAGED = 2,
    /// The library is not there, or lacks a function.
    ESH_UNPACK_NO_LIBRARY = 3,
    /// No memory.
    ESH_UNPACK_NO_MEMORY = 4,
} esh_unpack_status;

/// The formats.
typedef enum { ESH_GZIP = 1, ESH_ZSTD = 2 } esh_unpack_format;

/// A stream that is being unpacked.
typedef struct esh_unpack esh_unpack;

/// Begins a stream.
///   window_log   the largest window that a zstd frame may ask for is 2 to this many bytes (10 to 31)
///   status       out: ESH_UNPACK_MORE, or why there is no stream
/// Returns NULL when there is none.
esh_unpack *_Nullable esh_unpack_open(esh_unpack_format format, int window_log, esh_unpack_status *_Nonnull status);

/// Unpacks as much as fits.
///   in, in_size      packed bytes; in may be NULL when in_size is 0
///   in_used          out: how many of them were taken
///   out, out_size    room for unpacked bytes
///   out_filled       out: how many were written
/// After ESH_UNPACK_END the next call begins the next member or frame.
esh_unpack_status esh_unpack_step(
    esh_unpack *_Nonnull stream, const void *_Nullable in, size_t in_size, size_t *_Nonnull in_used,
    void *_Nonnull out, size_t out_size, size_t *_Nonnull out_filled);

/// What was wrong with the bytes, in the library's words; never NULL.
const char *_Nonnull esh_unpack_reason(const esh_unpack *_Nonnull stream);

/// Ends a stream.
void esh_unpack_close(esh_unpack *_Nonnull stream);

#endif
