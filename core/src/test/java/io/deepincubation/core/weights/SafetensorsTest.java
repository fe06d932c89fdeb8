package io.deepincubation.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.data.Offset.offset;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.network.Weights.Tensor;
import io.deepincubation.core.storage.CorruptFileException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

  @Test
  void readsWhatItWroteBitForBit() throws IOException {
    float[] special = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, 1.1f};
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put("z.weight", new Tensor(List.of(2L, 3L), special));
    tensors.put("a.scalar", new Tensor(List.of(), new float[] {3}));
    tensors.put("empty", new Tensor(List.of(0L, 4L), new float[0]));

    Weights read = Safetensors.read(stream(bytes(new Weights(tensors))));

    assertThat(read.tensors().keySet()).containsExactly("z.weight", "a.scalar", "empty");
    tensors.forEach(
        (name, tensor) -> {
          assertThat(read.tensor(name).shape()).isEqualTo(tensor.shape());
          assertThat(read.tensor(name).values()).isEqualTo(tensor.values());
        });
  }

  @Test
  void writesTensorsLongerThanAChunk() throws IOException {
    float[] values = new float[700_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Weights weights = new Weights(Map.of("long", new Tensor(List.of(700_001L), values)));

    Weights read = Safetensors.read(stream(bytes(weights)));

    assertThat(read.tensor("long").values()).isEqualTo(values);
  }

  @Test
  void writesMoreThanTwoGigabytesWithoutAnArrayOfThatLength() throws IOException {
    var shared = new Tensor(List.of(1L << 13, 1L << 12), new float[1 << 25]);
    var tensors = new LinkedHashMap<String, Tensor>();
    for (int i = 0; i < 17; i++) {
      tensors.put("blocks." + i, shared);
    }
    var head = new ByteArrayOutputStream();
    var sink = new CountingHead(head);

    Safetensors.write(new Weights(tensors), sink);

    SafetensorsHeader header = SafetensorsHeader.read(stream(head.toByteArray()));
    assertThat(header.entries().get(16).end()).isEqualTo(17L << 27).isGreaterThan(1L << 31);
    assertThat(sink.written).isEqualTo(Safetensors.length(new Weights(tensors)));
  }

  /** Keeps the first bytes and counts the rest. */
  private static final class CountingHead extends OutputStream {

    private static final int HEAD = 10_000;

    private final OutputStream head;
    private long written;

    CountingHead(OutputStream head) {
      this.head = head;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (written < HEAD) {
        head.write(bytes, offset, (int) Math.min(length, HEAD - written));
      }
      written += length;
    }
  }

  @Test
  void writesTheDocumentedLayout() throws IOException {
    byte[] bytes = bytes(weights(1, 2));

    int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String text = new String(bytes, 8, header, StandardCharsets.UTF_8);
    assertThat(header % 8).isZero();
    assertThat(text.strip())
        .isEqualTo(
            "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}");
    assertThat(bytes).hasSize(8 + header + 8);
    assertThat(ByteBuffer.wrap(bytes, 8 + header, 8).order(ByteOrder.LITTLE_ENDIAN).getFloat())
        .isEqualTo(1);
  }

  @Test
  void digestAndLengthAreThoseOfTheBytes() throws Exception {
    byte[] bytes = bytes(weights(1, 2));

    var sha = MessageDigest.getInstance("SHA-256").digest(bytes);
    assertThat(Safetensors.digest(weights(1, 2))).isEqualTo(HexFormat.of().formatHex(sha));
    assertThat(Safetensors.length(weights(1, 2))).isEqualTo(bytes.length);
    assertThat(Safetensors.digest(weights(1, 3))).isNotEqualTo(Safetensors.digest(weights(1, 2)));
  }

  @Test
  void readsFilesThatPythonWrote() throws IOException {
    Weights images = golden("vit_io");
    Weights network = golden("vit_weights");

    assertThat(images.tensor("x").shape()).containsExactly(4L, 3L, 32L, 32L);
    assertThat(images.tensor("y").values()).hasSize(4);
    assertThat(images.tensor("logits_f64").values()[0])
        .isCloseTo(images.tensor("logits").values()[0], offset(1e-4f));
    assertThat(network.tensors().keySet()).startsWith("cls_token", "pos_embed");
  }

  @ParameterizedTest
  @CsvSource({
    "F16, 003c, 1",
    "F16, 00c0, -2",
    "F16, 0100, 5.9604645E-8",
    "F16, ff7b, 65504",
    "F16, 007c, Infinity",
    "F16, 0080, -0.0",
    "BF16, 803f, 1",
    "BF16, 20c1, -10",
    "F64, 000000000000f03f, 1",
    "I64, feffffffffffffff, -2",
    "I32, 07000000, 7"
  })
  void widensOrNarrowsOtherTypes(String dtype, String hex, float expected) throws IOException {
    byte[] value = HexFormat.of().parseHex(hex);
    String header = entry("w", dtype, "[1]", 0, value.length);

    Weights read = Safetensors.read(stream(file("{" + header + "}", value)));

    assertThat(read.tensor("w").values()).containsExactly(expected);
  }

  @Test
  void ordersTensorsByTheirBytes() throws IOException {
    String header =
        "{" + entry("b", "F32", "[1]", 4, 8) + "," + entry("a", "F32", "[1]", 0, 4) + "}";

    Weights read = Safetensors.read(stream(file(header, new byte[8])));

    assertThat(read.tensors().keySet()).containsExactly("a", "b");
  }

  @Test
  void rejectsEveryTruncation() throws IOException {
    byte[] bytes = bytes(weights(1, 2));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> Safetensors.read(stream(cut)))
          .withMessageStartingWith("expected ");
    }
  }

  @Test
  void rejectsBytesBehindTheLastTensor() throws IOException {
    byte[] longer = Arrays.copyOf(bytes(weights(1, 2)), 200);

    assertCorrupt(longer, "expected the file to end behind its last tensor");
  }

  @Test
  void rejectsOverlapsAndGaps() {
    String overlap =
        "{" + entry("a", "F32", "[2]", 0, 8) + "," + entry("b", "F32", "[1]", 4, 8) + "}";
    String gap = "{" + entry("a", "F32", "[1]", 4, 8) + "}";

    assertCorrupt(file(overlap, new byte[8]), "expected tensor b at offset 8");
    assertCorrupt(file(gap, new byte[8]), "expected tensor a at offset 0");
  }

  @Test
  void rejectsOffsetsThatContradictTheShape() {
    for (String shape : List.of("[3]", "[-1]", "[4294967296,4294967296,4294967296]")) {
      byte[] file = file("{" + entry("a", "F32", shape, 0, 8) + "}", new byte[8]);
      assertCorrupt(file, "to fill its data_offsets, got 0 to 8");
    }
  }

  @Test
  void rejectsUnknownTypes() {
    byte[] file = file("{" + entry("a", "F4", "[2]", 0, 1) + "}", new byte[1]);

    assertCorrupt(file, "expected a dtype of [F32, F64, F16, BF16, I64, I32, BOOL, U8, I8,");
    assertCorrupt(file, "of tensor a, got \"F4\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2"})
  void leavesOutTensorsThatAreNoWeights(String dtype) throws IOException {
    String header =
        "{" + entry("mask", dtype, "[3]", 0, 3) + "," + entry("w", "F32", "[1]", 3, 7) + "}";
    byte[] data = {1, 2, 3, 0, 0, (byte) 0x80, 0x3F};

    Weights read = Safetensors.read(stream(file(header, data)));

    assertThat(read.tensors().keySet()).containsExactly("w");
    assertThat(read.tensor("w").values()).containsExactly(1f);
    assertCorrupt(file(header, new byte[2]), "expected tensor mask of shape [3], the file ends");
  }

  @Test
  void saysWhatLiesInTheFilesPlace() {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\n";
    assertCorrupt(
        pointer.getBytes(StandardCharsets.UTF_8),
        "this is a pointer of Git LFS; fetch the file itself with git lfs pull");
    assertCorrupt(
        "\n<!DOCTYPE html><html>".getBytes(StandardCharsets.UTF_8), "this is a page of HTML");
    assertCorrupt(
        "PK\u0003\u0004rest of a zip".getBytes(StandardCharsets.UTF_8),
        "this is a ZIP archive, as PyTorch's own files are");
  }

  @Test
  void takesNoMemoryForWhatADamagedHeadPromises() {
    int most = Integer.MAX_VALUE - 7;
    String header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":["
            + most
            + "],\"data_offsets\":[0,"
            + 4L * most
            + "]}}";

    assertCorrupt(file(header, new byte[16]), "the file ends");
  }

  @Test
  void rejectsAHugeHeader() {
    byte[] length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 40).array();

    assertCorrupt(length, "expected a header of 2 to 100000000 bytes, got 1099511627776");
  }

  @Test
  void rejectsHeadersThatAreNotJsonOfTensors() {
    assertCorrupt(file("[]", new byte[0]), "expected a JSON header of tensors");
    assertCorrupt(file("{\"a\":{}}", new byte[0]), "expected a dtype of tensor a, got none");
    assertCorrupt(file("{\"a\":1}", new byte[0]), "expected a JSON header of tensors");
    assertCorrupt(
        file("{" + entry("a", "F32", "[1]", 0, 4).replace("\"F32\"", "null") + "}", new byte[4]),
        "expected a dtype of tensor a, got none");
    assertCorrupt(
        file("{" + entry("a", "F32", "[1]", 0, 4).replace("\"F32\"", "{}") + "}", new byte[4]),
        "of tensor a, got {}");
    assertCorrupt(
        file("{" + entry("a", "F32", "[null]", 0, 4) + "}", new byte[4]),
        "expected whole numbers, got [null]");
    assertCorrupt(file("{\"a", new byte[0]), "expected a JSON header of tensors");
  }

  private static void assertCorrupt(byte[] file, String message) {
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> Safetensors.read(stream(file)))
        .withMessageContaining(message);
  }

  private static String entry(String name, String dtype, String shape, int begin, int end) {
    return String.format(
        Locale.ROOT,
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
        name,
        dtype,
        shape,
        begin,
        end);
  }

  private static byte[] file(String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }

  private static Weights weights(float... values) {
    return new Weights(Map.of("w", new Tensor(List.of((long) values.length), values)));
  }

  private static byte[] bytes(Weights weights) throws IOException {
    var bytes = new ByteArrayOutputStream();
    Safetensors.write(weights, bytes);
    return bytes.toByteArray();
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static Weights golden(String name) throws IOException {
    String file = "/golden/" + name + ".safetensors";
    try (InputStream stream = SafetensorsTest.class.getResourceAsStream(file)) {
      return Safetensors.read(Objects.requireNonNull(stream, file));
    }
  }
}
