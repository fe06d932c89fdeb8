package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.Pixels;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Images of Spark's {@code image} source: structs with decoded pixels. */
public final class ImageRows {

  /** Fields of the struct that are read. */
  public static final Set<String> FIELDS = Set.of("height", "width", "nChannels", "data");

  private static final int GREY = 1;
  private static final int BGR = 3;
  private static final int BGRA = 4;

  private ImageRows() {}

  /** The image's pixels, or nothing if the struct is not of a known kind. */
  public static Optional<Pixels> pixels(Row image) {
    @Nullable Integer height = image.getAs("height");
    @Nullable Integer width = image.getAs("width");
    @Nullable Integer channels = image.getAs("nChannels");
    byte @Nullable [] data = image.getAs("data");
    if (height == null || width == null || channels == null || data == null) {
      return Optional.empty();
    }
    boolean known = channels == GREY || channels == BGR || channels == BGRA;
    if (!known || height < 1 || width < 1 || data.length != (long) channels * height * width) {
      return Optional.empty();
    }
    int[] rgb = new int[height * width];
    for (int i = 0; i < rgb.length; i++) {
      int start = i * channels;
      int blue = data[start] & 0xFF;
      int green = channels == GREY ? blue : data[start + 1] & 0xFF;
      int red = channels == GREY ? blue : data[start + 2] & 0xFF;
      rgb[i] = red << 16 | green << 8 | blue;
    }
    return Optional.of(Pixels.ofRgb(rgb, height, width));
  }
}
