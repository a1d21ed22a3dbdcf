// Kernels for any processor: vectors of four floats, which every 64-bit one has.
#define LANES 4
#define BLOCK 4
#define ISA(name) name##_portable
#define ISA_CODE ESH_ISA_PORTABLE
#define ISA_NAME "portable"
#include "vector.h"

#include "product.h"
#include "finish.h"
#include "rows.h"
#include "parameters.h"
#include "table.h"
#include "training.h"
