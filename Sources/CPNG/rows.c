#include "CPNG.h"

#include <stdlib.h>
#include <string.h>

typedef uint8_t bytes16 __attribute__((vector_size(16)));

static inline uint8_t paeth(int left, int above, int corner) {
    int a = abs(above - corner), b = abs(left - corner), c = abs(left + above - 2 * corner);
    return (uint8_t)(a <= b && a <= c ? left : b <= c ? above : corner);
}

void imj_png_filter(int kind, const uint8_t *row, const uint8_t *above, size_t bpp, size_t count, uint8_t *target) {
    size_t head = bpp < count ? bpp : count;
    const uint8_t *left = row - bpp, *corner = above - bpp;
    switch (kind) {
    case 1:
        memcpy(target, row, head);
        for (size_t i = head; i < count; i++) target[i] = (uint8_t)(row[i] - left[i]);
        break;
    case 2:
        for (size_t i = 0; i < count; i++) target[i] = (uint8_t)(row[i] - above[i]);
        break;
    case 3:
        for (size_t i = 0; i < head; i++) target[i] = (uint8_t)(row[i] - (above[i] >> 1));
        // The mean without a carry.
        for (size_t i = head; i < count; i++) {
            target[i] = (uint8_t)(row[i] - ((left[i] & above[i]) + ((left[i] ^ above[i]) >> 1)));
        }
        break;
    case 4:
        for (size_t i = 0; i < head; i++) target[i] = (uint8_t)(row[i] - above[i]);
        for (size_t i = head; i < count; i++) {
            int16_t l = left[i], a = above[i], c = corner[i];
            int16_t da = (int16_t)(a - c), db = (int16_t)(l - c), dc = (int16_t)(da + db);
            da = da < 0 ? (int16_t)-da : da;
            db = db < 0 ? (int16_t)-db : db;
            dc = dc < 0 ? (int16_t)-dc : dc;
            int16_t second = db <= dc ? a : c;
            target[i] = (uint8_t)(row[i] - (((da <= db) & (da <= dc)) ? l : second));
        }
        break;
    default: memcpy(target, row, count);
    }
}

// The bytes of `x` moved up by `step` places, zeros below.
#define MOVED_1(x) __builtin_shufflevector(zeros, x, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
#define MOVED_2(x) __builtin_shufflevector(zeros, x, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
#define MOVED_4(x) __builtin_shufflevector(zeros, x, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27)
#define MOVED_8(x) __builtin_shufflevector(zeros, x, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
// The last pixel in every place.
#define LAST_1(x) __builtin_shufflevector(x, x, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15)
#define LAST_2(x) __builtin_shufflevector(x, x, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15)
#define LAST_4(x) __builtin_shufflevector(x, x, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15)

// Sums along a row: the bytes of `bpp` interleaved sequences, sixteen at a time in steps of doubling width.
static void sum_left(uint8_t *row, size_t bpp, size_t count) {
    const bytes16 zeros = {0};
    bytes16 last = zeros, x;
    size_t i = 0;
    if (bpp == 1 || bpp == 2 || bpp == 4) {
        for (; i + 16 <= count; i += 16) {
            memcpy(&x, row + i, 16);
            if (bpp == 1) x += MOVED_1(x);
            if (bpp <= 2) x += MOVED_2(x);
            x += MOVED_4(x);
            x += MOVED_8(x);
            x += last;
            last = bpp == 1 ? LAST_1(x) : bpp == 2 ? LAST_2(x) : LAST_4(x);
            memcpy(row + i, &x, 16);
        }
    }
    for (i = i ? i : bpp; i < count; i++) row[i] = (uint8_t)(row[i] + row[i - bpp]);
}

static inline __attribute__((always_inline)) void undo_mean(uint8_t *row, const uint8_t *above, size_t bpp, size_t count) {
    for (size_t i = bpp; i < count; i++) row[i] = (uint8_t)(row[i] + ((row[i - bpp] + above[i]) >> 1));
}

static inline __attribute__((always_inline)) void undo_paeth(uint8_t *row, const uint8_t *above, size_t bpp, size_t count) {
    for (size_t i = bpp; i < count; i++) row[i] = (uint8_t)(row[i] + paeth(row[i - bpp], above[i], above[i - bpp]));
}

