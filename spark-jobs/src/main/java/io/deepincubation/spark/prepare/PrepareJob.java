package io.deepincubation.spark.prepare;

import io.deepincubation.core.checkpoint.StorageException;
import io.deepincubation.core.data.DataIndex;
import io.deepincubation.core.data.ImageSource;
import io.deepincubation.core.data.PreparedSetWriter;
import io.deepincubation.core.data.Sample;
import io.deepincubation.core.data.ShardFacts;
import io.deepincubation.core.data.ShardWriter;
import io.deepincubation.core.data.UnfitDataException;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Makes a training set of images: tasks read ranges of the source, Spark shuffles the samples into
 * a seeded order, tasks write a shard each, and the driver commits them with an index.
 *
 * <p>The set depends on the source, the seed and the shard size, and on nothing of the cluster; a
 * repeated preparation leaves it as it is.
 */
public final class PrepareJob {

  /** Images that one task reads; a few seconds' work. */
  private static final int READ_IMAGES = 5000;

  private final JavaSparkContext spark;
  private final StorageFactory storages;

  /**
   * Prepares sets with this Spark.
   *
   * @param spark runs the tasks
   * @param storages opens source and target, in tasks too
   */
  public PrepareJob(JavaSparkContext spark, StorageFactory storages) {
    this.spark = spark;
    this.storages = storages;
  }

  /**
   * Makes the set.
   *
   * @return what it holds
   * @throws UnfitDataException if images cannot be read or do not make a set
   * @throws StorageException if the source or the target refuses
   */
  public DataIndex run(Preparation preparation) {
    try (SourceOpener opener = SourceOpener.of(spark, storages, preparation)) {
      ImageSource source = opener.open();
      var facts = new ArrayList<ShardFacts>();
      for (String split : source.splits()) {
        int count = checkedCount(preparation, split, source.count(split));
        facts.addAll(write(preparation, opener, split, count));
      }
      return new PreparedSetWriter(storages.open(preparation.to()))
          .finish(source.classNames(), facts);
    }
  }

  private static int checkedCount(Preparation preparation, String split, long count) {
    return PreparedSetWriter.order(preparation.seed(), split, count).length;
  }

  private List<ShardFacts> write(
      Preparation preparation, SourceOpener opener, String split, int count) {
    spark.setJobDescription("Preparing split " + split + " of " + preparation.to());
    int readers = (int) (((long) count + READ_IMAGES - 1) / READ_IMAGES);
    var range = new SplitRange(opener, split, preparation.seed(), count, readers);
    StorageFactory factory = storages;
    String target = preparation.to();
    try {
      return spark
          .parallelize(IntStream.range(0, readers).boxed().toList(), readers)
          .flatMapToPair(range::read)
          .repartitionAndSortWithinPartitions(new ShardPartitioner(preparation.shardSize(), count))
          .mapPartitionsWithIndex(
              (shard, samples) -> writeShard(factory, target, split, shard, samples), false)
          .collect()
          .stream()
          .map(ShardFacts::fromJson)
          .toList();
    } catch (Exception e) {
      throw unwrapped(preparation, e);
    } finally {
      spark.setJobDescription(null);
    }
  }

  private static Iterator<String> writeShard(
      StorageFactory storages,
      String target,
      String split,
      int shard,
      Iterator<Tuple2<Integer, Tuple2<Integer, byte[]>>> samples) {
    Iterator<Sample> inOrder =
        StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(samples, Spliterator.ORDERED), false)
            .map(placed -> new Sample(placed._2()._2(), placed._2()._1()))
            .iterator();
    ShardFacts facts = new ShardWriter(storages.open(target)).write(split, shard, inOrder);
    return List.of(facts.toJson()).iterator();
  }

  /** What a task threw, without Spark's wrapping, so that callers can tell what went wrong. */
  private static RuntimeException unwrapped(Preparation preparation, Exception failure) {
    return Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
        .filter(c -> c instanceof UnfitDataException || c instanceof StorageException)
        .map(RuntimeException.class::cast)
        .findFirst()
        .orElseGet(
            () ->
                new IllegalStateException(
                    String.format(
                        "Cannot prepare %s from %s: %s",
                        preparation.to(), preparation.from(), failure.getMessage()),
                    failure));
  }
}
