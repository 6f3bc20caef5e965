#pragma once
#include <stddef.h>
#include <stdint.h>

// libtiff behind plain functions: its getters and setters are variadic, which Swift cannot call, and its
// messages go to a handle of ours instead of standard error.

typedef struct imj_tiff imj_tiff;

// Opens TIFF bytes for reading without loading a directory. The bytes must outlive the handle. Never returns
// NULL except when there is no memory; a file that libtiff refuses gives a handle that is not open.
imj_tiff *imj_tiff_open(const void *bytes, uint64_t count, int64_t max_single_allocation);
int imj_tiff_is_open(const imj_tiff *t);
void imj_tiff_close(imj_tiff *t);

// The first message since the last call of clear, "" when there is none.
const char *imj_tiff_message(const imj_tiff *t);
void imj_tiff_clear_message(imj_tiff *t);

int imj_tiff_load_directory(imj_tiff *t, uint64_t offset);
int imj_tiff_is_tiled(imj_tiff *t);
int imj_tiff_is_codec_configured(uint16_t compression);

// Return 1 and the value, or the tag's default; 0 when there is neither.
int imj_tiff_get_u16(imj_tiff *t, uint32_t tag, uint16_t *value);
int imj_tiff_get_u32(imj_tiff *t, uint32_t tag, uint32_t *value);
const char *imj_tiff_get_string(imj_tiff *t, uint32_t tag);
// The meanings of the samples beyond the colours; they belong to the handle until the next directory is loaded.
uint16_t imj_tiff_get_extra_samples(imj_tiff *t, const uint16_t **values);
// How many pixels across and down share a colour difference in YCbCr pictures.
void imj_tiff_get_subsampling(imj_tiff *t, uint16_t *across, uint16_t *down);

// Sets a tag for what is decoded from now on; the file stays as it is.
int imj_tiff_set_int(imj_tiff *t, uint32_t tag, int value);

// "Strile": a strip or a tile, whichever the page has.
uint32_t imj_tiff_strile_count(imj_tiff *t);
uint64_t imj_tiff_strile_size(imj_tiff *t);
int imj_tiff_strile_place(imj_tiff *t, uint32_t index, uint64_t *offset, uint64_t *count);
int64_t imj_tiff_read_strile(imj_tiff *t, uint32_t index, void *target, int64_t count);
// Decodes a whole page to red, green, blue, alpha in the low to the high byte of each value, in stored order.
int imj_tiff_read_rgba(imj_tiff *t, uint32_t width, uint32_t height, uint32_t *raster);

// What a block of pixels is, and how it is packed. `level` is the quality for JPEG.
typedef struct imj_block {
    uint32_t width, rows;
    uint16_t samples, bits, sample_format, photometric, compression;
    int level;
} imj_block;

// Packs one block by itself. Gives the `encoded` bytes from `start` of a buffer, which the caller frees, or NULL when libtiff could not.
uint8_t *imj_tiff_encode(const imj_block *block, void *source, uint64_t count, uint64_t *encoded, uint64_t *start);
