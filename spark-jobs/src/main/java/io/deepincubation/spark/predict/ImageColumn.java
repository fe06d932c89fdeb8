package io.deepincubation.spark.predict;

import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.spark.prepare.ImageRows;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * Where a row's image is.
 *
 * @param index of the column
 * @param form what the column holds
 */
public record ImageColumn(int index, Form form) implements Serializable {

  /** What a column holds. */
  enum Form {
    /** Structs of Spark's {@code image} source. */
    PIXELS,
    /** Bytes of JPEG or PNG files. */
    FILE,
    /** Paths of JPEG or PNG files. */
    PATH
  }

  /**
   * Looks at a column.
   *
   * @throws UnfitDataException if there is none of that name, or it holds no images
   */
  public static ImageColumn of(StructType schema, String name) {
    List<String> names = Arrays.asList(schema.fieldNames());
    int index = names.indexOf(name);
    if (index < 0) {
      throw new UnfitDataException(
          String.format("Cannot read images: expected column %s, got %s", name, names));
    }
    DataType type = schema.fields()[index].dataType();
    if (type instanceof BinaryType) {
      return new ImageColumn(index, Form.FILE);
    }
    if (type instanceof StringType) {
      return new ImageColumn(index, Form.PATH);
    }
    if (type instanceof StructType struct
        && Arrays.asList(struct.fieldNames()).containsAll(ImageRows.FIELDS)) {
      return new ImageColumn(index, Form.PIXELS);
    }
    throw new UnfitDataException(
        String.format(
            "Cannot read images: expected column %s of binary, string or image type, got %s",
            name, type.simpleString()));
  }

  /**
   * A row's image.
   *
   * @throws IOException if there is none; the message says why
   */
  Picture read(Row row, StorageFactory storages) throws IOException {
    if (row.isNullAt(index)) {
      throw new IOException("expected an image, got none");
    }
    return switch (form) {
      case FILE -> Picture.of(row.getAs(index));
      case PATH -> Picture.of(file(row.getString(index), storages));
      case PIXELS ->
          ImageRows.pixels(row.getStruct(index))
              .orElseThrow(
                  () ->
                      new IOException(
                          "expected pixels of 1, 3 or 4 channels, got an image that could not be"
                              + " read"));
    };
  }

  private static byte[] file(String path, StorageFactory storages) throws IOException {
    int slash = path.lastIndexOf('/');
    String folder = slash <= 0 ? path.substring(0, slash + 1) : path.substring(0, slash);
    String name = path.substring(slash + 1);
    if (name.isEmpty()) {
      throw new FileNotFoundException("expected the path of a file, got " + path);
    }
    try (InputStream stream = storages.open(folder.isEmpty() ? "." : folder).open(name)) {
      return stream.readAllBytes();
    }
  }
}
