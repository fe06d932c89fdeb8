package io.deepincubation.spark.prepare;

import io.deepincubation.core.storage.Sha256;
import io.deepincubation.core.text.Quantities;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Finds images or texts that a set holds more than once. Of each it needs twelve bytes: the
 * beginning of the SHA-256 of what is kept of it, and its label.
 */
final class Repeats {

  private static final int DIGITS = 16;
  private static final int BYTES = Long.BYTES + Integer.BYTES;

  private final List<String> classNames;

  /** Samples of each split, as {@link #mark} writes them. */
  private final Map<String, List<byte[]>> marks = new TreeMap<>();

  /** Where a repeated sample is. */
  private static final class Found {
    private final TreeSet<String> splits = new TreeSet<>();
    private final TreeSet<Integer> labels = new TreeSet<>();
    private long copies;
  }

  Repeats(List<String> classNames) {
    this.classNames = classNames;
  }

  /** A sample's mark. */
  static byte[] mark(byte[] file, int label) {
    return ByteBuffer.allocate(BYTES)
        .putLong(Long.parseUnsignedLong(Sha256.of(file).substring(0, DIGITS), 16))
        .putInt(label)
        .array();
  }

  /** Takes the marks of a shard's samples. */
  void add(String split, byte[] shard) {
    marks.computeIfAbsent(split, unused -> new ArrayList<>()).add(shard);
  }

  /** What is odd about them, in sentences. */
  List<String> remarks() {
    Map<Long, Found> repeated = found(repeatedOnes());
    var remarks = new ArrayList<String>();
    remarks.addAll(
        remark(
            repeated,
            found -> found.labels.size() > 1,
            "are in several classes: what they show is in doubt"));
    remarks.addAll(
        remark(
            repeated,
            found -> found.splits.size() > 1,
            "are in several splits: what is measured on them is too good"));
    long more = repeated.values().stream().mapToLong(found -> found.copies - 1).sum();
    if (more > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "%s samples repeat others, %s in all",
              Quantities.count(more),
              Quantities.count(repeated.size())));
    }
    return remarks;
  }

  private List<String> remark(Map<Long, Found> repeated, Predicate<Found> odd, String what) {
    long count = repeated.values().stream().filter(odd).count();
    return repeated.entrySet().stream()
        .filter(entry -> odd.test(entry.getValue()))
        .min(Map.Entry.comparingByKey())
        .map(
            entry ->
                String.format(
                    Locale.ROOT,
                    "%s samples %s; one, whose SHA-256 begins with %016x, is in %s of %s",
                    Quantities.count(count),
                    what,
                    entry.getKey(),
                    String.join(" and ", names(entry.getValue())),
                    String.join(" and ", entry.getValue().splits)))
        .stream()
        .toList();
  }

  private List<String> names(Found found) {
    return found.labels.stream().map(classNames::get).toList();
  }

  private long[] repeatedOnes() {
    long[] digests =
        marks.values().stream()
            .flatMap(List::stream)
            .flatMapToLong(
                shard -> {
                  ByteBuffer buffer = ByteBuffer.wrap(shard);
                  return IntStream.range(0, shard.length / BYTES)
                      .mapToLong(i -> buffer.getLong(BYTES * i));
                })
            .sorted()
            .toArray();
    return IntStream.range(1, digests.length)
        .filter(i -> digests[i] == digests[i - 1])
        .mapToLong(i -> digests[i])
        .distinct()
        .toArray();
  }

  private Map<Long, Found> found(long[] repeated) {
    var found = new HashMap<Long, Found>();
    marks.forEach(
        (split, shards) -> {
          for (byte[] shard : shards) {
            for (ByteBuffer mark = ByteBuffer.wrap(shard); mark.hasRemaining(); ) {
              long digest = mark.getLong();
              int label = mark.getInt();
              if (Arrays.binarySearch(repeated, digest) >= 0) {
                Found one = found.computeIfAbsent(digest, unused -> new Found());
                one.splits.add(split);
                one.labels.add(label);
                one.copies++;
              }
            }
          }
        });
    return found;
  }
}
