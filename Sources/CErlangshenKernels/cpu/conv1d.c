// The convolution after the first layer: neighbours are laid side by side, then it is one product per group. Backward
// the same neighbours meet dy once more, and dy's neighbours, with the taps in reverse, meet the transposed weights.
#include <string.h>

#include "context.h"

typedef struct conv_call {
    float *columns; ///< [N, K·C/groups]
    const float *x;
    const int32_t *offsets, *positions;
    int64_t C, channels, group, K;
    int64_t reach; ///< positions from a token back to its first tap
} conv_call;

static void columns_task(void *argument, int64_t sequence, int32_t thread) {
    (void)thread;
    const conv_call *c = argument;
    int64_t first = c->offsets[sequence], end = c->offsets[sequence + 1], reach = c->reach;
    for (int64_t row = first; row < end; row++) {
        int64_t neighbour = row - reach > first ? row - reach : first;
        for (int64_t u = 0; u < c->K; u++) {
            int64_t wanted = c->positions[row] + u - reach;
            while (neighbour < end && c->positions[neighbour] < wanted) neighbour++;
            float *y = c->columns + (row * c->K + u) * c->channels; // [C/groups]
            if (neighbour < end && c->positions[neighbour] == wanted)
                memcpy(y, c->x + neighbour * c->C + c->group * c->channels, (size_t)c->channels * sizeof(float));
            else
                memset(y, 0, (size_t)c->channels * sizeof(float));
        }
    }
}

size_t esh_cpu_conv1d_scratch(esh_context *context, const esh_weight *weight, int64_t N) {
    return (size_t)esh_round_up(N * weight->I, 16) * sizeof(float) + esh_cpu_linear_scratch(context, weight, N);
}

esh_status esh_cpu_conv1d_forward(esh_context *context, float *y, const float *x, const esh_weight *const *weights,
                                  const float *bias, const int32_t *offsets, const int32_t *positions, void *scratch,
                                  int64_t B, int64_t N, int64_t C, int64_t groups, int64_t K,
                                      esh_activation activation) {
    int64_t channels = C / groups;
    void *rest = (float *)scratch + esh_round_up(N * K * channels, 16);
    for (int64_t group = 0; group < groups; group++) {
        conv_call c = {scratch, x, offsets, positions, C, channels, group, K, (K - 1) / 2};
        esh_parallel(context->threads, B, columns_task, &c);
        esh_status status = esh_cpu_linear_forward(context, y + group * channels, scratch, weights[group],
                                                   bias + group * channels, rest, N, C, K * channels, activation);
        if (status != ESH_OK) return status;
    }
    return ESH_OK;
}

// Parts of a backward call's scratch, in floats.
typedef struct backward_room {
    int64_t columns, dw, products; ///< [N, K·C/groups], [C/groups, K·C/groups], what the two products need
} backward_room;

static backward_room room_of(esh_context *context, const esh_weight *weight, int64_t N) {
    const int64_t channels = weight->O, I = weight->I;
    size_t input = esh_cpu_linear_scratch(context, weight, N);
    size_t taps = esh_cpu_linear_backward_weight_scratch(context, N, channels, I, weight->product->precision);
    return (backward_room){esh_round_up(N * I, 16), esh_round_up(channels * I, 16),
                           esh_round_up((int64_t)((input > taps ? input : taps) / sizeof(float)), 16) + 16};
}

size_t esh_cpu_conv1d_backward_scratch(esh_context *context, const esh_weight *weight, int64_t N) {
    backward_room room = room_of(context, weight, N);
    return (size_t)(room.columns + room.dw + room.products) * sizeof(float);
}

typedef struct taps_call {
    float *dw;         ///< [C/groups, C/groups, K]
    const float *from; ///< [C/groups, K, C/groups]
    int64_t channels, K;
} taps_call;

static void add_taps_task(void *argument, int64_t output, int32_t thread) {
    (void)thread;
    const taps_call *c = argument;
    float *dw = c->dw + output * c->channels * c->K;
    const float *from = c->from + output * c->channels * c->K;
    for (int64_t i = 0; i < c->channels; i++)
        for (int64_t u = 0; u < c->K; u++) dw[i * c->K + u] += from[u * c->channels + i];
}

esh_status esh_cpu_conv1d_backward(esh_context *context, float *dx, float *dw, float *dbias, const float *dy,
                                   const float *x, const esh_weight *const *transposed, const int32_t *offsets,
                                   const int32_t *positions, void *scratch, int64_t B, int64_t N, int64_t C,
                                   int64_t groups, int64_t K) {
    if (groups <= 0 || K <= 0 || C % groups != 0) return ESH_INVALID_ARGUMENT;
    const int64_t channels = C / groups, I = K * channels;
    for (int64_t group = 0; group < groups; group++)
        if (transposed[group]->O != channels || transposed[group]->I != I) return ESH_INVALID_ARGUMENT;
    if (N <= 0) return ESH_OK;
    const backward_room room = room_of(context, transposed[0], N);
    float *columns = scratch, *taps = columns + room.columns, *rest = taps + room.dw;
    for (int64_t group = 0; group < groups; group++) {
        const int64_t at = group * channels;
        conv_call neighbours = {columns, x, offsets, positions, C, channels, group, K, (K - 1) / 2};
        esh_parallel(context->threads, B, columns_task, &neighbours);
        memset(taps, 0, (size_t)(channels * I) * sizeof(float));
        esh_status status = esh_cpu_linear_backward_weight(context, taps, dbias ? dbias + at : NULL, dy + at, columns,
                                                           rest, N, channels, I, C, I,
                                                           transposed[group]->product->precision);
        if (status != ESH_OK) return status;
        taps_call add = {dw + at * I, taps, channels, K};
        esh_parallel(context->threads, channels, add_taps_task, &add);

        // y[t] reads x[t + u − reach], so dx[t] reads dy[t + v − (K − 1 − reach)] with v = K − 1 − u.
        conv_call readers = {columns, dy, offsets, positions, C, channels, group, K, K - 1 - (K - 1) / 2};
        esh_parallel(context->threads, B, columns_task, &readers);
        status = esh_cpu_linear_forward(context, dx + at, columns, transposed[group], NULL, rest, N, C, I,
                                        ESH_IDENTITY);
        if (status != ESH_OK) return status;
    }
    return ESH_OK;
}
