// The convolution after the first layer: neighbours are laid side by side, then it is one product per group.
#include <string.h>

#include "context.h"

typedef struct conv_call {
    float *columns; ///< [N, K·C/groups]
    const float *x;
    const int32_t *offsets, *positions;
    int64_t C, channels, group, K;
} conv_call;

static void columns_task(void *argument, int64_t sequence, int32_t thread) {
    (void)thread;
    const conv_call *c = argument;
    int64_t first = c->offsets[sequence], end = c->offsets[sequence + 1], reach = (c->K - 1) / 2;
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
        conv_call c = {scratch, x, offsets, positions, C, channels, group, K};
        esh_parallel(context->threads, B, columns_task, &c);
        esh_status status = esh_cpu_linear_forward(context, y + group * channels, scratch, weights[group],
                                                   bias + group * channels, rest, N, C, K * channels, activation);
        if (status != ESH_OK) return status;
    }
    return ESH_OK;
}
