#include "erlangshen_kernels.h"
