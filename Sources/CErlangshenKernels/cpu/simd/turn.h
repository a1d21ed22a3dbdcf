// Rows become columns: what packs the left operand of a product, and what adds scores that come out transposed.

#if LANES == 16
// 16 vectors of 16 words, turned in registers: four stages of pairwise interleaving.
INLINE void ISA(turn_square)(vf r[16]) {
    vf t[16];
    UNROLL for (int i = 0; i < 16; i += 2) {
        t[i] = (vf)_mm512_unpacklo_epi32((__m512i)r[i], (__m512i)r[i + 1]);
        t[i + 1] = (vf)_mm512_unpackhi_epi32((__m512i)r[i], (__m512i)r[i + 1]);
    }
    UNROLL for (int i = 0; i < 16; i += 4) {
        UNROLL for (int half = 0; half < 2; half++) {
            r[i + 2 * half] = (vf)_mm512_unpacklo_epi64((__m512i)t[i + half], (__m512i)t[i + half + 2]);
            r[i + 2 * half + 1] = (vf)_mm512_unpackhi_epi64((__m512i)t[i + half], (__m512i)t[i + half + 2]);
        }
    }
    // r[4·q + c] now holds, in its lane group g, column 4·g + c of rows 4·q … 4·q + 3.
    UNROLL for (int c = 0; c < 4; c++) {
        vf low = (vf)_mm512_shuffle_f32x4((__m512)r[c], (__m512)r[4 + c], 0x44);
        vf high = (vf)_mm512_shuffle_f32x4((__m512)r[c], (__m512)r[4 + c], 0xee);
        vf low2 = (vf)_mm512_shuffle_f32x4((__m512)r[8 + c], (__m512)r[12 + c], 0x44);
        vf high2 = (vf)_mm512_shuffle_f32x4((__m512)r[8 + c], (__m512)r[12 + c], 0xee);
        t[c] = (vf)_mm512_shuffle_f32x4((__m512)low, (__m512)low2, 0x88);
        t[4 + c] = (vf)_mm512_shuffle_f32x4((__m512)low, (__m512)low2, 0xdd);
        t[8 + c] = (vf)_mm512_shuffle_f32x4((__m512)high, (__m512)high2, 0x88);
        t[12 + c] = (vf)_mm512_shuffle_f32x4((__m512)high, (__m512)high2, 0xdd);
    }
    UNROLL for (int i = 0; i < 16; i++) r[i] = t[i];
}

// y [count, rows] out, lines ldy apart · r: `rows` vectors, `count` words of each
INLINE void ISA(turn)(void *y, int64_t ldy, vf r[16], int64_t count, int32_t rows) {
    UNROLL for (int i = 0; i < 16; i++) r[i] = i < rows ? r[i] : splat(0);
    ISA(turn_square)(r);
    __mmask16 lanes = (__mmask16)((1u << rows) - 1);
    UNROLL for (int k = 0; k < 16; k++)
        if (k < count) _mm512_mask_storeu_ps((float *)y + k * ldy, lanes, (__m512)r[k]);
}
#endif
