package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.FirstImages;
import io.deepincubation.core.data.set.FittedImage;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.set.RejectedImage;
import io.deepincubation.core.data.set.RejectedTable;
import io.deepincubation.core.data.set.ShardFacts;
import io.deepincubation.core.data.set.ShardWriter;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.spark.storage.StorageFactory;
import io.deepincubation.spark.storage.StorageFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Makes a training set of images: tasks read and check the source's rows, Spark shuffles them into
 * a seeded order, tasks write a shard each, and the driver commits them with an index.
 *
 * <p>The set depends on the images, the seed and the options, and on nothing of the cluster; a
 * repeated preparation leaves it as it is. Rows that are no images, or have no label, are listed in
 * a table of their own.
 */
public final class PrepareJob {

  private final SparkSession spark;
  private final StorageFactory storages;

  /**
   * Prepares sets with this Spark.
   *
   * @param spark runs the tasks
   * @param storages opens source and target, in tasks too
   */
  public PrepareJob(SparkSession spark, StorageFactory storages) {
    this.spark = spark;
    this.storages = storages;
  }

  /**
   * Makes the set.
   *
   * @return what it holds
   * @throws UnfitDataException if there are no images, or too many cannot be read
   * @throws StorageException if the source or the target refuses
   */
  public DataIndex run(Preparation request) {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobDescription("Preparing " + request.to());
    try {
      return prepare(request, new SampleSources(spark, storages).open(request));
    } catch (Exception e) {
      throw unwrapped(request, e);
    } finally {
      context.setJobDescription(null);
    }
  }

  private DataIndex prepare(Preparation request, SampleSource source) {
    List<String> classNames = source.classNames();
    Map<String, Integer> labels = numbered(classNames);
    JavaRDD<RawSample> samples = source.samples();
    var shards = new ShardPlan(images(request, source.counts()), request.shardSize());
    Map<Integer, Long> limits =
        request.subset().leavesOut()
            ? limits(samples, new Examiner(request, labels, shards, null), request, classNames)
            : null;
    var examiner = new Examiner(request, labels, shards, limits);
    var facts = new ArrayList<ShardFacts>();
    var rejected = new RejectedTable.Facts(0, List.of());
    for (Tuple2<Integer, String> written : write(samples, examiner, shards, request.to())) {
      if (written._1() == shards.rejected()) {
        rejected = RejectedTable.Facts.fromJson(written._2());
      } else {
        facts.add(ShardFacts.fromJson(written._2()));
      }
    }
    Storage target = storages.open(request.to());
    requireFewRejected(request, rejected, facts);
    DataIndex index = new PreparedSetWriter(target).finish(classNames, facts);
    FirstImages.of(PreparedSet.open(target)).write(target);
    return index;
  }

  private static Map<String, Integer> numbered(List<String> classNames) {
    var labels = new HashMap<String, Integer>();
    for (String name : classNames) {
      labels.put(name, labels.size());
    }
    return labels;
  }

  /** Images by split, training images first, about. */
  private static Map<String, Long> images(
      Preparation request, Map<String, Map<String, Long>> counts) {
    var images = new LinkedHashMap<String, Long>();
    images.put(ImageSource.TRAIN, 0L);
    counts.forEach(
        (split, ofSplit) ->
            images.put(split, ofSplit.values().stream().mapToLong(Long::longValue).sum()));
    long train = images.get(ImageSource.TRAIN);
    if (train == 0) {
      throw new UnfitDataException(
          String.format(
              "Cannot prepare %s from %s: expected training images, got none in splits %s",
              request.to(), request.from(), counts.keySet()));
    }
    if (request.testFraction() > 0) {
      if (images.containsKey(ImageSource.TEST)) {
        throw new UsageException(
            "Cannot set test images aside: expected a source without a test split, got "
                + images.get(ImageSource.TEST)
                + " images in it");
      }
      images.put(ImageSource.TEST, Math.round(train * request.testFraction()));
      images.put(ImageSource.TRAIN, Math.round(train * (1 - request.testFraction())));
    }
    images.merge(
        ImageSource.TRAIN,
        train,
        (left, unused) -> request.subset().imagesPerClass() > 0 ? left : request.subset().of(left));
    return images;
  }

