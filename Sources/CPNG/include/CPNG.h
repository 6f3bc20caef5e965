#pragma once
#include <stddef.h>
#include <stdint.h>

// libpng reports errors with longjmp, which must not cross Swift frames: every function here returns instead.

typedef struct {
    uint32_t width;
    uint32_t height;
    // As stored in the file.
    int file_bit_depth;
    int file_color_type;
    int is_interlaced;
    // As delivered: 1 (one byte per pixel, 0 or 1), 8 or 16 bits, and 1 to 4 channels.
    int bit_depth;
    int channels;
    // Pixels per metre, 0 when the file does not say.
    uint32_t x_per_metre;
    uint32_t y_per_metre;
    // NUL-terminated, cut when longer, empty when the file has none.
    char description[4096];
    char software[256];
} imj_png_info;

typedef struct {
    char message[256];
    // 1 when the bytes ended before the image did.
    int is_truncated;
} imj_png_failure;

// Both return 1, or 0 with a failure. Samples of 16 bits come in this machine's byte order.
int imj_png_read_info(const void *bytes, size_t count, imj_png_info *info, imj_png_failure *failure);
int imj_png_read_pixels(const void *bytes, size_t count, void *target, size_t row_bytes, imj_png_info *info,
                        imj_png_failure *failure);

// The filters of PNG's rows: none, left neighbour, row above, mean of both, and Paeth's choice among three. `bpp` is the
// number of bytes from a sample to the same of the next pixel, 1 to 8. The row above is zeros for the first row.

// Writes the differences of a row to `target`, which is another place.
void imj_png_filter(int kind, const uint8_t *row, const uint8_t *above, size_t bpp, size_t count, uint8_t *target);
// Undoes `kind` in place; `above` has been undone before. Returns 0 for a kind that there is not.
int imj_png_unfilter(int kind, uint8_t *row, const uint8_t *above, size_t bpp, size_t count);
// Copies samples of 16 bits with their bytes exchanged.
void imj_png_swap16(const void *source, size_t samples, void *target);

// Adds how often each byte comes to 256 counts.
void imj_png_count(const uint8_t *bytes, size_t count, uint32_t *counts);

// Bits that have not been written yet; the lowest go first.
typedef struct {
    uint64_t bits;
    unsigned count;
} imj_png_bits;
// Writes the codes of bytes: the code in the lower 16 bits of each of 256 entries, its length (1 to 15) above. `target` has
// room for 15 bits for each byte and 8 bytes more; returns how many bytes were written.
size_t imj_png_pack(const uint8_t *bytes, size_t count, const uint32_t *codes, imj_png_bits *state, uint8_t *target);
