#include "CTIFF.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

struct imj_tiff {
    TIFF *tif;
    const uint8_t *bytes;  // reading: the file
    uint64_t size;
    uint64_t position;
    int is_writing;
    uint8_t *buffer;       // writing: what was written
    uint64_t capacity;
    int write_errno;
    char message[512];
};

static int on_error(TIFF *tif, void *user, const char *module, const char *format, va_list arguments) {
    (void)tif;
    (void)module;
    imj_tiff *t = user;
    // The first message names the cause; later ones are consequences.
    if (t->message[0] == 0) vsnprintf(t->message, sizeof t->message, format, arguments);
    return 1;
}

static int on_warning(TIFF *tif, void *user, const char *module, const char *format, va_list arguments) {
    (void)tif, (void)user, (void)module, (void)format, (void)arguments;
    return 1;
}

static tmsize_t read_memory(imj_tiff *t, const uint8_t *from, void *target, tmsize_t count) {
    if (count <= 0 || t->position >= t->size) return 0;
    uint64_t rest = t->size - t->position;
    uint64_t wanted = (uint64_t)count < rest ? (uint64_t)count : rest;
    memcpy(target, from + t->position, wanted);
    t->position += wanted;
    return (tmsize_t)wanted;
}

static tmsize_t read_proc(thandle_t handle, void *target, tmsize_t count) {
    imj_tiff *t = handle;
    return read_memory(t, t->is_writing ? t->buffer : t->bytes, target, count);
}

static tmsize_t write_buffer(imj_tiff *t, const void *source, uint64_t count) {
    uint64_t end = t->position + count;
    if (end > t->capacity) {
        uint64_t capacity = end + end / 2 + 4096;
        uint8_t *larger = realloc(t->buffer, capacity);
        if (!larger) {
            if (!t->write_errno) t->write_errno = ENOMEM;
            return -1;
        }
        t->buffer = larger;
        t->capacity = capacity;
    }
    if (t->position > t->size) memset(t->buffer + t->size, 0, t->position - t->size);
    memcpy(t->buffer + t->position, source, count);
    t->position = end;
    if (end > t->size) t->size = end;
    return (tmsize_t)count;
}

static tmsize_t write_proc(thandle_t handle, void *source, tmsize_t count) {
    imj_tiff *t = handle;
    return t->is_writing && count >= 0 ? write_buffer(t, source, (uint64_t)count) : -1;
}

static toff_t seek_proc(thandle_t handle, toff_t offset, int whence) {
    imj_tiff *t = handle;
    if (whence == SEEK_CUR) offset += t->position;
    if (whence == SEEK_END) offset += t->size;
    t->position = offset;
    return offset;
}

static int close_proc(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t size_proc(thandle_t handle) { return ((imj_tiff *)handle)->size; }

static int map_proc(thandle_t handle, void **base, toff_t *size) {
    imj_tiff *t = handle;
    if (t->is_writing) return 0;
    *base = (void *)t->bytes;
    *size = t->size;
    return 1;
}

static void unmap_proc(thandle_t handle, void *base, toff_t size) { (void)handle, (void)base, (void)size; }

static void open_with(imj_tiff *t, const char *mode, int64_t max_single_allocation) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return;
    if (max_single_allocation > 0) TIFFOpenOptionsSetMaxSingleMemAlloc(options, max_single_allocation);
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, t);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, t);
    t->tif = TIFFClientOpenExt("image", mode, t, read_proc, write_proc, seek_proc, close_proc, size_proc, map_proc,
                               unmap_proc, options);
    TIFFOpenOptionsFree(options);
}

imj_tiff *imj_tiff_open(const void *bytes, uint64_t count, int64_t max_single_allocation) {
    imj_tiff *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->bytes = bytes;
    t->size = count;
    // h: read the header only, so that a bad first directory is reported like any other.
    // c: leave large strips whole instead of pretending that they are many.
    open_with(t, "rhc", max_single_allocation);
    return t;
}

int imj_tiff_is_open(const imj_tiff *t) { return t->tif != NULL; }

void imj_tiff_close(imj_tiff *t) {
    if (!t) return;
    if (t->tif) TIFFCleanup(t->tif);
    free(t->buffer);
    free(t);
}

const char *imj_tiff_message(const imj_tiff *t) { return t->message; }
void imj_tiff_clear_message(imj_tiff *t) { t->message[0] = 0; }

int imj_tiff_load_directory(imj_tiff *t, uint64_t offset) { return TIFFSetSubDirectory(t->tif, offset); }
int imj_tiff_is_tiled(imj_tiff *t) { return TIFFIsTiled(t->tif); }
int imj_tiff_is_codec_configured(uint16_t compression) { return TIFFIsCODECConfigured(compression); }

int imj_tiff_get_u16(imj_tiff *t, uint32_t tag, uint16_t *value) { return TIFFGetFieldDefaulted(t->tif, tag, value); }
int imj_tiff_get_u32(imj_tiff *t, uint32_t tag, uint32_t *value) { return TIFFGetFieldDefaulted(t->tif, tag, value); }

const char *imj_tiff_get_string(imj_tiff *t, uint32_t tag) {
    char *text = NULL;
    return TIFFGetField(t->tif, tag, &text) ? text : NULL;
}

