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

// Encodes rows of `info` (bit_depth, channels, resolution and texts count); the result is freed with free().
// Rows of bit depth 1 hold one byte per pixel, 0 or 1.
int imj_png_write(const imj_png_info *info, const void *pixels, size_t row_bytes, int level, uint8_t **result,
                  size_t *result_count, imj_png_failure *failure);
