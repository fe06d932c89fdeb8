package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.source.Sample;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
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
   * Writes a whole source in this process; for sources whose images fit into memory.
   *
   * @param seed decides the order of the samples
   * @param shardSize images of a shard, about
   * @throws UnfitDataException if a sample is no whole image
   */
  public DataIndex write(ImageSource source, long seed, int shardSize) {
    var writer = new ShardWriter(target);
    var facts = new ArrayList<ShardFacts>();
    for (String split : source.splits()) {
      int shards = SampleOrder.shards(source.count(split), shardSize);
      var inOrder = new TreeMap<Long, List<FittedSample>>();
      source.samples(split).forEachRemaining(sample -> place(sample, seed, inOrder));
      for (int shard = 0; shard < shards; shard++) {
        List<FittedSample> samples = ofShard(inOrder, shard, shards);
        if (!samples.isEmpty()) {
          facts.add(writer.write(split, shard, samples.iterator()));
        }
      }
    }
    return finish(source.classNames(), facts);
  }

  private static void place(Sample sample, long seed, Map<Long, List<FittedSample>> inOrder) {
    try {
      Fitted image = ImageFitting.NONE.fit(sample.image());
      long place = SampleOrder.place(seed, sample.image(), sample.label());
      inOrder
          .computeIfAbsent(place, unused -> new ArrayList<>())
          .add(new FittedSample(image, sample.label()));
    } catch (IOException e) {
      throw new UnfitDataException("Cannot write an image: " + e.getMessage(), e);
    }
  }

  private static List<FittedSample> ofShard(
      Map<Long, List<FittedSample>> inOrder, int shard, int shards) {
    return inOrder.entrySet().stream()
        .filter(entry -> SampleOrder.shard(entry.getKey(), shards) == shard)
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  /**
   * Commits the set of some shards and deletes those that earlier preparations left.
   *
   * @param classNames names of the labels
   * @param facts of all shards of all splits
   * @throws UnfitDataException if a label has no class, or the training split is missing
   */
  public DataIndex finish(List<String> classNames, List<ShardFacts> facts) {
    DataIndex index = index(classNames, facts);
    commit(index);
    return index;
  }

  /**
   * The index of a set, not written yet.
   *
   * @param classNames names of the labels
   * @param facts of all shards of all splits
   * @throws UnfitDataException if a label has no class, or the training split is missing
   */
  public DataIndex index(List<String> classNames, List<ShardFacts> facts) {
    return index(classNames, LabelSets.single(classNames.size()), ImageFitting.NONE, facts);
  }

  /**
   * The index of a set, not written yet.
   *
   * @param classNames names of the classes
   * @param labels which classes labels stand for
   * @param fitting by which the samples were made
   * @param facts of all shards of all splits
   * @throws UnfitDataException if a label has no class, or the training split is missing
   */
  public DataIndex index(
      List<String> classNames, LabelSets labels, Fitting fitting, List<ShardFacts> facts) {
    List<ShardFacts> sorted =
        facts.stream().sorted(Comparator.comparing(fact -> fact.shard().file())).toList();
    sorted.stream()
        .filter(fact -> fact.scenes() == null)
        .forEach(fact -> checkLabels(fact, labels.labels()));
    return sortedIndex(classNames, labels, fitting, sorted);
  }

  /** Commits a set and deletes shards that earlier preparations left. */
  public void commit(DataIndex index) {
    byte[] text = index.toJson().getBytes(StandardCharsets.UTF_8);
    target.write(DataIndex.FILE, stream -> stream.write(text));
    index.splits().forEach(this::deleteOthers);
  }

  /** Deletes the shards of a set that is not wanted, but those of another one. */
  public void discard(DataIndex unwanted, DataIndex kept) {
    Set<String> files = files(kept);
    files(unwanted).stream().filter(file -> !files.contains(file)).forEach(target::delete);
  }

  private static Set<String> files(DataIndex index) {
    return index.splits().values().stream()
        .flatMap(List::stream)
        .map(DataIndex.Shard::file)
        .collect(Collectors.toSet());
  }

  private static DataIndex sortedIndex(
      List<String> classNames, LabelSets labels, Fitting fitting, List<ShardFacts> facts) {
    var splits = new LinkedHashMap<String, List<DataIndex.Shard>>();
    var classCounts = new LinkedHashMap<String, List<Integer>>();
    splits.put(ImageSource.TRAIN, new ArrayList<>());
    for (ShardFacts fact : facts) {
      splits.computeIfAbsent(fact.split(), split -> new ArrayList<>()).add(fact.shard());
    }
    for (String split : splits.keySet()) {
      List<ShardFacts> ofSplit = facts.stream().filter(fact -> fact.split().equals(split)).toList();
      classCounts.put(split, counts(labels, ofSplit));
    }
    List<ShardFacts> train =
        facts.stream().filter(fact -> fact.split().equals(ImageSource.TRAIN)).toList();
    if (train.isEmpty()) {
      throw new UnfitDataException(
          "Cannot finish a training set: expected samples in split train, got " + splits.keySet());
    }
    TextForm texts = fitting.texts().orElse(null);
    SceneForm scenes = fitting.scenes(scenes(facts), learnt(train)).orElse(null);
    if (scenes != null && scenes.learnt() == 0) {
      throw new UnfitDataException(
          "Cannot finish a training set: expected images in split train with something annotated"
              + " that is no crowd, got none");
    }
    boolean images = texts == null;
    return new DataIndex(
        DataIndex.FORMAT_VERSION,
        images ? sizes(facts) : null,
        images ? ImageCodec.CHANNELS : null,
        classNames,
        images ? ofChannels(c -> mean(train, c)) : null,
        images ? ofChannels(c -> std(train, c)) : null,
        classCounts,
        splits,
        labels.sets(),
        texts,
        scenes);
  }

  private static int learnt(List<ShardFacts> facts) {
    return facts.stream()
        .mapToInt(fact -> fact.labelCounts().getOrDefault(SceneTable.LEARNT, 0))
        .sum();
  }

  private static SceneFacts scenes(List<ShardFacts> facts) {
    return facts.stream()
        .map(ShardFacts::scenes)
        .filter(Objects::nonNull)
        .reduce(SceneFacts.NONE, SceneFacts::and);
  }

  private static ImageSizes sizes(List<ShardFacts> facts) {
    return facts.stream()
        .map(ShardFacts::sizes)
        .map(Objects::requireNonNull)
        .reduce(ImageSizes::and)
        .orElseThrow();
  }

  private static List<Double> ofChannels(IntFunction<Double> number) {
    return IntStream.range(0, ImageCodec.CHANNELS).mapToObj(number).toList();
  }

  /** Samples of each class: those labelled with it, or images that it is on. */
  private static List<Integer> counts(LabelSets labels, List<ShardFacts> facts) {
    if (facts.stream().anyMatch(fact -> fact.scenes() != null)) {
      Map<Integer, Integer> images = scenes(facts).classImages();
      return IntStream.range(0, labels.classes())
          .mapToObj(each -> images.getOrDefault(each, 0))
          .toList();
    }
    List<Integer> ofLabels =
        IntStream.range(0, labels.labels())
            .mapToObj(
                label ->
                    facts.stream()
                        .mapToInt(fact -> fact.labelCounts().getOrDefault(label, 0))
                        .sum())
            .toList();
    return labels.ofClasses(ofLabels);
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
    return facts.stream().mapToLong(ShardFacts::pixels).sum();
  }

  private static void checkLabels(ShardFacts fact, int classes) {
    int highest = Collections.max(fact.labelCounts().keySet());
    if (highest >= classes) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot finish a training set: expected labels below %d classes, got %d in %s",
              classes,
              highest,
              fact.shard().file()));
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
