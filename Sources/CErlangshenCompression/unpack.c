#include "erlangshen_compression.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The few declarations that are used of zlib (its interface has been the same since 1.2.0) and of libzstd (stable part
   of its interface): no header of theirs is needed to build. */

typedef struct {
    const unsigned char *next_in;
    unsigned int avail_in;
    unsigned long total_in;
    unsigned char *next_out;
    unsigned int avail_out;
    unsigned long total_out;
    const char *message;
    void *state;
    void *(*allocate)(void *, unsigned int, unsigned int);
    void (*release)(void *, void *);
    void *opaque;
    int data_type;
    unsigned long adler;
    unsigned long reserved;
} zlib_stream;

enum { ZLIB_OK = 0, ZLIB_STREAM_END = 1, ZLIB_BUFFER = -5, ZLIB_MEMORY = -4, ZLIB_GZIP_WINDOW = 15 + 16 };
enum { ZSTD_WINDOW_LOG_MAX = 100, ZSTD_NO_MEMORY = 64 };

typedef struct {
    const void *data;
    size_t size, position;
} zstd_in;

typedef struct {
    void *data;
    size_t size, position;
} zstd_out;

static struct {
    int is_there;
    int (*begin)(zlib_stream *, int, const char *, int);
    int (*inflate)(zlib_stream *, int);
    int (*reset)(zlib_stream *);
    int (*end)(zlib_stream *);
} zlib;

static struct {
    int is_there;
    void *(*create)(void);
    size_t (*release)(void *);
    size_t (*set)(void *, int, int);
    size_t (*step)(void *, zstd_out *, zstd_in *);
    unsigned (*is_error)(size_t);
    int (*code)(size_t);
    const char *(*name)(size_t);
} zstd;

struct esh_unpack {
    esh_unpack_format format;
    int has_ended;
    zlib_stream deflate;
    void *context;
    const char *reason;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *library(const char *const *names) {
    for (; *names; names++) {
        void *handle = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
        if (handle) return handle;
    }
    return NULL;
}

/* dlsym gives an object pointer; copying its bytes is the way to a function that ISO C leaves. */
static int find(void *handle, const char *name, void *function) {
    void *found = dlsym(handle, name);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

static void open_libraries(void) {
    static const char *const zlib_names[] = {"libz.so.1", "libz.1.dylib", NULL};
    static const char *const zstd_names[] = {
        "libzstd.so.1", "libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", NULL};
    void *handle = library(zlib_names);
    zlib.is_there = handle && find(handle, "inflateInit2_", &zlib.begin) && find(handle, "inflate", &zlib.inflate) &&
                    find(handle, "inflateReset", &zlib.reset) && find(handle, "inflateEnd", &zlib.end);
    handle = library(zstd_names);
    zstd.is_there = handle && find(handle, "ZSTD_createDCtx", &zstd.create) &&
                    find(handle, "ZSTD_freeDCtx", &zstd.release) && find(handle, "ZSTD_DCtx_setParameter", &zstd.set) &&
                    find(handle, "ZSTD_decompressStream", &zstd.step) && find(handle, "ZSTD_isError", &zstd.is_error) &&
                    find(handle, "ZSTD_getErrorCode", &zstd.code) && find(handle, "ZSTD_getErrorName", &zstd.name);
}

esh_unpack *esh_unpack_open(esh_unpack_format format, int window_log, esh_unpack_status *status) {
    pthread_once(&once, open_libraries);
    *status = ESH_UNPACK_NO_LIBRARY;
    if (format == ESH_GZIP ? !zlib.is_there : !zstd.is_there) return NULL;
    *status = ESH_UNPACK_NO_MEMORY;
    esh_unpack *stream = calloc(1, sizeof *stream);
    if (!stream) return NULL;
    stream->format = format;
    stream->reason = "";
    int is_open;
    if (format == ESH_GZIP) {
        is_open = zlib.begin(&stream->deflate, ZLIB_GZIP_WINDOW, "1.2.11", (int)sizeof stream->deflate) == ZLIB_OK;
    } else {
        stream->context = zstd.create();
        is_open = stream->context && !zstd.is_error(zstd.set(stream->context, ZSTD_WINDOW_LOG_MAX, window_log));
        if (!is_open && stream->context) zstd.release(stream->context);
    }
    if (!is_open) {
        free(stream);
        return NULL;
    }
    *status = ESH_UNPACK_MORE;
    return stream;
}

static esh_unpack_status step_gzip(
    esh_unpack *stream, const void *in, size_t in_size, size_t *in_used, void *out, size_t out_size,
    size_t *out_filled) {
    zlib_stream *deflate = &stream->deflate;
    if (stream->has_ended) zlib.reset(deflate);
    stream->has_ended = 0;
    const size_t limit = 1 << 30;
    unsigned int given = (unsigned int)(in_size < limit ? in_size : limit);
    unsigned int room = (unsigned int)(out_size < limit ? out_size : limit);
    deflate->next_in = in;
    deflate->avail_in = given;
    deflate->next_out = out;
    deflate->avail_out = room;
    int answer = zlib.inflate(deflate, 0);
    *in_used = given - deflate->avail_in;
    *out_filled = room - deflate->avail_out;
    if (answer == ZLIB_STREAM_END) {
        stream->has_ended = 1;
        return ESH_UNPACK_END;
    }
    if (answer == ZLIB_OK || answer == ZLIB_BUFFER) return ESH_UNPACK_MORE;
    if (answer == ZLIB_MEMORY) return ESH_UNPACK_NO_MEMORY;
    stream->reason = deflate->message ? deflate->message : "the bytes are not gzip";
    return ESH_UNPACK_DAMAGED;
}

esh_unpack_status esh_unpack_step(
    esh_unpack *stream, const void *in, size_t in_size, size_t *in_used, void *out, size_t out_size,
    size_t *out_filled) {
    if (stream->format == ESH_GZIP) return step_gzip(stream, in, in_size, in_used, out, out_size, out_filled);
    zstd_in source = {in, in_size, 0};
    zstd_out target = {out, out_size, 0};
    size_t answer = zstd.step(stream->context, &target, &source);
    *in_used = source.position;
    *out_filled = target.position;
    if (!zstd.is_error(answer)) return answer == 0 ? ESH_UNPACK_END : ESH_UNPACK_MORE;
    stream->reason = zstd.name(answer);
    return zstd.code(answer) == ZSTD_NO_MEMORY ? ESH_UNPACK_NO_MEMORY : ESH_UNPACK_DAMAGED;
}

const char *esh_unpack_reason(const esh_unpack *stream) { return stream->reason; }

void esh_unpack_close(esh_unpack *stream) {
    if (stream->format == ESH_GZIP)
        zlib.end(&stream->deflate);
    else
        zstd.release(stream->context);
    free(stream);
}
