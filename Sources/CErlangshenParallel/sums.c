#include "erlangshen_parallel.h"

// In double, and rounded to float once: the roundings between the additions are 2^29 times smaller than that one, so
// the sum hardly depends on how the same numbers were dealt to ranks. Memory is what limits these loops.

void esh_sum_first(double *sums, const float *values, int64_t count) {
    for (int64_t i = 0; i < count; i++) sums[i] = values[i];
}

void esh_sum_next(double *restrict sums, const float *restrict values, int64_t count) {
    for (int64_t i = 0; i < count; i++) sums[i] += values[i];
}

void esh_sum_last(float *restrict values, const double *restrict sums, int64_t count) {
    for (int64_t i = 0; i < count; i++) values[i] = (float)sums[i];
}
