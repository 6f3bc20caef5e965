#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
    imj_png_failure *failure;
} source_t;

static void copy_text(char *target, size_t capacity, const char *text) {
    strncpy(target, text, capacity - 1);
    target[capacity - 1] = 0;
}

static void on_error(png_structp png, png_const_charp message) {
    imj_png_failure *failure = png_get_error_ptr(png);
    if (failure->message[0] == 0) copy_text(failure->message, sizeof failure->message, message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void read_bytes(png_structp png, png_bytep target, size_t count) {
    source_t *source = png_get_io_ptr(png);
    if (count > source->count - source->position) {
        source->failure->is_truncated = 1;
        png_error(png, "the data ends early");
    }
    memcpy(target, source->bytes + source->position, count);
    source->position += count;
}

static int is_little_endian(void) {
    const uint16_t one = 1;
    return *(const uint8_t *)&one;
}

// Reads the header and sets the expansion up; leaves the stream at the first row.
static void begin(png_structp png, png_infop header, imj_png_info *info) {
    // The chunk limits bound texts and profiles; the picture itself is bounded by the caller.
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(png, 8 << 20);
    png_set_chunk_cache_max(png, 256);
    png_read_info(png, header);
    info->width = png_get_image_width(png, header);
    info->height = png_get_image_height(png, header);
    info->file_bit_depth = png_get_bit_depth(png, header);
    info->file_color_type = png_get_color_type(png, header);
    info->is_interlaced = png_get_interlace_type(png, header) != PNG_INTERLACE_NONE;
    int has_transparency = png_get_valid(png, header, PNG_INFO_tRNS) != 0;

    if (info->file_color_type == PNG_COLOR_TYPE_GRAY && info->file_bit_depth == 1 && !has_transparency) {
        // A picture of two values stays one: a byte of 0 or 1 per pixel.
        png_set_packing(png);
        info->bit_depth = 1;
        info->channels = 1;
    } else {
        png_set_expand(png);
        if (is_little_endian()) png_set_swap(png);
        info->bit_depth = info->file_bit_depth == 16 ? 16 : 8;
        int has_color = (info->file_color_type & PNG_COLOR_MASK_COLOR) != 0;
        int has_alpha = (info->file_color_type & PNG_COLOR_MASK_ALPHA) != 0 || has_transparency;
        info->channels = (has_color ? 3 : 1) + (has_alpha ? 1 : 0);
    }

    png_uint_32 x = 0, y = 0;
    int unit = 0;
    if (png_get_pHYs(png, header, &x, &y, &unit) && unit == PNG_RESOLUTION_METER) {
        info->x_per_metre = x;
        info->y_per_metre = y;
    }
    png_textp texts = NULL;
    int count = 0;
    png_get_text(png, header, &texts, &count);
    for (int i = 0; i < count; i++) {
        if (!texts[i].key || !texts[i].text) continue;
        if (!strcmp(texts[i].key, "Description")) copy_text(info->description, sizeof info->description, texts[i].text);
        if (!strcmp(texts[i].key, "Software")) copy_text(info->software, sizeof info->software, texts[i].text);
    }
}

static int read_png(const void *bytes, size_t count, uint8_t *target, size_t row_bytes, imj_png_info *info,
                    imj_png_failure *failure) {
    memset(info, 0, sizeof *info);
    memset(failure, 0, sizeof *failure);
    source_t source = {bytes, count, 0, failure};
    // Volatile because they are read after longjmp.
    png_structp volatile png = png_create_read_struct(PNG_LIBPNG_VER_STRING, failure, on_error, on_warning);
    png_infop volatile header = png ? png_create_info_struct(png) : NULL;
    if (!header) {
        copy_text(failure->message, sizeof failure->message, "no memory for the decoder");
        png_destroy_read_struct((png_structpp)(void *)&png, NULL, NULL);
        return 0;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct((png_structpp)(void *)&png, (png_infopp)&header, NULL);
        return 0;
    }
    png_set_read_fn(png, &source, read_bytes);
    begin(png, header, info);
    if (target) {
        int passes = png_set_interlace_handling(png);
        png_read_update_info(png, header);
        if (png_get_rowbytes(png, header) != row_bytes) png_error(png, "the rows are not as long as expected");
        for (int pass = 0; pass < passes; pass++) {
            for (png_uint_32 row = 0; row < info->height; row++) png_read_row(png, target + row * row_bytes, NULL);
        }
        png_read_end(png, NULL);
    }
    png_destroy_read_struct((png_structpp)(void *)&png, (png_infopp)&header, NULL);
    return 1;
}

int imj_png_read_info(const void *bytes, size_t count, imj_png_info *info, imj_png_failure *failure) {
    return read_png(bytes, count, NULL, 0, info, failure);
}

int imj_png_read_pixels(const void *bytes, size_t count, void *target, size_t row_bytes, imj_png_info *info,
                        imj_png_failure *failure) {
    return read_png(bytes, count, target, row_bytes, info, failure);
}
