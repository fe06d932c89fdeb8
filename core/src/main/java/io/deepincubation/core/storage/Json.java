package io.deepincubation.core.storage;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonParseException;
import com.google.gson.ToNumberPolicy;
import io.deepincubation.core.text.FirstLine;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records as JSON files. */
public final class Json {

  private static final Gson LINES =
      new GsonBuilder()
          .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
          .disableHtmlEscaping()
          .create();
  private static final Gson PRETTY = LINES.newBuilder().setPrettyPrinting().create();

  private Json() {}

  /** An array of whole numbers. */
  public static JsonArray array(List<Long> numbers) {
    var array = new JsonArray();
    numbers.forEach(array::add);
    return array;
  }

  /** A value as text of several lines. */
  public static byte[] pretty(Object value) {
    return (PRETTY.toJson(value) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** A value as text of one line. */
  public static String line(Object value) {
    return LINES.toJson(value);
  }

  /** Values as text, each on a line of its own. */
  public static byte[] lines(List<?> values) {
    var text = new StringBuilder();
    values.forEach(value -> text.append(line(value)).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a file of one record.
   *
   * @throws CorruptFileException if it is not the record's JSON, or lacks one of its components
   * @throws StorageException if the file cannot be read
   */
  public static <T extends Record> T read(Storage storage, String name, Class<T> type)
      throws CorruptFileException {
    return parse(storage.text(name), type);
  }

  /** Reads a file of one record a line. */
  public static <T extends Record> List<T> readLines(Storage storage, String name, Class<T> type)
      throws CorruptFileException {
    var records = new ArrayList<T>();
    for (String line : storage.text(name).split("\n", -1)) {
      if (!line.isBlank()) {
        records.add(parse(line, type));
      }
    }
    return records;
  }

  /**
   * Reads a file of values by name.
   *
   * @throws CorruptFileException if it is no JSON object
   * @throws StorageException if the file cannot be read
   */
  @SuppressWarnings("unchecked") // the keys of a JSON object are text
  public static Map<String, Object> readTree(Storage storage, String name)
      throws CorruptFileException {
    try {
      Map<String, Object> tree = LINES.fromJson(storage.text(name), LinkedHashMap.class);
      if (tree == null) {
        throw new CorruptFileException("expected a JSON object, got an empty file");
      }
      return tree;
    } catch (JsonParseException e) {
      throw new CorruptFileException("expected a JSON object, got " + FirstLine.of(e), e);
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
          "expected the JSON of a " + type.getSimpleName() + ", got " + FirstLine.of(e), e);
    }
  }

  private static <T extends Record> T requireComplete(@Nullable T value, Class<T> type)
      throws CorruptFileException, ReflectiveOperationException {
    if (value == null) {
      throw new CorruptFileException(
          "expected the JSON of a " + type.getSimpleName() + ", got an empty file");
    }
    for (RecordComponent component : type.getRecordComponents()) {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true); // the record may be another package's own
      if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)
          && accessor.invoke(value) == null) {
        throw new CorruptFileException("expected a " + component.getName() + ", got none");
      }
    }
    return value;
  }
}
