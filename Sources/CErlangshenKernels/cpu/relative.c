// The relative table's projections, laid out so that a run of distances is a window of columns.
#include <string.h>

#include "context.h"

enum { WINDOW_SLACK = 64 }; // a window's last panel may reach this far beyond the table

int64_t esh_relative_stride(int64_t R) { return esh_round_up(R + WINDOW_SLACK, 16); }

static int64_t lines(esh_context *context, int64_t D, esh_precision precision) {
    return esh_ceil_div(D, context->products[precision].elements);
}

size_t esh_cpu_relative_bytes(esh_context *context, int64_t R, int64_t H, int64_t D, esh_precision precision) {
    if (!context->products[precision].tile) return 0;
    return (size_t)(H * lines(context, D, precision) * esh_relative_stride(R)) * sizeof(uint32_t);
}

typedef struct pack_call {
    const esh_simd *simd;
    const esh_product *product;
    uint32_t *y;
    const float *x;
    int64_t R, H, D, stride, lines;
    int32_t reversed;
} pack_call;

static void head_task(void *argument, int64_t head, int32_t thread) {
    (void)thread;
    const pack_call *c = argument;
    const int64_t C = c->H * c->D, block = c->simd->block;
    uint32_t *to = c->y + head * c->lines * c->stride;
    for (int64_t line = 0; line < c->lines; line++)
        memset(to + line * c->stride + c->R, 0, (size_t)(c->stride - c->R) * sizeof(uint32_t));
    for (int64_t column = 0; column < c->R; column += block) {
        int64_t rows = c->R - column < block ? c->R - column : block;
        const float *from = c->x + (c->reversed ? c->R - 1 - column : column) * C + head * c->D;
        c->product->pack(to + column, c->stride, NULL, from, c->reversed ? -C : C, c->D, (int32_t)rows);
    }
}

// y [H, D in words, stride]; column c of a head is row c of x, or row R − 1 − c when reversed.
esh_status esh_cpu_relative_pack(esh_context *context, void *y, const float *x, int64_t R, int64_t H, int64_t D,
                                 int32_t reversed, esh_precision precision) {
    pack_call c = {context->simd, &context->products[precision], y, x, R, H, D, esh_relative_stride(R),
                   lines(context, D, precision), reversed};
    if (!c.product->pack_depth) return ESH_UNSUPPORTED; // absent where the precision is, and for int8
    esh_parallel(context->threads, H, head_task, &c);
    return ESH_OK;
}

// The way back. A word holds one float, or two bfloat16 of which the first is in the low half.
esh_status esh_cpu_relative_unpack(esh_context *context, float *x, const void *y, int64_t R, int64_t H, int64_t D,
                                   int32_t reversed, esh_precision precision) {
    const esh_product *product = &context->products[precision];
    if (!product->pack_depth) return ESH_UNSUPPORTED;
    int64_t stride = esh_relative_stride(R), elements = product->elements;
    for (int64_t head = 0; head < H; head++) {
        for (int64_t d = 0; d < D; d++) {
            const uint32_t *line = (const uint32_t *)y + (head * lines(context, D, precision) + d / elements) * stride;
            for (int64_t row = 0; row < R; row++) {
                uint32_t word = line[reversed ? R - 1 - row : row];
                if (elements == 2) word = (word >> (16 * (d % 2))) << 16;
                memcpy(&x[(row * H + head) * D + d], &word, sizeof word);
            }
        }
    }
    return ESH_OK;
}
