// Matrix products by oneDNN, opened at run time: neither building nor starting needs the library.
#pragma once
#include "context.h"

/// NULL when this build has not seen oneDNN's header, or the library cannot be opened.
struct esh_onednn *esh_onednn_open(int32_t threads);
void esh_onednn_close(struct esh_onednn *);

esh_status esh_onednn_weight_create(esh_context *, esh_weight *);
esh_status esh_onednn_weight_fill(esh_context *, esh_weight *, const void *x, esh_dtype, int64_t first_row,
    int64_t rows,
                                  int64_t taps);
void esh_onednn_weight_destroy(esh_context *, esh_weight *);
esh_status esh_onednn_linear_forward(esh_context *, float *y, const float *x, const esh_weight *, const float *bias,
                                     void *scratch, int64_t N, int64_t ldy, int64_t ldx, esh_activation);
