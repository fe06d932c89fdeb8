package io.deepincubation.core.data;

import io.deepincubation.core.checkpoint.Storage;
import io.deepincubation.core.random.RandomStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes a prepared set. The shards may come from many tasks ({@link ShardWriter}); the index is
 * written last, so an interrupted preparation leaves no set that could be taken for whole.
 */
public final class PreparedSetWriter {

  private final Storage target;

  /** Makes the set in this folder. */
  public PreparedSetWriter(Storage target) {
    this.target = target;
  }

  /**
   * The shuffled order of a split's samples: the sample at place {@code i} of the source becomes
   * sample {@code order[i]} of the set, so that every shard mixes the classes.
   *
   * @throws UnfitDataException if the split is empty or has more than 2^31 - 1 samples
   */
  public static int[] order(long seed, String split, long count) {
    if (count < 1 || count > Integer.MAX_VALUE) {
      throw new UnfitDataException(
          String.format(
              "Cannot prepare split %s: expected 1 to %d images, got %d",
              split, Integer.MAX_VALUE, count));
    }
    var random = RandomStream.of(seed, RandomStream.part("prepare"), RandomStream.part(split));
    return Permutation.of(random, (int) count);
  }

  /**
   * Writes a whole source in this process; for sources whose images fit into memory.
   *
   * @param seed decides the order of the samples
   * @param shardSize images of a shard
   */
  public DataIndex write(ImageSource source, long seed, int shardSize) {
    var shards = new ShardWriter(target);
    var facts = new ArrayList<ShardFacts>();
    for (String split : source.splits()) {
      Sample[] samples = shuffled(source, split, seed);
      for (int from = 0; from < samples.length; from += shardSize) {
        int to = Math.min(samples.length, from + shardSize);
        Iterator<Sample> range = Arrays.asList(samples).subList(from, to).iterator();
        facts.add(shards.write(split, from / shardSize, range));
      }
    }
    return finish(source.classNames(), facts);
  }

  private static Sample[] shuffled(ImageSource source, String split, long seed) {
    int[] order = order(seed, split, source.count(split));
    var samples = new Sample[order.length];
    Iterator<Sample> inOrder = source.samples(split);
    for (int place : order) {
      samples[place] = inOrder.next();
    }
    return samples;
  }

  /**
   * Commits the set and deletes shards that earlier preparations left.
   *
   * @param classNames names of the labels
   * @param facts of all shards of all splits
   * @throws UnfitDataException if images differ in size, a label has no class, or the training
   *     split is missing
   */
  public DataIndex finish(List<String> classNames, List<ShardFacts> facts) {
    List<ShardFacts> sorted =
        facts.stream().sorted(Comparator.comparing(fact -> fact.shard().file())).toList();
    sorted.forEach(fact -> check(fact, sorted.get(0), classNames.size()));
    DataIndex index = index(classNames, sorted);
    byte[] text = index.toJson().getBytes(StandardCharsets.UTF_8);
    target.write(DataIndex.FILE, stream -> stream.write(text));
    index.splits().forEach(this::deleteOthers);
    return index;
  }

  private static DataIndex index(List<String> classNames, List<ShardFacts> facts) {
    var splits = new LinkedHashMap<String, List<DataIndex.Shard>>();
    splits.put(ImageSource.TRAIN, new ArrayList<>());
    for (ShardFacts fact : facts) {
      splits.computeIfAbsent(fact.split(), split -> new ArrayList<>()).add(fact.shard());
    }
    List<ShardFacts> train =
        facts.stream().filter(fact -> fact.split().equals(ImageSource.TRAIN)).toList();
    if (train.isEmpty()) {
      throw new UnfitDataException(
          "Cannot finish a training set: expected images in split train, got " + splits.keySet());
    }
    return new DataIndex(
        DataIndex.FORMAT_VERSION,
        train.get(0).height(),
        train.get(0).width(),
        ImageCodec.CHANNELS,
        classNames,
        IntStream.range(0, ImageCodec.CHANNELS).mapToObj(c -> mean(train, c)).toList(),
        IntStream.range(0, ImageCodec.CHANNELS).mapToObj(c -> std(train, c)).toList(),
        splits);
  }

  private static double mean(List<ShardFacts> facts, int channel) {
    return facts.stream().mapToLong(fact -> fact.sums().get(channel)).sum()
        / (255.0 * pixels(facts));
  }

  private static double std(List<ShardFacts> facts, int channel) {
    long squares = facts.stream().mapToLong(fact -> fact.squares().get(channel)).sum();
    double mean = mean(facts, channel);
    return Math.sqrt(Math.max(0, squares / (255.0 * 255.0 * pixels(facts)) - mean * mean));
  }

  private static long pixels(List<ShardFacts> facts) {
    return facts.stream()
        .mapToLong(fact -> (long) fact.shard().count() * fact.height() * fact.width())
        .sum();
  }

  private static void check(ShardFacts fact, ShardFacts first, int classes) {
    String file = fact.shard().file();
    if (fact.height() != first.height() || fact.width() != first.width()) {
      throw new UnfitDataException(
          String.format(
              "Cannot finish a training set: expected %d x %d pixels as in %s, got %d x %d in %s;"
                  + " pass an image size to resize to",
              first.height(),
              first.width(),
              first.shard().file(),
              fact.height(),
              fact.width(),
              file));
    }
    if (fact.maxLabel() >= classes) {
      throw new UnfitDataException(
          String.format(
              "Cannot finish a training set: expected labels below %d classes, got %d in %s",
              classes, fact.maxLabel(), file));
    }
  }

  private void deleteOthers(String split, List<DataIndex.Shard> shards) {
    Set<String> kept = new HashSet<>(shards.stream().map(DataIndex.Shard::file).toList());
    for (String name : target.list(split)) {
      String file = split + "/" + name;
      if (name.endsWith(".parquet") && !kept.contains(file)) {
        target.delete(file);
      }
    }
  }
}
