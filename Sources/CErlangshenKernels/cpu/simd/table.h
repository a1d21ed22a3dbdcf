// The kernels of one instruction set, as a table.
const esh_simd ISA(esh_simd) = {
    .isa = ISA_CODE,
    .name = ISA_NAME,
    .lanes = LANES,
    .panel = 2 * LANES,
    .block = BLOCK,
    .fp32 = {.precision = ESH_PRECISION_FP32, .elements = 1, .tile = ISA(tile), .pack = ISA(pack),
             .pack_depth = ISA(pack_depth), .finish = ISA(finish)},
    .layer_norm = ISA(layer_norm),
    .exp_row = ISA(exp_row),
    .add_row = ISA(add_row),
    .add_turned = ISA(add_turned),
    .scale_row = ISA(scale_row),
    .log_sum_exp = ISA(log_sum_exp),
    .convert = ISA(convert),
};
