package io.deepincubation.core.testing;

import io.deepincubation.core.random.RandomStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Damage to a sound input: bytes that flip, parts that go or come twice, values of another kind.
 */
public final class Mutations {

  private static final int MOST = 4;
  private static final Pattern VALUE =
      Pattern.compile("-?\\d+(\\.\\d+)?|\"[^\"]*\"|true|false|[a-z][a-z0-9-]+|\\[[^\\[\\]]*]");
  private static final List<String> STRANGE =
      List.of(
          "null",
          "-1",
          "0",
          "1e999",
          "-1e-999",
          "NaN",
          "2147483648",
          "9223372036854775807",
          "99999999999999999999999999",
          "0.5",
          "{}",
          "[]",
          "[null]",
          "{\"a\": null}",
          "\"\"",
          "\"1\"",
          "true",
          "\u0665",
          "\"\\u0000\"",
          "../../etc/passwd",
          "\"/\"",
          "&a",
          "*a",
          "!!java.util.Date 2020-01-01",
          "? ",
          "- ",
          "[".repeat(3000),
          "{\"a\":".repeat(3000),
          "<<: *a");

  private Mutations() {}

  /** A sound input with up to four kinds of damage. */
  public static byte[] of(byte[] sound, RandomStream random) {
    byte[] damaged = sound;
    int count = 1 + random.nextInt(MOST);
    for (int i = 0; i < count; i++) {
      damaged = damaged(damaged, random);
    }
    return damaged;
  }

  private static byte[] damaged(byte[] bytes, RandomStream random) {
    return switch (random.nextInt(8)) {
      case 0 -> flipped(bytes, random);
      case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 2 -> spliced(bytes, random, 0);
      case 3 -> spliced(bytes, random, 2);
      default -> withStrangeValue(bytes, random);
    };
  }

  private static byte[] flipped(byte[] bytes, RandomStream random) {
    byte[] flipped = bytes.clone();
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  /** A part that is there so many times. */
  private static byte[] spliced(byte[] bytes, RandomStream random, int times) {
    int from = random.nextInt(bytes.length + 1);
    int to = from + random.nextInt(bytes.length - from + 1);
    var parts = new ArrayList<byte[]>();
    parts.add(Arrays.copyOfRange(bytes, 0, from));
    for (int i = 0; i < times; i++) {
      parts.add(Arrays.copyOfRange(bytes, from, to));
    }
    parts.add(Arrays.copyOfRange(bytes, to, bytes.length));
    return joined(parts);
  }

  private static byte[] withStrangeValue(byte[] bytes, RandomStream random) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<MatchResult> values = VALUE.matcher(text).results().toList();
    byte[] strange = STRANGE.get(random.nextInt(STRANGE.size())).getBytes(StandardCharsets.UTF_8);
    if (values.isEmpty()) {
      return strange;
    }
    MatchResult value = values.get(random.nextInt(values.size()));
    return joined(
        List.of(
            Arrays.copyOfRange(bytes, 0, value.start()),
            strange,
            Arrays.copyOfRange(bytes, value.end(), bytes.length)));
  }

  private static byte[] joined(List<byte[]> parts) {
    byte[] joined = new byte[parts.stream().mapToInt(part -> part.length).sum()];
    int length = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, joined, length, part.length);
      length += part.length;
    }
    return joined;
  }
}
