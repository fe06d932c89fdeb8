package io.deepincubation.core.weights;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The head of a safetensors file: 8 bytes of length, little-endian, then JSON that names each
 * tensor's type, shape and place.
 *
 * @param entries the tensors in the order of their bytes, which follow one another without a gap
 */
record SafetensorsHeader(List<Entry> entries) {

  /** One tensor's facts. */
  record Entry(String name, Dtype dtype, List<Long> shape, long begin, long end) {

    int size() {
      return Math.toIntExact((end - begin) / dtype.bytes());
    }
  }

  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,18}");
  private static final int LENGTH_BYTES = 8;
  private static final long MAX_BYTES = 100_000_000;
  private static final String METADATA = "__metadata__";

  /**
   * The head of the file that weights make, padded so that the tensors start at a multiple of 8.
   */
  static byte[] of(Weights weights) {
    var json = new JsonObject();
    var metadata = new JsonObject();
    metadata.addProperty("format", "pt");
    json.add(METADATA, metadata);
    long offset = 0;
    for (Map.Entry<String, Weights.Tensor> tensor : weights.tensors().entrySet()) {
      long end = offset + (long) tensor.getValue().values().length * Dtype.F32.bytes();
      json.add(tensor.getKey(), describe(tensor.getValue(), offset, end));
      offset = end;
    }
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    byte[] head = new byte[LENGTH_BYTES + padded.length];
    Dtype.littleEndian(head).putLong(padded.length).put(padded);
    return head;
  }

  private static JsonObject describe(Weights.Tensor tensor, long begin, long end) {
    var facts = new JsonObject();
    facts.addProperty("dtype", Dtype.F32.name());
    facts.add("shape", Json.array(tensor.shape()));
    facts.add("data_offsets", Json.array(List.of(begin, end)));
    return facts;
  }

  /** Reads the head and leaves the stream at the first tensor. */
  static SafetensorsHeader read(InputStream stream) throws IOException {
    byte[] length = stream.readNBytes(LENGTH_BYTES);
    if (length.length < LENGTH_BYTES) {
      throw new CorruptFileException("expected 8 bytes of header length, the file ends before");
    }
    long size = Dtype.littleEndian(length).getLong();
    if (size < 2 || size > MAX_BYTES) {
      throw new CorruptFileException(
          "expected a header of 2 to " + MAX_BYTES + " bytes, got " + size + otherKind(length));
    }
    byte[] text = stream.readNBytes((int) size);
    if (text.length < size) {
      throw new CorruptFileException(
          "expected a header of " + size + " bytes, the file ends after " + text.length);
    }
    return parse(new String(text, StandardCharsets.UTF_8));
  }

  /**
   * What a file is by its first bytes, where it is none of weights but often found in their place.
   */
  private static String otherKind(byte[] start) {
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (text.equals("version ")) {
      return ": this is a pointer of Git LFS; fetch the file itself with git lfs pull";
    }
    if (text.stripLeading().startsWith("<")) {
      return ": this is a page of HTML or XML, it begins with "
          + text
          + "; download the file itself";
    }
    if (text.startsWith("PK\u0003\u0004")) {
      return ": this is a ZIP archive, as PyTorch's own files are; save it as safetensors";
    }
    return "";
  }

  private static SafetensorsHeader parse(String text) throws CorruptFileException {
    var entries = new ArrayList<Entry>();
    try {
      for (Map.Entry<String, JsonElement> each :
          JsonParser.parseString(text).getAsJsonObject().entrySet()) {
        if (!each.getKey().equals(METADATA)) {
          entries.add(entry(each.getKey(), each.getValue().getAsJsonObject()));
        }
      }
    } catch (JsonParseException | IllegalStateException | NumberFormatException e) {
      throw new CorruptFileException("expected a JSON header of tensors, got " + e.getMessage(), e);
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    requireGapless(entries);
    return new SafetensorsHeader(entries);
  }

  private static Entry entry(String name, JsonObject facts) throws CorruptFileException {
    for (String key : List.of("dtype", "shape", "data_offsets")) {
      if (!facts.has(key) || facts.get(key).isJsonNull()) {
        throw new CorruptFileException("expected a " + key + " of tensor " + name + ", got none");
      }
    }
    List<Long> offsets = longs(facts.get("data_offsets"));
    if (offsets.size() != 2) {
      throw new CorruptFileException(
          "expected two data_offsets of tensor " + name + ", got " + offsets);
    }
    Dtype dtype = dtype(name, facts.get("dtype"));
    var entry = new Entry(name, dtype, longs(facts.get("shape")), offsets.get(0), offsets.get(1));
    requireFilled(entry);
    return entry;
  }

  private static Dtype dtype(String tensor, JsonElement name) throws CorruptFileException {
    return Stream.of(Dtype.values())
        .filter(dtype -> name.equals(new JsonPrimitive(dtype.name())))
        .findFirst()
        .orElseThrow(
            () ->
                new CorruptFileException(
                    String.format(
                        Locale.ROOT,
                        "expected a dtype of %s of tensor %s, got %s",
                        Arrays.toString(Dtype.values()),
                        tensor,
                        name)));
  }

  private static List<Long> longs(JsonElement array) throws CorruptFileException {
    var numbers = new ArrayList<Long>();
    for (JsonElement each : array.getAsJsonArray()) {
      if (!WHOLE_NUMBER.matcher(each.toString()).matches()) {
        throw new CorruptFileException("expected whole numbers, got " + array);
      }
      numbers.add(each.getAsLong());
    }
    return numbers;
  }

  private static void requireFilled(Entry entry) throws CorruptFileException {
    long size = entry.end() - entry.begin();
    if (size < 0
        || size / entry.dtype().bytes() > Integer.MAX_VALUE
        || entry.shape().stream().anyMatch(side -> side < 0)
        || size != bytes(entry)) {
      throw new CorruptFileException(
          String.format(
              Locale.ROOT,
              "expected tensor %s of shape %s and dtype %s to fill its data_offsets, got %d to %d",
              entry.name(),
              entry.shape(),
              entry.dtype(),
              entry.begin(),
              entry.end()));
    }
  }

  private static long bytes(Entry entry) {
    try {
      long size = entry.dtype().bytes();
      for (long side : entry.shape()) {
        size = Math.multiplyExact(size, side);
      }
      return size;
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  private static void requireGapless(List<Entry> entries) throws CorruptFileException {
    long offset = 0;
    for (Entry entry : entries) {
      if (entry.begin() != offset) {
        throw new CorruptFileException(
            String.format(
                Locale.ROOT,
                "expected tensor %s at offset %d, where the one before ends, got %d",
                entry.name(),
                offset,
                entry.begin()));
      }
      offset = entry.end();
    }
  }
}