  /** The highest place that is taken, by class or for all. */
  private static Map<Integer, Long> limits(
      JavaRDD<RawSample> samples, Examiner examiner, Preparation request, List<String> classNames) {
    Subset subset = request.subset();
    Map<Integer, Long> limits =
        samples
            .map(examiner::trainingPlace)
            .filter(Optional::isPresent)
            .mapToPair(Optional::get)
            .groupByKey()
            .mapValues(places -> limit(places, subset))
            .collectAsMap();
    if (subset.imagesPerClass() > 0) {
      for (int label = 0; label < classNames.size(); label++) {
        if (limits.getOrDefault(label, -1L) < 0) {
          throw new UnfitDataException(
              String.format(
                  "Cannot take a balanced subset: expected %d images of each class, got fewer of"
                      + " %s",
                  subset.imagesPerClass(), classNames.get(label)));
        }
      }
    }
    return limits;
  }

  private static long limit(Iterable<Long> places, Subset subset) {
    long[] sorted =
        StreamSupport.stream(places.spliterator(), false)
            .mapToLong(Long::longValue)
            .sorted()
            .toArray();
    int taken = (int) subset.of(sorted.length);
    return taken < 1 || taken > sorted.length ? -1 : sorted[taken - 1];
  }

  private List<Tuple2<Integer, String>> write(
      JavaRDD<RawSample> samples, Examiner examiner, ShardPlan shards, String target) {
    StorageFactory factory = storages;
    JavaPairRDD<Tuple2<Integer, Long>, byte[]> examined =
        samples.map(examiner::examine).filter(Optional::isPresent).mapToPair(Optional::get);
    return examined
        .repartitionAndSortWithinPartitions(shards, new PlaceOrder())
        .mapPartitionsWithIndex(
            (shard, rows) -> writePartition(factory, target, shards, shard, rows), false)
        .collect();
  }

  private static Iterator<Tuple2<Integer, String>> writePartition(
      StorageFactory storages,
      String target,
      ShardPlan shards,
      int shard,
      Iterator<Tuple2<Tuple2<Integer, Long>, byte[]>> rows) {
    Stream<byte[]> values =
        StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
            .map(Tuple2::_2);
    Storage storage = storages.open(target);
    if (shard == shards.rejected()) {
      var facts = RejectedTable.write(storage, values.map(RejectedImage::fromBytes).iterator());
      return List.of(new Tuple2<>(shard, facts.toJson())).iterator();
    }
    if (!rows.hasNext()) {
      return List.<Tuple2<Integer, String>>of().iterator();
    }
    ShardFacts facts =
        new ShardWriter(storage)
            .write(
                shards.split(shard),
                shards.number(shard),
                values.map(FittedImage::fromBytes).iterator());
    return List.of(new Tuple2<>(shard, facts.toJson())).iterator();
  }

  private static void requireFewRejected(
      Preparation request, RejectedTable.Facts rejected, List<ShardFacts> facts) {
    long kept = facts.stream().mapToLong(fact -> fact.shard().count()).sum();
    long all = kept + rejected.count();
    if (rejected.count() > request.maxRejected() * all) {
      throw new UnfitDataException(
          String.format(
              "Cannot prepare %s: expected at most %s %% of the images to be unreadable, got %d of"
                  + " %d; %s/%s lists them, the first is %s; mend them, or raise --max-rejected",
              request.to(),
              Double.toString(Math.round(request.maxRejected() * 1e5) / 1e3),
              rejected.count(),
              all,
              request.to(),
              RejectedTable.FOLDER,
              rejected.first().get(0)));
    }
  }

  /**
   * What a task threw, without Spark's wrapping, so that callers can tell what went wrong; or what
   * Spark's readers met with, which are told apart by their causes alone.
   */
  private static RuntimeException unwrapped(Preparation request, Exception failure) {
    List<Throwable> causes =
        Stream.iterate((Throwable) failure, Objects::nonNull, Throwable::getCause).toList();
    Optional<RuntimeException> known =
        causes.stream()
            .filter(PrepareJob::isKnown)
            .map(RuntimeException.class::cast)
            .findFirst()
            .or(() -> StorageFailure.among("read images from", request.from(), failure));
    if (known.isPresent()) {
      return known.get();
    }
    String message =
        String.format(
            "Cannot prepare %s from %s: %s",
            request.to(), request.from(), FirstLine.of(causes.get(causes.size() - 1)));
    boolean unreadable = causes.stream().anyMatch(cause -> isOf(request.from(), cause));
    return unreadable
        ? new UnfitDataException(message, failure)
        : new IllegalStateException(message, failure);
  }

  /** Readers of formats throw what they like, but name the file. */
  private static boolean isOf(String source, Throwable failure) {
    return failure instanceof IOException
        || failure instanceof AnalysisException
        || String.valueOf(failure.getMessage()).contains(new Path(source).toUri().getPath());
  }

  private static boolean isKnown(Throwable failure) {
    return failure instanceof UnfitDataException
        || failure instanceof StorageException
        || failure instanceof UsageException;
  }
}
