package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** How a column holds samples. */
public enum ContentForm {
  /** Structs of Spark's {@code image} source, with pixels. */
  PIXELS,
  /** Bytes of JPEG or PNG files. */
  FILE,
  /** Paths of JPEG or PNG files. */
  PATH,
  /** Structs of a file's {@code bytes}, as Hugging Face's tables have them. */
  BYTES,
  /** The same with the file's {@code path} too, which counts where there are no bytes. */
  BYTES_OR_PATH,
  /** Texts themselves. */
  TEXT;

  private static final String BYTES_FIELD = "bytes";
  private static final String PATH_FIELD = "path";

  /** The form of a column's type, if it holds images at all. */
  public static Optional<ContentForm> of(DataType type) {
    if (type instanceof BinaryType) {
      return Optional.of(FILE);
    }
    if (type instanceof StringType) {
      return Optional.of(PATH);
    }
    return type instanceof StructType struct ? ofStruct(struct) : Optional.empty();
  }

  /** The form of a column's type, if it holds texts. */
  public static Optional<ContentForm> ofTexts(DataType type) {
    return type instanceof StringType ? Optional.of(TEXT) : Optional.empty();
  }

  private static Optional<ContentForm> ofStruct(StructType struct) {
    List<String> fields = Arrays.asList(struct.fieldNames());
    if (fields.containsAll(ImageRows.FIELDS)) {
      return Optional.of(PIXELS);
    }
    if (!has(struct, BYTES_FIELD, BinaryType.class)) {
      return Optional.empty();
    }
    return Optional.of(has(struct, PATH_FIELD, StringType.class) ? BYTES_OR_PATH : BYTES);
  }

  private static boolean has(StructType struct, String name, Class<? extends DataType> type) {
    return Arrays.stream(struct.fields())
        .anyMatch(field -> field.name().equals(name) && type.isInstance(field.dataType()));
  }

  /** The field of a struct that holds the sample itself; empty where the column is none. */
  public String field() {
    return switch (this) {
      case PIXELS -> "data";
      case BYTES, BYTES_OR_PATH -> BYTES_FIELD;
      case FILE, PATH, TEXT -> "";
    };
  }

  /**
   * The image that a value holds.
   *
   * @param storages open files
   * @throws IOException if there is none; the message says why
   */
  public Picture picture(@Nullable Object value, StorageFactory storages) throws IOException {
    Object image = present(value);
    return this == PIXELS
        ? ImageRows.pixels((Row) image).orElseThrow(ContentForm::noPixels)
        : Picture.of(content(image, storages));
  }

  /**
   * The text that a value is.
   *
   * @throws IOException if there is none
   */
  public String text(@Nullable Object value) throws IOException {
    if (value == null) {
      throw new IOException("expected a text, got none");
    }
    return (String) value;
  }

  /**
   * The bytes of what a value holds: of an image's file, where one of pixels becomes PNG, or of a
   * text in UTF-8.
   *
   * @param storages open files
   * @throws IOException if there is none; the message says why
   */
  byte[] content(@Nullable Object value, StorageFactory storages) throws IOException {
    if (this == TEXT) {
      return text(value).getBytes(StandardCharsets.UTF_8);
    }
    Object image = present(value);
    return switch (this) {
      case PIXELS ->
          ImageRows.pixels((Row) image).map(ImageFiles::png).orElseThrow(ContentForm::noPixels);
      case FILE -> (byte[]) image;
      case PATH -> read((String) image, storages);
      case BYTES, BYTES_OR_PATH -> ofStruct((Row) image, storages);
      case TEXT ->
          throw new IllegalStateException("Cannot read an image: expected one, got a text");
    };
  }

  private byte[] ofStruct(Row image, StorageFactory storages) throws IOException {
    byte @Nullable [] bytes = image.getAs(BYTES_FIELD);
    @Nullable String path = this == BYTES_OR_PATH ? image.getAs(PATH_FIELD) : null;
    return bytes == null && path != null ? read(path, storages) : (byte[]) present(bytes);
  }

  private static Object present(@Nullable Object value) throws IOException {
    if (value == null) {
      throw new IOException("expected an image, got none");
    }
    return value;
  }

  private static IOException noPixels() {
    return new IOException(
        "expected pixels of 1, 3 or 4 channels, got an image that could not be read");
  }

  /**
   * A file's bytes.
   *
   * @throws IOException if the path is none of a file
   */
  static byte[] read(String path, StorageFactory storages) throws IOException {
    try (InputStream stream = open(path, storages)) {
      return stream.readAllBytes();
    }
  }

  /**
   * A file's bytes as a stream.
   *
   * @throws IOException if the path is none of a file
   */
  static InputStream open(String path, StorageFactory storages) throws IOException {
    int slash = path.lastIndexOf('/');
    String folder = slash <= 0 ? path.substring(0, slash + 1) : path.substring(0, slash);
    String name = path.substring(slash + 1);
    if (List.of("", ".", "..").contains(name)) {
      throw new FileNotFoundException("expected the path of a file, got " + path);
    }
    return storages.open(folder.isEmpty() ? "." : folder).open(name);
  }
}
