#include "onednn.h"

#if defined(__has_include)
#if __has_include(<oneapi/dnnl/dnnl.h>) && __has_include(<dlfcn.h>)
#include <oneapi/dnnl/dnnl.h>
#if DNNL_VERSION_MAJOR == 2
#define ESH_WITH_ONEDNN 1
#endif
#endif
#endif

#ifdef ESH_WITH_ONEDNN
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

// The functions used, looked up by name when a context asks for oneDNN.
#define FUNCTIONS(F)                                                                                                   \
    F(dnnl_engine_create) F(dnnl_engine_destroy) F(dnnl_stream_create) F(dnnl_stream_destroy) F(dnnl_stream_wait) \
    F(dnnl_memory_desc_init_by_tag) F(dnnl_memory_desc_init_by_strides) F(dnnl_memory_desc_get_size) \
    F(dnnl_memory_create) F(dnnl_memory_destroy) F(dnnl_matmul_desc_init) F(dnnl_primitive_attr_create) \
    F(dnnl_primitive_attr_destroy) F(dnnl_primitive_attr_set_scratchpad_mode) F(dnnl_primitive_desc_create) \
    F(dnnl_primitive_desc_destroy) F(dnnl_primitive_desc_query_md) F(dnnl_primitive_create) F(dnnl_primitive_destroy) \
    F(dnnl_primitive_execute) F(dnnl_reorder_primitive_desc_create)

enum { CHUNK_COLUMNS = 256, TASK_ROWS = 128, CACHED = 4096 };

// A matmul for one shape. Row groups have at most TASK_ROWS rows, so that few shapes ever occur.
typedef struct cached_product {
    int64_t rows, O, I, ldy, ldx;
    dnnl_primitive_t primitive;
    dnnl_memory_desc_t x, weight, y, scratch;
    size_t scratch_bytes;
} cached_product;

struct esh_onednn {
    void *library;
    void (*set_threads)(int);
    int (*max_threads)(void);
    dnnl_engine_t engine;
    pthread_mutex_t lock; // guards the cache
    cached_product *cache[CACHED];
#define F(name) __typeof__(&name) name;
    FUNCTIONS(F)
#undef F
};

/// The chunks of a weight: CHUNK_COLUMNS output features each, in the form that oneDNN chose for them.
struct esh_onednn_weight {
    int64_t chunks;
    size_t chunk_bytes, last_bytes;
    dnnl_memory_desc_t whole, last;
    char *data;
};

struct esh_onednn *esh_onednn_open(int32_t threads) {
    (void)threads;
    struct esh_onednn *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->library = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
    int complete = d->library != NULL;
    if (complete) {
#define F(name) complete &= (d->name = (__typeof__(d->name))dlsym(d->library, #name)) != NULL;
        FUNCTIONS(F)
#undef F
        d->set_threads = (void (*)(int))dlsym(d->library, "omp_set_num_threads"); // absent in builds without OpenMP
        d->max_threads = (int (*)(void))dlsym(d->library, "omp_get_max_threads");
    }
    if (!complete || d->dnnl_engine_create(&d->engine, dnnl_cpu, 0) != dnnl_success) {
        if (d->library) dlclose(d->library);
        free(d);
        return NULL;
    }
    pthread_mutex_init(&d->lock, NULL);
    return d;
}

void esh_onednn_close(struct esh_onednn *d) {
    for (int slot = 0; slot < CACHED; slot++)
        if (d->cache[slot]) {
            d->dnnl_primitive_destroy(d->cache[slot]->primitive);
            free(d->cache[slot]);
        }
    d->dnnl_engine_destroy(d->engine);
    pthread_mutex_destroy(&d->lock);
    free(d); // the library stays open: closing one that holds OpenMP threads is not safe
}

int32_t esh_onednn_available(void) {
    struct esh_onednn *d = esh_onednn_open(1);
    if (d) esh_onednn_close(d);
    return d != NULL;
}

// Our own threads share the work, so that each of oneDNN's calls must stay on its thread.
static int one_thread(const struct esh_onednn *d) {
    int before = d->max_threads ? d->max_threads() : 1;
    if (d->set_threads) d->set_threads(1);
    return before;
}

static void restore_threads(const struct esh_onednn *d, int before) {
    if (d->set_threads) d->set_threads(before);
}