int imj_png_unfilter(int kind, uint8_t *row, const uint8_t *above, size_t bpp, size_t count) {
    size_t head = bpp < count ? bpp : count;
    switch (kind) {
    case 0: return 1;
    case 1:
        if (count > bpp) sum_left(row, bpp, count);
        return 1;
    case 2:
        for (size_t i = 0; i < count; i++) row[i] = (uint8_t)(row[i] + above[i]);
        return 1;
    case 3:
        for (size_t i = 0; i < head; i++) row[i] = (uint8_t)(row[i] + (above[i] >> 1));
        switch (bpp) {
        case 1: undo_mean(row, above, 1, count); break;
        case 2: undo_mean(row, above, 2, count); break;
        case 3: undo_mean(row, above, 3, count); break;
        case 4: undo_mean(row, above, 4, count); break;
        default: undo_mean(row, above, bpp, count);
        }
        return 1;
    case 4:
        for (size_t i = 0; i < head; i++) row[i] = (uint8_t)(row[i] + above[i]);
        switch (bpp) {
        case 1: undo_paeth(row, above, 1, count); break;
        case 2: undo_paeth(row, above, 2, count); break;
        case 3: undo_paeth(row, above, 3, count); break;
        case 4: undo_paeth(row, above, 4, count); break;
        default: undo_paeth(row, above, bpp, count);
        }
        return 1;
    default: return 0;
    }
}

void imj_png_swap16(const void *source, size_t samples, void *target) {
    const uint8_t *from = source;
    uint8_t *to = target;
    for (size_t i = 0; i < samples; i++) {
        uint16_t sample;
        memcpy(&sample, from + 2 * i, 2);
        sample = (uint16_t)(sample >> 8 | sample << 8);
        memcpy(to + 2 * i, &sample, 2);
    }
}

void imj_png_count(const uint8_t *bytes, size_t count, uint32_t *counts) {
    // Several tables: the same byte twice would wait for itself.
    uint32_t tables[4][256];
    memset(tables, 0, sizeof tables);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t x;
        memcpy(&x, bytes + i, 8);
        tables[0][x & 255]++;
        tables[1][x >> 8 & 255]++;
        tables[2][x >> 16 & 255]++;
        tables[3][x >> 24 & 255]++;
        tables[0][x >> 32 & 255]++;
        tables[1][x >> 40 & 255]++;
        tables[2][x >> 48 & 255]++;
        tables[3][x >> 56]++;
    }
    for (; i < count; i++) tables[0][bytes[i]]++;
    for (int k = 0; k < 256; k++) counts[k] += tables[0][k] + tables[1][k] + tables[2][k] + tables[3][k];
}

size_t imj_png_pack(const uint8_t *bytes, size_t count, const uint32_t *codes, imj_png_bits *state, uint8_t *target) {
    uint8_t *start = target;
    uint64_t bits = state->bits;
    unsigned filled = state->count;
    size_t i = 0;
    // At most 7 bits wait, so three codes of 15 and those of the next flush fit.
    for (; i + 3 <= count; i += 3) {
        uint32_t a = codes[bytes[i]], b = codes[bytes[i + 1]], c = codes[bytes[i + 2]];
        bits |= (uint64_t)(a & 0xffff) << filled;
        filled += a >> 16;
        bits |= (uint64_t)(b & 0xffff) << filled;
        filled += b >> 16;
        bits |= (uint64_t)(c & 0xffff) << filled;
        filled += c >> 16;
        for (int k = 0; k < 8; k++) target[k] = (uint8_t)(bits >> 8 * k);
        target += filled >> 3;
        bits >>= filled & ~7u;
        filled &= 7;
    }
    for (; i < count; i++) {
        uint32_t a = codes[bytes[i]];
        bits |= (uint64_t)(a & 0xffff) << filled;
        filled += a >> 16;
        while (filled >= 8) {
            *target++ = (uint8_t)bits;
            bits >>= 8;
            filled -= 8;
        }
    }
    state->bits = bits;
    state->count = filled;
    return (size_t)(target - start);
}
