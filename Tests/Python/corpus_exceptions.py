"""Where we differ from the peers on purpose, by file, each with the reason that goes into the table.

oracle     the reader to compare with, when it is not tifffile or, for PNG, Pillow
twin       the file with the same picture to compare with
why        the reason for either
tolerance  (largest difference, mean difference, reason)
refused    why we do not read what a peer reads
axes       why the axes have other names than the peer's
pixelSize  why there is another pixel size than the peer finds
alone      why nobody else here reads what we read
"""
JPEG = 'decoders of old-style JPEG enlarge the colour differences in different ways'
OLD = 'tifffile takes the strip for a whole JPEG file, which it is not'
PLANES = 'the tag PlanarConfiguration has a type that tifffile takes for planes'
EXCEPTIONS = {
    'scikit-image/skimage/data/multipage_rgb.tif': {
        'axes': 'its description gives lengths without names: the first are pages to us (I), anything to tifffile (Q)'},
    'tiff/test/images/testfax4.tiff': {
        'twin': 'tiff/test/refs/o-testfax4.tiff', 'why': 'the picture that libtiff expects; tifffile loses its place in it'},
    'tiff/test/images/deflate-last-strip-extra-data.tiff': {
        'twin': 'tiff/test/refs/o-deflate-last-strip-extra-data.tiff', 'why': 'tifffile refuses the surplus bytes'},
    'tiff/test/images/logluv-3c-16b.tiff': {
        'oracle': 'logluv', 'why': 'one pixel, by the published formulas; tifffile and Pillow do not decode it'},
    'tiff/test/images/ojpeg_chewey_subsamp21_multi_strip.tiff': {'oracle': 'pillow', 'why': OLD},
    'tiff/test/images/ojpeg_single_strip_no_rowsperstrip.tiff': {'oracle': 'pillow', 'why': OLD},
    'tiff/test/images/ojpeg_zackthecat_subsamp22_single_strip.tiff': {'oracle': 'pillow', 'why': OLD},
    'pillow/Tests/images/old-style-jpeg-compression.tif': {'tolerance': (48, 0.2, JPEG)},
    'pillow/Tests/images/old-style-jpeg-compression-no-samplesperpixel.tif': {'tolerance': (48, 0.2, JPEG)},
    'pillow/Tests/images/tiff_tiled_jpeg_oob_read.tif': {'oracle': 'imagecodecs', 'why': PLANES},
    'pillow/Tests/images/apng/chunk_no_fctl.png': {
        'oracle': 'imagecodecs', 'why': 'Pillow refuses the order of its frames, of which we read the first'},
    'pillow/Tests/images/png_decompression_dos.png': {
        'oracle': 'imagecodecs', 'why': 'Pillow refuses its packed texts, which we do not unpack'},
    'pillow/Tests/images/unknown_compression_method.png': {
        'oracle': 'imagecodecs', 'why': 'Pillow refuses a text packed in an unknown way, which we do not need'},
}
