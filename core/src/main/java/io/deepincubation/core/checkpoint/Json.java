package io.deepincubation.core.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.ToNumberPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records as JSON files. */
final class Json {

  private static final Gson LINES =
      new GsonBuilder()
          .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
          .disableHtmlEscaping()
          .create();
  private static final Gson PRETTY = LINES.newBuilder().setPrettyPrinting().create();

  private Json() {}

  /** An array of whole numbers. */
  static JsonArray array(List<Long> numbers) {
    var array = new JsonArray();
    numbers.forEach(array::add);
    return array;
  }

  /** A value as text of several lines. */
  static byte[] pretty(Object value) {
    return (PRETTY.toJson(value) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Values as text, each on a line of its own. */
  static byte[] lines(List<?> values) {
    var text = new StringBuilder();
    values.forEach(value -> text.append(LINES.toJson(value)).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a file of one record.
   *
   * @throws CorruptFileException if it is not the record's JSON, or lacks one of its components
   * @throws StorageException if the file cannot be read
   */
  static <T extends Record> T read(Storage storage, String name, Class<T> type)
      throws CorruptFileException {
    return parse(text(storage, name), type);
  }

  /** Reads a file of one record a line. */
  static <T extends Record> List<T> readLines(Storage storage, String name, Class<T> type)
      throws CorruptFileException {
    var records = new ArrayList<T>();
    for (String line : text(storage, name).split("\n", -1)) {
      if (!line.isBlank()) {
        records.add(parse(line, type));
      }
    }
    return records;
  }

  private static String text(Storage storage, String name) {
    try (InputStream stream = storage.open(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StorageException(
          "Cannot read " + storage.uri() + "/" + name + ": " + e.getMessage(), e);
    }
  }

  private static <T extends Record> T parse(String text, Class<T> type)
      throws CorruptFileException {
    try {
      return requireComplete(LINES.fromJson(text, type), type);
    } catch (CorruptFileException e) {
      throw e;
    } catch (Exception e) {
      throw new CorruptFileException(
          "expected the JSON of a " + type.getSimpleName() + ", got " + firstLine(e), e);
    }
  }

  private static String firstLine(Exception failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  private static <T extends Record> T requireComplete(@Nullable T value, Class<T> type)
      throws CorruptFileException, ReflectiveOperationException {
    if (value == null) {
      throw new CorruptFileException(
          "expected the JSON of a " + type.getSimpleName() + ", got an empty file");
    }
    for (RecordComponent component : type.getRecordComponents()) {
      if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)
          && component.getAccessor().invoke(value) == null) {
        throw new CorruptFileException("expected a " + component.getName() + ", got none");
      }
    }
    return value;
  }
}
