package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.ImageFiles;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Images of Spark's {@code image} source: structs with decoded pixels. */
final class ImageRows {

  private static final int GREY = 1;
  private static final int BGR = 3;
  private static final int BGRA = 4;

  private ImageRows() {}

  /** The image as a PNG file, or null if the struct is not of a known kind. */
  static byte @Nullable [] toPng(Row image) {
    int height = image.<Integer>getAs("height");
    int width = image.<Integer>getAs("width");
    int channels = image.<Integer>getAs("nChannels");
    byte[] data = image.getAs("data");
    boolean known = channels == GREY || channels == BGR || channels == BGRA;
    if (!known || height < 1 || width < 1 || data.length != (long) channels * height * width) {
      return null;
    }
    int[] rgb = new int[height * width];
    for (int i = 0; i < rgb.length; i++) {
      int start = i * channels;
      int blue = data[start] & 0xFF;
      int green = channels == GREY ? blue : data[start + 1] & 0xFF;
      int red = channels == GREY ? blue : data[start + 2] & 0xFF;
      rgb[i] = red << 16 | green << 8 | blue;
    }
    return ImageFiles.png(rgb, height, width);
  }
}