// Makes the matmul of `rows` rows; `weight` NULL lets oneDNN choose the form of the weight.
static cached_product *make_product(struct esh_onednn *d, int64_t rows, int64_t O, int64_t I, int64_t ldy, int64_t ldx,
                                    const dnnl_memory_desc_t *weight) {
    cached_product *p = calloc(1, sizeof *p);
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t description = NULL;
    if (!p) return NULL;
    *p = (cached_product){.rows = rows, .O = O, .I = I, .ldy = ldy, .ldx = ldx};
    dnnl_matmul_desc_t operation;
    dnnl_dims_t x = {rows, I}, w = {I, O}, y = {rows, O}, x_strides = {ldx, 1}, y_strides = {ldy, 1};
    int good = d->dnnl_memory_desc_init_by_strides(&p->x, 2, x, dnnl_f32, x_strides) == dnnl_success &&
               d->dnnl_memory_desc_init_by_strides(&p->y, 2, y, dnnl_f32, y_strides) == dnnl_success &&
               d->dnnl_memory_desc_init_by_tag(&p->weight, 2, w, dnnl_f32, dnnl_format_tag_any) == dnnl_success;
    if (weight) p->weight = *weight;
    good = good && d->dnnl_matmul_desc_init(&operation, &p->x, &p->weight, NULL, &p->y) == dnnl_success &&
           d->dnnl_primitive_attr_create(&attributes) == dnnl_success &&
           d->dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) == dnnl_success &&
           d->dnnl_primitive_desc_create(&description, &operation, attributes, d->engine, NULL) == dnnl_success;
    if (good) {
        p->weight = *d->dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0);
        p->scratch = *d->dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
        p->scratch_bytes = d->dnnl_memory_desc_get_size(&p->scratch);
        good = d->dnnl_primitive_create(&p->primitive, description) == dnnl_success;
    }
    if (description) d->dnnl_primitive_desc_destroy(description);
    if (attributes) d->dnnl_primitive_attr_destroy(attributes);
    if (good) return p;
    free(p);
    return NULL;
}

static int same_shape(const cached_product *p, int64_t rows, int64_t O, int64_t I, int64_t ldy, int64_t ldx) {
    return p->rows == rows && p->O == O && p->I == I && p->ldy == ldy && p->ldx == ldx;
}

// Open addressing; `owned` says whether the caller must destroy it, which happens only when the cache is full.
static cached_product *find_product(struct esh_onednn *d, int64_t rows, int64_t O, int64_t I, int64_t ldy, int64_t ldx,
                                    const dnnl_memory_desc_t *weight, int *owned) {

        uint64_t hash = (((uint64_t)rows * 31 + (uint64_t)O) * 31 + (uint64_t)I) * 31 + (uint64_t)ldy;
    hash = hash * 31 + (uint64_t)ldx;
    *owned = 0;
    pthread_mutex_lock(&d->lock);
    for (int probe = 0; probe < CACHED; probe++) {
        cached_product **slot = &d->cache[(hash + (uint64_t)probe) % CACHED];
        if (!*slot) *slot = make_product(d, rows, O, I, ldy, ldx, weight);
        else if (!same_shape(*slot, rows, O, I, ldy, ldx)) continue;
        cached_product *found = *slot;
        pthread_mutex_unlock(&d->lock);
        return found;
    }
    pthread_mutex_unlock(&d->lock);
    *owned = 1;
    return make_product(d, rows, O, I, ldy, ldx, weight);
}

static esh_status execute(const struct esh_onednn *d, dnnl_primitive_t primitive, int count,
                          const dnnl_memory_desc_t *descriptions[], void *const data[], const int names[]) {
    dnnl_exec_arg_t arguments[4] = {{0}};
    dnnl_stream_t stream = NULL;
    esh_status status = ESH_OK;
    int made = 0;
    for (; made < count && status == ESH_OK; made++) {
        arguments[made].arg = names[made];
        if (d->dnnl_memory_create(&arguments[made].memory, descriptions[made], d->engine, data[made]) != dnnl_success) {
            status = ESH_OUT_OF_MEMORY;
            break;
        }
    }
    if (status == ESH_OK && (d->dnnl_stream_create(&stream, d->engine, dnnl_stream_default_flags) != dnnl_success ||
                             d->dnnl_primitive_execute(primitive, stream, count, arguments) != dnnl_success ||
                             d->dnnl_stream_wait(stream) != dnnl_success))
        status = ESH_DEVICE_FAILURE;
    if (stream) d->dnnl_stream_destroy(stream);
    for (int index = 0; index < made; index++) d->dnnl_memory_destroy(arguments[index].memory);
    return status;
}

static int64_t chunk_columns(const esh_weight *w, int64_t chunk) {
    int64_t left = w->O - chunk * CHUNK_COLUMNS;
    return left < CHUNK_COLUMNS ? left : CHUNK_COLUMNS;
}

