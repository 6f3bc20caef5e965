#pragma once
#include <stddef.h>
#include <stdint.h>

// libjpeg reports errors by a callback that must not return, so longjmp is needed, which must not cross Swift frames:
// every function here returns instead.

enum { imj_jpeg_grey = 1, imj_jpeg_rgb = 2, imj_jpeg_ycbcr = 3, imj_jpeg_cmyk = 4, imj_jpeg_ycck = 5 };

typedef struct {
    uint32_t width;
    uint32_t height;
    // As stored: the number of components and one of the above, 0 for others.
    int components;
    int color_space;
    int is_progressive;
    int is_arithmetic;
    // As delivered: 1 for grey, 3 for red, green and blue, 4 for CMYK, where 0 is no ink.
    int channels;
} imj_jpeg_info;

typedef struct {
    char message[256];
    // 1 when the bytes ended before the image did.
    int is_truncated;
} imj_jpeg_failure;

// Both return 1, or 0 with a failure.
int imj_jpeg_read_info(const void *bytes, size_t count, imj_jpeg_info *info, imj_jpeg_failure *failure);
// Decodes into rows of `row_bytes` bytes; what the header says must be what `expected` says.
int imj_jpeg_read_pixels(const void *bytes, size_t count, void *target, size_t row_bytes, const imj_jpeg_info *expected,
                         imj_jpeg_failure *failure);

typedef struct {
    uint32_t width;
    uint32_t height;
    // 1 for grey, 3 for red, green and blue.
    int channels;
    // 1 (small) to 100.
    int quality;
    // 1: colour differences for every second pixel along both axes; 0: for every pixel.
    int is_subsampled;
    // Pixels per centimetre, 0 when unknown.
    uint16_t x_per_centimetre;
    uint16_t y_per_centimetre;
    // At most 65533 bytes, not terminated; may be NULL.
    const void *comment;
    size_t comment_count;
} imj_jpeg_settings;

// Encodes rows of bytes; the result is freed with free().
int imj_jpeg_write(const imj_jpeg_settings *settings, const void *pixels, size_t row_bytes, uint8_t **result,
                   size_t *result_count, imj_jpeg_failure *failure);
