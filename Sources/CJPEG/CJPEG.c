#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf exit;
    imj_jpeg_failure *failure;
} errors_t;

typedef struct {
    struct jpeg_progress_mgr manager;
    size_t blocks;
} progress_t;

// Pictures of more scans than this are refused when going over them takes long; nobody writes a fifth of them.
enum { most_scans = 100 };
static const size_t most_blocks = (size_t)1 << 25;

static void on_error(j_common_ptr jpeg) {
    errors_t *errors = (errors_t *)jpeg->err;
    if (errors->failure->message[0] == 0) {
        char message[JMSG_LENGTH_MAX];
        jpeg->err->format_message(jpeg, message);
        strncpy(errors->failure->message, message, sizeof errors->failure->message - 1);
    }
    longjmp(errors->exit, 1);
}

// Damage that the decoder steps over: what it makes of it is what other programs show, too.
static void on_message(j_common_ptr jpeg) { (void)jpeg; }

static void fail(j_common_ptr jpeg, const char *message) {
    errors_t *errors = (errors_t *)jpeg->err;
    strncpy(errors->failure->message, message, sizeof errors->failure->message - 1);
    on_error(jpeg);
}

static void prepare(errors_t *errors, imj_jpeg_failure *failure) {
    memset(failure, 0, sizeof *failure);
    jpeg_std_error(&errors->manager);
    errors->manager.error_exit = on_error;
    errors->manager.output_message = on_message;
    errors->failure = failure;
}