esh_status esh_onednn_weight_create(esh_context *context, esh_weight *w) {
    struct esh_onednn *d = context->onednn;
    struct esh_onednn_weight *packed = calloc(1, sizeof *packed);
    if (!packed) return ESH_OUT_OF_MEMORY;
    packed->chunks = esh_ceil_div(w->O, CHUNK_COLUMNS);
    int before = one_thread(d), good = 1;
    for (int last = 0; last < 2 && good; last++) {
        cached_product *p =
            make_product(d, TASK_ROWS, chunk_columns(w, last ? packed->chunks - 1 : 0), w->I, w->O, w->I, NULL);
        good = p != NULL;
        if (!good) break;
        *(last ? &packed->last : &packed->whole) = p->weight;
        *(last ? &packed->last_bytes : &packed->chunk_bytes) =
            (d->dnnl_memory_desc_get_size(&p->weight) + 63) & ~(size_t)63;
        d->dnnl_primitive_destroy(p->primitive);
        free(p);
    }
    restore_threads(d, before);
    w->bytes = packed->chunk_bytes * (size_t)(packed->chunks - 1) + packed->last_bytes;
    esh_status status = good ? esh_cpu_allocate(context, (void **)&packed->data, w->bytes) : ESH_UNSUPPORTED;
    if (status != ESH_OK) free(packed);
    else w->onednn = packed;
    return status;
}

void esh_onednn_weight_destroy(esh_context *context, esh_weight *w) {
    esh_cpu_release(context, w->onednn->data, w->bytes);
    free(w->onednn);
}

typedef struct fill_call {
    esh_context *context;
    const esh_weight *w;
    float *rows; ///< [rows, I], float32, in the packed order of input features
    const char *x;
    esh_dtype dtype;
    int64_t first_row, count, taps;
    _Atomic int status;
} fill_call;

static void arrange_row(void *argument, int64_t row, int32_t thread) {
    (void)thread;
    const fill_call *c = argument;
    int64_t I = c->w->I, channels = I / c->taps;
    const char *x = c->x + row * I * esh_dtype_size(c->dtype);
    float *y = c->rows + row * I;
    if (c->taps == 1) {
        c->context->simd->convert(y, x, c->dtype, I);
        return;
    }
    for (int64_t e = 0; e < I; e++)
        c->context->simd->convert(y + e % c->taps * channels + e / c->taps, x + e * esh_dtype_size(c->dtype),
            c->dtype, 1);
}

static void fill_chunk(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    fill_call *c = argument;
    struct esh_onednn *d = c->context->onednn;
    struct esh_onednn_weight *packed = c->w->onednn;
    int64_t chunk = task + c->first_row / CHUNK_COLUMNS, columns = chunk_columns(c->w, chunk);
    const dnnl_memory_desc_t *target = chunk == packed->chunks - 1 ? &packed->last : &packed->whole;
    dnnl_memory_desc_t plain;
    dnnl_dims_t dims = {c->w->I, columns}, strides = {1, c->w->I};
    dnnl_primitive_desc_t description = NULL;
    dnnl_primitive_t reorder = NULL;
    int before = one_thread(d);
    int good = d->dnnl_memory_desc_init_by_strides(&plain, 2, dims, dnnl_f32, strides) == dnnl_success &&
               d->dnnl_reorder_primitive_desc_create(&description, &plain, d->engine, target, d->engine, NULL) ==
                   dnnl_success &&
               d->dnnl_primitive_create(&reorder, description) == dnnl_success;
    if (good) {
        const dnnl_memory_desc_t *descriptions[] = {&plain, target};
        void *const data[] = {c->rows + task * CHUNK_COLUMNS * c->w->I,
            packed->data + (size_t)chunk * packed->chunk_bytes};
        const int names[] = {DNNL_ARG_FROM, DNNL_ARG_TO};
        good = execute(d, reorder, 2, descriptions, data, names) == ESH_OK;
    }
    if (reorder) d->dnnl_primitive_destroy(reorder);
    if (description) d->dnnl_primitive_desc_destroy(description);
    restore_threads(d, before);
    if (!good) c->status = ESH_DEVICE_FAILURE;
}