uint16_t imj_tiff_get_extra_samples(imj_tiff *t, const uint16_t **values) {
    uint16_t count = 0;
    return TIFFGetFieldDefaulted(t->tif, TIFFTAG_EXTRASAMPLES, &count, values) ? count : 0;
}

void imj_tiff_get_subsampling(imj_tiff *t, uint16_t *across, uint16_t *down) {
    if (!TIFFGetFieldDefaulted(t->tif, TIFFTAG_YCBCRSUBSAMPLING, across, down)) *across = *down = 2;
}

int imj_tiff_set_int(imj_tiff *t, uint32_t tag, int value) { return TIFFSetField(t->tif, tag, value); }

uint32_t imj_tiff_strile_count(imj_tiff *t) {
    return TIFFIsTiled(t->tif) ? TIFFNumberOfTiles(t->tif) : TIFFNumberOfStrips(t->tif);
}

uint64_t imj_tiff_strile_size(imj_tiff *t) {
    tmsize_t size = TIFFIsTiled(t->tif) ? TIFFTileSize(t->tif) : TIFFStripSize(t->tif);
    return size > 0 ? (uint64_t)size : 0;
}

int imj_tiff_strile_place(imj_tiff *t, uint32_t index, uint64_t *offset, uint64_t *count) {
    int offset_failed = 0, count_failed = 0;
    *offset = TIFFGetStrileOffsetWithErr(t->tif, index, &offset_failed);
    *count = TIFFGetStrileByteCountWithErr(t->tif, index, &count_failed);
    return !offset_failed && !count_failed;
}

int64_t imj_tiff_read_strile(imj_tiff *t, uint32_t index, void *target, int64_t count) {
    return TIFFIsTiled(t->tif) ? TIFFReadEncodedTile(t->tif, index, target, count)
                               : TIFFReadEncodedStrip(t->tif, index, target, count);
}

int imj_tiff_read_rgba(imj_tiff *t, uint32_t width, uint32_t height, uint32_t *raster) {
    TIFFRGBAImage image;
    char reason[1024] = "";
    int done = 0;
    if (TIFFRGBAImageBegin(&image, t->tif, 1, reason)) {
        // As it is stored: nothing is turned or mirrored.
        image.req_orientation = image.orientation;
        done = TIFFRGBAImageGet(&image, raster, width, height);
        TIFFRGBAImageEnd(&image);
    }
    if (!done && t->message[0] == 0) snprintf(t->message, sizeof t->message, "%.500s", reason);
    // Damage that libtiff mends with a message counts as damage.
    return done && t->message[0] == 0;
}

static int set_block_tags(imj_tiff *t, const imj_block *block) {
    TIFF *tif = t->tif;
    int done = TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, block->width) && TIFFSetField(tif, TIFFTAG_IMAGELENGTH, block->rows)
        && TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, block->rows) && TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, (int)block->bits)
        && TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, (int)block->samples)
        && TIFFSetField(tif, TIFFTAG_SAMPLEFORMAT, (int)block->sample_format)
        && TIFFSetField(tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG)
        && TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, (int)block->photometric)
        && TIFFSetField(tif, TIFFTAG_COMPRESSION, (int)block->compression);
    if (!done) return 0;
    switch (block->compression) {
    case COMPRESSION_ADOBE_DEFLATE: return TIFFSetField(tif, TIFFTAG_ZIPQUALITY, block->level);
    case COMPRESSION_ZSTD: return TIFFSetField(tif, TIFFTAG_ZSTD_LEVEL, block->level);
    case COMPRESSION_LERC: return TIFFSetField(tif, TIFFTAG_LERC_MAXZERROR, 0.0);
    case COMPRESSION_JPEG:
        // Each block is a whole JPEG stream, so that blocks can be made in any order.
        done = TIFFSetField(tif, TIFFTAG_JPEGQUALITY, block->level) && TIFFSetField(tif, TIFFTAG_JPEGTABLESMODE, 0);
        if (block->photometric == PHOTOMETRIC_YCBCR) {
            done = done && TIFFSetField(tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB)
                && TIFFSetField(tif, TIFFTAG_YCBCRSUBSAMPLING, 1, 1);
        }
        return done;
    default: return 1;
    }
}

uint8_t *imj_tiff_encode(const imj_block *block, void *source, uint64_t count, uint64_t *encoded, uint64_t *start) {
    imj_tiff *t = calloc(1, sizeof *t);
    uint8_t *buffer = NULL;
    if (!t) return NULL;
    t->is_writing = 1;
    // Most blocks become smaller.
    t->capacity = count + count / 8 + 4096;
    t->buffer = malloc(t->capacity);
    if (t->buffer) open_with(t, "w8", 0);
    if (t->tif) {
        int failed = 0;
        if (set_block_tags(t, block) && TIFFWriteEncodedStrip(t->tif, 0, source, (tmsize_t)count) >= 0 && !t->write_errno) {
            *start = TIFFGetStrileOffsetWithErr(t->tif, 0, &failed);
            if (!failed) *encoded = TIFFGetStrileByteCountWithErr(t->tif, 0, &failed);
            if (!failed && *start <= t->size && *encoded <= t->size - *start) {
                buffer = t->buffer;
                // Closing would write a directory that nobody wants: from here on writing fails.
                t->buffer = NULL;
                t->is_writing = 0;
                t->size = t->position = 0;
            }
        }
    }
    imj_tiff_close(t);
    return buffer;
}