static void do_nothing(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean fill_input(j_decompress_ptr jpeg) {
    ((errors_t *)jpeg->err)->failure->is_truncated = 1;
    fail((j_common_ptr)jpeg, "the data ends early");
    return FALSE;
}

static void skip_input(j_decompress_ptr jpeg, long count) {
    if (count <= 0) return;
    if ((size_t)count > jpeg->src->bytes_in_buffer) fill_input(jpeg);
    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
}

static void watch(j_common_ptr jpeg) {
    if (!jpeg->is_decompressor) return;
    j_decompress_ptr decoder = (j_decompress_ptr)jpeg;
    size_t scans = (size_t)decoder->input_scan_number, blocks = ((progress_t *)jpeg->progress)->blocks;
    if (scans > most_scans && scans > most_blocks / (blocks + 1)) {
        char message[100];
        snprintf(message, sizeof message, "it has more than %zu scans of %zu blocks", scans - 1, blocks);
        fail(jpeg, message);
    }
}

static int known_space(J_COLOR_SPACE space) {
    switch (space) {
    case JCS_GRAYSCALE: return imj_jpeg_grey;
    case JCS_RGB: return imj_jpeg_rgb;
    case JCS_YCbCr: return imj_jpeg_ycbcr;
    case JCS_CMYK: return imj_jpeg_cmyk;
    case JCS_YCCK: return imj_jpeg_ycck;
    default: return 0;
    }
}

static void describe(j_decompress_ptr jpeg, imj_jpeg_info *info) {
    memset(info, 0, sizeof *info);
    info->width = jpeg->image_width;
    info->height = jpeg->image_height;
    info->components = jpeg->num_components;
    info->color_space = known_space(jpeg->jpeg_color_space);
    info->is_progressive = jpeg->progressive_mode != 0;
    info->is_arithmetic = jpeg->arith_code != 0;
    info->channels = info->color_space >= imj_jpeg_cmyk ? 4 : info->color_space == imj_jpeg_grey ? 1 : 3;
}

static void read_rows(j_decompress_ptr jpeg, uint8_t *target, size_t row_bytes) {
    JSAMPROW rows[8];
    while (jpeg->output_scanline < jpeg->output_height) {
        JDIMENSION count = 0;
        for (; count < 8 && jpeg->output_scanline + count < jpeg->output_height; count++) {
            rows[count] = target + (jpeg->output_scanline + count) * row_bytes;
        }
        jpeg_read_scanlines(jpeg, rows, count);
    }
}

static int read_jpeg(const void *bytes, size_t count, uint8_t *target, size_t row_bytes, imj_jpeg_info *info,
                     const imj_jpeg_info *expected, imj_jpeg_failure *failure) {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_source_mgr source;
    progress_t progress;
    errors_t errors;
    memset(&jpeg, 0, sizeof jpeg);
    memset(&source, 0, sizeof source);
    memset(&progress, 0, sizeof progress);
    prepare(&errors, failure);
    jpeg.err = &errors.manager;
    if (setjmp(errors.exit)) {
        jpeg_destroy_decompress(&jpeg);
        return 0;
    }
    jpeg_create_decompress(&jpeg);
    source.next_input_byte = bytes;
    source.bytes_in_buffer = count;
    source.init_source = do_nothing;
    source.fill_input_buffer = fill_input;
    source.skip_input_data = skip_input;
    source.resync_to_restart = jpeg_resync_to_restart;
    source.term_source = do_nothing;
    jpeg.src = &source;
    progress.manager.progress_monitor = watch;
    jpeg.progress = &progress.manager;
    jpeg_read_header(&jpeg, TRUE);
    describe(&jpeg, info);
    if (target) {
        if (memcmp(info, expected, sizeof *info)) fail((j_common_ptr)&jpeg, "it is not what its header said");
        jpeg.out_color_space = info->channels == 4 ? JCS_CMYK : info->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
        for (int i = 0; i < jpeg.num_components; i++) {
            progress.blocks += (size_t)jpeg.comp_info[i].width_in_blocks * jpeg.comp_info[i].height_in_blocks;
        }
        jpeg_start_decompress(&jpeg);
        if ((size_t)jpeg.output_width * (size_t)jpeg.output_components != row_bytes) {
            fail((j_common_ptr)&jpeg, "the rows are not as long as expected");
        }
        read_rows(&jpeg, target, row_bytes);
        jpeg_finish_decompress(&jpeg);
        if (info->channels == 4) {
            // Files store how much light is left, as Adobe's programs do.
            size_t size = row_bytes * info->height;
            for (size_t i = 0; i < size; i++) target[i] = 255 - target[i];
        }
    }
    jpeg_destroy_decompress(&jpeg);
    return 1;
}

int imj_jpeg_read_info(const void *bytes, size_t count, imj_jpeg_info *info, imj_jpeg_failure *failure) {
    return read_jpeg(bytes, count, NULL, 0, info, NULL, failure);
}

int imj_jpeg_read_pixels(const void *bytes, size_t count, void *target, size_t row_bytes, const imj_jpeg_info *expected,
                         imj_jpeg_failure *failure) {
    imj_jpeg_info info;
    return read_jpeg(bytes, count, target, row_bytes, &info, expected, failure);
}

typedef struct {
    struct jpeg_destination_mgr manager;
    uint8_t *bytes;
    size_t capacity;
} sink_t;

static void grow(j_compress_ptr jpeg, size_t used) {
    sink_t *sink = (sink_t *)jpeg->dest;
    size_t capacity = sink->capacity ? sink->capacity * 2 : 1 << 16;
    uint8_t *larger = realloc(sink->bytes, capacity);
    if (!larger) fail((j_common_ptr)jpeg, "no memory for the encoded image");
    sink->bytes = larger;
    sink->capacity = capacity;
    sink->manager.next_output_byte = larger + used;
    sink->manager.free_in_buffer = capacity - used;
}

static void start_output(j_compress_ptr jpeg) { grow(jpeg, 0); }

static boolean more_output(j_compress_ptr jpeg) {
    grow(jpeg, ((sink_t *)jpeg->dest)->capacity);
    return TRUE;
}

static void end_output(j_compress_ptr jpeg) { (void)jpeg; }

static void set_up(j_compress_ptr jpeg, const imj_jpeg_settings *settings) {
    jpeg->image_width = settings->width;
    jpeg->image_height = settings->height;
    jpeg->input_components = settings->channels;
    jpeg->in_color_space = settings->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, settings->quality, TRUE);
    if (settings->channels == 3) {
        jpeg->comp_info[0].h_samp_factor = settings->is_subsampled ? 2 : 1;
        jpeg->comp_info[0].v_samp_factor = settings->is_subsampled ? 2 : 1;
    }
    if (settings->x_per_centimetre && settings->y_per_centimetre) {
        jpeg->density_unit = 2;
        jpeg->X_density = settings->x_per_centimetre;
        jpeg->Y_density = settings->y_per_centimetre;
    }
}

int imj_jpeg_write(const imj_jpeg_settings *settings, const void *pixels, size_t row_bytes, uint8_t **result,
                   size_t *result_count, imj_jpeg_failure *failure) {
    struct jpeg_compress_struct jpeg;
    sink_t sink;
    errors_t errors;
    memset(&jpeg, 0, sizeof jpeg);
    memset(&sink, 0, sizeof sink);
    prepare(&errors, failure);
    jpeg.err = &errors.manager;
    *result = NULL;
    *result_count = 0;
    if (setjmp(errors.exit)) {
        jpeg_destroy_compress(&jpeg);
        free(sink.bytes);
        return 0;
    }
    jpeg_create_compress(&jpeg);
    sink.manager.init_destination = start_output;
    sink.manager.empty_output_buffer = more_output;
    sink.manager.term_destination = end_output;
    jpeg.dest = &sink.manager;
    set_up(&jpeg, settings);
    jpeg_start_compress(&jpeg, TRUE);
    if (settings->comment_count) {
        jpeg_write_marker(&jpeg, JPEG_COM, settings->comment, (unsigned)settings->comment_count);
    }
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = (JSAMPROW)pixels + jpeg.next_scanline * row_bytes;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    *result = sink.bytes;
    *result_count = sink.capacity - sink.manager.free_in_buffer;
    jpeg_destroy_compress(&jpeg);
    return 1;
}