esh_status esh_onednn_weight_fill(esh_context *context, esh_weight *w, const void *x, esh_dtype dtype,
                                  int64_t first_row, int64_t rows, int64_t taps) {
    if (first_row % CHUNK_COLUMNS != 0 || (rows % CHUNK_COLUMNS != 0 && first_row + rows != w->O))
        return ESH_INVALID_ARGUMENT;
    float *arranged = NULL;
    esh_status status = esh_cpu_allocate(context, (void **)&arranged, (size_t)(rows * w->I) * sizeof(float));
    if (status != ESH_OK) return status;
    fill_call c = {context, w, arranged, x, dtype, first_row, rows, taps, ESH_OK};
    esh_parallel(context->threads, rows, arrange_row, &c);
    esh_parallel(context->threads, esh_ceil_div(rows, CHUNK_COLUMNS), fill_chunk, &c);
    esh_cpu_release(context, arranged, (size_t)(rows * w->I) * sizeof(float));
    return (esh_status)c.status;
}

typedef struct product_call {
    esh_context *context;
    const esh_weight *w;
    float *y;
    const float *x, *bias;
    int64_t N, ldy, ldx;
    esh_activation activation;
    _Atomic int status;
} product_call;

static void product_task(void *argument, int64_t task, int32_t thread) {
    (void)thread;
    product_call *c = argument;
    struct esh_onednn *d = c->context->onednn;
    struct esh_onednn_weight *packed = c->w->onednn;
    int64_t chunk = task % packed->chunks, first = task / packed->chunks * TASK_ROWS, column = chunk * CHUNK_COLUMNS;
    int64_t rows = c->N - first < TASK_ROWS ? c->N - first : TASK_ROWS, columns = chunk_columns(c->w, chunk);
    int owned, before = one_thread(d);
    cached_product *p = find_product(d, rows, columns, c->w->I, c->ldy, c->ldx,
                                     chunk == packed->chunks - 1 ? &packed->last : &packed->whole, &owned);
    void *scratch = p && p->scratch_bytes > 0 ? aligned_alloc(64, (p->scratch_bytes + 63) & ~(size_t)63) : NULL;
    esh_status status = !p || (p->scratch_bytes > 0 && !scratch) ? ESH_OUT_OF_MEMORY : ESH_OK;
    if (status == ESH_OK) {
        const dnnl_memory_desc_t *descriptions[] = {&p->x, &p->weight, &p->y, &p->scratch};
        float *y = c->y + first * c->ldy + column;
        void *const data[] = {(void *)(c->x + first * c->ldx), packed->data + (size_t)chunk * packed->chunk_bytes,
            y, scratch};
        const int names[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD};
        status = execute(d, p->primitive, scratch ? 4 : 3, descriptions, data, names);
        if (status == ESH_OK) {
            esh_finish f = {.bias = c->bias ? c->bias + column : NULL, .activation = c->activation};
            c->context->simd->fp32.finish(y, c->ldy, y, c->ldy, &f, rows, columns);
        }
    }
    free(scratch);
    if (owned && p) {
        d->dnnl_primitive_destroy(p->primitive);
        free(p);
    }
    restore_threads(d, before);
    if (status != ESH_OK) c->status = status;
}

esh_status esh_onednn_linear_forward(esh_context *context, float *y, const float *x, const esh_weight *w,
                                     const float *bias, void *scratch, int64_t N, int64_t ldy, int64_t ldx,
                                     esh_activation activation) {
    (void)scratch;
    product_call c = {context, w, y, x, bias, N, ldy, ldx, activation, ESH_OK};
    esh_parallel(context->threads, w->onednn->chunks * esh_ceil_div(N, TASK_ROWS), product_task, &c);
    return (esh_status)c.status;
}

#else // a build without oneDNN's header

struct esh_onednn *esh_onednn_open(int32_t threads) {
    (void)threads;
    return NULL;
}
void esh_onednn_close(struct esh_onednn *d) { (void)d; }
int32_t esh_onednn_available(void) { return 0; }
esh_status esh_onednn_weight_create(esh_context *context, esh_weight *w) {
    (void)context, (void)w;
    return ESH_UNSUPPORTED;
}
esh_status esh_onednn_weight_fill(esh_context *context, esh_weight *w, const void *x, esh_dtype dtype,
                                  int64_t first_row, int64_t rows, int64_t taps) {
    (void)context, (void)w, (void)x, (void)dtype, (void)first_row, (void)rows, (void)taps;
    return ESH_UNSUPPORTED;
}
void esh_onednn_weight_destroy(esh_context *context, esh_weight *w) { (void)context, (void)w; }
esh_status esh_onednn_linear_forward(esh_context *context, float *y, const float *x, const esh_weight *w,
                                     const float *bias, void *scratch, int64_t N, int64_t ldy, int64_t ldx,
                                     esh_activation activation) {
    (void)context, (void)y, (void)x, (void)w, (void)bias, (void)scratch, (void)N, (void)ldy, (void)ldx,
        (void)activation;
    return ESH_UNSUPPORTED;
}
#endif
