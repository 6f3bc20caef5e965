import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads images with Bio-Formats and with ImageJ and says what they found, for corpus_written.py.
 *
 * Standard input has lines READER TAB FILE, with READER bioformats or imagej; for each a line of JSON is printed. The hash is
 * that of the pixels in the order T, Z, C, Y, X, S, little-endian.
 */
public final class ImageReaders {
    public static void main(String[] arguments) throws Exception {
        PrintStream output = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, "UTF-8");
        // Both talk; only our lines go to standard output.
        System.setOut(System.err);
        loci.common.DebugTools.setRootLevel("OFF");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] parts = line.split("\t", 2);
            Fields fields = new Fields();
            try {
                if (parts[0].equals("bioformats")) readWithBioFormats(parts[1], fields); else readWithImageJ(parts[1], fields);
            } catch (Throwable error) {
                fields = new Fields();
                fields.add("error", String.valueOf(error));
            }
            output.println(fields);
        }
    }

    private static void readWithBioFormats(String path, Fields fields) throws Exception {
        loci.formats.ImageReader reader = new loci.formats.ImageReader();
        loci.formats.meta.IMetadata metadata = loci.formats.MetadataTools.createOMEXMLMetadata();
        reader.setMetadataStore(metadata);
        reader.setFlattenedResolutions(false);
        try {
            reader.setId(path);
            fields.add("format", reader.getFormat());
            int samples = reader.getRGBChannelCount(), channels = reader.getEffectiveSizeC();
            fields.add("sizes", List.of(reader.getSizeT(), reader.getSizeZ(), channels, reader.getSizeY(), reader.getSizeX(), samples));
            fields.add("type", loci.formats.FormatTools.getPixelTypeString(reader.getPixelType()));
            fields.add("levels", reader.getResolutionCount());
            List<Object> sizes = new ArrayList<>();
            sizes.add(micrometres(metadata.getPixelsPhysicalSizeX(0)));
            sizes.add(micrometres(metadata.getPixelsPhysicalSizeY(0)));
            sizes.add(micrometres(metadata.getPixelsPhysicalSizeZ(0)));
            fields.add("pixelSize", sizes);
            List<Object> names = new ArrayList<>();
            for (int channel = 0; channel < metadata.getChannelCount(0); channel++) names.add(metadata.getChannelName(0, channel));
            fields.add("channels", names);
            int bytes = loci.formats.FormatTools.getBytesPerPixel(reader.getPixelType());
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int t = 0; t < reader.getSizeT(); t++) {
                for (int z = 0; z < reader.getSizeZ(); z++) {
                    for (int c = 0; c < channels; c++) {
                        byte[] plane = reader.openBytes(reader.getIndex(z, c, t));
                        if (samples > 1 && !reader.isInterleaved()) plane = interleaved(plane, samples, bytes);
                        digest.update(reader.isLittleEndian() ? plane : swapped(plane, bytes));
                    }
                }
            }
            fields.add("sha256", hexadecimal(digest));
        } finally {
            reader.close();
        }
    }

    private static Object micrometres(ome.units.quantity.Length length) {
        return length == null ? null : length.value(ome.units.UNITS.MICROMETER);
    }

    private static byte[] interleaved(byte[] planes, int samples, int bytes) {
        byte[] result = new byte[planes.length];
        int pixels = planes.length / samples / bytes;
        for (int sample = 0; sample < samples; sample++) {
            for (int pixel = 0; pixel < pixels; pixel++) {
                System.arraycopy(planes, (sample * pixels + pixel) * bytes, result, (pixel * samples + sample) * bytes, bytes);
            }
        }
        return result;
    }

    private static byte[] swapped(byte[] plane, int bytes) {
        byte[] result = new byte[plane.length];
        for (int place = 0; place < plane.length; place++) result[place] = plane[place / bytes * bytes + bytes - 1 - place % bytes];
        return result;
    }

    private static void readWithImageJ(String path, Fields fields) throws Exception {
        ij.ImagePlus image = new ij.io.Opener().openImage(path);
        if (image == null) throw new IllegalStateException("ImageJ gives no image");
        boolean isColor = image.getType() == ij.ImagePlus.COLOR_RGB;
        fields.add("format", "ImageJ " + ij.ImageJ.VERSION);
        fields.add("sizes", List.of(image.getNFrames(), image.getNSlices(), image.getNChannels(), image.getHeight(), image.getWidth(),
                                    isColor ? 3 : 1));
        ij.measure.Calibration calibration = image.getCalibration();
        fields.add("unit", calibration.getUnit());
        fields.add("calibration", List.of(calibration.pixelWidth, calibration.pixelHeight, calibration.pixelDepth));
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        String type = "";
        for (int t = 1; t <= image.getNFrames(); t++) {
            for (int z = 1; z <= image.getNSlices(); z++) {
                for (int c = 1; c <= image.getNChannels(); c++) {
                    Object pixels = image.getStack().getPixels(image.getStackIndex(c, z, t));
                    ByteBuffer bytes = ByteBuffer.allocate(4 * image.getWidth() * image.getHeight()).order(ByteOrder.LITTLE_ENDIAN);
                    if (pixels instanceof byte[]) {
                        type = "uint8";
                        bytes.put((byte[]) pixels);
                    } else if (pixels instanceof short[]) {
                        type = "uint16";
                        for (short value : (short[]) pixels) bytes.putShort(value);
                    } else if (pixels instanceof float[]) {
                        type = "float";
                        for (float value : (float[]) pixels) bytes.putFloat(value);
                    } else {
                        type = "uint8";
                        for (int value : (int[]) pixels) bytes.put((byte) (value >> 16)).put((byte) (value >> 8)).put((byte) value);
                    }
                    bytes.flip();
                    digest.update(bytes);
                }
            }
        }
        fields.add("type", type);
        fields.add("sha256", hexadecimal(digest));
    }

    private static String hexadecimal(MessageDigest digest) {
        StringBuilder text = new StringBuilder();
        for (byte value : digest.digest()) text.append(String.format("%02x", value));
        return text.toString();
    }

    /** An object of JSON. */
    private static final class Fields {
        private final List<String> entries = new ArrayList<>();

        void add(String name, Object value) { entries.add(json(name) + ": " + json(value)); }

        private static String json(Object value) {
            if (value instanceof List) {
                List<String> parts = new ArrayList<>();
                for (Object part : (List<?>) value) parts.add(json(part));
                return "[" + String.join(", ", parts) + "]";
            }
            if (value == null || value instanceof Number) return String.valueOf(value);
            StringBuilder text = new StringBuilder("\"");
            for (char each : value.toString().toCharArray()) {
                if (each == '"' || each == '\\') text.append('\\').append(each);
                else if (each < ' ') text.append(' ');
                else text.append(each);
            }
            return text.append('"').toString();
        }

        @Override public String toString() { return "{" + String.join(", ", entries) + "}"; }
    }
}
